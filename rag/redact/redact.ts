import type { DraftRequest, Evidence } from '../draft.ts'
import type { PersonalKind } from './patterns.ts'
import { personalFinder, placeholderBook, type Allowed, type Reader } from './placeholders.ts'

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

/** A value with the data back in its place; or why it stays as it is, and which placeholders are somebody else's. */
export type Restored<Value> =
  | { kind: 'restored'; value: Value }
  | { kind: 'refused'; placeholders: readonly string[]; why: string }

/** Texts that share their placeholders: the turns of a conversation, or the drafts for several people. */
export type Thread = {
  /** As `redactRequest`, in the placeholders of the thread, for a text that speaks of one person and goes to her. */
  redact: <Request extends Outgoing>(request: Request, reader: Reader) => Omit<Redaction<Request>, 'restore'>
  /** Puts data back for this reader; refused whole where a placeholder stands for what no text of hers had said. */
  restore: <Value>(value: Value, reader: Reader) => Restored<Value>
}

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
  const clean = mint({ ...request, ...inTexts(sayable(request), (text) => book.hide(text, null)) })
  return { request: clean, restore: (value) => inTexts(value, book.show), replaced: book.counts(null) }
}

/** Opens a thread. It is kept in memory alone: its book is the very data that was hidden. */
export function openThread(names: readonly string[], allowed: Allowed = {}): Thread {
  const book = placeholderBook(names, allowed)
  return {
    redact: (request, reader) => {
      const clean = mint({ ...request, ...inTexts(sayable(request), (text) => book.hide(text, reader)) })
      return { request: clean, replaced: book.counts(reader) }
    },
    restore: (value, reader) => {
      const placeholders = [...new Set(textsOf(value).flatMap((text) => book.othersIn(text, reader)))]
      if (placeholders.length === 0) return { kind: 'restored', value: inTexts(value, book.show) }
      const why = `${placeholders.join(', ')} would put one person's data before another: have the text written again`
      return { kind: 'refused', placeholders, why }
    },
  }
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
