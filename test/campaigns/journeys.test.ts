import { describe, expect, it } from 'vitest'
import { rollback } from '#governance/releases.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { whyPerson } from '#campaigns/why.ts'
import { clock, db, deps, owner } from './house.ts'
import { happened, releaseJourney, send, standings, working } from './journey-world.ts'
import { addPeople, bought, campaign, enrol, memoryChannel, readers, states, workerOver } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('a journey with branches', () => {
  it('sends people the way that the first rule which selects them says, asked once for all of them', async () => {
    const people = await addPeople(db, clock, readers(4))
    const asked: number[] = []
    const { settle, sent } = working({ db, clock }, (rule, _at, among = []) => {
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
    const { settle, sent } = working({ db, clock })
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

  it('goes on to the step below where it names none, whether it happened or not', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working({ db, clock })
    const reply = { key: 'reply', kind: 'wait' as const, forEvent: { event: 'form_sent', withinMinutes: 60 } }
    await enrol(deps, await releaseJourney(deps, owner, [send('hello'), reply, send('more')]), people)
    await settle()
    clock.advance(minute)
    await happened(db, clock, people[0]!, 'form_sent')
    await follow()
    await settle()
    expect(sent().slice(2)).toEqual(['reader0@example.com more'])
    clock.advance(hour)
    await settle()
    expect(sent().slice(3)).toEqual(['reader1@example.com more'])
    expect((await standings(db)).map(({ ended }) => ended)).toEqual(['completed', 'completed'])
  })

  it('goes on at once when it happens, and the other way when the time is over', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working({ db, clock })
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
    const { follow } = working({ db, clock })
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
    const { settle, follow, sent } = working({ db, clock })
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
    const { settle, follow, sent } = working({ db, clock })
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
    await bought(db, clock, people[0]!)
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
    const { settle, sent } = working({ db, clock })
    const release = await releaseJourney(
      deps,
      owner,
      [send('one'), { key: 'pause', kind: 'wait', minutes: 60 }, send('two')],
      { goalReachedBy: { event: 'order_paid', withinDays: 2 }, exitOn: [{ event: 'left_town' }] },
    )
    await enrol(deps, release, people)
    await settle()
    clock.advance(minute)
    await bought(db, clock, people[0]!)
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

describe('a circle', () => {
  it('sends each time round, until the campaign is over by its own words', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working({ db, clock })
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
    const { settle, sent } = working({ db, clock })
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
