import { scrubbed } from '#kernel/log.ts'
import { Resend, type CreateBatchOptions, type ErrorResponse } from 'resend'
import { messageOf } from '#kernel/errors.ts'
import type { Batch, Channel, Message, Outcome } from '../channel.ts'

export type ResendSettings = { apiKey: string; baseUrl: string }

/** Resend remembers a key for 24 hours; less an hour. */
const remembersMs = 23 * 3_600_000

/**
 * Mail by Resend's batch API: up to 100 messages a request. The Idempotency-Key makes the same batch safe to send
 * again for 24 hours, so an unclear answer is asked for again instead of being lost.
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
    const options = { idempotencyKey: batch.key, batchValidation: 'permissive', signal: deadline } as const
    const answer = await resend.batch.send(batch.messages.map(emailOf), options)
    if (answer.error) return all(resendOutcome(answer.error, answer.headers))
    return perMessage(batch, answer.data.data, answer.data.errors ?? [])
  } catch (fault) {
    return all({ kind: 'unclear', why: scrubbed(messageOf(fault)).slice(0, 300) })
  }
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

const emailOf = (message: Message): CreateBatchOptions[number] => ({
  from: `${quoted(message.from.name)} <${message.from.address}>`,
  to: [message.to],
  ...(message.replyTo === null ? {} : { replyTo: message.replyTo }),
  subject: message.subject,
  html: message.html,
  text: message.text,
  headers: { ...message.headers, 'Message-ID': message.messageId },
  // Comes back with every webhook event, so that an event finds its ledger row.
  tags: [{ name: 'delivery', value: message.deliveryId }],
})

const quoted = (name: string): string => `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/**
 * What an error of the whole request means. Without a status, or with 5xx, the batch may have been taken; so it may
 * with the two conflicts about the key. Every other refusal is of the request, so nothing left: too many requests, a
 * quota, or settings that a person must mend.
 */
export function resendOutcome(error: ErrorResponse, headers: Record<string, string> | null): Outcome {
  const why = scrubbed(`${error.name}: ${error.message}`).slice(0, 300)
  const status = error.statusCode ?? 0
  const aboutKey = error.name === 'concurrent_idempotent_requests' || error.name === 'invalid_idempotent_request'
  if (status < 400 || status >= 500 || aboutKey) return { kind: 'unclear', why }
  const afterMs = Number(headers?.['retry-after'] ?? Number.NaN) * 1000
  return { kind: 'retry', scope: 'channel', why, ...(afterMs > 0 ? { afterMs } : {}) }
}
