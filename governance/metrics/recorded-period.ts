import { DateTime } from 'luxon'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { recordedDays } from '../queries/recorded-period.ts'

/**
 * The days a report covers unless told: from the first of the month of the first order or cost, to the day after the
 * last. Where nothing is recorded, this month so far.
 */
export async function recordedPeriod(
  deps: { db: Db; clock: Clock },
  zone: string,
): Promise<{ from: string; to: string }> {
  const today = DateTime.fromJSDate(deps.clock(), { zone })
  const [days] = await recordedDays(deps.db, zone)
  const first = days?.first ? DateTime.fromISO(days.first, { zone }) : today
  const last = days?.last ? DateTime.fromISO(days.last, { zone }) : today
  return { from: first.startOf('month').toFormat('yyyy-MM-dd'), to: last.plus({ days: 1 }).toFormat('yyyy-MM-dd') }
}
