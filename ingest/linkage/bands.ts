import type { Field } from './fields.ts'
import { posteriors, type Mixture, type PatternCounts } from './mixture.ts'

/** Of pairs joined without asking, so many are expected to be right; below it, so many of those a person is shown. */
const expected = { merge: 0.999, review: 0.35 }

/**
 * The bands of weights, from the mixture alone: the merge band starts at the lowest weight above which the mean chance of
 * a match is high enough, the review band where asking a person still pays.
 */
export function bandsOf(
  fields: readonly Field[],
  mixture: Mixture,
  found: PatternCounts,
): { merge: number; review: number } {
  const { match } = posteriors(
    fields,
    mixture,
    found,
    fields.map(() => true),
  )
  const order = Array.from(match.keys()).toSorted((x, y) => match[y]! - match[x]! || x - y)
  const bands = { merge: Infinity, review: Infinity }
  let [right, all] = [0, 0]
  for (const index of order) {
    right += match[index]! * found.counts[index]!
    all += found.counts[index]!
    const weight = Math.log2(match[index]! / Math.max(1e-300, 1 - match[index]!))
    if (right / all >= expected.merge) bands.merge = weight
    if (match[index]! >= expected.review) bands.review = weight
  }
  // Even where all is clear, a merge needs odds of sixteen to one.
  const merge = Math.min(20, Math.max(4, bands.merge))
  return { merge, review: Math.min(merge, Math.max(-1, Math.min(0, bands.review))) }
}
