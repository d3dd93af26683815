import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { capsOf, overCap } from '#campaigns/delivery/caps.ts'
import { defaultLimits } from '#campaigns/definition.ts'
import { judge } from '#campaigns/delivery/gate.ts'
import { lawfulHours } from '#campaigns/hours/quiet-hours.ts'
import { dayIn, nextOpening, reachOf, zoneOr, type Whereabouts } from '#campaigns/hours/window.ts'
import { zonesOf } from '#ingest/cleanse/country.ts'

const zones = ['UTC', 'Europe/Amsterdam', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia']
const countries = ['NL', 'US', 'RU', 'AU', 'CA', 'BR', 'FR', 'ES', 'ID', 'ZZ', 'nonsense']
const anInstant = fc.date({ min: new Date('2024-01-01'), max: new Date('2028-12-31'), noInvalidDate: true })
const medium = fc.constantFrom('mail' as const, 'text' as const)
const businessZone = 'Europe/Amsterdam'

const text = (hour: number) => `${String(hour).padStart(2, '0')}:00`
const aWindow = fc
  .tuple(
    fc.integer({ min: 0, max: 22 }),
    fc.integer({ min: 1, max: 12 }),
    fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), { nil: undefined }),
  )
  .map(([from, long, days]) => ({ from: text(from), to: text(Math.min(23, from + long)), ...(days ? { days } : {}) }))

const somewhere: fc.Arbitrary<Whereabouts> = fc.record({
  zone: fc.option(fc.constantFrom(...zones, 'Mars/Olympus')),
  country: fc.option(fc.constantFrom(...countries)),
})

type Window = { from: string; to: string; days?: number[] }

/** The rule in other words: every clock a person may read shows an hour that the window and the law of the place leave open. */
function isOpen(window: Window, { zone, country }: Whereabouts, kind: 'mail' | 'text', at: Date): boolean {
  const own = zone !== null && zone !== 'Mars/Olympus' ? zone : null
  const known = country !== null && zonesOf(country).length > 0 ? country : null
  const laws = [...(known ? [lawfulHours(kind, known)] : []), ...(!own && !known ? [lawfulHours(kind, null)] : [])]
  return (own ? [own] : known ? zonesOf(known) : [businessZone]).every((clock) => {
    const local = DateTime.fromJSDate(at, { zone: clock })
    const time = local.toFormat('HH:mm')
    if (time < window.from || time >= window.to || !(window.days ?? [local.weekday]).includes(local.weekday))
      return false
    const minutes = local.hour * 60 + local.minute
    return laws.every((law) => {
      const span = law === null ? { from: 0, to: 1440 } : law[local.weekday - 1]
      return span !== null && span !== undefined && minutes >= span.from && minutes < span.to
    })
  })
}

