import { DateTime } from 'luxon'
import type { WaitStep } from '../definition/steps.ts'

type TimeOfDay = { time: string; days?: readonly number[] | undefined }

/**
 * The first instant at or after `from` at which clocks of the zone show a time of day, on one of the days (1 = Monday).
 * A time that clocks skip in spring is the moment they change; of one that comes twice in autumn only the first counts.
 */
export function firstTime({ time, days }: TimeOfDay, zone: string, from: Date): Date {
  const start = DateTime.fromJSDate(from, { zone }).startOf('day')
  for (let day = 0; day <= 8; day++) {
    const date = start.plus({ days: day }).startOf('day')
    if (days !== undefined && !days.includes(date.weekday)) continue
    const shown = timeOn(date, time)
    if (shown.getTime() >= from.getTime()) return shown
  }
  throw new Error('A wait for a time of day finds none within eight days: check its days')
}

/** The instant at which clocks show a time on a day. */
export function timeOn(date: DateTime, time: string): Date {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const shown = date.startOf('day').set({ hour, minute })
  const skipped = shown.hour !== hour || shown.minute !== minute || !shown.hasSame(date, 'day')
  return skipped ? changeBefore(shown) : earlier(shown).toJSDate()
}

const minuteMs = 60_000
const longestChangeMs = 26 * 60 * minuteMs

/** Of an hour that comes twice, the first. */
function earlier(shown: DateTime): DateTime {
  const [first = shown] = shown.getPossibleOffsets().toSorted((a, b) => a.toMillis() - b.toMillis())
  return first
}

/** The last moment at which the zone's clocks changed, by halving. */
function changeBefore(shown: DateTime): Date {
  let before = shown.toMillis() - longestChangeMs
  let after = shown.toMillis()
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (DateTime.fromMillis(middle, { zone: shown.zone }).offset === shown.offset) after = middle
    else before = middle
  }
  return new Date(after)
}

/**
 * When a wait that began is over, on the journey's own clock. A wait for an event is over at the latest then.
 * @param zones of the person, where it is known, and of the business
 */
export function overAt(step: WaitStep, since: Date, zones: { person: string; business: string }): Date {
  const inMinutes = (minutes: number): Date => new Date(since.getTime() + minutes * minuteMs)
  if (step.minutes !== undefined) return inMinutes(step.minutes)
  if (step.forEvent) return inMinutes(step.forEvent.withinMinutes)
  if (step.until) return firstTime(step.until, zones[step.until.zone], since)
  return new Date(Math.max(since.getTime(), Date.parse(step.untilDate ?? since.toISOString())))
}
