import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { dueSince } from '#campaigns/schedule/due.ts'
import { nextSlots, scheduleDefinition, slotsBetween } from '#campaigns/schedule/timetable.ts'

const zones = [
  'UTC', 'Europe/Amsterdam', 'America/New_York', 'America/Santiago', 'Australia/Lord_Howe', 'Asia/Kolkata',
  'Asia/Beirut', 'Pacific/Apia', 'Africa/Casablanca', 'Pacific/Kiritimati',
] // prettier-ignore
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const anInstant = fc.date({ min: new Date('2011-12-01'), max: new Date('2029-12-31'), noInvalidDate: true })
const aCron = fc
  .record({
    minute: fc.constantFrom('0', '30', '*/20', '5,45', '59'),
    hour: fc.constantFrom('0', '2', '1-3', '*', '9,17', '23'),
    days: fc.constantFrom('* * *', '* * 0', '* * 1-5', '1,15 * *', '* 3,10 *'),
  })
  .map(({ minute, hour, days }) => `${minute} ${hour} ${days}`)

const at = (text: string) => new Date(text)
const iso = (slots: readonly Date[]) => slots.map((slot) => slot.toISOString())

describe('a timetable', () => {
  it('of half past two strikes once in the night of spring, at the first instant there is, and once in autumn', () => {
    const daily = { cron: '30 2 * * *', zone: 'Europe/Amsterdam' }
    expect(iso(slotsBetween(daily, at('2026-03-28T12:00Z'), at('2026-03-30T12:00Z')))).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
    expect(iso(slotsBetween(daily, at('2026-10-24T12:00Z'), at('2026-10-26T12:00Z')))).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })

  it('strikes once for a whole gap, on a half-hour change, and where midnight or a day is skipped', () => {
    const quarters = { cron: '*/15 2 * * *', zone: 'Europe/Amsterdam' }
    expect(slotsBetween(quarters, at('2026-03-28T12:00Z'), at('2026-03-29T12:00Z'))).toHaveLength(1)
    const howe = { cron: '15 2 * * *', zone: 'Australia/Lord_Howe' }
    expect(iso(slotsBetween(howe, at('2026-10-03T00:00Z'), at('2026-10-03T23:00Z')))).toEqual([
      '2026-10-03T15:30:00.000Z',
    ])
    const santiago = { cron: '0 0 * * *', zone: 'America/Santiago' }
    expect(iso(slotsBetween(santiago, at('2026-09-06T00:00Z'), at('2026-09-06T12:00Z')))).toEqual(['2026-09-06T04:00:00.000Z']) // prettier-ignore
    const apia = { cron: '0 9 * * *', zone: 'Pacific/Apia' }
    expect(slotsBetween(apia, at('2011-12-29T00:00Z'), at('2012-01-01T00:00Z'))).toHaveLength(4)
  })

  it('shows the clock that it names, at every slot but after a gap', () => {
    fc.assert(
      fc.property(anInstant, fc.constantFrom(...zones), fc.integer({ min: 0, max: 23 }), (from, zone, hour) => {
        for (const slot of slotsBetween(
          { cron: `30 ${hour} * * *`, zone },
          from,
          new Date(from.getTime() + 72 * hourMs),
        )) {
          const local = DateTime.fromJSDate(slot, { zone })
          const isAfterGap = DateTime.fromMillis(slot.getTime() - 1, { zone }).offset < local.offset
          if (!isAfterGap) expect([local.hour, local.minute]).toEqual([hour, 30])
        }
      }),
    )
  })

  it('strikes every day of the calendar, once, whatever the clocks do', () => {
    fc.assert(
      fc.property(anInstant, fc.constantFrom(...zones.filter((zone) => zone !== 'Pacific/Apia')), fc.integer({ min: 0, max: 23 }), (from, zone, hour) => {
        const start = DateTime.fromJSDate(from, { zone }).startOf('day')
        const end = start.plus({ days: 10 })
        const slots = slotsBetween({ cron: `30 ${hour} * * *`, zone }, new Date(start.toMillis() - 1), new Date(end.toMillis() - 1))
        expect(slots).toHaveLength(10)
      }),
    ) // prettier-ignore
  })

  it('is found ahead as it is found later', () => {
    const friday = { cron: '0 9 29 2 *', zone: 'UTC' }
    expect(iso(nextSlots(friday, at('2026-03-01T00:00Z'), 1))).toEqual(['2028-02-29T09:00:00.000Z'])
    fc.assert(
      fc.property(anInstant, fc.constantFrom(...zones), aCron, (from, zone, cron) => {
        const next = nextSlots({ cron, zone }, from, 5)
        expect(next).toHaveLength(5)
        expect(slotsBetween({ cron, zone }, from, next.at(-1)!)).toEqual(next)
      }),
      { numRuns: 50 },
    )
  })

  it.each(['0 9 * *', '0 0 9 * * *', '61 * * * *', '0 9 L * *', '0 9 * * 1#1', 'tomorrow', '@daily'])(
    'is refused as “%s”',
    (cron) => {
      const definition = { name: 'a', campaign: 'b', cron, zone: 'UTC', graceMinutes: 60 }
      expect(scheduleDefinition.safeParse(definition).success).toBe(false)
    },
  )
})

describe('what is due', () => {
  it('comes once for each slot and is lost only beyond the grace, however the clock jumps', () => {
    const jump = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 * 60 }) },
      { weight: 1, arbitrary: fc.integer({ min: -600, max: -1 }) },
      { weight: 1, arbitrary: fc.integer({ min: 600, max: 6_000 }) },
    )
    const graces = fc.integer({ min: 5, max: 1_440 })
    fc.assert(
      fc.property(anInstant, fc.constantFrom(...zones), aCron, graces, fc.array(jump, { maxLength: 40 }), (from, zone, cron, graceMinutes, jumps) => {
        const definition = { cron, zone, graceMinutes }
        let now = from.getTime()
        let seen = from
        const got: number[] = []
        const looks: number[] = []
        for (const minutes of jumps) {
          now += minutes * minuteMs
          looks.push(now)
          const due = dueSince(definition, seen, new Date(now))
          got.push(...due.slots.map((slot) => slot.getTime()))
          expect(due.seenUntil.getTime()).toBeGreaterThanOrEqual(seen.getTime())
          seen = due.seenUntil
        }
        expect(new Set(got).size).toBe(got.length)
        for (const slot of slotsBetween(definition, from, seen)) {
          const look = looks.find((one) => one >= slot.getTime())!
          expect(got.includes(slot.getTime())).toBe(look - slot.getTime() <= graceMinutes * minuteMs)
        }
      }),
    ) // prettier-ignore
  })

  it('expires together after a night off, instead of flooding', () => {
    const definition = { cron: '*/15 * * * *', zone: 'UTC', graceMinutes: 30 }
    const due = dueSince(definition, at('2026-03-01T00:00Z'), at('2026-03-01T08:10Z'))
    expect(iso(due.slots)).toEqual(['2026-03-01T07:45:00.000Z', '2026-03-01T08:00:00.000Z'])
    expect(due.late).toEqual({ last: at('2026-03-01T07:30Z'), count: 30 })
  })
})
