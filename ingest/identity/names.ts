import { areNicknames } from './nicknames.ts'

/** A name ready to be compared: lower case, no accents. `given` is empty when unknown or a couple's (`Anna & Ben`). */
export type Name = { given: string; family: string }

/** How two names relate. `unknown` when one of them says too little to tell. */
export type Likeness = 'equal' | 'nickname' | 'typo' | 'initial' | 'unknown' | 'clash'

const letters: Record<string, string> = { ı: 'i', ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }
const particles = new Set(
  'de den der het t van von vom zu zur te ten ter la le el al di da do del dos des du op'.split(' '),
)
const couple = /[&+]|\s(en|and|und|et|y)\s/i

/** Reads the two name fields of a profile; a full name in one field is split. Null when there is nothing to compare. */
export function readName(given: string | null, family: string | null): Name | null {
  const isCouple = couple.test(given ?? '')
  const givens = isCouple ? [] : words(given)
  const families = words(family)
  if (families.length === 0 && givens.length > 1) return { given: givens[0]!, family: joinedFamily(givens.slice(1)) }
  const name = { given: givens.join(' '), family: joinedFamily(families) }
  return name.given === '' && name.family === '' ? null : name
}

const words = (text: string | null): string[] =>
  (text ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ıßøæœłđðþ]/g, (letter) => letters[letter]!)
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')

/** `van den Berg`, `vd Berg` and `Berg` are one family name. */
function joinedFamily(parts: readonly string[]): string {
  const kept = parts.filter((word) => !particles.has(word) && word !== 'vd' && word !== 'v')
  return (kept.length > 0 ? kept : parts).join(' ')
}

/** True when the given name is a whole one, not an initial and not missing. */
export const isWhole = (name: Name): boolean => firstOf(name.given).length > 1

/** Compares given names. `clash` means that nobody would take one for a way to write the other. */
export function likenessOfGiven(one: Name, other: Name): Likeness {
  if (one.given === '' || other.given === '') return 'unknown'
  const [a, b] = [firstOf(one.given), firstOf(other.given)]
  if (a === b || one.given.replaceAll(' ', '') === other.given.replaceAll(' ', '')) return 'equal'
  if (isSwapped(one, other)) return 'equal'
  if (a.length === 1 || b.length === 1) return a[0] === b[0] ? 'initial' : 'clash'
  if (areNicknames(a, b)) return 'nickname'
  return isTypo(a, b) ? 'typo' : 'clash'
}

/** Compares family names; a double name equals either of its halves. */
export function likenessOfFamily(one: Name, other: Name): Likeness {
  if (one.family === '' || other.family === '') return 'unknown'
  if (isSwapped(one, other)) return 'equal'
  const [a, b] = [one.family.split(' '), other.family.split(' ')]
  if (a.every((word) => b.includes(word)) || b.every((word) => a.includes(word))) return 'equal'
  return isTypo(one.family, other.family) ? 'typo' : 'clash'
}

/** The two fields were filled the wrong way round. */
const isSwapped = (one: Name, other: Name): boolean =>
  one.family !== '' && other.family !== '' && one.given === other.family && other.given === one.family

const firstOf = (given: string): string => given.split(' ')[0]!

/**
 * A slip of the keys, never of the first letter: one edit from four letters on, two from eight on, and in three
 * letters only a transposition (`Tom` and `Tim` are two people).
 */
function isTypo(a: string, b: string): boolean {
  if (a[0] !== b[0]) return false
  const shortest = Math.min(a.length, b.length)
  if (shortest < 4) return a !== b && a.length === b.length && sorted(a) === sorted(b)
  return editDistance(a, b) <= (shortest >= 8 ? 2 : 1)
}

const sorted = (text: string): string => text.split('').toSorted().join('')

/** Optimal string alignment: insertions, deletions, substitutions and transpositions of neighbours. */
export function editDistance(a: string, b: string): number {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, older[j - 2]! + 1)
      row.push(least)
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}
