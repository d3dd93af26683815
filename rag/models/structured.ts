import { z } from 'zod'
import { roundHalfEven } from '#kernel/money.ts'
import type { ChatAnswer, Failed, FailedReason, Price, RedactedRequest, Usage } from '../chat-model.ts'

type JsonSchema = { [key: string]: unknown }

const kept = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'anyOf',
  'description',
  'additionalProperties',
])

/**
 * The JSON Schema of a shape, in the subset that strict structured output takes at every vendor: lengths, patterns and
 * formats are left to the zod check afterwards; a constant is an enum of one.
 */
export function strictSchema(schema: z.ZodType): JsonSchema {
  return strict(z.toJSONSchema(schema, { reused: 'inline' })) as JsonSchema
}

function strict(node: unknown, isMap = false): unknown {
  if (Array.isArray(node)) return node.map((item) => strict(item))
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
    key === 'const' && !isMap ? ['enum', [value]] : [key, value],
  )
  return Object.fromEntries(
    entries
      .filter(([key]) => isMap || kept.has(key))
      .map(([key, value]) => [key, strict(value, !isMap && key === 'properties')]),
  )
}

/** What a repair adds to the conversation: the former answer, and what was wrong with it. */
export const repairWords = (problems: readonly string[]): string =>
  `That answer cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}\nAnswer again, with the whole JSON and nothing else.`

/**
 * Reads an answer. JSON that is cut off or has another shape is `invalid-output` with the text, so that it can be
 * asked for once more; an empty answer has nothing to mend.
 */
export function readAnswer<T>(
  request: RedactedRequest<T>,
  text: string,
  by: { model: string; usage: Usage },
): ChatAnswer<T> {
  const { model, usage } = by
  if (text.trim() === '') return { kind: 'failed', reason: 'invalid-output', why: 'The answer was empty', usage }
  const wrong = (why: string): Failed => ({ kind: 'failed', reason: 'invalid-output', why, usage, output: text })
  let json: unknown
  try {
    json = JSON.parse(withoutFence(text))
  } catch {
    return wrong('The answer is no complete JSON')
  }
  const parsed = request.schema.safeParse(json)
  if (parsed.success) return { kind: 'answer', value: parsed.data, usage, model }
  return wrong(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`).join('\n'))
}

const withoutFence = (text: string): string => /^\s*```(?:json)?\s*\n(.*)\n\s*```\s*$/s.exec(text)?.[1] ?? text

/** An answer that reached `maxTokens`: asking again in the same words would end the same way. */
export const cutOff = (usage: Usage, maxTokens: number): Failed => ({
  kind: 'failed',
  reason: 'invalid-output',
  why: `The answer was cut off at ${maxTokens} tokens: raise maxTokens or ask for less`,
  usage,
})

export const refusal = (why: string, usage?: Usage): Failed => ({
  kind: 'failed',
  reason: 'refused',
  why: `The model refused: ${brief(why)}`,
  ...(usage && { usage }),
})

/** Tokens and their price; input that a cache served or stored counts at the vendor's own multiple. */
export function usageOf(
  price: Price,
  tokens: { input: number; output: number; cacheWrite?: number; cacheRead?: number },
): Usage {
  const { input, output, cacheWrite = 0, cacheRead = 0 } = tokens
  // Rounded first, so that binary fractions do not add a millionth.
  const exact = (input + cacheWrite * 1.25 + cacheRead * 0.1) * price.input + output * price.output
  const costMicroUsd = Math.ceil(roundHalfEven(exact) / 1_000_000)
  return { inputTokens: input + cacheWrite + cacheRead, outputTokens: output, costMicroUsd }
}

/** An HTTP status as a reason. `detail` is the vendor's own word and never the request's. */
export function failedStatus(status: number, headers: Headers | undefined, detail: string): Failed {
  const wait = retryAfterMs(headers)
  const reason = reasonOf(status)
  const why =
    reason === 'auth'
      ? `The vendor does not accept the key (${status}): check the key and what the account may use`
      : `The vendor answered ${status}: ${brief(detail)}`
  return { kind: 'failed', reason, why, ...(wait !== undefined && { retryAfterMs: wait }) }
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

/** A connection that broke, or the deadline: no status came back. */
export const unreachable = (deadline: AbortSignal, detail: string, timedOut = false): Failed =>
  deadline.aborted || timedOut
    ? { kind: 'failed', reason: 'timeout', why: 'The model did not answer in time' }
    : { kind: 'failed', reason: 'unavailable', why: `The model cannot be reached: ${brief(detail)}` }

const brief = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200)
