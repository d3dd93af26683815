import type { Counted } from './counted.ts'

/** An arm as counted among those who were drawn while it had this share, from 0 to 1. */
export type Stratum = Counted & { share: number }

/**
 * Arms as they would have been counted, had all had their people on the same days. `days`: for each set of shares, the
 * arms in one order, counted while it held. Where shares move, whoever grows has more people of later days, and a season
 * that changes would count as their merit; so each person counts by (Σ 1/share of all arms)⁻¹ ÷ the share of their own arm,
 * which gives all arms the same days and weighs most the days that tell most. The numbers that come out are those of as
 * many people as the weighted ones are worth: with one set of shares they are what was counted.
 * Source: Li & Li, Propensity score weighting for causal inference with multiple treatments, Ann. Appl. Stat. 13 (2019),
 * generalized overlap weights; the worth is Kish's (Σw)² / Σw².
 */
export function evened(days: readonly (readonly Stratum[])[]): Counted[] {
  const arms = days[0]?.length ?? 0
  return Array.from({ length: arms }, (_, arm) => {
    const sums = { weight: 0, squares: 0, converted: 0 }
    for (const day of days) {
      const { people, converted, share } = day[arm]!
      const weight = overlapOf(day) / share
      if (!(weight > 0)) continue
      sums.weight += weight * people
      sums.squares += weight ** 2 * people
      sums.converted += weight * converted
    }
    if (sums.weight === 0) return { people: 0, converted: 0 }
    const people = sums.weight ** 2 / sums.squares
    return { people, converted: (people * sums.converted) / sums.weight }
  })
}

/** Nothing, where an arm had no share: those days tell nothing of it. */
const overlapOf = (day: readonly Stratum[]): number =>
  day.some(({ share }) => share <= 0) ? 0 : 1 / day.reduce((sum, { share }) => sum + 1 / share, 0)
