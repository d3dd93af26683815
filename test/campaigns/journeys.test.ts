import { beforeEach, describe, expect, it } from 'vitest'
import type { UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Members } from '#campaigns/enrol.ts'
import { enrolPeople } from '#campaigns/enrol.ts'
import { followJourneys } from '#campaigns/journeys/round.ts'
import { rollback } from '#governance/releases.ts'
import { silentLog } from '#kernel/log.ts'
import { tick } from '#campaigns/worker.ts'
import { whyPerson } from '#campaigns/why.ts'
import { testDatabase } from '../support/database.ts'
import { happened, releaseJourney, send, standings } from './journey-world.ts'
import { aClock, addPeople, anOwner, campaign, enrol, memoryChannel, readers, states, workerOver } from './world.ts'

const db = testDatabase()
let clock = aClock()
let owner: UserId
let deps = { db, clock }
beforeEach(async () => {
  clock = aClock()
  deps = { db, clock }
  owner = await anOwner(db, clock)
})
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A worker whose graph answers with `members`; `given` is what was sent. */
function working(members: Members = () => Promise.resolve([])) {
  const memory = memoryChannel()
  const worker = workerOver(db, memory.channel, clock, { members })
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 6; round++) await tick(worker)
  }
  const following = { db, clock, members, zone: 'Europe/Amsterdam', log: silentLog }
  return { settle, follow: () => followJourneys(following), sent: () => memory.given.map(({ to, subject }) => `${to} ${subject}`) } // prettier-ignore
}

describe('a journey with branches', () => {
  it('sends people the way that the first rule which selects them says, asked once for all of them', async () => {
    const people = await addPeople(db, clock, readers(4))
    const asked: number[] = []
    const { settle, sent } = working((rule, _at, among = []) => {
      asked.push(among.length)
      const chosen = 'lifecycle' in rule && rule.lifecycle === 'lead' ? people.slice(0, 1) : people.slice(0, 2)
      return Promise.resolve(chosen.map((one) => one.personId).filter((id) => among.includes(id)))
    })
    const release = await releaseJourney(deps, owner, [
      {
        key: 'which',
        kind: 'branch',
        when: [
          { if: { lifecycle: 'lead' }, to: 'for-leads' },
          { if: { subscribed: true }, to: 'for-subscribers' },
        ],
        otherwise: 'bye',
      },
      send('for-leads', { next: 'bye' }),
      send('for-subscribers'),
      { key: 'bye', kind: 'exit', reason: 'had theirs' },
    ])
    await enrol(deps, release, people)
    await settle()
    expect(sent().toSorted()).toEqual(['reader0@example.com for-leads', 'reader1@example.com for-subscribers'])
    expect(asked).toEqual([4, 3])
    expect((await standings(db)).map(({ ended }) => ended)).toEqual(people.map(() => 'left: had theirs'))
    const story = await whyPerson(db, campaign, people[1]!.personId)
    expect(story.words).toContain('At which they went on to for-subscribers because they have a running subscription')
    expect(story.words).toContain('Step for-subscribers was sent')
    expect(story.words).toContain('left: had theirs')
  })

  it('draws the arms of a split by hash: the same again, and as often as the weights say', async () => {
    const people = await addPeople(db, clock, readers(200))
    const { settle, sent } = working()
    const release = await releaseJourney(deps, owner, [
      { key: 'draw', kind: 'split', arms: [{ name: 'a', weight: 3, to: 'first' }, { name: 'b', weight: 1, to: 'second' }] },
      send('first', { next: 'end' }),
      send('second'),
      { key: 'end', kind: 'exit', reason: 'done' },
    ]) // prettier-ignore
    await enrol(deps, release, people)
    await settle()
    const first = sent().filter((line) => line.endsWith('first')).length
    expect(sent()).toHaveLength(200)
    expect(first).toBeGreaterThan(120)
    expect(first).toBeLessThan(180)
    const story = await whyPerson(db, campaign, people[0]!.personId)
    expect(story.words).toMatch(/At draw they went on to (first|second) drawn for (a|b)/)
  })
})

