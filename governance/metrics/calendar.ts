import { DateTime } from 'luxon'
import { UsageError } from '#kernel/errors.ts'

/** A calendar month of the business zone: `2026-03`. */
export type Month = string

const indexOf = (month: Month): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1

export const addMonths = (month: Month, count: number): Month => {
  const index = indexOf(month) + count
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}

/** Whole months from one to another: 2 from January to March. */
export const monthsBetween = (from: Month, to: Month): number => indexOf(to) - indexOf(from)

/** The months that the days `from` (inclusive) to `to` (exclusive) touch. */
export function monthsOf(from: string, to: string): Month[] {
  const first = from.slice(0, 7)
  const last = DateTime.fromISO(to, { zone: 'utc' }).minus({ days: 1 }).toFormat('yyyy-MM')
  return Array.from({ length: monthsBetween(first, last) + 1 }, (_, index) => addMonths(first, index))
}

/** Whether a month is over at an instant, by the clock of the zone. */
export function isFinished(month: Month, zone: string, asOf: Date): boolean {
  const next = addMonths(month, 1)
  return DateTime.fromISO(`${next}-01`, { zone }).toMillis() <= asOf.getTime()
}

/** Refuses a period that is none: days are `YYYY-MM-DD`, `to` is the day after the last. */
export function checkPeriod(period: { from: string; to: string; zone: string }): void {
  for (const day of [period.from, period.to]) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !DateTime.fromISO(day, { zone: 'utc' }).isValid) {
      throw new UsageError(`"${day}" is no day: write it as 2026-03-31`)
    }
  }
  if (period.from >= period.to) throw new UsageError(`The period ends before it starts: ${period.from} to ${period.to}`)
  if (!DateTime.utc().setZone(period.zone).isValid) throw new UsageError(`"${period.zone}" is no IANA time zone`)
}
