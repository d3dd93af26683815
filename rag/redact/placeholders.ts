import { nameFinder } from './names.ts'
import { findPersonal, freeParts, masked, placeholder, type Found, type PersonalKind } from './patterns.ts'

/** Whom a text speaks of and goes to: a person's id; null where that is nobody in particular, as in a brief. */
export type Reader = string | null

/** What the owner lets leave the house as it is: whole kinds, or values such as the business's own address and phone. */
export type Allowed = { kinds?: readonly PersonalKind[]; values?: readonly string[] }

/** `TEXT` stands for a placeholder that somebody wrote by hand: nobody gets another's data by writing its name. */
type Kind = PersonalKind | 'TEXT'
type Hidden = { kind: Kind; value: string; of: ReadonlySet<Reader> }

/** A text never holds so many layers of finds that only show once others are hidden. */
const mostRounds = 5

/**
 * The placeholders of one thread. The same value has the same placeholder throughout, numbered as they come; each
 * remembers whose texts it stood in, and is given back in those alone.
 */
export function placeholderBook(names: readonly string[], allowed: Allowed) {
  const find = personalFinder(names, allowed)
  const byValue = new Map<string, string>()
  const hidden = new Map<string, Hidden>()
  const written = new Set<string>()
  const last = new Map<Kind, number>()
  const mint = (kind: Kind): string => {
    const number = (last.get(kind) ?? 0) + 1
    last.set(kind, number)
    return written.has(`[${kind}_${number}]`) ? mint(kind) : `[${kind}_${number}]`
  }
  const nameOf = (kind: Kind, value: string, reader: Reader): string => {
    const key = `${kind} ${value}`
    const name = byValue.get(key) ?? mint(kind)
    byValue.set(key, name)
    const known = hidden.get(name) ?? { kind, value, of: new Set() }
    hidden.set(name, { ...known, of: new Set([...known.of, reader]) })
    return name
  }
  /** A name that stands for something is hidden like data; one that does not yet is never given out. */
  const byHand = (name: string, reader: Reader): string => {
    if (hidden.has(name)) return nameOf('TEXT', name, reader)
    written.add(name)
    return name
  }
  // What a later round hid may hold what an earlier one did; what was written by hand is given back as it was.
  const show = (text: string): string =>
    text.replace(placeholder, (name) => {
      const known = hidden.get(name)
      return known === undefined ? name : known.kind === 'TEXT' ? known.value : show(known.value)
    })
  return {
    hide: (text: string, reader: Reader): string => {
      let clean = text.replace(placeholder, (name) => byHand(name, reader))
      for (let round = 0; round < mostRounds; round += 1) {
        const found = find(clean)
        if (found.length === 0) break
        clean = replaced(clean, found, (kind, value) => nameOf(kind, value, reader))
      }
      return clean
    },
    show,
    /** The placeholders of a text that stand for what is in no text of this reader. */
    othersIn: (text: string, reader: Reader): string[] =>
      (text.match(placeholder) ?? []).filter((name) => hidden.get(name)?.of.has(reader) === false),
    counts: (reader: Reader): Partial<Record<PersonalKind, number>> => {
      const kinds = [...hidden.values()].flatMap(({ kind, of }) => (kind !== 'TEXT' && of.has(reader) ? [kind] : []))
      return Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((other) => other === kind).length]))
    },
  }
} // prettier-ignore

/** What a vendor may not see: what the rules find and the names given, without what is allowed. */
export function personalFinder(names: readonly string[], allowed: Allowed): (text: string) => Found[] {
  const findNames = nameFinder(names)
  const kinds = new Set(allowed.kinds)
  const values = new Set(allowed.values?.map((value) => value.toLowerCase()))
  return (text) => {
    const found = findPersonal(text)
    // Names that lie inside another find (an address, an e-mail) are covered by it; one that reaches out is cut.
    const free = findNames(masked(text)).flatMap((name) => freeParts(text, name, found))
    return [...found, ...free]
      .filter(({ kind, start, end }) => !kinds.has(kind) && !values.has(text.slice(start, end).toLowerCase()))
      .toSorted((a, b) => a.start - b.start)
  }
}

function replaced(text: string, found: readonly Found[], nameOf: (kind: PersonalKind, value: string) => string): string {
  let at = 0
  let result = ''
  for (const { kind, start, end } of found) {
    result += text.slice(at, start) + nameOf(kind, text.slice(start, end))
    at = end
  }
  return result + text.slice(at)
} // prettier-ignore
