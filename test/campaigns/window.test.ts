import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { dayIn, nextOpening, zoneOr } from '#campaigns/window.ts'

const zones = ['UTC', 'Europe/Amsterdam', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia']
const anInstant = fc.date({ min: new Date('2024-01-01'), max: new Date('2028-12-31'), noInvalidDate: true })

describe('the sending window', () => {
  it('opens at an hour inside it, on a day it names, never in the past, across zones and clock changes', () => {
    const hours = fc.tuple(fc.integer({ min: 0, max: 22 }), fc.integer({ min: 1, max: 12 }))
    const days = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), { nil: undefined })
    fc.assert(
      fc.property(anInstant, fc.constantFrom(...zones), hours, days, (at, zone, [opens, long], onDays) => {
        const closes = Math.min(23, opens + long)
        const text = (hour: number) => `${String(hour).padStart(2, '0')}:00`
        const window = { from: text(opens), to: text(closes), ...(onDays ? { days: onDays } : {}) }
        const next = nextOpening(window, zone, at)
        const local = DateTime.fromJSDate(next, { zone })
        expect(next.getTime()).toBeGreaterThanOrEqual(at.getTime())
        expect(local.hour).toBeGreaterThanOrEqual(opens)
        expect(local.hour).toBeLessThan(closes)
        if (onDays) expect(onDays).toContain(local.weekday)
        expect(nextOpening(window, zone, next)).toEqual(next)
      }),
      { numRuns: 400 },
    )
  })

  it('is nine o’clock on the day the clocks change', () => {
    const next = nextOpening({ from: '09:00', to: '18:00' }, 'Europe/Amsterdam', new Date('2026-03-29T00:30:00Z'))
    expect(next).toEqual(new Date('2026-03-29T07:00:00Z'))
  })

  it('falls back to the business for a zone that is none', () => {
    expect(zoneOr('Mars/Olympus', 'Europe/Amsterdam')).toBe('Europe/Amsterdam')
    expect(zoneOr(null, 'UTC')).toBe('UTC')
    expect(zoneOr('Asia/Tokyo', 'UTC')).toBe('Asia/Tokyo')
  })

  it('counts days on the clocks of the business', () => {
    const late = new Date('2026-03-02T23:30:00Z')
    expect(dayIn('Europe/Amsterdam', late)).toBe('2026-03-03')
  })
})
