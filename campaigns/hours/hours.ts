import type { SendingWindow } from '../definition.ts'

/** From and to in minutes after midnight on the clock of a place; `to` is outside, 1,440 the end of the day. */
export type Span = { from: number; to: number }

/** The open hours of each day of a week, Monday first; null where a day has none. */
export type Hours = readonly (Span | null)[]

/** A time of day such as 09:30, in minutes after midnight. */
export function minutesOf(time: string): number {
  const [hour = '0', minute = '0'] = time.split(':')
  return Number(hour) * 60 + Number(minute)
}

/** The hours of a campaign's window. */
export function hoursOf({ from, to, days }: SendingWindow): Hours {
  const span = { from: minutesOf(from), to: minutesOf(to) }
  return [1, 2, 3, 4, 5, 6, 7].map((day) => (days === undefined || days.includes(day) ? span : null))
}

/** The hours that two weeks have in common. */
export const both = (one: Hours, other: Hours): Hours => one.map((span, day) => common(span, other[day] ?? null))

function common(one: Span | null, other: Span | null): Span | null {
  if (!one || !other) return null
  const span = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }
  return span.from < span.to ? span : null
}
