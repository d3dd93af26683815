import { IANAZone } from 'luxon'

/** The sample year, fixed: whole days in the business zone. `start` is included, `end` is not. */
export const year = {
  firstDay: '2025-09-01',
  lastDay: '2026-08-31',
  zone: 'Europe/Amsterdam',
  start: new Date('2025-08-31T22:00:00Z'),
  end: new Date('2026-08-31T22:00:00Z'),
} as const

const zone = IANAZone.create(year.zone)
export const minuteMs = 60_000
export const dayMs = 86_400_000

export const plus = (instant: Date, ms: number): Date => new Date(instant.getTime() + Math.round(ms / 1000) * 1000)

export const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)

/** One month later at the same time of day; the 31st becomes the last day of a shorter month, as Stripe bills. */
export function monthsAfter(instant: Date, months: number): Date {
  const moved = new Date(instant)
  moved.setUTCDate(1)
  moved.setUTCMonth(moved.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(instant.getUTCDate(), lastDay))
  return moved
}

/** `2025-10-03` in the business zone. */
export const localDay = (instant: Date): string => wallClock(instant).slice(0, 10)

/** `2025-10` in the business zone. */
export const localMonth = (instant: Date): string => wallClock(instant).slice(0, 7)

/** HubSpot's export writes wall-clock minutes of the portal's zone. */
export const hubspotTime = (instant: Date): string => wallClock(instant).slice(0, 16).replace('T', ' ')

/** Shopify's export writes wall-clock seconds and the offset. */
export function shopifyTime(instant: Date): string {
  const hours = zone.offset(instant.getTime()) / 60
  return `${wallClock(instant).slice(0, 19).replace('T', ' ')} +0${hours}00`
}

/** The instant of a wall-clock time of day in the business zone. */
export function localInstant(day: string, minuteOfDay: number): Date {
  const asUtc = new Date(`${day}T00:00:00Z`).getTime() + minuteOfDay * minuteMs
  return new Date(asUtc - zone.offset(asUtc - 2 * 3_600_000) * minuteMs)
}

/** Every day of the year, in order. */
export const days: readonly string[] = Array.from({ length: 365 }, (_, index) =>
  new Date(Date.parse(`${year.firstDay}T00:00:00Z`) + index * dayMs).toISOString().slice(0, 10),
)

/** 0 is Sunday. */
export const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay()

function wallClock(instant: Date): string {
  return new Date(instant.getTime() + zone.offset(instant.getTime()) * minuteMs).toISOString()
}
