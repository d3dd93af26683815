import { wordsOf, type Profile } from './profile.ts'

/** A column that says again what others say, and which. */
export type Repeated = { of: readonly Profile[]; why: string }

/** The share of rows that must agree, and the fewest. */
const agreeing = 0.95
const fewest = 5

/**
 * What `profile` repeats of the other columns: a copy, a sound code, an initial or a mail domain of one, or, being of
 * several words, nearly all words of two and more (`first_and_surname`). Undefined when it says something of its own.
 */
export function repeatedBy(profile: Profile, all: readonly Profile[]): Repeated | undefined {
  const rest = all.filter((other) => other !== profile && other.values.length > 0)
  for (const other of rest) {
    const why = copyOf(profile, other)
    if (why !== undefined) return { of: [other], why }
  }
  return profile.several >= 0.5 && profile.dates === undefined ? madeOf(profile, rest) : undefined
}

/** True when two columns hold the same in nearly every row. */
export const isCopy = (one: Profile, other: Profile): boolean =>
  one.distinct >= 3 && one.filled <= other.filled * 1.1 && agree(one, other, (a, b) => a === b)

function copyOf(profile: Profile, other: Profile): string | undefined {
  if (profile.share(/^[a-z]\d{3}$/i) > 0.95 && other.wordy > 0.5 && agree(profile, other, (code, name) => code[0] === name[0])) return 'is a sound code of' // prettier-ignore
  if (profile.share(/^[a-z]\.?$/i) > 0.95 && other.wordy > 0.5 && profile.distinct > 4 && agree(profile, other, (initial, name) => initial[0] === name[0])) return 'is the initial of' // prettier-ignore
  if (other.share(/@/) > 0.5 && agree(profile, other, (domain, email) => email.endsWith(`@${domain}`))) return 'is the domain of' // prettier-ignore
  return undefined
}

/** The words of a longer column that stand in shorter ones: whole values, in nearly all rows. */
function madeOf(profile: Profile, rest: readonly Profile[]): Repeated | undefined {
  if (profile.share(/@/) > 0.2) return undefined
  const parts = rest.filter(
    (other) => other.distinct > 2 && !isCopy(other, profile) && agree(profile, other, (long, part) => contains(long, part)), // prettier-ignore
  )
  if (parts.length < 2) return undefined
  const covered = profile.rows.map((row) => {
    const words = wordsOf(profile.cells[row]!)
    const said = new Set(parts.flatMap((other) => wordsOf(other.cells[row] ?? '')))
    return words.filter((word) => said.has(word)).length / Math.max(1, words.length)
  })
  const whole = covered.filter((share) => share >= 0.99).length / Math.max(1, covered.length)
  return whole >= 0.8 ? { of: parts, why: 'is made of' } : undefined
}

/** Whole words: `ann lee` contains `ann` and not `an`. */
export const contains = (long: string, part: string): boolean =>
  ` ${wordsOf(long).join(' ')} `.includes(` ${wordsOf(part).join(' ')} `)

/** True when the cells of the rows that have both agree. */
export function agree(
  one: Profile,
  other: Profile,
  same: (a: string, b: string) => boolean,
  share = agreeing,
): boolean {
  const both = one.rows.filter((row) => other.cells[row] !== null)
  if (both.length < fewest || both.length < one.rows.length * 0.3) return false
  let misses = 0
  const allowed = both.length * (1 - share)
  for (const row of both) {
    if (!same(one.cells[row]!, other.cells[row]!)) misses += 1
    if (misses > allowed) return false
  }
  return true
}
