import { DateTime, IANAZone } from 'luxon'
import { countryOfZone, zonesOf } from '#ingest/cleanse/country.ts'
import type { SendingWindow } from '../definition.ts'
import { lawfulHours, type Medium } from './quiet-hours.ts'
import { both, hoursOf, type Hours } from './hours.ts'

/** Where somebody may be at this moment, and the hours in which a message may reach them there. */
export type Reach = { zones: readonly string[]; hours: Hours }

/** What is known of where somebody is; a profile may say anything. */
export type Whereabouts = { zone: string | null; country: string | null }

/**
 * Where a message may find somebody, and when it may: in their own zone; where only their country is known, in every zone
 * of it at once, by its law; where nothing is known, in the business's zone at hours that are lawful all over Europe.
 * Null where neither the campaign nor a law asks for hours.
 */
export function reachOf(
  input: Whereabouts & { window: SendingWindow | null; medium: Medium; businessZone: string },
): Reach | null {
  const { window, medium, businessZone } = input
  const zone = input.zone !== null && IANAZone.isValidZone(input.zone) ? input.zone : null
  const countryZones = input.country === null ? [] : zonesOf(input.country)
  const country = countryZones.length > 0 ? input.country : null
  if (window === null && medium === 'mail') return null
  const asked = window === null ? null : hoursOf(window)
  const countries = [country, zone === null ? null : (countryOfZone(zone) ?? null)].filter((one) => one !== null)
  // Whatever is known of them counts, and the strictest of it.
  const lawful = (countries.length === 0 && zone === null ? [null] : countries).map((one) => lawfulHours(medium, one))
  const hours = lawful.reduce<Hours | null>((all, one) => (all && one ? both(all, one) : (all ?? one)), asked)
  if (hours === null) return null
  if (zone !== null) return { zones: [zone], hours }
  return { zones: country === null ? [businessZone] : countryZones, hours }
}

const horizonMs = 15 * 24 * 3_600_000

/**
 * The first instant at or after `at` that lies within the hours on the clocks of every zone: `at` itself when it is open.
 * A day on which clocks change keeps its hours; where a change swallows all of them, the next day's count. Null where
 * none of the next fifteen days has such an instant: some countries are too wide for a short window.
 */
export function nextOpening({ zones, hours }: Reach, at: Date): Date | null {
  let instant = at.getTime()
  while (instant - at.getTime() <= horizonMs) {
    const before = instant
    for (const zone of zones) {
      const opens = openingIn(hours, zone, instant)
      if (opens === null) return null
      instant = opens
    }
    if (instant === before) return new Date(instant)
  }
  return null
}

function openingIn(hours: Hours, zone: string, instant: number): number | null {
  const local = DateTime.fromMillis(instant, { zone })
  for (let day = 0; day <= 8; day += 1) {
    const date = local.plus({ days: day }).startOf('day')
    const open = hours[date.weekday - 1]
    if (!open) continue
    const first = Math.max(instantOf(date, open.from), instant)
    if (first < instantOf(date, open.to) && DateTime.fromMillis(first, { zone }).hasSame(date, 'day')) return first
  }
  return null
}

const instantOf = (date: DateTime, minutes: number): number =>
  minutes >= 24 * 60
    ? date.plus({ days: 1 }).startOf('day').toMillis()
    : date.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis()

/** The zone when it is one, else the business's: a profile may say anything. */
export const zoneOr = (zone: string | null, businessZone: string): string =>
  zone !== null && IANAZone.isValidZone(zone) ? zone : businessZone

/** The day of an instant in a zone, `YYYY-MM-DD`: what a daily cap counts by. */
export const dayIn = (zone: string, at: Date): string => DateTime.fromJSDate(at, { zone }).toFormat('yyyy-MM-dd')
