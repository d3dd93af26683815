/** Most people a new number begins to write to in 24 hours, day by day; from the last on, the portfolio's limit alone counts. */
export const rampSteps = [
  50, 100, 150, 250, 400, 650, 1_000, 1_600, 2_500, 4_000, 6_500, 10_000, 25_000, 50_000,
] as const

/** How far a number is. Days are those of the business zone, `YYYY-MM-DD`. */
export type Ramp = { step: number; cleanDays: number; onDay: string; graduated: string | null }

export const newRamp = (today: string): Ramp => ({ step: 1, cleanDays: 0, onDay: today, graduated: null })

/** How many people may be begun with in 24 hours: the ramp within the portfolio's limit; null where neither binds. */
export function mostOf(ramp: Pick<Ramp, 'step' | 'graduated'>, portfolio: number | null): number | null {
  if (ramp.graduated !== null) return portfolio
  const step = rampSteps[ramp.step - 1] ?? rampSteps[13]
  return portfolio === null ? step : Math.min(step, portfolio)
}

/**
 * Closes the day that was counted, when another has come. A day of good quality on which half of what was allowed was used
 * goes a step on; one whose quality is not good is done again. Past the ramp is who reached the portfolio's limit, the last
 * step, or 14 good days.
 * @param day.used people who were begun with on `onDay`
 */
export function closeRampDay(
  ramp: Ramp,
  today: string,
  day: { used: number; quality: string; portfolio: number | null },
): Ramp {
  if (ramp.graduated !== null || ramp.onDay >= today) return ramp
  if (day.used === 0) return { ...ramp, onDay: today }
  if (['yellow', 'red'].includes(day.quality)) return { ...ramp, cleanDays: 0, onDay: today }
  const allowed = mostOf(ramp, day.portfolio) ?? 0
  const cleanDays = ramp.cleanDays + 1
  const step = day.used * 2 >= allowed ? ramp.step + 1 : ramp.step
  const graduated =
    step > rampSteps.length
      ? 'all 14 days of the ramp were sent'
      : cleanDays >= rampSteps.length
        ? '14 days were good'
        : day.portfolio !== null && step > ramp.step && allowed >= day.portfolio
          ? 'the portfolio’s limit was reached with good quality'
          : null
  return { step: Math.min(step, rampSteps.length), cleanDays, onDay: today, graduated }
}

/** What Meta's names of limits stand for; null: no limit. Undefined: a name that is not known. */
export function limitOf(tier: string): number | null | undefined {
  const known: Readonly<Record<string, number | null>> = { TIER_50: 50, TIER_250: 250, TIER_1K: 1_000, TIER_2K: 2_000, TIER_10K: 10_000, TIER_100K: 100_000, TIER_UNLIMITED: null, UNLIMITED: null } // prettier-ignore
  return Object.hasOwn(known, tier) ? known[tier] : undefined
}
