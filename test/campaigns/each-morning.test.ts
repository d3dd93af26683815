import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits, definitionOf } from '#campaigns/definition.ts'
import { journey as journeySchema, type Journey } from '#campaigns/definition/steps.ts'
import { sinceSent, standsSince, walk, type Place } from '#campaigns/journeys/walk.ts'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send, working } from './journey-world.ts'
import { shownIn } from './journeys-model.ts'
import { addPeople, enrol, readers } from './world.ts'

const minute = 60_000
const hour = 60 * minute

describe('a message of a circle through a time of day', () => {
  const round = (time: string): Journey =>
    journeySchema.parse([
      { key: 'morning', kind: 'wait', until: { time, zone: 'person' } },
      send('hello', { next: 'lots' }),
      { key: 'lots', kind: 'split', arms: ['x', 'y'].map((name) => ({ name, weight: 1, to: 'morning' })) },
    ])

  const changes = [
    ['Europe/Amsterdam', '2026-03-29', '2026-10-25'],
    ['America/New_York', '2026-03-08', '2026-11-01'],
    ['Australia/Lord_Howe', '2026-04-04', '2026-10-03'],
    ['Africa/Cairo', '2026-04-24', '2026-10-29'],
    ['America/Santiago', '2026-04-05', '2026-09-06'],
  ] as const
  const place = fc.constantFrom(...changes.flatMap(([zone, ...days]) => days.map((day) => ({ zone, day }))))
  const time = fc.constantFrom('00:00', '00:30', '01:45', '02:00', '02:30', '03:00', '09:00', '23:30')
  /** How late somebody looks and the message leaves, in milliseconds; or that it leaves on the very stroke of the next day. */
  const late = fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 12 * hour }), fc.constant('next stroke'))

  it('comes at the first stroke after the one before left: never on the same one, and no day late', () => {
    fc.assert(
      fc.property(place, time, fc.array(fc.tuple(fc.nat(minute), late), { minLength: 5, maxLength: 6 }), (where, shows, waits) => {
        const journey = round(shows)
        const traveller = { drawnBy: 'p', zones: { person: where.zone, business: 'UTC' } }
        const next = strokes(where.zone, shows)
        let left = new Date(Date.parse(`${where.day}T00:17Z`) - 60 * hour)
        let stands: Place = { stepKey: 'morning', since: left }
        for (const [looked, later] of waits) {
          const { stop } = walk('spring', journey, traveller, stands, stands.since)
          const stroke = next(left)
          expect(stop).toMatchObject({ kind: 'waits', dueAt: stroke })
          const at = new Date(stroke.getTime() + (later === 0 ? 0 : looked))
          expect(walk('spring', journey, traveller, stands, at).stop).toMatchObject({ kind: 'sends', stepKey: 'hello' })
          left = later === 'next stroke' ? next(at) : new Date(at.getTime() + later)
          const leftBehind = { stepKey: 'lots', enteredAt: sinceSent(journey, 'lots', at), leftAt: left }
          stands = { stepKey: 'lots', since: standsSince(journey, leftBehind) }
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000) // prettier-ignore
})

const quarter = 15 * minute

/** The strokes of a time of day by what clocks show: the first quarter of an hour behind an instant that shows it, or skips it. */
function strokes(zone: string, time: string): (after: Date) => Date {
  const shown = shownIn(zone)
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  const wanted = hours * 60 + minutes
  const ahead = (from: number, to: number): number => (to - from + 1_440) % 1_440
  return (after) => {
    for (let at = Math.floor(after.getTime() / quarter) * quarter + quarter; ; at += quarter) {
      const [before, now] = [shown(at - quarter), shown(at)]
      const isAgain = shown(at - 2 * quarter) === wanted || shown(at - 4 * quarter) === wanted
      const jumps = ahead(before, now) <= 120
      const skips = jumps && wanted !== before && ahead(before, wanted) < ahead(before, now)
      if ((now === wanted && !isAgain) || skips) return new Date(at)
    }
  }
}

describe('a message that leaves on the stroke for which a wait behind it waits', () => {
  const journey = [send('one'), { key: 'morning', kind: 'wait' as const, until: { time: '09:00', zone: 'business' as const } }, send('two')] // prettier-ignore

  it('is followed by the next one a day later, as it is rehearsed', async () => {
    const people = await addPeople(db, clock, readers(1))
    const members = () => Promise.resolve(people.map(({ personId }) => personId))
    const { settle, sent } = working(deps, members)
    // Amsterdam: nine in the morning is eight in UTC.
    clock.advance(10 * hour)
    const limits = { ...defaultLimits, window: { from: '09:00', to: '20:00' } }
    const release = await releaseJourney(deps, owner, journey, { limits })
    const run = await dryRun({ ...deps, members, zone: 'Europe/Amsterdam' }, definitionOf(release), { from: clock(), days: 4, people: 1 }) // prettier-ignore
    await enrol(deps, release, people)
    const had: string[] = []
    for (const hours of [12, 1, 11, 12, 12]) {
      const before = sent().length
      await settle()
      had.push(...sent().slice(before).map((line) => `${line.split(' ')[1]} ${clock().toISOString().slice(8, 13)}`)) // prettier-ignore
      clock.advance(hours * hour)
    }
    expect(had).toEqual(['one 03T08', 'two 04T08'])
    expect(run.people[0]?.lines.filter(({ kind }) => kind === 'sent').map(({ stepKey, at }) => `${stepKey} ${at.toISOString().slice(8, 13)}`)).toEqual(had) // prettier-ignore
  })
})
