import { DateTime } from 'luxon'
import { beforeEach, describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { dryRun, type DryRun } from '#campaigns/rehearsal/dry-run.ts'
import { defaultLimits } from '#campaigns/definition.ts'
import { datedOn } from '#campaigns/journeys/dated.ts'
import { testDatabase } from '../support/database.ts'
import { aJourney, happened, send, type Change } from './journey-world.ts'
import { aClock, addPeople, readers, type Person } from './world.ts'

const db = testDatabase()
let clock = aClock()
let deps = { db, clock }
beforeEach(() => {
  clock = aClock()
  deps = { db, clock }
})
const zone = 'UTC'

async function played(
  people: readonly Person[],
  change: Change,
  input = {},
  journey = [send('hello')],
): Promise<DryRun> {
  const members = () => Promise.resolve(people.map(({ personId }) => personId))
  const definition = await aJourney(deps, journey, change)
  return dryRun({ ...deps, members, zone }, definition, { from: clock(), days: 30, people: 20, ...input })
}
const sentOn = (run: DryRun): string[] =>
  run.people.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'sent').map(({ at }) => at.toISOString().slice(5, 16))).toSorted() // prettier-ignore

describe('a rehearsal', () => {
  it('says who would get what when and by which rule not, and writes nothing', async () => {
    const people = await addPeople(db, clock, [
      { address: 'a@example.com', zone: 'Europe/Amsterdam' },
      { address: 'b@example.com', zone: 'America/New_York' },
      { address: 'c@example.com', zone: 'Europe/Amsterdam', consent: false },
    ])
    await db.query(sql`update ingest.profiles set country = 'NL'`)
    const definition = await aJourney(deps, [
      send('hello'),
      { key: 'morning', kind: 'wait', until: { time: '09:00', zone: 'person' } },
      {
        key: 'reply',
        kind: 'wait',
        forEvent: { event: 'replied', withinMinutes: 60 },
        next: 'end',
        otherwise: 'nudge',
      },
      send('nudge'),
      { key: 'end', kind: 'exit', reason: 'done' },
    ])
    const counts = sql`select (select count(*) from campaigns.enrolments) as enrolments, (select count(*) from kernel.audit) as entries` // prettier-ignore
    const before = await db.query(counts)
    const members = () => Promise.resolve(people.map((one) => one.personId))
    const run = await dryRun({ ...deps, members, zone: 'Europe/Amsterdam' }, definition, { from: clock(), days: 30, people: 10 }) // prettier-ignore
    expect(run.audience).toBe(3)
    const told = new Map(run.people.map(({ address, lines }) => [address, lines.map(({ at, stepKey, words }) => `${at.toISOString().slice(5, 16)} ${stepKey} ${words}`)])) // prettier-ignore
    expect(told.get('a@example.com')).toEqual([
      '03-02T10:00 hello would be sent',
      '03-03T09:00 reply goes on to nudge because they did not do “replied” in time',
      '03-03T09:00 nudge would be sent',
      '03-03T09:00 end left: done',
    ])
    expect(told.get('b@example.com')?.[0]).toBe('03-02T10:00 hello would be sent')
    expect(told.get('b@example.com')?.[2]).toBe('03-02T15:00 nudge would be sent')
    expect(told.get('c@example.com')?.[0]).toContain('There is no consent to email')
    expect(run.steps[0]).toEqual({ stepKey: 'hello', sent: 2, notSent: [{ why: 'There is no consent to email', count: 1 }] }) // prettier-ignore
    expect(await db.query(counts)).toEqual(before)
  })

  it('lets people in on their days, and nobody whose day does not come', async () => {
    const people = await addPeople(db, clock, readers(4))
    for (const [n, born] of ['1990-03-05', '1991-03-20', '1992-03-01', '1993-08-08'].entries())
      await db.query(sql`update ingest.profiles set born = ${born}::date where email = ${people[n]!.address}`)
    const enter = { onDate: { property: 'born' as const, offsetDays: 0, time: '09:00', zone: 'person' as const } }
    const run = await played(people, { enter })
    expect(run).toMatchObject({ audience: 4, entering: 2 })
    expect(sentOn(run)).toEqual(['03-05T09:00', '03-20T09:00'])
  })

  it('says where it only supposes that people come in', async () => {
    const people = await addPeople(db, clock, readers(2))
    const run = await played(people, { enter: { onEvent: { event: 'sign_up' } } })
    expect(run.untold[0]).toContain('cannot be foretold')
    expect((await played(people, {})).untold).toEqual([expect.stringContaining('are not rehearsed')])
  })

  it('counts the day’s cap, and tells whom it makes too late', async () => {
    const people = await addPeople(db, clock, readers(20))
    const limits = { ...defaultLimits, dailyCap: 5, expireAfterHours: 49 }
    const run = await played(people, { limits })
    const days = Object.groupBy(sentOn(run), (at) => at.slice(0, 5))
    expect(Object.values(days).map((all) => all?.length)).toEqual([5, 5, 5])
    expect(run.steps[0]).toMatchObject({ sent: 15, notSent: [{ why: 'not sent within 49 hours', count: 5 }] })
    const sampled = await played(people, { limits }, { people: 4 })
    expect(sentOn(sampled)).toEqual(['03-02T10:00', '03-03T00:00', '03-04T00:00'])
    expect(sampled.untold).toContainEqual(expect.stringContaining('each of them stands for 5.0'))
  })

  it('ends with the campaign: when its time comes, or its messages are sent', async () => {
    const people = await addPeople(db, clock, readers(6))
    const weekly = [send('tip'), { key: 'week', kind: 'wait' as const, minutes: 10_080, next: 'tip' }]
    const timed = await played(people, { ends: { at: '2026-03-15T00:00:00Z' } }, {}, weekly)
    expect(timed.steps[0]?.sent).toBe(12)
    expect(timed.people[0]?.lines.at(-1)).toMatchObject({ kind: 'ends', words: 'the campaign is over: its end has come', at: new Date('2026-03-15T00:00:00Z') }) // prettier-ignore
    const counted = await played(people, { ends: { sends: 8 } }, {}, weekly)
    expect(counted.steps[0]?.sent).toBe(8)
  })

  it('asks the caps of the house, and says where it stops to look', async () => {
    const people = await addPeople(db, clock, readers(1))
    const hasty = [send('tip'), { key: 'hour', kind: 'wait' as const, minutes: 60, next: 'tip' }]
    const members = () => Promise.resolve(people.map(({ personId }) => personId))
    const definition = await aJourney(deps, hasty, { exitOn: [{ event: 'message_clicked' }] })
    const houseCaps = { perPersonPerDay: 2, perPersonPerWeek: 3 }
    const run = await dryRun({ ...deps, members, zone, houseCaps }, definition, { from: clock(), days: 7, people: 1 })
    expect(run.steps[0]?.sent).toBe(3)
    const long = await dryRun({ ...deps, members, zone, houseCaps }, definition, { from: clock(), days: 60, people: 1 })
    expect(long.people[0]?.lines.at(-1)?.words).toBe('told no further: 500 times they were looked at')
  })
})

