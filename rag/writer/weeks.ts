import type { Window } from '../queries/writer.ts'

const dayMs = 86_400_000

export const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * dayMs)

/** So many days up to this moment, which is in it. */
export const lastDays = (now: Date, days: number): Window => ({
  from: daysBefore(now, days),
  to: new Date(now.getTime() + 1),
})

/** The last weeks, Monday to Monday in UTC, oldest first; the last is the one under way. */
export function weeksOf(now: Date, count: number): Window[] {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  const monday = today - ((now.getUTCDay() + 6) % 7) * dayMs
  return Array.from({ length: count }, (_, at) => {
    const from = monday - (count - 1 - at) * 7 * dayMs
    return { from: new Date(from), to: new Date(from + 7 * dayMs) }
  })
}

/** The week that a moment falls into. */
export const weekOf = <Week extends Window>(weeks: readonly Week[], at: Date): Week | undefined =>
  weeks.find(({ from, to }) => at >= from && at < to)
