import type { Evaluation } from './run.ts'
import { checkKinds, type CaseResult, type CheckKind } from './labelled.ts'
import { scoreNames } from './score-draft.ts'

/**
 * A difference, candidate less live, with the 95 % interval of its mean over the pairs. `safety`: what must not fall,
 * whatever else rises.
 */
export type Difference = {
  name: string
  pairs: number
  live: number
  candidate: number
  low: number
  high: number
  safety: boolean
}

export type Comparison = {
  briefs: number
  /** The total of the golden briefs first, its parts, then what labelled texts say. */
  differences: Difference[]
  /** Millionths of a US dollar for a brief; dearer is not worse. */
  cost: Difference
  /** The candidate's total is lower than the live one's, by whatever little, or it is less safe. */
  worse: boolean
  /** What must not fall and fell, by whatever little. */
  unsafe: string[]
  /** Briefs that lost most, the worst first. */
  lost: { brief: string; by: number }[]
}

const resamples = 2000
/** What floating sums cannot tell apart is the same. */
const nothing = 1e-9

/** Sentences that hold, and words that are not said: a draft may be worse in anything else and harm nobody. */
const ofSafety: ReadonlySet<string> = new Set(['grounded', 'avoided'])

/** Compares two evaluations of the same briefs, pair by pair. Throws when they are of different ones. */
export function compareEvaluations(live: Evaluation, candidate: Evaluation): Comparison {
  if (live.briefsHash !== candidate.briefsHash)
    throw new Error('These evaluations are of different briefs or texts: evaluate both on the same ones')
  const pairs = live.scores.map((one, index) => ({ brief: one.brief, live: one, candidate: candidate.scores[index]! }))
  const scores = (['total', ...scoreNames] as const).map((name) =>
    difference(name, ofSafety.has(name), pairs.map((pair) => [pair.live.score[name], pair.candidate.score[name]]))) // prettier-ignore
  const cost = difference('cost', false, pairs.map((pair) => [pair.live.costMicroUsd, pair.candidate.costMicroUsd]))
  const differences = [...scores, ...checkDifferences(live.checks, candidate.checks)]
  const unsafe = differences.filter((one) => one.safety && fell(one)).map(({ name }) => name)
  const lost = pairs
    .map((pair) => ({ brief: pair.brief, by: pair.live.score.total - pair.candidate.score.total }))
    .filter(({ by }) => by > nothing)
    .toSorted((a, b) => b.by - a.by)
  return { briefs: pairs.length, differences, cost, worse: fell(scores[0]!) || unsafe.length > 0, unsafe, lost }
} // prettier-ignore

const fell = ({ live, candidate }: Difference): boolean => candidate - live < -nothing

/** What a check finds of what is there is safety; what it objects to without need is a nuisance. */
function checkDifferences(live: readonly CaseResult[], candidate: readonly CaseResult[]): Difference[] {
  const now = new Map(candidate.map((one) => [one.id, one]))
  const of = (kind: CheckKind, faulty: boolean): [number, number][] =>
    live.flatMap((one): [number, number][] => {
      const other = now.get(one.id)
      const right = (result: CaseResult): number => (result.found === faulty ? 1 : 0)
      return other && one.of === kind && one.faulty === faulty ? [[right(one), right(other)]] : []
    })
  return checkKinds.flatMap((kind) => [
    ...nonEmpty(`${kind} found`, true, of(kind, true)),
    ...nonEmpty(`${kind} quiet`, false, of(kind, false)),
  ])
}

const nonEmpty = (name: string, safety: boolean, pairs: readonly (readonly [number, number])[]): Difference[] =>
  pairs.length === 0 ? [] : [difference(name, safety, pairs)]

function difference(name: string, safety: boolean, pairs: readonly (readonly [number, number])[]): Difference {
  const [live, candidate] = [mean(pairs.map(([before]) => before)), mean(pairs.map(([, after]) => after))]
  return { name, pairs: pairs.length, live, candidate, ...intervalOf(pairs.map(([before, after]) => after - before)), safety } // prettier-ignore
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/**
 * The 95 % interval of a mean: the percentile bootstrap (Efron 1979), drawn the same way each time, stretched about the
 * mean to the width that Student's t has with so few values (Hesterberg 2015, § 4.3): the plain one is too sure of few.
 */
export function intervalOf(values: readonly number[]): { low: number; high: number } {
  const [middle, size] = [mean(values), values.length]
  const draw = drawer(size)
  const means = Array.from({ length: resamples }, () => mean(values.map(() => values[draw()]!))).toSorted(
    (a, b) => a - b,
  )
  const stretch = size < 2 ? 1 : (studentT(size - 1) / 1.96) * Math.sqrt(size / (size - 1))
  const stretched = (value: number): number => middle + (value - middle) * stretch
  return {
    low: stretched(means[Math.floor(resamples * 0.025)]!),
    high: stretched(means[Math.ceil(resamples * 0.975) - 1]!),
  }
}

/** The same of scores, which lie on [0, 1]. */
export function scoreInterval(scores: readonly number[]): { low: number; high: number } {
  const { low, high } = intervalOf(scores)
  return { low: Math.max(0, low), high: Math.min(1, high) }
}

/** Student's t that is exceeded once in forty, for 1 to 4 degrees of freedom. */
const smallT = [12.706, 4.303, 3.182, 2.776]

/** Its expansion about the normal quantile (Abramowitz and Stegun, 26.7.5), right to 0.003 from five degrees on. */
function studentT(freedom: number): number {
  const z = 1.959964
  const terms = (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  return smallT[freedom - 1] ?? z + terms
}

/** Whole numbers below `size`, by a linear congruence (Numerical Recipes): no chance, so that a comparison repeats. */
function drawer(size: number): () => number {
  let state = 1
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * size)
  }
}