describe('the sending window', () => {
  it('opens only when it is open in every zone a person may be in, by the law of the place, and never in the past', () => {
    fc.assert(
      fc.property(anInstant, somewhere, aWindow, medium, (at, where, window, kind) => {
        const reach = reachOf({ ...where, window, medium: kind, businessZone })!
        const next = nextOpening(reach, at)
        if (next === null) return
        expect(next.getTime()).toBeGreaterThanOrEqual(at.getTime())
        expect(isOpen(window, where, kind, next)).toBe(true)
        expect(nextOpening(reach, next)).toEqual(next)
      }),
      { numRuns: 400 },
    )
  })

  it('misses no earlier opening, and says never only where there is none for a week', () => {
    const anHour = fc.integer({ min: 0, max: 7 * 24 * 4 })
    fc.assert(
      fc.property(anInstant, somewhere, aWindow, anHour, (at, where, window, quarters) => {
        const reach = reachOf({ ...where, zone: null, window, medium: 'mail', businessZone })!
        const next = nextOpening(reach, at)
        const then = new Date(at.getTime() + quarters * 15 * 60_000)
        if (next === null || then < next) expect(isOpen(window, { ...where, zone: null }, 'mail', then)).toBe(false)
      }),
      { numRuns: 400 },
    )
  })

  it('leaves a letter to somewhere in the United States the hours its clocks have in common, and no short morning', () => {
    const monday = new Date('2026-03-02T06:00:00Z')
    const us = { zone: null, country: 'US', medium: 'mail' as const, businessZone }
    const day = reachOf({ ...us, window: { from: '09:00', to: '20:00' } })!
    // Nine o’clock in Honolulu is the last to come; it is two in New York by then.
    expect(nextOpening(day, monday)).toEqual(new Date('2026-03-02T19:00:00Z'))
    expect(nextOpening(reachOf({ ...us, window: { from: '09:00', to: '12:00' } })!, monday)).toBeNull()
  })

  it('lets mail leave at any hour where nobody asked for a window, and nothing that rings', () => {
    const nowhere = { zone: null, country: null, window: null, businessZone }
    expect(reachOf({ ...nowhere, medium: 'mail' })).toBeNull()
    const night = new Date('2026-03-01T02:00:00Z')
    // A Sunday: nobody knows that they are not in France.
    expect(nextOpening(reachOf({ ...nowhere, medium: 'text' })!, night)).toEqual(new Date('2026-03-02T08:00:00Z'))
  })

  it('is nine o’clock on the day the clocks change', () => {
    const reach = reachOf({ zone: 'Europe/Amsterdam', country: null, window: { from: '09:00', to: '18:00' }, medium: 'mail', businessZone })! // prettier-ignore
    expect(nextOpening(reach, new Date('2026-03-29T00:30:00Z'))).toEqual(new Date('2026-03-29T07:00:00Z'))
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

describe('caps over all channels', () => {
  it('count the day and the week', () => {
    expect(overCap({ perPersonPerDay: 1, perPersonPerWeek: 3 }, { today: 1, recent: 1 })).toContain('24 hours')
    expect(overCap({ perPersonPerDay: 1, perPersonPerWeek: 3 }, { today: 0, recent: 3 })).toContain('seven days')
    expect(overCap({ perPersonPerWeek: null }, { today: 9, recent: 9 })).toBeNull()
  })

  it('are the stricter of the campaign’s and the house’s, but for what people asked for', () => {
    const house = { perPersonPerDay: 3, perPersonPerWeek: 10 }
    expect(capsOf({ limits: defaultLimits }, house)).toEqual(house)
    expect(capsOf({ limits: { ...defaultLimits, perPersonPerDay: 5, perPersonPerWeek: 2 } }, house)).toEqual({ perPersonPerDay: 3, perPersonPerWeek: 2 }) // prettier-ignore
    expect(capsOf({ kind: 'transactional', limits: { ...defaultLimits, perPersonPerDay: 5 } }, house)).toEqual({ perPersonPerDay: 5, perPersonPerWeek: null }) // prettier-ignore
  })

  it('are never exceeded by one batch, however many steps of however many people are due', () => {
    const someone = fc.record({ person: fc.integer({ min: 0, max: 3 }), step: fc.integer({ min: 0, max: 5 }), today: fc.integer({ min: 0, max: 2 }) }) // prettier-ignore
    fc.assert(
      fc.property(fc.array(someone, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (rows, day) => {
        const had = new Map(rows.map(({ person, today }) => [person, today]))
        const candidates = rows.map(({ person, step }, at) => ({
          id: `${at}`, currentPersonId: `p${person}`, identifierId: `i${person}`, stepKey: `mail-${step}`, occurrence: 1, stops: 0,
          plannedFor: new Date(0), zone: null, country: null, left: null, sameAddress: false, samePerson: false,
          today: had.get(person)!, recent: had.get(person)!,
        })) // prettier-ignore
        const journey = [0, 1, 2, 3, 4, 5].map((step) => ({ kind: 'send', key: `mail-${step}`, channel: 'email' }))
        const limits = { dailyCap: null, perPersonPerDay: day, perPersonPerWeek: null, window: null, expireAfterHours: 1 } // prettier-ignore
        const allowed = new Map(candidates.map(({ identifierId }) => [identifierId, { kind: 'allowed' }]))
        const facts = { definition: { journey, limits }, at: new Date(0), businessZone, mayMail: allowed, mayTrack: allowed } // prettier-ignore
        const verdicts = judge(candidates as never, facts as never)
        for (const [person, today] of had) {
          const claimed = verdicts.filter((verdict, at) => verdict.state === 'claimed' && rows[at]!.person === person)
          expect(today + claimed.length).toBeLessThanOrEqual(Math.max(day, today))
        }
      }),
    )
  })
})
