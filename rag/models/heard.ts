import { roundHalfEven } from '#kernel/money.ts'
import type { ChatAnswer, Failed, Price, RedactedRequest, Usage } from '../chat-model.ts'
import { brief, lateOrBroken, untold } from './faults.ts'
import { readAnswer } from './structured.ts'

/** Tokens as a vendor counts them: `input` without what its cache stored or served. */
export type Tokens = { input: number; output: number; cacheWrite: number; cacheRead: number }

/** What came of an answer so far. */
export type Heard = {
  text: string
  model: string
  /** Why it ended, in the house's words; null while it has not. */
  end: 'done' | 'cut' | 'refused' | null
  refusal: string
  /** What the vendor counted so far; null before it said a word. `counted` once that is its last word. */
  tokens: Tokens | null
  counted: boolean
}

export const nothingHeard = (model: string): Heard => ({ text: '', model, end: null, refusal: '', tokens: null, counted: false }) // prettier-ignore

/** Adds a piece of the answer, and tells whoever follows it. */
export function hearText(heard: Heard, request: RedactedRequest<unknown>, piece: string): void {
  if (piece === '') return
  heard.text += piece
  heard.tokens ??= { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 }
  request.onText?.(heard.text)
}

/** The answer, once its stream has ended. */
export function concluded<T>(request: RedactedRequest<T>, heard: Heard, price: Price): ChatAnswer<T> {
  const { end, text, model, refusal } = heard
  if (end === 'done') return readAnswer(request, text, { model, usage: usageOf(heard, price) ?? untold })
  if (end === 'cut') return interrupted(cutOff(request.maxTokens), heard, price)
  if (end === null) return interrupted(lateOrBroken(request.deadline), heard, price)
  return interrupted({ kind: 'failed', reason: 'refused', why: `The model refused: ${brief(refusal)}` }, heard, price)
}

/** A failure with what the vendor had counted by then; where it had not, with what the failure says of it. */
export function interrupted(failure: Failed, heard: Heard, price: Price): Failed {
  const usage = usageOf(heard, price)
  return { ...failure, ...(usage && { usage }) }
}

/** An answer that reached `maxTokens`: asking again in the same words would end the same way. */
const cutOff = (maxTokens: number): Failed => ({
  kind: 'failed',
  reason: 'invalid-output',
  why: `The answer was cut off at ${maxTokens} tokens: raise maxTokens or ask for less`,
})

/** Tokens and their price; input that a cache served or stored counts at the vendor's own multiple. */
function usageOf({ tokens, counted }: Heard, price: Price): Usage | undefined {
  if (!tokens) return undefined
  const { input, output, cacheWrite, cacheRead } = tokens
  const { read = 1, write = 1 } = price.cache ?? {}
  // Rounded first, so that binary fractions do not add a millionth.
  const exact = (input + cacheWrite * write + cacheRead * read) * price.input + output * price.output
  return {
    inputTokens: input + cacheWrite + cacheRead,
    outputTokens: output,
    costMicroUsd: Math.ceil(roundHalfEven(exact) / 1_000_000),
    ...(cacheRead > 0 && { cachedTokens: cacheRead }),
    ...(!counted && { uncounted: true as const }),
  }
}
