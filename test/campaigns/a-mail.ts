import type { Message } from '#campaigns/channel.ts'
import type { DeliveryId } from '#kernel/ids.ts'

/** A mail ready to leave, to the n-th reader. */
export const aMessage = (n: number, change: Partial<Message> = {}): Message => ({
  deliveryId: `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}` as DeliveryId,
  messageId: `<key-${n}@example.com>`,
  from: { name: 'Alder & Ash', address: 'hello@example.com' },
  replyTo: null,
  to: `reader${n}@example.com`,
  subject: `Hello ${n}`,
  html: '<p>Hello</p>',
  text: 'Hello',
  headers: {},
  ...change,
})
