import type { DraftRequest, Evidence } from '../draft.ts'
import { nameFinder } from './names.ts'
import { findPersonal, freeParts, type Found, type PersonalKind } from './patterns.ts'

declare const redacted: unique symbol

/** A request whose people's data was replaced by placeholders. Only this file mints one. */
export type Redacted<Request> = Request & { readonly [redacted]: true }

/** The parts of a request that would leave the house. `repair` is a former answer and what was wrong with it. */
export type Outgoing = {
  system: string
  prompt: string
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
 * request. `names` are those of the business's own customers; what the rules see is in `patterns.ts`.
 */
export function redactRequest<Request extends Outgoing>(
  request: Request,
  names: readonly string[],
): Redaction<Request> {
  const said = sayable(request)
  const book = placeholderBook(JSON.stringify(said), nameFinder(names))
  const clean = mint({ ...request, ...inTexts(said, book.hide) })
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
export const personalLeft = (request: Outgoing, names: readonly string[]): number => {
  const text = textOf(sayable(request))
  return findPersonal(text).length + nameFinder(names)(text).length
}

function mint<Request extends object>(request: Request): Redacted<Request> {
  minted.add(request)
  return request as Redacted<Request>
}

const sayable = ({ system, prompt, evidence, draft, repair }: Outgoing): Outgoing => ({
  system,
  prompt,
  evidence,
  ...(draft && { draft }),
  ...(repair && { repair }),
})

const textOf = (value: unknown): string => {
  const texts: string[] = []
  inTexts(value, (text) => (texts.push(text), text))
  return texts.join('\n')
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
const placeholder = /\[(?:EMAIL|URL|IBAN|CARD|IP|ID|PHONE|ADDRESS|NAME)_\d+\]/g

/** Numbers the values as they come; a number that already stands in the text is skipped, so that nothing is mixed up. */
function placeholderBook(everything: string, findNames: (text: string) => Found[]) {
  const taken = new Set(everything.match(placeholder))
  const byValue = new Map<string, string>()
  const byPlaceholder = new Map<string, string>()
  const last: Partial<Record<PersonalKind, number>> = {}
  const placeholderOf = (kind: PersonalKind, value: string): string => {
    const known = byValue.get(`${kind} ${value}`)
    if (known !== undefined) return known
    let number = (last[kind] ?? 0) + 1
    while (taken.has(`[${kind}_${number}]`)) number += 1
    last[kind] = number
    const name = `[${kind}_${number}]`
    byValue.set(`${kind} ${value}`, name)
    byPlaceholder.set(name, value)
    return name
  }
  const counts = (): Partial<Record<PersonalKind, number>> => {
    const kinds = [...byValue.keys()].map((key) => key.slice(0, key.indexOf(' ')) as PersonalKind)
    return Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((other) => other === kind).length]))
  }
  return {
    hide: (text: string) => replaced(text, withNames(text, findPersonal(text), findNames(text)), placeholderOf),
    show: (text: string) => text.replace(placeholder, (name) => byPlaceholder.get(name) ?? name),
    counts,
  }
}

/** Names that lie inside another find (an address, an e-mail) are covered by it; one that reaches out is cut. */
function withNames(text: string, found: readonly Found[], names: readonly Found[]): Found[] {
  const free = names.flatMap((name) => freeParts(text, name, found))
  return [...found, ...free].toSorted((a, b) => a.start - b.start)
}

function replaced(text: string, found: Found[], placeholderOf: (kind: PersonalKind, value: string) => string): string {
  let at = 0
  let result = ''
  for (const { kind, start, end } of found) {
    result += text.slice(at, start) + placeholderOf(kind, text.slice(start, end))
    at = end
  }
  return result + text.slice(at)
}
