import { afterEach, expect } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import type { DeliveryId, Hash } from '#kernel/ids.ts'
import {
  isTextChannel,
  type AnyChannel,
  type AnyMessage,
  type Channel,
  type Message,
  type TextChannel,
  type TextMessage,
} from '#campaigns/channel.ts'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { smsChannel } from '#campaigns/channels/sms.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { telegramChannel } from '#campaigns/channels/telegram.ts'
import { fakeResend, type FakeResend } from '../support/fake-resend.ts'
import { fakeSms, fakeTelegram, type FakeTexts } from '../support/fake-texts.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'

export const deliveryId = (n: number) => `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}` as DeliveryId

export const message = (n: number, change: Partial<Message> = {}): Message => ({
  deliveryId: deliveryId(n),
  messageId: `<key-${n}@example.com>`,
  from: { name: 'Alder & Ash "Roasters"', address: 'hello@example.com' },
  replyTo: null,
  to: `reader${n}@example.com`,
  subject: `Grüße ${n}`,
  html: '<p>Hello</p>',
  text: 'Hello',
  headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  ...change,
})
export const messages = (count: number): Message[] => Array.from({ length: count }, (_, n) => message(n))
export const soon = () => AbortSignal.timeout(30_000)

/** Sends, and gives up as soon as the server has taken something: a deadline that comes between taking and answering. */
export async function givenUpOnceTaken<Sent>(
  send: (signal: AbortSignal) => Promise<Sent>,
  taken: readonly unknown[],
): Promise<Sent> {
  const deadline = new AbortController()
  const sending = send(deadline.signal)
  await expect.poll(() => taken.length, { timeout: 15_000 }).toBe(1)
  deadline.abort()
  return sending
}

export const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

export async function smtp(settings: { silenceMs?: number } = {}): Promise<{ channel: Channel; sink: SmtpSink }> {
  const sink = await smtpSink()
  const channel = smtpChannel({ url: sink.url, clock: systemClock, connections: 3, ...settings })
  closing.push(sink.close, channel.close)
  return { channel, sink }
}

export async function resend(): Promise<{ channel: Channel; server: FakeResend }> {
  const server = await fakeResend()
  closing.push(server.close)
  return { channel: resendChannel({ apiKey: 're_test', baseUrl: server.baseUrl }), server }
}

export const text = (n: number): TextMessage => ({
  kind: 'text',
  deliveryId: deliveryId(n),
  to: `+3161234${String(n).padStart(4, '0')}`,
  headline: null,
  text: `Grüße ${n}`,
  buttons: [],
  contentHash: 'c'.repeat(64) as Hash,
  parameters: [],
  attempts: 0,
})
export const texts = (count: number): TextMessage[] => Array.from({ length: count }, (_, n) => text(n))
export const some = (channel: AnyChannel, count: number): AnyMessage[] =>
  isTextChannel(channel) ? texts(count) : messages(count)

export async function sms(
  settings: { promisesOnce?: boolean } = {},
): Promise<{ channel: TextChannel; server: FakeTexts }> {
  const server = await fakeSms(settings)
  closing.push(server.close)
  const { promisesOnce = false } = settings
  const body = '{"to":"{{to}}","sender":{"name":"{{from}}"},"text":"{{text}}","reference":"{{reference}}"}'
  const channel = smsChannel({
    url: server.url,
    authorization: 'Bearer sms_test',
    from: 'Alder',
    body,
    idAt: 'messages.0.id',
    promisesOnce,
  })
  return { channel, server }
}

export async function telegram(): Promise<{ channel: TextChannel; server: FakeTexts }> {
  const server = await fakeTelegram()
  closing.push(server.close)
  return { channel: telegramChannel({ token: '1:test', baseUrl: server.url }), server }
}
