import type { Field } from './fields.ts'
import { specs } from './kinds.ts'
import { levelCounts, normalised, posteriors, type Chances, type Levels, type Mixture, type PatternCounts, type Priors } from './mixture.ts' // prettier-ignore

/** What a mixture is learned from: patterns of pairs drawn at random, of pairs found by blocking, and how many pairs there are in all. */
export type Sample = { random: PatternCounts; found: PatternCounts; pairs: number }

const rounds = 30
/** A session ends when its share of matches moves no more than this. */
const settled = 1e-4

/**
 * Learns the mixture without labels (Fellegi and Sunter 1969; EM as in Winkler 1988). Chances among strangers come from
 * random pairs, those among matches from several sessions, each over the pairs that agree in one rule's fields and each
 * telling of the other fields only; priors from all found pairs. Deterministic: sums run in the order of patterns.
 */
export function learn(fields: readonly Field[], sample: Sample): Mixture {
  const all = fields.map(() => true)
  const sessions = sessionsOf(fields).map((held) => ({ held, pairs: within(sample.found, held, fields.length) }))
  let u: Levels = levelCounts(fields, sample.random, () => 1).map((counts) => normalised(counts))
  let m: Levels = fields.map((field) => firstGuess(specs[field.kind].levels.length))
  let priors: Priors = { match: 1e-4, relative: 1e-5, neighbour: 1e-4 }
  for (let round = 0; round < 3; round += 1) {
    m = learnMatches(fields, { m, u, priors }, sessions)
    priors = learnPriors(fields, { m, u, priors }, sample)
    const { match } = posteriors(fields, { m, u, priors }, sample.random, all)
    u = levelCounts(fields, sample.random, (index) => 1 - match[index]!).map((counts) => normalised(counts))
  }
  return { m, u, priors }
}

const firstGuess = (levels: number): number[] =>
  Array.from({ length: levels }, (_, level) => (level === 0 ? 0.75 : level === levels - 1 ? 0.1 : 0.15 / Math.max(1, levels - 2))) // prettier-ignore

/** Sessions: each holds some fields equal and learns of the others. */
function sessionsOf(fields: readonly Field[]): number[][] {
  const indexes = (names: readonly string[]): number[] =>
    fields.flatMap((field, index) => (names.includes(field.name) ? [index] : []))
  const telling = indexes(['given', 'family', 'dob', 'postcode', 'street', 'phone', 'email'])
  const others = fields.flatMap((field, index) => (field.kind === 'text' ? [index] : []))
  const some = telling.length >= 4 ? telling : [...telling, ...others]
  return [
    ...indexes(['email', 'phone', 'id', 'dob']).map((index) => [index]),
    ...some.flatMap((one, at) => some.slice(at + 1).map((other) => [one, other])),
  ]
}

type Session = { held: readonly number[]; pairs: PatternCounts }

function learnMatches(fields: readonly Field[], start: Mixture, sessions: readonly Session[]): Levels {
  const sums = fields.map((field) => specs[field.kind].levels.map(() => 0))
  for (const { held, pairs } of sessions) {
    if (sumOf(pairs.counts) < 20) continue
    const used = fields.map((_, index) => !held.includes(index))
    const matched = session(fields, start, pairs, used)
    const matches = pairs.counts.reduce((sum, count, index) => sum + count * matched[index]!, 0)
    const counts = levelCounts(fields, pairs, (index) => matched[index]!)
    if (matches < 5 || !arePeople(fields, counts, used)) continue
    // A session's word weighs with the root of its matches, so that one large rule does not drown the others.
    const weight = 1 / Math.sqrt(matches)
    for (const [at, levels] of counts.entries()) {
      if (used[at]) for (const [level, count] of levels.entries()) sums[at]![level]! += count * weight
    }
  }
  return sums.map((counts, index) =>
    neverAgainst(fields[index]!, normalised(counts, firstGuess(counts.length), 1), start.u[index]!),
  )
}

/** Agreement never counts for less than chance, and no level for less than plain difference. */
function neverAgainst(field: Field, m: readonly number[], u: readonly number[]): number[] {
  const { levels } = specs[field.kind]
  const different = m.at(-1)! / u.at(-1)!
  return m.map((chance, level) => Math.max(chance, u[level]! * (levels[level]!.agrees ? 1 : Math.min(1, different))))
}

/** The least share of one person's records that agree in a name or a birthday. */
const leastAgreement = 0.25

/**
 * Whether what a session took for matches can be: where a file has no duplicates, EM finds whatever else goes together,
 * people of one town say, and calls it a match. Those agree in names and birthday hardly more than strangers do.
 */
function arePeople(
  fields: readonly Field[],
  counts: readonly (readonly number[])[],
  used: readonly boolean[],
): boolean {
  return fields.every((field, at) => {
    if (!used[at] || !['given', 'family', 'dob'].includes(field.name)) return true
    const { levels } = specs[field.kind]
    const all = counts[at]!.reduce((sum, count) => sum + count, 0)
    const agreeing = counts[at]!.reduce((sum, count, level) => sum + (levels[level]!.agrees ? count : 0), 0)
    return all < 1 || agreeing / all >= leastAgreement
  })
}

const sumOf = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0)

/** Patterns whose fields `held` agree exactly. */
function within({ levels, counts }: PatternCounts, held: readonly number[], fields: number): PatternCounts {
  const kept: number[] = []
  for (let index = 0; index < counts.length; index += 1) {
    if (held.every((at) => levels[index * fields + at] === 0)) kept.push(index)
  }
  const inner = new Uint8Array(kept.length * fields)
  for (const [to, from] of kept.entries()) inner.set(levels.subarray(from * fields, (from + 1) * fields), to * fields)
  return { levels: inner, counts: Float64Array.from(kept, (index) => counts[index]!) }
}

/** EM over the pairs of one session; returns the chance of a match for each of its patterns. */
function session(
  fields: readonly Field[],
  start: Mixture,
  pairs: PatternCounts,
  used: readonly boolean[],
): Float64Array {
  let mixture: Mixture = { ...start, priors: { match: 0.4, relative: 0.2, neighbour: 0.05 } }
  for (let round = 0; ; round += 1) {
    const chances = posteriors(fields, mixture, pairs, used)
    const priors = shares(chances, pairs, 0)
    if (round === rounds || Math.abs(priors.match - mixture.priors.match) < settled) return chances.match
    const counts = levelCounts(fields, pairs, (index) => chances.match[index]!)
    mixture = {
      u: start.u,
      m: counts.map((sums, at) => (used[at] ? normalised(sums, start.m[at], 2) : start.m[at]!)),
      priors,
    }
  }
}

function shares(chances: Chances, { counts }: PatternCounts, unseen: number): Priors {
  const all = sumOf(counts) + unseen
  const share = (chance: Float64Array): number =>
    Math.min(0.9, Math.max(1e-12, chance.reduce((total, p, index) => total + p * counts[index]!, 0) / all))
  return { match: share(chances.match), relative: share(chances.relative), neighbour: share(chances.neighbour) }
}

/** The share of matches, relatives and neighbours among all pairs there are: those not found count as strangers. */
function learnPriors(fields: readonly Field[], start: Mixture, { found, pairs }: Sample): Priors {
  const used = fields.map(() => true)
  const unseen = Math.max(0, pairs - sumOf(found.counts))
  let { priors } = start
  for (let round = 0; round < rounds; round += 1) {
    const next = shares(posteriors(fields, { ...start, priors }, found, used), found, unseen)
    const moved = Math.abs(next.match / priors.match - 1)
    priors = next
    if (moved < settled) break
  }
  return priors
}
