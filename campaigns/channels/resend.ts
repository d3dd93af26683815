import { scrubbed } from '#kernel/log.ts'
import { Resend, type CreateEmailOptions, type ErrorResponse } from 'resend'
import { messageOf } from '#kernel/errors.ts'
import { writtenAddress } from '../address.ts'
import type { Batch, Channel, Message, Outcome } from '../channel.ts'

export type ResendSettings = { apiKey: string; baseUrl: string }

/** Resend remembers a key for 24 hours; less an hour. */
const remembersMs = 23 * 3_600_000

/**
 * Mail by Resend: a message alone, or up to 100 of a batch in one request. The Idempotency-Key makes the same request safe
 * to make again for 24 hours, so an unclear answer is asked for again instead of being lost.
 * https://resend.com/docs/dashboard/emails/idempotency-keys
 */
export function resendChannel(settings: ResendSettings): Channel {
  const resend = new Resend(settings.apiKey, { baseUrl: settings.baseUrl })
  return {
    name: 'resend',
    maxBatch: 100,
    idempotent: true,
    remembersMs,
    send: (batch, deadline) => sendBatch(resend, batch, deadline),
    close: () => Promise.resolve(),
  }
}

async function sendBatch(resend: Resend, batch: Batch, deadline: AbortSignal): Promise<Outcome[]> {
  const all = (outcome: Outcome): Outcome[] => batch.messages.map(() => outcome)
  try {
    const answer = await ask(resend, batch, deadline)
    if (answer.error) return all(outcomeOf(answer, batch))
    return perMessage(batch, answer.data.data, answer.data.errors ?? [])
  } catch (fault) {
    return all({ kind: 'unclear', why: scrubbed(messageOf(fault)).slice(0, 300) })
  }
}

/** A message alone is asked for alone each time: its key stands for that request, and a batch of one would be another. */
async function ask(resend: Resend, { key: idempotencyKey, messages }: Batch, signal: AbortSignal) {
  const emails = messages.map(emailOf)
  if (emails.length !== 1)
    return resend.batch.send(emails, { idempotencyKey, batchValidation: 'permissive', signal } as const)
  const answer = await resend.emails.send(emails[0]!, { idempotencyKey, signal })
  return answer.error ? answer : { ...answer, data: { data: [answer.data], errors: [] } }
}

/** Permissive answers list the ids of what was taken, in order, and apart from them what was not, by its place. */
function perMessage(batch: Batch, ids: { id: string }[], errors: { index: number; message: string }[]): Outcome[] {
  const refused = new Map(errors.map((error) => [error.index, error.message]))
  if (ids.length + refused.size !== batch.messages.length) {
    return batch.messages.map(() => ({ kind: 'unclear', why: 'the answer does not speak of every message' }))
  }
  let taken = 0
  return batch.messages.map((_, index) => {
    const why = refused.get(index)
    if (why !== undefined) return { kind: 'refused', why: scrubbed(why).slice(0, 300), addressDead: false }
    return { kind: 'sent', providerId: ids[taken++]?.id ?? null }
  })
}

const emailOf = (message: Message): CreateEmailOptions => ({
  from: `${quoted(message.from.name)} <${writtenAddress(message.from.address)}>`,
  to: [writtenAddress(message.to)],
  ...(message.replyTo === null ? {} : { replyTo: writtenAddress(message.replyTo) }),
  subject: message.subject,
  html: message.html,
  text: message.text,
  headers: { ...message.headers, 'Message-ID': message.messageId },
  // Comes back with every webhook event, so that an event finds its ledger row.
  tags: [{ name: 'delivery', value: message.deliveryId }],
})

const quoted = (name: string): string => `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** Refusals of what a message holds, by status and name. A permissive batch tells them apart from the rest by itself. */
const ofTheMessage = ['400 validation_error', '422 validation_error', '422 missing_required_field']
/** But not of the settings that every message has alike. */
const ofTheSender = /`(from|reply_to|replyTo)`/
const ofTheKey = ['concurrent_idempotent_requests', 'invalid_idempotent_request']

type Refused = { error: ErrorResponse; headers: Record<string, string> | null }

/**
 * What an error of the whole request means. Without a status, or with 5xx, it may have been taken; so it may with the two
 * conflicts about the key. Every other refusal is of the request, so nothing left: of what the only message in it holds, which
 * will never leave; else of too many requests, a quota, or settings that a person must mend.
 * https://resend.com/docs/api-reference/errors
 */
function outcomeOf({ error: { name, message, statusCode }, headers }: Refused, { messages }: Batch): Outcome {
  const why = scrubbed(`${name}: ${message}`).slice(0, 300)
  const status = statusCode ?? 0
  if (status < 400 || status >= 500 || ofTheKey.includes(name)) return { kind: 'unclear', why }
  if (messages.length === 1 && ofTheMessage.includes(`${status} ${name}`) && !ofTheSender.test(message))
    return { kind: 'refused', why, addressDead: false }
  const afterMs = Number(headers?.['retry-after'] ?? headers?.['ratelimit-reset'] ?? Number.NaN) * 1000
  return { kind: 'retry', scope: 'channel', why, ...(afterMs > 0 ? { afterMs } : {}) }
}
