import { nameFinder } from './names.ts'
import { findPersonal, freeParts, masked, placeholder, type Found, type PersonalKind } from './patterns.ts'

/** What the owner lets leave the house as it is: whole kinds, or values such as the business's own address and phone. */
export type Allowed = { kinds?: readonly PersonalKind[]; values?: readonly string[] }

/** `TEXT` stands for a placeholder that somebody wrote by hand: nobody gets another's data by writing its name. */
type Kind = PersonalKind | 'TEXT'
type Hidden = { kind: Kind; value: string }

/** A text never holds so many layers of finds that only show once others are hidden. */
const mostRounds = 5

/** The placeholders of one request. The same value has the same placeholder throughout, numbered as they come. */
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
  const nameOf = (kind: Kind, value: string): string => {
    const key = `${kind} ${value}`
    const name = byValue.get(key) ?? mint(kind)
    byValue.set(key, name)
    hidden.set(name, { kind, value })
    return name
  }
  /** A name that stands for something is hidden like data; one that does not yet is never given out. */
  const byHand = (name: string): string => {
    if (hidden.has(name)) return nameOf('TEXT', name)
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
    hide: (text: string): string => {
      let clean = text.replace(placeholder, byHand)
      for (let round = 0; round < mostRounds; round += 1) {
        const found = find(clean)
        if (found.length === 0) break
        clean = replaced(clean, found, nameOf)
      }
      return clean
    },
    show,
    counts: (): Partial<Record<PersonalKind, number>> => {
      const kinds = [...hidden.values()].flatMap(({ kind }) => (kind === 'TEXT' ? [] : [kind]))
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
