import type { z } from 'zod'
import type { Outgoing, Redacted } from './redact/redact.ts'

/**
 * What a model is asked. `system` and `prompt` are what a remote model reads; `evidence` and `draft` say the same as
 * data, for the offline composer. `maxTokens` bounds the answer. `deadline` ends the whole attempt.
 * `onText` hears what is written so far, as it comes and with people's data still hidden; with a repair or another
 * model it starts anew. It is called often, and must neither wait nor throw.
 */
export type ChatRequest<T> = Outgoing & {
  purpose: string
  schema: z.ZodType<T>
  maxTokens: number
  deadline: AbortSignal
  onText?: (soFar: string) => void
}

/** A request without people's data: minted by `rag/redact/redact.ts` alone, and all that a model accepts. */
export type RedactedRequest<T> = Redacted<ChatRequest<T>>

/**
 * Tokens as the vendor counted them, and their price in millionths of a US dollar, rounded up. `cachedTokens` of the
 * input came from the vendor's cache. `uncounted`: it broke off before it had told all of it, and so this is the least.
 */
export type Usage = {
  inputTokens: number
  outputTokens: number
  costMicroUsd: number
  cachedTokens?: number
  uncounted?: true
}

export type FailedReason = 'rate-limited' | 'unavailable' | 'timeout' | 'refused' | 'invalid-output' | 'auth' | 'budget'

/**
 * Why there is no answer. `usage` is what the attempt cost all the same; `output` is what the model wrote when it
 * could be mended by asking once more.
 */
export type Failed = {
  kind: 'failed'
  reason: FailedReason
  why: string
  retryAfterMs?: number
  usage?: Usage
  output?: string
}
export type Answer<T> = { kind: 'answer'; value: T; usage: Usage; model: string }
export type ChatAnswer<T> = Answer<T> | Failed

export type Vendor = 'groq' | 'claude' | 'compatible' | 'offline'

/**
 * Millionths of a US dollar for a million tokens: 3 dollars = 3_000_000. `cache`: what input that the vendor's cache
 * serves or stores costs, as a multiple of `input`; like any other where it is left out.
 */
export type Price = { input: number; output: number; cache?: { read: number; write: number } }

/** One model of one vendor. It asks once: retries, fallbacks and budgets are the router's. */
export type ChatModel = {
  readonly id: string
  readonly vendor: Vendor
  readonly contextTokens: number
  /** What it may think before it answers, beside `maxTokens`, billed as output; 0 for a model that does not. */
  readonly thinkingTokens: number
  readonly priceMicroUsdPerMTok: Price
  complete: <T>(request: RedactedRequest<T>) => Promise<ChatAnswer<T>>
}
