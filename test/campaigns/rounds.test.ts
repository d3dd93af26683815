import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { journey as journeySchema, type Journey } from '#campaigns/definition/steps.ts'
import { walkAll, type Questions, type Walked } from '#campaigns/journeys/walk-all.ts'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send, standings, working } from './journey-world.ts'
import { addPeople, enrol, readers } from './world.ts'

const hour = 3_600_000
const day = 24 * hour
const at = (text: string): Date => new Date(text)
const zones = { person: 'UTC', business: 'UTC' }
const until = (key: string, time: string, more: object = {}) =>
  ({ key, kind: 'wait' as const, until: { time, zone: 'business' as const }, ...more }) // prettier-ignore
const ask = (otherwise: string) =>
  ({ key: 'ask', kind: 'branch' as const, when: [{ if: { subscribed: true as const }, to: 'hello' }], otherwise }) // prettier-ignore
const lots = { key: 'lots', kind: 'split' as const, arms: [{ name: 'x', weight: 1, to: 'morning' }, { name: 'y', weight: 1, to: 'morning' }] } // prettier-ignore

/** Nobody is selected, and nobody does anything; a test asks no more often than it says. */
const nothing = (most = 20): Questions & { asked: () => number } => {
  let asked = 0
  return {
    asked: () => asked,
    selected: () =>
      ++asked > most ? Promise.reject(new Error(`asked more than ${most} times`)) : Promise.resolve(new Set()),
    happened: () => Promise.resolve(new Map()),
    bestTimes: (_, all) => Promise.resolve(new Map(all.map(({ id, since }) => [id, { dueAt: since, why: 'at once' }]))),
  }
}
const walked = async (journey: Journey, place: { stepKey: string; since: Date }, now: Date, questions: Questions = nothing()) =>
  (await walkAll(questions, { campaign: 'spring', journey, at: now }, [{ id: 'a', personId: 'a' as never, drawnBy: 'a', zones, place }]))[0]! // prettier-ignore

describe('who comes round to a time of day at that very time', () => {
  const mornings = journeySchema.parse([until('morning', '09:00'), ask('morning'), send('hello')])

  it('is asked about once, and waits for the next', async () => {
    const questions = nothing()
    const place = { stepKey: 'morning', since: at('2026-03-02T10:00Z') }
    const { stop, turns } = await walked(mornings, place, at('2026-03-03T09:00:10Z'), questions)
    expect(stop).toMatchObject({ kind: 'waits', dueAt: at('2026-03-04T09:00Z') })
    expect(turns).toHaveLength(1)
    expect(questions.asked()).toBe(1)
  })

  it('waits for the next also where somebody looks in between', async () => {
    const place = { stepKey: 'morning', since: at('2026-03-02T10:00Z') }
    const { stop } = await walked(mornings, place, at('2026-03-03T09:00Z'))
    if (stop.kind !== 'waits') throw new Error('they do not wait')
    for (const now of ['2026-03-03T09:00Z', '2026-03-03T12:00Z', '2026-03-04T08:59Z'])
      expect(await walked(mornings, stop.place, at(now))).toMatchObject({ turns: [], stop: { kind: 'waits', dueAt: at('2026-03-04T09:00Z') } }) // prettier-ignore
    expect((await walked(mornings, stop.place, at('2026-03-04T09:00Z'))).turns).toHaveLength(1)
  })

  it('loses no day while nobody looks, and goes round no oftener for it', async () => {
    const place = { stepKey: 'morning', since: at('2026-03-02T10:00Z') }
    const { stop, turns } = await walked(mornings, place, at('2026-03-07T10:00Z'))
    expect(turns).toHaveLength(5)
    expect(stop).toMatchObject({ dueAt: at('2026-03-08T09:00Z') })
  })

  it('waits by a split as by a branch, and at the second of two of the same time no day more', async () => {
    const drawn = journeySchema.parse([until('morning', '09:00'), until('too', '09:00'), lots, send('hello')])
    const { stop, turns } = await walked(drawn, { stepKey: 'morning', since: at('2026-03-02T10:00Z') }, at('2026-03-03T10:00Z')) // prettier-ignore
    expect(turns).toHaveLength(1)
    expect(stop).toMatchObject({ kind: 'waits', place: { stepKey: 'morning' }, dueAt: at('2026-03-04T09:00Z') })
  })

  it('finds the same time of day a whole day later over at once, as ever', async () => {
    const evenings = journeySchema.parse([until('evening', '18:00'), { key: 'day', kind: 'wait', minutes: 1_440 }, until('again', '18:00'), send('hello')]) // prettier-ignore
    const { stop } = await walked(evenings, { stepKey: 'evening', since: at('2026-03-02T10:00Z') }, at('2026-03-03T18:00Z')) // prettier-ignore
    expect(stop).toMatchObject({ kind: 'sends', stepKey: 'hello' })
    const round = journeySchema.parse([until('evening', '18:00'), { key: 'day', kind: 'wait', minutes: 1_440, next: 'evening' }]) // prettier-ignore
    const { stop: later } = await walked(round, { stepKey: 'evening', since: at('2026-03-02T10:00Z') }, at('2026-03-04T18:00Z')) // prettier-ignore
    expect(later).toMatchObject({ place: { stepKey: 'day' }, dueAt: at('2026-03-05T18:00Z') })
  })
})

