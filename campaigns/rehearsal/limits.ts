import { DateTime } from 'luxon'
import type { CampaignDefinition } from '../definition.ts'
import { dayIn } from '../hours/window.ts'

/**
 * What a whole campaign may send while it is rehearsed: places of its days and of its end. Each person who is played
 * stands for so many (`weight`), and takes their places.
 */
export type Places = {
  cap: number | null
  weight: number
  zone: string
  taken: Map<string, number>
  /** How many more its own end lets leave, and when the end has come. */
  left: number
  endsAt: Date | null
}

export const placesOf = (
  { limits, ends }: CampaignDefinition,
  { weight, zone, left }: { weight: number; zone: string; left: number },
): Places => ({
  cap: limits.dailyCap,
  weight,
  zone,
  taken: new Map(),
  left,
  endsAt: ends?.at === undefined ? null : new Date(ends.at),
})

/** Why the campaign is over at an instant, or null. */
export function overAt({ left, endsAt }: Places, at: Date): string | null {
  if (endsAt !== null && at >= endsAt) return 'the campaign is over: its end has come'
  return left <= 0 ? 'the campaign is over: all that it may send is sent' : null
}

/** The first instant from one on at which a day still has a place: itself, or the begin of a later day of the business. */
export function firstPlace({ cap, taken, zone }: Places, at: Date): Date {
  if (cap === null) return at
  let day = dayIn(zone, at)
  while ((taken.get(day) ?? 0) >= cap) day = dayAfter(day)
  return day === dayIn(zone, at) ? at : DateTime.fromISO(day, { zone }).toJSDate()
}

/** Takes the places of one message; what a day has no place for is of the days after it. */
export function takePlace(places: Places, at: Date): void {
  places.left -= places.weight
  if (places.cap === null) return
  let day = dayIn(places.zone, at)
  for (let rest = places.weight; rest > 0; day = dayAfter(day)) {
    const had = places.taken.get(day) ?? 0
    const now = Math.min(rest, Math.max(0, places.cap - had))
    places.taken.set(day, had + now)
    rest -= now
  }
}

const dayAfter = (day: string): string => DateTime.fromISO(day, { zone: 'utc' }).plus({ days: 1 }).toFormat('yyyy-MM-dd') // prettier-ignore
