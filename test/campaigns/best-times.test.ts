import { DateTime } from 'luxon'
import { beforeEach, describe, expect, it } from 'vitest'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import { bestHour, noHours, openHours } from '#campaigns/experiments/best-hour.ts'
import { hoursOf, learntHours } from '#campaigns/experiments/answers.ts'
import { readTimes } from '#campaigns/experiments/best-times.ts'
import { followExperiments } from '#campaigns/experiments/round.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { whyPerson } from '#campaigns/why.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { stepWords } from '#campaigns/journeys/words.ts'
import { newId, type UserId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { releaseJourney, send } from './journey-world.ts'
import { aClock, addPeople, anOwner, campaign, enrol, memoryChannel, readers, workerOver } from './world.ts'

const zone = 'Europe/Amsterdam'
const hour = 3_600_000

describe('the best hour', () => {
  const open = openHours(null)
  const known = (at: number, sent: number, answered: number) =>
    noHours.map((none, one) => (one === at ? { sent, answered } : none))
  const drawn = (population: typeof noHours, own: typeof noHours, people: number) =>
    Array.from({ length: people }, (_, n) => bestHour({ population, own }, open, `person ${n}`).hour)
  const share = (hours: number[], of: number): number => hours.filter((one) => one === of).length / hours.length

  it('is tried out while nobody knows, by everybody’s habits while a person’s are not known, and by their own once they are', () => {
    const nobodyKnows = drawn(noHours, noHours, 300)
    expect(new Set(nobodyKnows).size).toBe(open.length)
    const everybody = noHours.map((_, at) => ({ sent: 2_000, answered: at === 9 ? 900 : 200 }))
    expect(share(drawn(everybody, noHours, 300), 9)).toBeGreaterThan(0.5)
    expect(share(drawn(everybody, known(20, 40, 38), 300), 20)).toBeGreaterThan(0.9)
  })

  it('is the same for the same words, and lies within the window', () => {
    expect(drawn(noHours, noHours, 20)).toEqual(drawn(noHours, noHours, 20))
    expect(openHours({ from: '09:30', to: '12:15' })).toEqual([10, 11])
    expect(openHours({ from: '09:10', to: '09:50' })).toEqual([9])
  })

  it('counts by the clock where people are, and old messages less', () => {
    const at = new Date('2026-03-02T10:00:00Z')
    const rows = [
      { hour: new Date('2026-03-01T08:00:00Z'), sent: 2, answered: 1, zone },
      { hour: new Date('2025-12-31T08:00:00Z'), sent: 4, answered: 4, zone: 'America/New_York' },
    ]
    const hours = hoursOf(rows, at)
    expect(hours[9]!.sent).toBeCloseTo(2, 1)
    expect(hours[3]!.sent).toBeCloseTo(2, 1)
  })
})

describe('a wait for each person’s best time', () => {
  const db = testDatabase()
  let clock = aClock()
  let deps = { db, clock }
  let owner: UserId
  beforeEach(async () => {
    clock = aClock()
    deps = { db, clock }
    owner = await anOwner(db, clock)
  })

  const wait = { key: 'rest', kind: 'wait' as const, minutes: 2 * 24 * 60 }
  const best = {
    key: 'best',
    kind: 'wait' as const,
    until: { time: '09:00', zone: 'person' as const, best: { control: 0.4 } },
  }

  async function clicked(identifierIds: readonly string[]): Promise<void> {
    const rows = await db.query<{ id: string; identifierId: string }>(sql`select id, identifier_id as "identifierId"
      from campaigns.deliveries where identifier_id = any(${[...identifierIds]}::uuid[])`)
    const events = rows.map((row) => ({ ...row, event: newId<'event'>(clock) }))
    await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, campaign_ref, properties)
      select e.event, 'millrace', e.event::text, 'message_clicked', e."identifierId", ${clock()}, ${clock()}, ${campaign},
        jsonb_build_object('deliveryId', e.id::text)
      from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as e (event uuid, id uuid, "identifierId" uuid)`)
  }

  it('is learnt from the ledger, kept once drawn, told by why, and measured against those who wait for the declared time', async () => {
    const people = await addPeople(db, clock, readers(30))
    const release = await releaseJourney(deps, owner, [send('one'), wait, best, send('two')])
    const definition = definitionOf(release)
    expect(stepWords(definition.journey[2]!)).toBe('Waits for the hour in which each answers best (40 % until 09:00, as the control)') // prettier-ignore
    const { channel, given } = memoryChannel()
    const worker = workerOver(db, channel, clock)
    await enrol(deps, release, people)
    await tick(worker)
    await tick(worker)
    await clicked(people.slice(0, 15).map(({ identifierId }) => identifierId))
    clock.advance(2 * 24 * hour)
    await followExperiments({ ...deps, zone, log: silentLog })
    const learnt = (await learntHours(db))[11]!
    expect(learnt.sent).toBeGreaterThan(25)
    expect(learnt.answered / learnt.sent).toBeCloseTo(0.5, 5)
    await tick(worker)
    const times = await db.query<{ arm: string; hour: number; dueAt: Date }>(sql`select arm, hour, due_at as "dueAt" from campaigns.send_times`) // prettier-ignore
    expect(times).toHaveLength(30)
    const local = (at: Date): DateTime => DateTime.fromJSDate(at, { zone })
    for (const { arm, hour: drawn, dueAt } of times) {
      expect(local(dueAt).hour).toBe(drawn)
      expect(dueAt.getTime()).toBeGreaterThan(clock().getTime() - hour)
      if (arm === 'declared') expect(local(dueAt).toFormat('HH:mm')).toBe('09:00')
    }
    const control = times.filter(({ arm }) => arm === 'declared').length
    expect(control).toBeGreaterThan(0)
    expect(control).toBeLessThan(28)
    await tick(worker)
    for (let twoHours = 0; twoHours < 13; twoHours++) {
      clock.advance(2 * hour)
      await tick(worker)
    }
    expect(given.filter(({ subject }) => subject === 'two')).toHaveLength(30)
    expect(await db.query(sql`select from campaigns.send_times`)).toHaveLength(30)
    const [read] = await readTimes(db, definition)
    expect(read).toMatchObject({ stepKey: 'best', readout: { arms: [{ name: 'at 09:00', people: control }, { people: 30 - control }] } }) // prettier-ignore
    const stories = await Promise.all(people.map(({ personId }) => whyPerson(db, campaign, personId)))
    expect(stories.filter(({ words }) => words.includes('At best they went on to two at 09:00, as the control that their best time is measured against.'))).toHaveLength(control) // prettier-ignore
    expect(stories.filter(({ words }) => /in the hour from \d\d:00, drawn as the one they answer best in/.test(words))).toHaveLength(30 - control) // prettier-ignore
  })

  it('is rehearsed without keeping anything', async () => {
    const people = await addPeople(db, clock, readers(6))
    const release = await releaseJourney(deps, owner, [best, send('two')])
    const members = () => Promise.resolve(people.map(({ personId }) => personId))
    const run = await dryRun({ ...deps, members, zone }, definitionOf(release), { from: clock(), days: 3, people: 6 })
    expect(run.steps).toEqual([{ stepKey: 'two', sent: 6, notSent: [] }])
    expect(await db.query(sql`select from campaigns.send_times`)).toEqual([])
  })
})