describe('a walk', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd')
  const kinds = (own: string): fc.Arbitrary<Journey[number]> =>
    fc.oneof(
      fc.tuple(fc.constantFrom('09:00', '18:00'), key).map(([time, next]) => until(own, time, { next }) as Journey[number]), // prettier-ignore
      key.map((next) => until(own, '09:00', { until: { time: '09:00', zone: 'person', best: { control: 0.5 } }, next }) as Journey[number]), // prettier-ignore
      fc.tuple(fc.integer({ min: 1, max: 2_880 }), key).map(([minutes, next]) => ({ key: own, kind: 'wait' as const, minutes, next })), // prettier-ignore
      key.map((next) => ({ key: own, kind: 'wait' as const, untilDate: '2026-01-01T00:00:00Z', next })),
      key.map((to) => ({ ...ask(to), key: own })),
      fc.tuple(key, key).map(([x, y]) => ({ key: own, kind: 'split' as const, arms: [{ name: 'x', weight: 1, to: x }, { name: 'y', weight: 1, to: y }] })), // prettier-ignore
    )
  const journeys = fc.tuple(kinds('a'), kinds('b'), kinds('c'), kinds('d'))

  it('comes to an end, whatever circles a journey runs in', async () => {
    await fc.assert(
      fc.asyncProperty(journeys, fc.integer({ min: 0, max: 20 * 24 }), async (journey, hours) => {
        const since = at('2026-03-02T09:00Z')
        const now = new Date(since.getTime() + hours * hour)
        const questions = nothing(1_000)
        const { stop }: Walked = await walked(journey, { stepKey: 'a', since }, now, questions)
        expect(stop.kind).toBe('waits')
      }),
      { numRuns: 200 },
    )
  })
})

