import type { DeliveryId } from '#kernel/ids.ts'
import type { Message } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { escapeHtml } from '../render/slots.ts'

/** The mail that proves a way out: it says what it is, and holds the code that shows it was read where it arrived. */
export function testMail(test: { id: DeliveryId; sender: Sender; to: string; code: string }): Message {
  const { id, sender, to, code } = test
  const what = `This is a test of another way out for the mail of ${sender.businessName}. If you did not ask for it, do nothing.`
  const say = `Type this code where you asked for it: ${code}`
  const who = `${sender.businessName}, ${sender.postalAddress}`
  return {
    deliveryId: id,
    messageId: `<${id}@${sender.from.address.split('@')[1] ?? 'localhost'}>`,
    from: sender.from,
    replyTo: sender.replyTo,
    to,
    subject: `A test of how mail leaves ${sender.businessName}`,
    text: `${what}\n\n${say}\n\n${who}\n`,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A test</title></head><body style="font:16px/1.5 sans-serif">${[what, say, who].map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</body></html>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}
