/** How often something happened: `hits` of `tries`. */
export type Tally = { hits: number; tries: number }

/** How many times the odds of a limit the alternatives lie at: from a little worse to hopeless. */
const oddsAbove: readonly number[] = [1.25, 1.5, 2, 3, 5, 8, 13, 21, 34, 55]

/** Rates are kept away from 0 and 1, where no odds exist. */
const within = (rate: number): number => Math.min(1 - 1e-9, Math.max(1e-9, rate))

/**
 * The natural logarithm of the evidence that a rate is above `limit`: the mean of the likelihood ratios of ten higher
 * rates against the limit. While the true rate is at the limit or below it, the mean never grows in expectation, so the
 * chance that it ever reaches 1/α, however often somebody looks, is at most α.
 * Source: Ville's inequality; mixtures of likelihood ratios as in Robbins, Statistical methods related to the law of the
 * iterated logarithm, Ann. Math. Stat. 41 (1970), and Ramdas et al., Game-theoretic statistics, Stat. Sci. 38 (2023).
 * It grows with every hit, so that a hit which is heard of late only makes it smaller until then.
 */
export function evidenceAbove({ hits, tries }: Tally, limit: number): number {
  const rate = within(limit)
  const ratios = oddsAbove.map((times) => {
    const odds = (times * rate) / (1 - rate)
    const higher = odds / (1 + odds)
    return hits * Math.log(higher / rate) + (tries - hits) * Math.log((1 - higher) / (1 - rate))
  })
  const most = Math.max(...ratios)
  const sum = ratios.reduce((total, ratio) => total + Math.exp(ratio - most), 0)
  return most + Math.log(sum / ratios.length)
}

/** The evidence that a rate is below `limit`: that what did not happen is above the rest. */
export const evidenceBelow = ({ hits, tries }: Tally, limit: number): number =>
  evidenceAbove({ hits: tries - hits, tries }, 1 - limit)

/** What the logarithm of evidence must reach for an error rate. */
export const enough = (errorRate: number): number => -Math.log(errorRate)

/** The highest rate that what was seen does not speak against, at every look together with error `errorRate`. */
export const upperBound = (tally: Tally, errorRate: number): number =>
  edge((rate) => evidenceBelow(tally, rate) < enough(errorRate), rateOf(tally), 1)

/** The lowest rate that what was seen does not speak against, at every look together with error `errorRate`. */
export const lowerBound = (tally: Tally, errorRate: number): number =>
  edge((rate) => evidenceAbove(tally, rate) < enough(errorRate), rateOf(tally), 0)

export const rateOf = ({ hits, tries }: Tally): number => (tries === 0 ? 0 : hits / tries)

/** Halves the way from a rate that is possible to one that is not, until both are one; `far` where all are possible. */
function edge(possible: (rate: number) => boolean, near: number, far: number): number {
  if (possible(far)) return far
  let [inside, outside] = [near, far]
  for (let step = 0; step < 60; step++) {
    const middle = (inside + outside) / 2
    if (possible(middle)) inside = middle
    else outside = middle
  }
  return outside
}
