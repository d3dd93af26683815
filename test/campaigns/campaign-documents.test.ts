import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import type { UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { campaignSchema, readDocument, writeDocument } from '#campaigns/definition/document.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { dryRun } from '#campaigns/dry-run.ts'
import { audienceRefusal } from '#campaigns/audience-size.ts'
import { migrate, planMigration } from '#campaigns/migrate.ts'
import { proposeVersion } from '#campaigns/versions.ts'
import { tick } from '#campaigns/worker.ts'
import { testDatabase } from '../support/database.ts'
import { aJourney, releaseJourney, send, standings } from './journey-world.ts'
import {
  aBody,
  aClock,
  addPeople,
  anOwner,
  campaign,
  enrol,
  memoryChannel,
  readers,
  sender,
  workerOver,
} from './world.ts'

const db = testDatabase()
let clock = aClock()
let owner: UserId
let deps = { db, clock }
beforeEach(async () => {
  clock = aClock()
  deps = { db, clock }
  owner = await anOwner(db, clock)
})
const pause = { key: 'pause', kind: 'wait' as const, minutes: 60 }

describe('a campaign in a file', () => {
  const short = () => ({
    name: 'spring',
    goal: 'Bring them back',
    audience: { segment: 'lapsed', rule: { subscribed: true } },
    journey: [{ key: 'hello', kind: 'send', channel: 'email', content: aBody() }],
  })

  it('is read with what the house knows filled in, and written so that it reads the same', async () => {
    const read = await readDocument({ ...deps, sender }, stringify(short()))
    if (read.kind === 'bad') throw new Error(read.problems.join())
    expect(read.definition).toMatchObject({ sender, startAt: null, limits: { expireAfterHours: 72 } })
    const again = await readDocument({ ...deps, sender: null }, writeDocument(read.definition))
    expect(again).toMatchObject({ kind: 'read', definition: read.definition })
    const asJson = await readDocument({ ...deps, sender: null }, JSON.stringify(read.definition))
    expect(asJson).toMatchObject({ kind: 'read', definition: read.definition })
  })

  it('is refused in words: no YAML, no campaign, unknown words, too large, a bomb of aliases', async () => {
    const problems = async (text: string): Promise<string> => {
      const read = await readDocument({ ...deps, sender }, text)
      return read.kind === 'bad' ? read.problems.join(' ') : 'read'
    }
    expect(await problems('a: [1')).toContain('neither YAML nor JSON')
    expect(await problems('- 1')).toContain('holds no campaign')
    expect(await problems(stringify({ ...short(), colour: 'red' }))).toContain('colour')
    expect(await problems(stringify({ ...short(), journey: [{ key: 'hello', kind: 'send', channel: 'email' }] }))).toContain('content') // prettier-ignore
    expect(await problems('x'.repeat(10_000_000))).toContain('larger than a campaign')
    const bomb = ['a: &a [x, x]', ...Array.from({ length: 12 }, (_, n) => `b${n}: &b${n} [${Array(9).fill(n === 0 ? '*a' : `*b${n - 1}`).join(', ')}]`)].join('\n') // prettier-ignore
    expect(await problems(bomb)).toContain('neither YAML nor JSON')
  })

  it('has a schema that names every kind of step', () => {
    const text = JSON.stringify(campaignSchema())
    for (const kind of ['send', 'wait', 'branch', 'split', 'exit', 'goalReachedBy', 'reentry']) expect(text).toContain(kind) // prettier-ignore
    expect(parse(text)).toMatchObject({ $schema: expect.stringContaining('2020-12') as string })
  })
})

describe('what is published of campaigns', () => {
  it('is the schema as it is (millrace campaign schema), and an example that is understood', async () => {
    expect(JSON.parse(readFileSync('docs/campaign.schema.json', 'utf8'))).toEqual(campaignSchema())
    const [, example = ''] = /^```yaml\n([^]*?)^```/m.exec(readFileSync('docs/campaigns.md', 'utf8')) ?? []
    expect(await readDocument({ ...deps, sender }, example)).toMatchObject({
      kind: 'read',
      definition: { name: 'welcome' },
    })
  })
})

describe('an audience', () => {
  it('of nobody is refused; of everybody a person types the number', async () => {
    const people = await addPeople(db, clock, readers(120))
    const definition = await aJourney(deps, [send('one')])
    const asked = (count: number, typed?: number) =>
      audienceRefusal({ ...deps, members: () => Promise.resolve(people.slice(0, count).map((one) => one.personId)) }, definition, typed) // prettier-ignore
    expect(await asked(0)).toMatchObject({ rule: 'nobody' })
    expect(await asked(119)).toBeNull()
    expect(await asked(120)).toMatchObject({ rule: 'everybody', why: expect.stringContaining('120') as string })
    expect(await asked(120, 119)).toMatchObject({ rule: 'everybody' })
    expect(await asked(120, 120)).toBeNull()
  })
})

describe('a new version of a journey', () => {
  it('is refused where it cannot work, and moves people only when somebody says so', async () => {
    const people = await addPeople(db, clock, readers(2))
    const first = await releaseJourney(deps, owner, [send('one'), pause, { ...pause, key: 'long', minutes: 9_000 }, send('two')], { goalReachedBy: { event: 'paid', withinDays: 9 } }) // prettier-ignore
    await enrol(deps, first, people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    for (let round = 0; round < 3; round++) await tick(worker)
    const { journey, ...rest } = definitionOf(first)
    const endless = { ...rest, journey: journey.map((step) => (step.key === 'two' ? { ...step, next: 'two' } : step)) }
    expect(await proposeVersion(deps, { definition: endless, by: owner })).toMatchObject({ kind: 'refused', rule: 'definition' }) // prettier-ignore
    clock.advance(60_000)
    const second = await releaseJourney(deps, owner, [send('one'), { ...pause, minutes: 5 }, send('two')], { goalReachedBy: { event: 'paid', withinDays: 9 } }) // prettier-ignore
    const plan = await planMigration(db, campaign)
    expect(plan).toEqual({ kind: 'planned', to: second.hash, moves: [{ from: first.hash, stepKey: 'pause', people: 2, to: 'pause' }] }) // prettier-ignore
    expect(await migrate(deps, { campaign, to: first.hash, by: owner })).toMatchObject({ rule: 'changed' })
    expect(await migrate(deps, { campaign, to: second.hash, by: owner })).toEqual({ kind: 'moved', people: 2 })
    const entries = await db.query(sql`select detail ->> 'people' as people from kernel.audit where action = 'campaign.migrated'`) // prettier-ignore
    expect(entries).toEqual([{ people: '2' }])
    clock.advance(2 * 3_600_000)
    for (let round = 0; round < 3; round++) await tick(worker)
    expect((await standings(db)).map(({ ended }) => ended)).toEqual(['completed', 'completed'])
  })
})

describe('a dry run', () => {
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
})
