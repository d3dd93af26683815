import { normalQuantile } from './normal.ts'

export type Question = {
  /** How often it happens today, between 0 and 1. */
  rate: number
  /** The smallest change worth knowing of, as a part of the rate: 0.1 is a tenth more (or less). */
  change: number
  /** The chance of finding such a change when there is one, and of finding one when there is none. */
  power?: number
  errorRate?: number
}

/**
 * How many people each of two arms needs: two independent rates, two-sided, normal approximation with the variance
 * pooled under no change. Source: Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions, 4.14 without the
 * continuity correction; what R's power.prop.test computes.
 */
export function peopleNeeded({ rate, change, power = 0.8, errorRate = 0.05 }: Question): number {
  const other = rate * (1 + change)
  if (!(rate > 0 && rate < 1 && other > 0 && other < 1 && change !== 0))
    throw new Error('Both rates must lie between 0 and 1 and differ')
  const pooled = (rate + other) / 2
  const spread = Math.sqrt(2 * pooled * (1 - pooled))
  const spreadApart = Math.sqrt(rate * (1 - rate) + other * (1 - other))
  const reach = normalQuantile(1 - errorRate / 2) * spread + normalQuantile(power) * spreadApart
  return Math.ceil((reach / (other - rate)) ** 2)
}