describe('a circle through a time of day', () => {
  const mornings = [{ ...until('morning', '09:00') }, ask('morning'), send('hello')]

  it('asks the house once a day', async () => {
    const people = await addPeople(db, clock, readers(1))
    let asked = 0
    const { settle } = working(deps, () =>
      ++asked > 50 ? Promise.reject(new Error('too often')) : Promise.resolve([]),
    )
    await enrol(deps, await releaseJourney(deps, owner, mornings), people)
    for (let days = 0; days < 3; days++) {
      await settle()
      clock.advance(day)
    }
    expect(asked).toBe(2)
    expect(await standings(db)).toMatchObject([{ stepKey: 'morning', dueAt: at('2026-03-05T08:00Z') }])
  })

  it('writes down one turn a day', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle } = working(deps)
    const arms = lots.arms.map((arm) => ({ ...arm, to: 'morning' }))
    await enrol(deps, await releaseJourney(deps, owner, [until('morning', '09:00'), { ...lots, arms }, send('hello')]), people) // prettier-ignore
    await settle()
    clock.advance(day)
    await settle()
    expect(await db.query(sql`select count(*) as turns from campaigns.turns`)).toEqual([{ turns: 2 }])
  })

  it('sends once each morning, though the message leaves at the very stroke', async () => {
    const people = await addPeople(db, clock, readers(1))
    const { settle, sent } = working(deps)
    const daily = [until('morning', '09:00'), send('hello', { next: 'ask' }), ask('morning')]
    await enrol(deps, await releaseJourney(deps, owner, daily), people)
    await settle()
    clock.advance(22 * hour)
    for (let days = 1; days <= 3; days++) {
      await settle()
      await settle()
      expect(sent()).toHaveLength(days)
      clock.advance(day)
    }
  })

  it('is rehearsed as it will be: once each morning', async () => {
    const people = await addPeople(db, clock, readers(1))
    const members = () => Promise.resolve([])
    const selected = () => Promise.resolve(people.map(({ personId }) => personId))
    const daily = definitionOf(await releaseJourney(deps, owner, [send('hello'), until('morning', '09:00', { next: 'hello' })], { ends: { sends: 90 } })) // prettier-ignore
    const rehearsing = { from: clock(), days: 4, people: 1 }
    const run = await dryRun({ ...deps, members: selected, zone: 'Europe/Amsterdam' }, daily, rehearsing)
    expect(run.people[0]?.lines.map(({ at: when }) => when.toISOString().slice(5, 16))).toEqual(['03-02T10:00', '03-03T08:00', '03-04T08:00', '03-05T08:00', '03-06T08:00']) // prettier-ignore
    const asking = definitionOf(await releaseJourney(deps, owner, mornings))
    const audience = (rule: unknown, ...rest: unknown[]) => ('subscribed' in (rule as object) && rest.length > 1 ? members() : selected()) // prettier-ignore
    const asked = await dryRun({ ...deps, members: audience, zone: 'Europe/Amsterdam' }, asking, rehearsing)
    expect(asked.people[0]?.lines).toHaveLength(4)
  })

  it('through the best time of each goes round once a day, by the house and in a rehearsal', async () => {
    const people = await addPeople(db, clock, readers(6))
    const best = until('best', '09:00', { until: { time: '09:00', zone: 'business', best: { control: 0.3 } } })
    const members = () => Promise.resolve(people.map(({ personId }) => personId))
    const { settle, sent } = working(deps, members)
    const release = await releaseJourney(deps, owner, [best, send('hello', { next: 'best' })], { ends: { sends: 999 } })
    const run = await dryRun({ ...deps, members, zone: 'Europe/Amsterdam' }, definitionOf(release), { from: at('2026-03-02T23:00Z'), days: 5, people: 6 }) // prettier-ignore
    for (const { lines } of run.people) {
      const days = lines.filter(({ kind }) => kind === 'sent').map(({ at: when }) => dayOf(when))
      expect(new Set(days).size).toBe(days.length)
    }
    expect(run.steps[0]?.sent).toBeGreaterThan(6 * 4)
    await enrol(deps, release, people)
    const had: string[] = []
    for (let hours = 0; hours < 2 * 24; hours++) {
      const before = sent().length
      await settle()
      had.push(...sent().slice(before).map((line) => `${line} ${dayOf(clock())}`)) // prettier-ignore
      clock.advance(hour)
    }
    expect(new Set(had).size).toBe(had.length)
    expect(had.length).toBeGreaterThan(6)
  })
})

/** The day in Amsterdam in March. */
const dayOf = (when: Date): string => new Date(when.getTime() + hour).toISOString().slice(0, 10)
