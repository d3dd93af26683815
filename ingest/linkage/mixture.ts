import type { Field } from './fields.ts'
import { specs } from './kinds.ts'
import { levelAt, missing } from './patterns.ts'

type Compared = Pick<Field, 'kind' | 'sharing'>

/** How pairs agree and how often: `levels` has one byte a field for each pattern, `counts` the pairs that show it. */
export type PatternCounts = { levels: Uint8Array; counts: Float64Array }

/** The levels of numbered patterns, a byte each. */
export function decoded(patterns: Float64Array, fields: number): Uint8Array {
  const levels = new Uint8Array(patterns.length * fields)
  for (let index = 0; index < patterns.length; index += 1) {
    for (let at = 0; at < fields; at += 1) levels[index * fields + at] = levelAt(patterns[index]!, at)
  }
  return levels
}

/** Per field, the chance of each level among pairs of one kind. */
export type Levels = readonly (readonly number[])[]

/**
 * The mixture that pairs are: the same person (m), relatives, neighbours, and strangers (u). What relatives and
 * neighbours have in common follows from m and u by the sharing rates of the fields.
 */
export type Mixture = { m: Levels; u: Levels; priors: Priors }
export type Priors = { match: number; relative: number; neighbour: number }

const least = 1e-6

/** Chances of levels from counts, none zero: `prior` counts as `weight` pairs more, or half a pair of each level. */
export function normalised(counts: readonly number[], prior: readonly number[] | null = null, weight = 0): number[] {
  const smoothed = counts.map((count, index) => count + (prior ? prior[index]! * weight : 0.5))
  const sum = smoothed.reduce((total, count) => total + count, 0)
  return smoothed.map((count) => Math.max(least, count / sum))
}

/** What relatives, or neighbours, have in common: some share a field as one person would, the others as strangers. */
export const sharedLevels = (
  fields: readonly Compared[],
  { m, u }: Pick<Mixture, 'm' | 'u'>,
  whom: 'relative' | 'neighbour',
): number[][] =>
  fields.map((field, index) => {
    const { neighbours } = specs[field.kind]
    if (whom === 'neighbour' && neighbours) return [...neighbours]
    const rate = field.sharing[whom]
    return m[index]!.map((chance, level) => rate * chance + (1 - rate) * u[index]![level]!)
  })

/** Counts of each level of each field, weighted; missing values are not counted. */
export function levelCounts(
  fields: readonly Compared[],
  { levels, counts }: PatternCounts,
  weight: (index: number) => number,
): number[][] {
  const sums = fields.map((field) => specs[field.kind].levels.map(() => 0))
  for (let index = 0; index < counts.length; index += 1) {
    const share = counts[index]! * weight(index)
    for (let at = 0; at < fields.length; at += 1) {
      const level = levels[index * fields.length + at]!
      if (level !== missing) sums[at]![level]! += share
    }
  }
  return sums
}

export type Chances = { match: Float64Array; relative: Float64Array; neighbour: Float64Array }

/**
 * The chance of a match for each pattern, and of a relative or neighbour.
 * @param used the fields that speak; those of the rule that found the pairs do not
 */
export function posteriors(
  fields: readonly Compared[],
  mixture: Mixture,
  { levels, counts }: PatternCounts,
  used: readonly boolean[],
): Chances {
  const [match, relative, neighbour] = [0, 1, 2].map(() => new Float64Array(counts.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const tables = oddsTables(fields, mixture, used)
  const priors = [mixture.priors.match, mixture.priors.relative, mixture.priors.neighbour].map(Math.log) as [
    number,
    number,
    number,
  ]
  const stranger = Math.log(
    Math.max(1e-12, 1 - mixture.priors.match - mixture.priors.relative - mixture.priors.neighbour),
  )
  for (let index = 0; index < counts.length; index += 1) {
    let [m, r, n] = priors
    for (let at = 0; at < fields.length; at += 1) {
      const cell = (at * 16 + levels[index * fields.length + at]!) * 3
      m += tables[cell]!
      r += tables[cell + 1]!
      n += tables[cell + 2]!
    }
    const top = Math.max(m, r, n, stranger)
    const [pm, pr, pn] = [Math.exp(m - top), Math.exp(r - top), Math.exp(n - top)]
    const sum = pm + pr + pn + Math.exp(stranger - top)
    match[index] = pm / sum
    relative[index] = pr / sum
    neighbour[index] = pn / sum
  }
  return { match, relative, neighbour }
}

/** For each field and level, the logs of what it says for a match, a relative and a neighbour, against strangers. */
function oddsTables(fields: readonly Compared[], mixture: Mixture, used: readonly boolean[]): Float64Array {
  const tables = new Float64Array(fields.length * 16 * 3)
  const kinds = [mixture.m, sharedLevels(fields, mixture, 'relative'), sharedLevels(fields, mixture, 'neighbour')]
  for (const [at, chances] of mixture.u.entries()) {
    if (!used[at]) continue
    for (const [level, stranger] of chances.entries()) {
      for (const [kind, of] of kinds.entries())
        tables[(at * 16 + level) * 3 + kind] = Math.log(of[at]![level]! / stranger)
    }
  }
  return tables
}
