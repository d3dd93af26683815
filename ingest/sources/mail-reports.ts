import PostalMime, { type Email } from 'postal-mime'
import type { InboundMail, Opening, RecipientReport, ReturnedMessage } from '../mail-report.ts'
import { addressIn, dateIn, fieldBlocks, firstFields, type Fields } from './mail-reports-fields.ts'

/** The machine's part of a report comes before the message it returns: that much of a mail is read, in bytes. */
const headBytes = 1_000_000
/** A parser needs seconds and gigabytes for a mail of nothing but boundaries. */
const mostBoundaries = 2_000
const mostRecipients = 100

const limits = { maxNestingDepth: 8, maxHeadersSize: 256_000, attachmentEncoding: 'arraybuffer' } as const

/**
 * Reads a mail as a report on one of ours: SMTP delivery status notifications (RFC 3464), feedback reports (ARF, RFC
 * 5965), automatic answers (RFC 3834 and what was usual before it). Bounces that follow no standard are other mail.
 */
export async function readMailReport(bytes: Uint8Array): Promise<InboundMail> {
  const head = bytes.subarray(0, headBytes)
  if (boundariesIn(head) > mostBoundaries) return { kind: 'unreadable', why: `more than ${mostBoundaries} parts` }
  try {
    // What is inside a returned message is no part of the report.
    const mail = await PostalMime.parse(head, { ...limits, forceRfc822Attachments: true })
    return reportOf(mail) ?? automatic(mail) ?? answerOf(mail) ?? { kind: 'other', ...openingOf(mail) }
  } catch {
    return { kind: 'unreadable', why: 'it is no mail that can be taken apart' }
  }
}

function boundariesIn(bytes: Uint8Array): number {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let count = 0
  for (let at = raw.indexOf('\n--'); at !== -1 && count <= mostBoundaries; at = raw.indexOf('\n--', at + 1)) count += 1
  return count
}

function reportOf(mail: Email): InboundMail | null {
  if (!/^multipart\/report\b/i.test(headerOf(mail, 'content-type') ?? '')) return null
  const status = partOf(mail, ['message/delivery-status', 'message/global-delivery-status'])
  if (status !== null) return deliveryStatus(mail, status)
  const feedback = partOf(mail, ['message/feedback-report'])
  if (feedback !== null) return feedbackReport(mail, firstFields(feedback))
  return { kind: 'automatic', what: 'a receipt', ...openingOf(mail) }
}

function deliveryStatus(mail: Email, text: string): InboundMail {
  const [message = new Map<string, string>(), ...others] = fieldBlocks(text, mostRecipients + 1)
  const recipients = others.flatMap((fields) => recipientOf(fields) ?? [])
  if (recipients.length === 0) return { kind: 'unreadable', why: 'a delivery report that names no recipient' }
  const envelopeId = message.get('original-envelope-id') ?? null
  const about = returned(mail, envelopeId)
  return { kind: 'delivery-status', reportedAt: dateIn(headerOf(mail, 'date')), about, recipients }
}

const actions: readonly string[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] satisfies RecipientReport['action'][] // prettier-ignore
const isAction = (word: string): word is RecipientReport['action'] => actions.includes(word)

function recipientOf(fields: Fields): RecipientReport | null {
  const action = (fields.get('action') ?? '').toLowerCase()
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0]
  const named = [addressIn(fields.get('original-recipient')), addressIn(fields.get('final-recipient'))]
  const addresses = named.filter((address) => address !== null)
  if (!isAction(action) || status === undefined || addresses.length === 0) return null
  return { action, status, diagnostic: (fields.get('diagnostic-code') ?? '').slice(0, 500), addresses }
}

function feedbackReport(mail: Email, fields: Fields): InboundMail {
  const type = (fields.get('feedback-type') ?? '').toLowerCase()
  if (type === '') return { kind: 'unreadable', why: 'a feedback report without a type' }
  const about = returned(mail, fields.get('original-envelope-id') ?? null)
  // Whoever reports may blank the address, as the RFC allows: what the returned message says of it proves nothing.
  const address = addressIn(fields.get('original-rcpt-to'))
  return { kind: 'feedback', type, reportedAt: dateIn(headerOf(mail, 'date')), about, addresses: address === null ? [] : [address] } // prettier-ignore
}

/** The header of the message that came back, whole or cut down to its header. */
const originalFields = (mail: Email): Fields =>
  firstFields(partOf(mail, ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers']) ?? '')

function returned(mail: Email, envelopeId: string | null): ReturnedMessage {
  const fields = originalFields(mail)
  const messageId = /<[^<>\s]{3,250}>/.exec(fields.get('message-id') ?? '')?.[0] ?? null
  return { messageId, envelopeId, unsubscribe: fields.get('list-unsubscribe') ?? null }
}

const longestPart = 200_000

function partOf(mail: Email, types: readonly string[]): string | null {
  const part = mail.attachments.find(({ mimeType }) => types.includes(mimeType))
  if (!part) return null
  if (typeof part.content === 'string') return part.content.slice(0, longestPart)
  return Buffer.from(part.content as Uint8Array).subarray(0, longestPart).toString('utf8') // prettier-ignore
}

const headerOf = (mail: Email, name: string): string | undefined => mail.headers.find(({ key }) => key === name)?.value

const absent = /^\s*(?:(?:automatic|auto)[ -]?(?:reply|response)|out of (?:the )?office|abwesend|abwesenheitsnotiz|réponse automatique|automatisch antwoord|afwezig|respuesta automática|risposta automatica)\b/i // prettier-ignore

/** An answer that no person wrote. A list's bulk mail is none: it answers nothing. */
function automatic(mail: Email): InboundMail | null {
  const submitted = (headerOf(mail, 'auto-submitted') ?? 'no').toLowerCase()
  const older = ['x-autoreply', 'x-autorespond', 'x-auto-reply-from'].some((name) => headerOf(mail, name) !== undefined)
  const precedence = (headerOf(mail, 'precedence') ?? '').toLowerCase() === 'auto_reply'
  const away = absent.test(mail.subject ?? '')
  if (submitted.startsWith('no') && !older && !precedence && !away) return null
  return { kind: 'automatic', what: away ? 'out of office' : 'an automatic answer', ...openingOf(mail) }
}

const openingOf = (mail: Email): Opening => ({
  subject: (mail.subject ?? '').slice(0, 200),
  firstLine: (mail.text ?? '').trimStart().slice(0, 200).split(/\s*\n/, 1)[0] ?? '',
})

function answerOf(mail: Email): InboundMail | null {
  const from = addressIn(mail.from?.address)
  const named = `${mail.inReplyTo ?? ''} ${mail.references ?? ''}`.slice(0, 10_000).match(/<[^<>\s]{3,250}>/g) ?? []
  if (from === null || named.length === 0) return null
  return { kind: 'answer', to: [...new Set(named)].slice(0, 20), from, ...openingOf(mail) }
}