describe('a date of a person', () => {
  it('is what their newest event of a kind says, or when it happened, each year or once', async () => {
    const people = await addPeople(db, clock, readers(4))
    const renewing = (n: number, renews: unknown, at: string) =>
      happened(db, clock, people[n]!, 'subscription-started', { at: new Date(at), properties: { renews } })
    await renewing(0, '2026-03-20', '2025-01-01T00:00:00Z')
    await renewing(0, '2026-03-09T12:00:00Z', '2025-03-10T00:00:00Z')
    await renewing(1, 1_773_100_800, '2024-05-05T00:00:00Z')
    await renewing(2, '2027-03-10', '2024-03-11T00:00:00Z')
    await renewing(3, 'soon', '2024-06-06T00:00:00Z')
    const march = Array.from({ length: 31 }, (_, day) => DateTime.utc(2026, 3, day + 1))
    const found = async (property: { event: string; property?: string }, once?: true) => {
      const onDate = { property, offsetDays: 0, time: '09:00', zone: 'business' as const, ...(once ? { once } : {}) }
      const dated = await datedOn({ db, zone }, onDate, march)
      return dated.map(({ personId, from }) => `${people.findIndex((one) => one.personId === personId)} ${from.toISOString().slice(0, 10)}`).toSorted() // prettier-ignore
    }
    const event = 'subscription-started'
    expect(await found({ event, property: 'renews' }, true)).toEqual(['0 2026-03-09', '1 2026-03-10'])
    expect(await found({ event, property: 'renews' })).toEqual(['0 2026-03-09', '1 2026-03-10', '2 2026-03-10'])
    expect(await found({ event })).toEqual(['0 2026-03-10', '2 2026-03-11'])
  })

  it('that is an instant is a day of the business, however it is written, and one that is none stops nobody', async () => {
    const people = await addPeople(db, clock, readers(5))
    const ends = ['2026-03-09T23:30:00Z', '2026-03-10T08:30:00+09:00', Date.parse('2026-03-09T23:30:00Z') / 1000, '2026-02-30T10:00:00Z', '0000-01-01T00:00:00Z'] // prettier-ignore
    for (const [n, said] of ends.entries())
      await happened(db, clock, people[n]!, 'trial-started', { properties: { ends: said } })
    const onDate = { property: { event: 'trial-started', property: 'ends' }, offsetDays: 0, time: '09:00', zone: 'business' as const } // prettier-ignore
    const found = await datedOn({ db, zone: 'Europe/Amsterdam' }, onDate, [DateTime.utc(2026, 3, 10)])
    expect(new Set(found.map(({ personId }) => personId))).toEqual(new Set(people.slice(0, 3).map(({ personId }) => personId))) // prettier-ignore
  })
})
