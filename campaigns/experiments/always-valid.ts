import type { Counted } from './counted.ts'
import type { Mean } from './covariate.ts'

/** A difference of rates or means with the bounds it stays within at every look together. */
export type Interval = { estimate: number; low: number; high: number }

/** Where the interval is narrowest, in people: GrowthBook's default. */
const narrowestAt = 5_000

/**
 * How many standard errors an interval must reach to hold at every look together, after `people` people in all.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Time-uniform central limit theory and asymptotic confidence
 * sequences, Ann. Stat. 52 (2024), eq. 9 and the choice of rho in its appendix.
 */
export function reachAt(people: number, errorRate: number, tunedTo = narrowestAt): number {
  const spread = -2 * Math.log(errorRate)
  const scaled = (people * (spread + Math.log(spread + 1))) / tunedTo
  return Math.sqrt((2 * (scaled + 1) * Math.log(Math.sqrt(scaled + 1) / errorRate)) / scaled)
}

/** Before an arm has so many hits and misses, the normal approximation does not hold and everything is possible. */
const fewest = 10

/**
 * How much more often `arm` converts than `control`, with an interval that may be looked at as often as one likes.
 * Its estimate of the variance adds one hit and one miss to each arm, so that no arm looks certain.
 */
export function difference(arm: Counted, control: Counted, errorRate: number): Interval {
  const estimate = shareOf(arm) - shareOf(control)
  const isFew = [arm, control].some(({ people, converted }) => Math.min(converted, people - converted) < fewest)
  if (isFew) return { estimate, low: -1, high: 1 }
  const error = Math.sqrt(variance(arm) / arm.people + variance(control) / control.people)
  const reach = error * reachAt(arm.people + control.people, errorRate)
  return { estimate, low: Math.max(-1, estimate - reach), high: Math.min(1, estimate + reach) }
}

/** How much higher the mean of `arm` is than that of `control`; before each has a hundred people everything is possible. */
export function differenceOfMeans(arm: Mean, control: Mean, errorRate: number): Interval {
  const estimate = arm.mean - control.mean
  if (Math.min(arm.people, control.people) < 100) return { estimate, low: -Infinity, high: Infinity }
  const error = Math.sqrt(arm.variance / arm.people + control.variance / control.people)
  const reach = error * reachAt(arm.people + control.people, errorRate)
  return { estimate, low: estimate - reach, high: estimate + reach }
}

const shareOf = ({ people, converted }: Counted): number => (people === 0 ? 0 : converted / people)

function variance({ people, converted }: Counted): number {
  const rate = (converted + 1) / (people + 2)
  return rate * (1 - rate)
}
