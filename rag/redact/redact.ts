import type { DraftRequest, Evidence } from '../draft.ts'
import type { PersonalKind } from './patterns.ts'
import { personalFinder, placeholderBook, type Allowed } from './placeholders.ts'

declare const redacted: unique symbol

/** A request whose people's data was replaced by placeholders. Only this file mints one. */
export type Redacted<Request> = Request & { readonly [redacted]: true }

/**
 * The parts of a request that would leave the house. `revision` is what a later round of the same text says after the
 * prompt, which stays as it was; `repair` is a former answer and what was wrong with it.
 */
export type Outgoing = {
  system: string
  prompt: string
  revision?: string
  evidence: readonly Evidence[]
  draft?: DraftRequest
  repair?: { output: string; problems: readonly string[] }
}

/** Puts the data back wherever a placeholder stands, in every text of a value. */
export type Restore = <Value>(value: Value) => Value

export type Redaction<Request> = {
  request: Redacted<Request>
  restore: Restore
  /** How many different values of each kind were replaced. */
  replaced: Partial<Record<PersonalKind, number>>
}

/** A cast could forge the brand, so what was minted is also remembered. */
const minted = new WeakSet<object>()

/**
 * Replaces people's data by placeholders such as `[EMAIL_1]`: the same value has the same placeholder throughout the
 * request. `names` are those of the business's own customers; what the rules see is in `patterns.ts`; what the owner
 * `allowed` leaves as it is.
 */
export function redactRequest<Request extends Outgoing>(
  request: Request,
  names: readonly string[],
  allowed: Allowed = {},
): Redaction<Request> {
  const book = placeholderBook(names, allowed)
  const clean = mint({ ...request, ...inTexts(sayable(request), book.hide) })
  return { request: clean, restore: (value) => inTexts(value, book.show), replaced: book.counts() }
}

/** The same request with another deadline: nothing that leaves the house changes. */
export const withDeadline = <Request extends { deadline: AbortSignal }>(
  request: Redacted<Request>,
  deadline: AbortSignal,
): Redacted<Request> => mint({ ...request, deadline })

/** The same request with the model's own answer and what was wrong with it: both come from redacted text. */
export const withRepair = <Request extends Outgoing>(
  request: Redacted<Request>,
  repair: { output: string; problems: readonly string[] },
): Redacted<Request> => mint({ ...request, repair })

/** Throws unless the request was minted here: an adapter's first line. */
export function assertRedacted(request: object): void {
  if (!minted.has(request))
    throw new Error('A model was given a request that was not redacted: use redactRequest first')
}

/** How many pieces of people's data the rules still see in what would leave the house. */
export const personalLeft = (request: Outgoing, names: readonly string[], allowed: Allowed = {}): number =>
  personalFinder(names, allowed)(textsOf(sayable(request)).join('\n')).length

function mint<Request extends object>(request: Request): Redacted<Request> {
  minted.add(request)
  return request as Redacted<Request>
}

const sayable = ({ system, prompt, revision, evidence, draft, repair }: Outgoing): Outgoing => ({
  system,
  prompt,
  evidence,
  ...(revision !== undefined && { revision }),
  ...(draft && { draft }),
  ...(repair && { repair }),
})

const textsOf = (value: unknown): string[] => {
  const texts: string[] = []
  inTexts(value, (text) => (texts.push(text), text))
  return texts
}

/** Applies a change to every string of a value; keys, dates and numbers stay, and so does its shape. */
function inTexts<Value>(value: Value, change: (text: string) => string): Value {
  const walk = (item: unknown): unknown => {
    if (typeof item === 'string') return uuid.test(item) ? item : change(item)
    if (Array.isArray(item)) return item.map(walk)
    if (typeof item !== 'object' || item === null || item instanceof Date) return item
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(value) as Value
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