describe('a journey that waits for an event', () => {
  const steps = () => [
    send('hello'),
    { key: 'reply', kind: 'wait' as const, forEvent: { event: 'form_sent', withinMinutes: 3 * 24 * 60 }, next: 'thanks', otherwise: 'again' }, // prettier-ignore
    send('thanks', { next: 'end' }),
    send('again'),
    { key: 'end', kind: 'exit' as const, reason: 'done' },
  ]

  it('goes on at once when it happens, and the other way when the time is over', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working()
    await enrol(deps, await releaseJourney(deps, owner, steps()), people)
    await settle()
    expect(sent()).toHaveLength(2)
    clock.advance(day)
    await happened(db, clock, people[0]!, 'form_sent')
    await happened(db, clock, people[1]!, 'form_sent', { properties: { machine: 'scanner' } })
    clock.advance(minute)
    expect(await follow()).toMatchObject([{ woken: 1, ended: 0 }])
    await settle()
    expect(sent().slice(2)).toEqual(['reader0@example.com thanks'])
    clock.advance(2 * day)
    await settle()
    expect(sent().slice(3)).toEqual(['reader1@example.com again'])
  })

  it('hears who answers before it is known here that the message left', async () => {
    const people = await addPeople(db, clock, readers(1))
    const { follow } = working()
    const memory = memoryChannel()
    const slow = { ...memory.channel, send: async (...given: Parameters<typeof memory.channel.send>) => {
      clock.advance(minute)
      await happened(db, clock, people[0]!, 'form_sent')
      clock.advance(minute)
      return memory.channel.send(...given)
    } } // prettier-ignore
    await enrol(deps, await releaseJourney(deps, owner, steps()), people)
    await tick(workerOver(db, slow, clock))
    clock.advance(hour)
    await follow()
    for (let round = 0; round < 4; round++) await tick(workerOver(db, memory.channel, clock))
    expect(memory.given.map(({ subject }) => subject)).toEqual(['hello', 'thanks'])
  })

  it('takes no notice of an event that comes too late, and of one that is told twice', async () => {
    const people = await addPeople(db, clock, readers(1))
    const { settle, follow, sent } = working()
    await enrol(deps, await releaseJourney(deps, owner, steps()), people)
    await settle()
    clock.advance(4 * day)
    await settle()
    await happened(db, clock, people[0]!, 'form_sent', { at: new Date(clock().getTime() - 2 * day) })
    await follow()
    await follow()
    await settle()
    expect(sent().map((line) => line.split(' ')[1])).toEqual(['hello', 'again'])
    expect(await standings(db)).toMatchObject([{ ended: 'left: done', dueAt: null }])
  })
})

describe('goals and exits', () => {
  it('end a journey wherever somebody stands, with what was planned and had not left', async () => {
    const people = await addPeople(db, clock, readers(3))
    const { settle, follow, sent } = working()
    const release = await releaseJourney(
      deps,
      owner,
      [send('one'), { key: 'pause', kind: 'wait', minutes: 60 }, send('two')],
      {
        goalReachedBy: { event: 'order_paid', withinDays: 2 },
        exitOn: [{ event: 'complained_by_phone' }],
        limits: {
          dailyCap: null,
          perPersonPerWeek: null,
          window: { from: '09:00', to: '12:00' },
          expireAfterHours: 72,
        },
      },
    )
    await enrol(deps, release, people)
    await settle()
    clock.advance(2 * hour)
    await settle()
    expect(await states(db)).toEqual({ planned: 3, sent: 3 })
    await happened(db, clock, people[0]!, 'order_paid')
    await happened(db, clock, people[1]!, 'complained_by_phone')
    clock.advance(minute)
    expect(await follow()).toMatchObject([{ ended: 2 }])
    const early = ['goal reached', 'left: did “complained_by_phone”']
    expect((await standings(db)).map(({ ended }) => ended)).toEqual([...early, 'completed'])
    expect(await states(db)).toEqual({ planned: 1, sent: 3, suppressed: 2 })
    clock.advance(21 * hour)
    await settle()
    expect(sent().slice(3)).toEqual(['reader2@example.com two'])
  })

  it('are asked about before anybody is sent on, also where nobody listened meanwhile', async () => {
    const people = await addPeople(db, clock, readers(3))
    const { settle, sent } = working()
    const release = await releaseJourney(
      deps,
      owner,
      [send('one'), { key: 'pause', kind: 'wait', minutes: 60 }, send('two')],
      { goalReachedBy: { event: 'order_paid', withinDays: 2 }, exitOn: [{ event: 'left_town' }] },
    )
    await enrol(deps, release, people)
    await settle()
    clock.advance(minute)
    await happened(db, clock, people[0]!, 'order_paid')
    await happened(db, clock, people[1]!, 'left_town')
    clock.advance(2 * hour)
    await settle()
    expect((await standings(db)).map(({ ended }) => ended)).toEqual([
      'goal reached',
      'left: did “left_town”',
      'completed',
    ])
    expect(sent().slice(3)).toEqual(['reader2@example.com two'])
  })
})

