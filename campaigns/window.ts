import { DateTime, IANAZone } from 'luxon'
import type { SendingWindow } from './definition.ts'

/**
 * The first instant at or after `at` that lies in the window, on the clocks of the zone: `at` itself when it is open.
 * A day on which clocks change keeps its hours; where a change swallows the whole window, the next day's counts.
 */
export function nextOpening(window: SendingWindow, zone: string, at: Date): Date {
  const local = DateTime.fromJSDate(at, { zone })
  for (let day = 0; day <= 8; day++) {
    const date = local.plus({ days: day }).startOf('day')
    if (window.days !== undefined && !window.days.includes(date.weekday)) continue
    const opens = date.set(timeOf(window.from))
    const closes = date.set(timeOf(window.to))
    const first = DateTime.max(opens, local)
    if (first < closes && first.hasSame(date, 'day')) return first.toJSDate()
  }
  throw new Error('A sending window opens on none of the next eight days: check its days and times')
}

function timeOf(text: string): { hour: number; minute: number } {
  const [hour = '0', minute = '0'] = text.split(':')
  return { hour: Number(hour), minute: Number(minute) }
}

/** The zone when it is one, else the business's: a profile may say anything. */
export const zoneOr = (zone: string | null, businessZone: string): string =>
  zone !== null && IANAZone.isValidZone(zone) ? zone : businessZone

/** The day of an instant in a zone, `YYYY-MM-DD`: what a daily cap counts by. */
export const dayIn = (zone: string, at: Date): string => DateTime.fromJSDate(at, { zone }).toFormat('yyyy-MM-dd')
