import type { Evaluation } from './run.ts'
import { scoreNames, type Score } from './score-draft.ts'

/** A difference, candidate less live, with the 95 % interval of its mean over the briefs. */
export type Difference = { name: keyof Score; live: number; candidate: number; low: number; high: number }

export type Comparison = {
  briefs: number
  differences: Difference[]
  /** The candidate's total is lower than the live one's, by whatever little. */
  worse: boolean
  /** Briefs that lost most, the worst first. */
  lost: { brief: string; by: number }[]
}

const resamples = 2000
/** What floating sums cannot tell apart is the same. */
const nothing = 1e-9

/** Compares two evaluations of the same briefs, pair by pair. Throws when they are of different ones. */
export function compareEvaluations(live: Evaluation, candidate: Evaluation): Comparison {
  if (live.briefsHash !== candidate.briefsHash)
    throw new Error('These evaluations are of different briefs: evaluate both on the same ones')
  const pairs = live.scores.map((one, index) => ({ brief: one.brief, live: one.score, candidate: candidate.scores[index]!.score })) // prettier-ignore
  const differences = (['total', ...scoreNames] as const).map((name): Difference => {
    const each = pairs.map((pair) => pair.candidate[name] - pair.live[name])
    return {
      name,
      live: mean(pairs.map((pair) => pair.live[name])),
      candidate: mean(pairs.map((pair) => pair.candidate[name])),
      ...interval(each),
    }
  })
  const lost = pairs
    .map(({ brief, ...pair }) => ({ brief, by: pair.live.total - pair.candidate.total }))
    .filter(({ by }) => by > nothing)
    .toSorted((a, b) => b.by - a.by)
  return { briefs: pairs.length, differences, worse: mean(pairs.map((pair) => pair.candidate.total - pair.live.total)) < -nothing, lost } // prettier-ignore
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The percentile bootstrap of a mean (Efron 1979), drawn the same way each time. */
function interval(values: readonly number[]): { low: number; high: number } {
  const draw = drawer(values.length)
  const means = Array.from({ length: resamples }, () => mean(values.map(() => values[draw()]!))).toSorted(
    (a, b) => a - b,
  )
  return { low: means[Math.floor(resamples * 0.025)]!, high: means[Math.ceil(resamples * 0.975) - 1]! }
}

/** Whole numbers below `size`, by a linear congruence (Numerical Recipes): no chance, so that a comparison repeats. */
function drawer(size: number): () => number {
  let state = 1
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * size)
  }
}
