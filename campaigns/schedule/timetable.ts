import { IANAZone } from 'luxon'
import { parse, validateDetailed } from 'node-cron'
import { z } from 'zod'

const cron = z
  .string()
  .trim()
  .max(100)
  .superRefine((text, context) => {
    const problem = cronProblem(text)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })

/** When a campaign enrols its audience anew. The version of it that is live counts. */
export const scheduleDefinition = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens'),
  campaign: z.string().min(1).describe('Only ever the approved release of it that is live'),
  cron: cron.describe('minute hour day-of-month month day-of-week, such as "0 9 * * 2" for Tuesdays at nine'),
  zone: z.string().refine((name) => IANAZone.isValidZone(name), 'is no IANA time zone, such as Europe/Amsterdam'),
  graceMinutes: z.int().min(5).max(1_440).describe('A start that is later than this does not happen'),
})
export type ScheduleDefinition = z.infer<typeof scheduleDefinition>
export type Timetable = Pick<ScheduleDefinition, 'cron' | 'zone'>

function cronProblem(text: string): string | null {
  if (text.split(/\s+/).length !== 5) return 'must have five fields: minute hour day-of-month month day-of-week'
  const { valid, fields, errors } = validateDetailed(text)
  if (!valid || !fields) return errors.map(({ message }) => message).join('; ') || 'is no timetable'
  const days = [...fields.dayOfMonth, ...fields.dayOfWeek]
  return days.every((day) => typeof day === 'number') ? null : 'days must be numbers, lists, ranges or steps'
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/**
 * The instants of a timetable after one and up to another, in order and each once. Its clock is the zone's: a time that
 * the clocks skip counts at the first instant after the gap, one that they show twice at the first.
 */
export function slotsBetween({ cron: text, zone: name }: Timetable, after: Date, until: Date): Date[] {
  const zone = IANAZone.create(name)
  const walls = wallsOf(text)
  const slots = new Set<number>()
  // Clocks are at most a day away from UTC: the days around are looked through, too.
  for (let day = dayOf(after) - dayMs; day <= until.getTime() + dayMs; day += dayMs) {
    for (const wall of walls(day)) {
      const slot = instantOf(wall, zone)
      if (slot > after.getTime() && slot <= until.getTime()) slots.add(slot)
    }
  }
  return [...slots].toSorted((one, other) => one - other).map((slot) => new Date(slot))
}

const farthestDays = 5 * 366

/** The next instants of a timetable, at most so many, within five years. */
export function nextSlots(timetable: Timetable, after: Date, most: number): Date[] {
  const slots: Date[] = []
  for (let days = 0; days < farthestDays && slots.length < most; days += 7) {
    const from = new Date(after.getTime() + days * dayMs)
    slots.push(...slotsBetween(timetable, from, new Date(from.getTime() + 7 * dayMs)))
  }
  return slots.slice(0, most)
}

const dayOf = (at: Date): number => Math.floor(at.getTime() / dayMs) * dayMs

/** The times of a calendar day at which a timetable strikes, as a clock shows them: read as if it were UTC. */
function wallsOf(text: string): (day: number) => number[] {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parse(text)
  const times = hour.flatMap((one) => minute.map((other) => (one * 60 + other) * minuteMs))
  return (day) => {
    const date = new Date(day)
    const strikes =
      month.includes(date.getUTCMonth() + 1) &&
      dayOfMonth.includes(date.getUTCDate()) &&
      dayOfWeek.includes(date.getUTCDay())
    return strikes ? times.map((time) => day + time) : []
  }
}

/** The first instant at which the clocks of a zone show a time, or have passed it. */
function instantOf(wall: number, zone: IANAZone): number {
  const offsets = [-dayMs, 0, dayMs].map((away) => zone.offset(wall + away) * minuteMs)
  const shown = offsets.map((offset) => wall - offset).filter((at) => at + zone.offset(at) * minuteMs === wall)
  if (shown.length > 0) return Math.min(...shown)
  let before = wall - Math.max(...offsets)
  let after = wall - Math.min(...offsets)
  const later = zone.offset(after)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (zone.offset(middle) === later) after = middle
    else before = middle
  }
  return after
}