describe('coming in', () => {
  it('by an event, again by the rule of re-entry, and never twice at once', async () => {
    const people = await addPeople(db, clock, readers(2))
    const everybody: Members = (_rule, _at, among = []) => Promise.resolve(among)
    const { settle, follow, sent } = working(everybody)
    await happened(db, clock, people[1]!, 'signed_up', { at: new Date(clock().getTime() - day) })
    await releaseJourney(deps, owner, [send('welcome'), { key: 'pause', kind: 'wait', minutes: 60 }, send('more')], {
      enter: { onEvent: { event: 'signed_up' } },
      reentry: { afterDays: 7, most: 2 },
    })
    const signsUp = async (): Promise<number> => {
      clock.advance(minute)
      await happened(db, clock, people[0]!, 'signed_up')
      const [followed] = await follow()
      await settle()
      return followed?.entered ?? -1
    }
    expect(await signsUp()).toBe(1)
    expect(await signsUp()).toBe(0)
    clock.advance(2 * hour)
    await settle()
    expect(await signsUp()).toBe(0)
    clock.advance(8 * day)
    expect(await signsUp()).toBe(1)
    clock.advance(30 * day)
    expect(await signsUp()).toBe(0)
    expect(sent().map((line) => line.split(' ')[1])).toEqual(['welcome', 'more', 'welcome', 'more'])
    expect((await standings(db)).map(({ occurrence }) => occurrence)).toEqual([1, 2])
  })

  it('on a birthday, at nine where they live', async () => {
    const people = await addPeople(db, clock, [
      { address: 'a@example.com', zone: 'America/New_York' },
      { address: 'b@example.com', zone: 'Europe/Amsterdam' },
    ])
    await db.query(sql`update ingest.profiles set born = '1990-03-05' where email = 'a@example.com'`)
    await db.query(sql`update ingest.profiles set born = '1988-07-05' where email = 'b@example.com'`)
    const { settle, follow, sent } = working((_rule, _at, among = []) => Promise.resolve(among))
    await releaseJourney(deps, owner, [send('cheers')], {
      enter: { onDate: { property: 'born', offsetDays: -1, time: '09:00', zone: 'person' } },
    })
    for (let hours = 0; hours < 72; hours++) {
      await follow()
      await settle()
      if (sent().length > 0) break
      clock.advance(hour)
    }
    expect(sent()).toEqual(['a@example.com cheers'])
    expect(clock().toISOString()).toBe('2026-03-04T14:00:00.000Z')
    expect(people).toHaveLength(2)
  })

  it('by list, and nobody else', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working()
    const release = await releaseJourney(deps, owner, [send('invited')], { enter: { byList: true } })
    expect(await enrol(deps, release, people)).toEqual({ members: 0, enrolled: 0, planned: 0 })
    expect(await enrolPeople(deps, release, people.slice(0, 1))).toEqual({ enrolled: 1, planned: 1 })
    await follow()
    await settle()
    expect(sent()).toEqual(['reader0@example.com invited'])
  })
})

describe('a circle', () => {
  it('sends each time round, until the campaign is over by its own words', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working()
    const release = await releaseJourney(
      deps,
      owner,
      [send('tip'), { key: 'week', kind: 'wait', minutes: 7 * 24 * 60, next: 'tip' }],
      { ends: { sends: 5 } },
    )
    await enrol(deps, release, people)
    for (let week = 0; week < 4; week++) {
      await settle()
      clock.advance(7 * day)
      await follow()
    }
    expect(sent()).toHaveLength(5)
    expect((await standings(db)).map(({ ended }) => ended)).toEqual(Array(2).fill('the campaign is over: its 5 messages are sent')) // prettier-ignore
    expect(await states(db)).toMatchObject({ sent: 5, suppressed: 1 })
  })
})

describe('going back', () => {
  it('from a journey with branches to a plain one: people stand before the next message they would get', async () => {
    const people = await addPeople(db, clock, readers(1))
    const { settle, sent } = working()
    await releaseJourney(deps, owner, [send('one'), { key: 'pause', kind: 'wait', minutes: 60 }, send('two')])
    clock.advance(minute)
    const rich = await releaseJourney(deps, owner, [
      send('one'),
      { key: 'pause', kind: 'wait', until: { time: '18:00', zone: 'person' } },
      send('two'),
    ])
    await enrol(deps, rich, people)
    await settle()
    await rollback(deps, { name: campaign, by: owner, reason: 'too clever' })
    clock.advance(day)
    await settle()
    expect(sent().map((line) => line.split(' ')[1])).toEqual(['one', 'two'])
    expect(await standings(db)).toMatchObject([{ ended: 'completed' }])
  })
})
