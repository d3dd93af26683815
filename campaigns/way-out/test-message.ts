import { sha256 } from '#kernel/crypto.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import type { Message, TextMessage } from '../channel.ts'
import type { Sender } from '../definition.ts'
import { escapeHtml } from '../render/slots.ts'

type Test = { id: DeliveryId; to: string; code: string }

const what = (of: string): string =>
  `This is a test of another way out for ${of}. If you did not ask for it, do nothing.`
const say = (code: string): string => `Type this code where you asked for it: ${code}`

/** The mail that proves a way out: it says what it is, and holds the code that shows it was read where it arrived. */
export function testMail({ id, to, code, sender }: Test & { sender: Sender }): Message {
  const who = `${sender.businessName}, ${sender.postalAddress}`
  const lines = [what(`the mail of ${sender.businessName}`), say(code), who]
  return {
    deliveryId: id,
    messageId: `<${id}@${sender.from.address.split('@')[1] ?? 'localhost'}>`,
    from: sender.from,
    replyTo: sender.replyTo,
    to,
    subject: `A test of how mail leaves ${sender.businessName}`,
    text: `${lines.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A test</title></head><body style="font:16px/1.5 sans-serif">${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</body></html>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

/** The same where messages are no mail. */
export function testText({ id, to, code, business }: Test & { business: string | null }): TextMessage {
  const text = `${what(business === null ? 'our messages' : `the messages of ${business}`)}\n\n${say(code)}`
  return {
    kind: 'text',
    deliveryId: id,
    to,
    headline: null,
    text,
    buttons: [],
    contentHash: sha256(text),
    parameters: [],
    attempts: 0,
  }
}
