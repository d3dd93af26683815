import type { Field } from './fields.ts'
import { posteriors, type Mixture, type PatternCounts } from './mixture.ts'

/** Of pairs joined without asking, so many are expected to be right. */
const expectedRight = 0.999
/** Even where all is clear, a merge needs odds of sixteen to one. */
const leastMerge = 4
const mostMerge = 20
/** From a little less than even odds on a person is asked. */
const review = -1

/**
 * The bands of weights, in bits, from the mixture alone: the merge band starts at the lowest weight above which the mean
 * chance of a match is high enough.
 */
export function bandsOf(
  fields: readonly Field[],
  mixture: Mixture,
  found: PatternCounts,
): { merge: number; review: number } {
  const used = fields.map(() => true)
  const { match } = posteriors(fields, mixture, found, used)
  const order = Array.from(match.keys()).toSorted((x, y) => match[y]! - match[x]! || x - y)
  let merge = mostMerge
  let [right, all] = [0, 0]
  for (const index of order) {
    right += match[index]! * found.counts[index]!
    all += found.counts[index]!
    if (right / all < expectedRight) break
    merge = Math.log2(match[index]! / Math.max(1e-300, 1 - match[index]!))
  }
  return { merge: Math.min(mostMerge, Math.max(leastMerge, merge)), review }
}
