import { z } from 'zod'
import { messageOf } from '#kernel/errors.ts'
import type { Failed, FailedReason, Usage } from '../chat-model.ts'
import { tooLong } from './bounded-fetch.ts'

/** A vendor's own account of what went wrong, before an answer or in the midst of it. Groq sends what it wrote along. */
const wrongSchema = z.object({
  type: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
  failed_generation: z.string().nullish(),
})
type Wrong = z.infer<typeof wrongSchema>
const nestedSchema = z.object({ error: z.union([wrongSchema, z.string().transform((message) => ({ message }))]) })

/** The account in a body or an event: bare, under `error`, or a mere string there; null where it is none of these. */
export const wrongOf = (body: unknown): Wrong | null =>
  nestedSchema.safeParse(body).data?.error ?? wrongSchema.safeParse(body).data ?? null

/** The same in the text of a body, which may be no JSON at all. */
export function wrongIn(text: string): Wrong | null {
  try {
    return wrongOf(JSON.parse(text))
  } catch {
    return null
  }
}

/** What both vendors' SDKs throw: for a status that is not 2xx, and without one for an error in the midst of a stream. */
const sdkFault = z.object({
  status: z.number().optional(),
  headers: z.instanceof(Headers).optional().catch(undefined),
  error: z.unknown(),
})

/**
 * What asking threw, as a reason. What is no failure of the call (a bug) is thrown on, with its cause.
 * @param lost whether the SDK says that no status came back
 */
export function failedCall(vendor: string, fault: unknown, deadline: AbortSignal, lost: boolean): Failed {
  if (deadline.aborted) return late
  const broken = brokenBy(lost && fault instanceof Error ? (fault.cause ?? fault) : fault, lost)
  if (broken) return broken
  const known = sdkFault.safeParse(fault).data
  const wrong = wrongOf(known?.error)
  if (known?.status !== undefined) return failedStatus(known.status, known.headers, wrong)
  if (!wrong) throw new Error(`${vendor} could not be asked`, { cause: fault })
  return failedMidway(wrong)
}

/** A fault of the connection or of what came over it; null where it is neither. `undici` gives each a cause. */
function brokenBy(fault: unknown, lost: boolean): Failed | null {
  if (fault instanceof DOMException) {
    if (fault.name === 'TimeoutError') return { ...late, why: fault.message }
    if (fault.name === tooLong) return { kind: 'failed', reason: 'invalid-output', why: `${fault.message}: it was stopped`, usage: untold } // prettier-ignore
    return unreachable(fault.message)
  }
  if (fault instanceof SyntaxError)
    return { kind: 'failed', reason: 'invalid-output', why: 'The reply is no JSON', usage: untold }
  const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause.message : messageOf(fault)
  if (fault instanceof TypeError && fault.message === 'terminated') return brokenOff
  if (!lost && !(fault instanceof TypeError && fault.cause !== undefined)) return null
  return { ...unreachable(cause), ...(hadLeft(fault) && { usage: untold }) }
}

/** What a vendor may bill for all that we know: the request had left, and no count came back. */
export const untold: Usage = { inputTokens: 0, outputTokens: 0, costMicroUsd: 0, uncounted: true }

const late: Failed = {
  kind: 'failed',
  reason: 'timeout',
  why: 'The model did not answer in time',
  usage: untold,
}
const unreachable = (detail: string): Failed => ({ kind: 'failed', reason: 'unavailable', why: `The model cannot be reached: ${brief(detail)}` }) // prettier-ignore

/** What a connection fails with before a request has left: refused, no such host, no way there, no time to get there. */
const neverLeft =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_NODATA|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_INVALID_URL|CERT_.*|ERR_TLS_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)$/

/** Whether the request had left when the connection failed: of several addresses that were tried, to any of them. */
function hadLeft(fault: unknown): boolean {
  if (fault instanceof AggregateError && fault.errors.length > 0) return fault.errors.some(hadLeft)
  if (!(fault instanceof Error)) return true
  if ('code' in fault && typeof fault.code === 'string' && neverLeft.test(fault.code)) return false
  return fault.cause === undefined || hadLeft(fault.cause)
}

/** A stream that ended before the model had said that it was done. */
export const brokenOff: Failed = {
  kind: 'failed',
  reason: 'unavailable',
  why: 'The connection broke off before the answer was whole',
  usage: untold,
}

/** The deadline passed, if it did: an SDK ends a stream that was cancelled without a word. */
export const lateOrBroken = (deadline: AbortSignal): Failed => (deadline.aborted ? late : brokenOff)

/** An error that came in place of the rest of an answer. Some servers put a status into it. */
export function failedMidway(wrong: Wrong): Failed {
  if (typeof wrong.code === 'number') return failedStatus(wrong.code, undefined, wrong)
  const failed = missedSchema(wrong)
  if (failed) return failed
  const word = `${wrong.type ?? ''} ${wrong.code ?? ''}`
  const reason = /rate.?limit/i.test(word) ? 'rate-limited' : /invalid.?request|content/i.test(word) ? 'refused' : 'unavailable' // prettier-ignore
  return { kind: 'failed', reason, why: `The vendor broke the answer off: ${detailOf(wrong)}`, usage: untold }
}

/** An HTTP status as a reason; no vendor bills for one. The vendor's account is its own words and never the request's. */
export function failedStatus(status: number, headers: Headers | undefined, wrong: Wrong | null): Failed {
  const missed = wrong && missedSchema(wrong)
  if (missed) return missed
  const wait = retryAfterMs(headers)
  const reason = reasonOf(status)
  const why = (advice[status] ?? ((detail) => `The vendor answered ${status}: ${detail}`))(detailOf(wrong))
  return { kind: 'failed', reason, why, ...(wait !== undefined && { retryAfterMs: wait }) }
}

/** Groq's word for an answer that misses the schema; what was written comes with it. */
function missedSchema({ code, failed_generation: output }: Wrong): Failed | null {
  if (code !== 'json_validate_failed') return null
  return { kind: 'failed', reason: 'invalid-output', why: 'The answer does not match the schema', usage: untold, ...(output && { output }) } // prettier-ignore
}

const refusedKey = (status: number) => () => `The vendor does not accept the key (${status}): check the key and what the account may use` // prettier-ignore

/** What to do about those that somebody at the desk can do something about. A vendor may quote a key it refuses. */
const advice: Readonly<Record<number, (detail: string) => string>> = {
  401: refusedKey(401),
  402: refusedKey(402),
  403: refusedKey(403),
  404: (detail) =>
    `The vendor knows no such model or address (404): check the model's name in the settings (${detail})`,
  413: (detail) => `The request is too long for the vendor (413): ask for less (${detail})`,
}

/** A key that no header can hold: a request with it would fail with a message that quotes it. */
export function unusableKey(key: string | undefined): Failed | null {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return null
  const why = 'The key in the settings holds a character that no key has: check it for spaces and line breaks'
  return { kind: 'failed', reason: 'auth', why }
}

function reasonOf(status: number): FailedReason {
  if (status === 401 || status === 402 || status === 403) return 'auth'
  if (status === 408 || status === 504) return 'timeout'
  if (status === 429) return 'rate-limited'
  return status >= 500 ? 'unavailable' : 'refused'
}

/** `retry-after-ms`, else `retry-after` in seconds or as a date (RFC 9110 § 10.2.3), read by the server's own clock. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(exact) && exact >= 0) return Math.ceil(exact)
  const after = headers?.get('retry-after')
  if (after === null || after === undefined) return undefined
  if (Number.isFinite(Number(after))) return Math.max(0, Math.ceil(Number(after) * 1000))
  const wait = Date.parse(after) - Date.parse(headers?.get('date') ?? '')
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}

const detailOf = (wrong: Wrong | null): string =>
  brief(wrong?.message ?? wrong?.type ?? (wrong?.code === undefined || wrong.code === null ? 'no reason given' : String(wrong.code))) // prettier-ignore

/** Somebody else's words, short and without what may be a key: long, of one piece, with a digit in it. */
export const brief = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/(?=[\w-]*\d)[\w-]{20,}/g, '…').slice(0, 200) // prettier-ignore
