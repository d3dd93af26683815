import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { approveRelease, withdrawApproval } from '#governance/approvals.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { endedBy } from '#campaigns/journeys/endings.ts'
import { whyPerson } from '#campaigns/why.ts'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { happened, releaseJourney, send, standings, working, type Change } from './journey-world.ts'
import { addPeople, bought, campaign, enrol, readers, type Person } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const everybody: Members = (_rule, _at, among = []) => Promise.resolve(among)
const house = () => working({ db, clock }, everybody)
const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)

async function oneReader(): Promise<Person> {
  return (await addPeople(db, clock, readers(1)))[0]!
}

describe('what somebody did after what let them in', () => {
  const reminder = [{ key: 'rest', kind: 'wait' as const, minutes: 60 }, send('you-forgot-something')]
  const left = { enter: { onEvent: { event: 'cart' } }, reentry: { afterDays: 1, most: 10 } }
  const ways: [string, Change, string][] = [
    ['the goal', { goalReachedBy: { event: 'order_paid', withinDays: 7 } }, 'goal reached'],
    ['a way out', { exitOn: [{ event: 'order_paid' }] }, 'left: did “order_paid”'],
  ]

  it.each(ways)('ends their journey by %s, though both were heard only later', async (_way, change, ended) => {
    const reader = await oneReader()
    await releaseJourney(deps, owner, reminder, { ...left, ...change })
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(3 * hour)
    await happened(db, clock, reader, 'cart', { at: at('10:30') })
    await bought(db, clock, reader, { at: at('10:40') })
    expect(await follow()).toMatchObject([{ entered: 1 }])
    clock.advance(2 * hour)
    await follow()
    await settle()
    expect(await standings(db)).toMatchObject([{ ended }])
    expect(sent()).toEqual([])
  })

  it.each(ways)('ends it by %s when it is told last of all', async (_way, change, ended) => {
    const reader = await oneReader()
    await releaseJourney(deps, owner, reminder, { ...left, ...change })
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(3 * hour)
    await happened(db, clock, reader, 'cart', { at: at('10:30') })
    await follow()
    await bought(db, clock, reader, { at: at('10:40') })
    expect(await follow()).toMatchObject([{ ended: 1 }])
    await settle()
    expect(await standings(db)).toMatchObject([{ ended }])
    expect(sent()).toEqual([])
  })

  it('is not what was before it, nor what let them in itself, to the microsecond', async () => {
    const reader = await oneReader()
    const change = { ...left, exitOn: [{ event: 'order_paid' }, { event: 'cart' }] }
    await releaseJourney(deps, owner, reminder, change)
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(3 * hour)
    await bought(db, clock, reader, { at: at('10:20') })
    await happened(db, clock, reader, 'cart', { at: at('10:30') })
    await db.query(sql`update ingest.events set occurred_at = occurred_at + interval '500 microseconds'`)
    await follow()
    clock.advance(2 * hour)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader0@example.com you-forgot-something'])
  })

  it('counts for the goal until its days since they came in are over', async () => {
    const reader = await oneReader()
    const change = { ...left, goalReachedBy: { event: 'order_paid', withinDays: 7 }, ends: { goals: 1 } }
    await releaseJourney(deps, owner, [{ key: 'rest', kind: 'wait', minutes: 9 * 1440 }, send('late')], change)
    const { follow } = house()
    await follow()
    clock.advance(6 * day)
    await happened(db, clock, reader, 'cart', { at: at('10:30') })
    await follow()
    clock.advance(6 * day)
    await bought(db, clock, reader)
    expect(await follow()).toMatchObject([{ ended: 1, over: 'the campaign is over: 1 people reached its goal' }])
    expect(await standings(db)).toMatchObject([{ ended: 'goal reached' }])
  })

  it('never has them reminded of what they bought, whenever either is told', async () => {
    const told = fc.record({ bought: fc.integer({ min: 1, max: 55 }), cartTold: fc.integer({ min: 0, max: 4 }), orderTold: fc.integer({ min: 0, max: 4 }) }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(told, async ({ bought: minutes, cartTold, orderTold }) => {
        const [reader] = await addPeople(db, clock, [{ address: `r${clock().getTime()}@example.com` }])
        await releaseJourney(deps, owner, reminder, { ...left, exitOn: [{ event: 'order_paid' }] })
        const { follow, settle, sent } = house()
        await follow()
        clock.advance(minute)
        const cart = clock()
        // Whatever was told by the hour their mail is due is known then.
        for (let hours = 0; hours < 9; hours++) {
          if (hours === cartTold) await happened(db, clock, reader!, 'cart', { at: cart })
          if (hours === Math.min(orderTold, cartTold)) await bought(db, clock, reader!, { at: new Date(cart.getTime() + minutes * minute) }) // prettier-ignore
          await follow()
          await settle()
          clock.advance(hour)
        }
        expect(sent()).toEqual([])
      }),
      { numRuns: 6 },
    )
  }, 120_000)
})

describe('before somebody’s journey begins', () => {
  const waits = [{ key: 'visit', kind: 'wait' as const, forEvent: { event: 'page', withinMinutes: 60 }, next: 'warm', otherwise: 'cold' }, send('warm'), send('cold')] // prettier-ignore

  it('what they do wakes nobody who begins on a later day', async () => {
    const reader = await oneReader()
    const release = await releaseJourney(deps, owner, waits, { startAt: '2026-03-10T10:00:00Z' })
    await enrol(deps, release, [reader])
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(hour)
    await happened(db, clock, reader, 'page')
    await follow()
    await settle()
    expect(await standings(db)).toMatchObject([{ stepKey: 'visit', dueAt: new Date('2026-03-10T10:00:00Z') }])
    clock.advance(8 * day)
    await happened(db, clock, reader, 'page', { at: new Date('2026-03-10T10:20:00Z') })
    await follow()
    await settle()
    expect(sent()[0]).toBe('reader0@example.com warm')
  })

  it('nor who came in the day before theirs', async () => {
    const reader = await oneReader()
    await happened(db, clock, reader, 'subscribed', { properties: { renews: '2026-03-03' } })
    await releaseJourney(deps, owner, waits, { enter: onRenewal('18:00') })
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(hour)
    await happened(db, clock, reader, 'page')
    await follow()
    clock.advance(2 * hour)
    await follow()
    await settle()
    expect(sent()).toEqual([])
    expect(await standings(db)).toMatchObject([{ stepKey: 'visit', dueAt: new Date('2026-03-03T17:00:00Z') }])
  })

  const onRenewal = (time: string) => ({
    onDate: { property: { event: 'subscribed', property: 'renews' }, once: true as const, offsetDays: 0, time, zone: 'business' as const }, // prettier-ignore
  })

  it('a first wait is counted from their day, as the dry run says', async () => {
    const reader = await oneReader()
    await happened(db, clock, reader, 'subscribed', { properties: { renews: '2026-03-03' } })
    const journey = [{ key: 'rest', kind: 'wait' as const, minutes: 2 * 1440 }, send('hello')]
    const release = await releaseJourney(deps, owner, journey, { enter: onRenewal('09:00') })
    const dry = await dryRun({ ...deps, members: () => Promise.resolve([reader.personId]), zone: 'Europe/Amsterdam' }, definitionOf(release), { from: clock(), days: 10, people: 5 }) // prettier-ignore
    const { follow } = house()
    await follow()
    expect(await standings(db)).toMatchObject([{ stepKey: 'hello', dueAt: new Date('2026-03-05T08:00:00Z') }])
    expect(dry.people[0]?.lines[0]).toMatchObject({ stepKey: 'hello', at: new Date('2026-03-05T08:00:00Z') })
  })

  it('a first wait is counted from the start where that is later than their day', async () => {
    const reader = await oneReader()
    await happened(db, clock, reader, 'subscribed', { properties: { renews: '2026-03-03' } })
    const journey = [{ key: 'rest', kind: 'wait' as const, minutes: 30 }, send('hello')]
    await releaseJourney(deps, owner, journey, { enter: onRenewal('09:00'), startAt: '2026-03-03T08:20:00Z' })
    await house().follow()
    expect(await standings(db)).toMatchObject([{ stepKey: 'hello', dueAt: new Date('2026-03-03T08:50:00Z') }])
  })
})

describe('a version of a campaign', () => {
  const byOrder = { enter: { onEvent: { event: 'order_paid' } } }

  it('lets nobody in by what they did while the campaign was over', async () => {
    const reader = await oneReader()
    await releaseJourney(deps, owner, [send('thanks')], { ...byOrder, ends: { at: '2026-03-03T00:00:00Z' } })
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(day)
    await follow()
    await bought(db, clock, reader)
    clock.advance(90 * day)
    await follow()
    await releaseJourney(deps, owner, [send('thanks')], { ...byOrder, ends: { at: '2027-03-03T00:00:00Z' } })
    await follow()
    await settle()
    expect(sent()).toEqual([])
    await bought(db, clock, reader)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader0@example.com thanks'])
  })

  it('lets nobody in by what they came to be while the campaign was over', async () => {
    const [early, late] = await addPeople(db, clock, readers(2))
    const fits = new Set<string>()
    const members: Members = (rule, _at, among) =>
      Promise.resolve('lifecycle' in rule ? [early!, late!].map(({ personId }) => personId).filter((id) => fits.has(id)) : (among ?? [])) // prettier-ignore
    const enter = { becomes: { lifecycle: 'customer' } }
    await releaseJourney(deps, owner, [send('welcome')], { enter, ends: { at: '2026-03-03T00:00:00Z' } })
    const { follow, settle, sent } = working({ db, clock }, members)
    await follow()
    clock.advance(day)
    await follow()
    fits.add(early!.personId)
    await follow()
    clock.advance(90 * day)
    await releaseJourney(deps, owner, [send('welcome')], { enter, ends: { at: '2027-03-03T00:00:00Z' } })
    await follow()
    fits.add(late!.personId)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader1@example.com welcome'])
  })

  it('lets nobody in by what they did while its approval was taken back', async () => {
    const reader = await oneReader()
    const { hash } = await releaseJourney(deps, owner, [send('thanks')], byOrder)
    const { follow, settle, sent } = house()
    await follow()
    await withdrawApproval(deps, { releaseHash: hash, by: owner, note: 'wrong price' })
    await bought(db, clock, reader)
    await follow()
    clock.advance(30 * day)
    await approveRelease(deps, { releaseHash: hash, by: owner })
    await follow()
    await settle()
    expect(sent()).toEqual([])
  })

  const before: [string, Change][] = [
    ['was for everybody', {}],
    ['let in by another event', { enter: { onEvent: { event: 'cart' } } }],
    ['let in by the same event about something else', { enter: { onEvent: { event: 'order_paid', where: { kind: 'gift' } } } }], // prettier-ignore
  ]
  it.each(before)('of one that %s lets in only by what happens from then on, also before the first look', async (_what, change) => {
    const [early, late] = await addPeople(db, clock, readers(2))
    await releaseJourney(deps, owner, [send('hello')], change)
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(hour)
    await bought(db, clock, early!)
    clock.advance(200 * day)
    await releaseJourney(deps, owner, [send('thanks')], byOrder)
    await bought(db, clock, late!)
    clock.advance(minute)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader1@example.com thanks'])
  }) // prettier-ignore

  it('that lets in as the one before did still hears what happened before it', async () => {
    const reader = await oneReader()
    await releaseJourney(deps, owner, [send('hello')], byOrder)
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(minute)
    await bought(db, clock, reader)
    clock.advance(minute)
    await releaseJourney(deps, owner, [send('thanks')], byOrder)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader0@example.com thanks'])
  })
})

it('so many people reached a goal: who came in twice and bought once is one of them', async () => {
  const reader = await oneReader()
  const change = { enter: { onEvent: { event: 'asked' } }, reentry: { afterDays: 1, most: 5 }, goalReachedBy: { event: 'order_paid', withinDays: 60 }, ends: { goals: 2 } } // prettier-ignore
  const release = await releaseJourney(deps, owner, [send('hello')], change)
  const { follow, settle } = house()
  await follow()
  for (let times = 0; times < 2; times++) {
    clock.advance(2 * day)
    await happened(db, clock, reader, 'asked')
    await follow()
    await settle()
  }
  expect(await standings(db)).toHaveLength(2)
  clock.advance(minute)
  await bought(db, clock, reader)
  expect(await endedBy(deps, definitionOf(release))).toBeNull()
})

it('of somebody who waits for an event, why says where they stand, and promises no message', async () => {
  const reader = await oneReader()
  const visit = {
    key: 'visit',
    kind: 'wait' as const,
    forEvent: { event: 'page', withinMinutes: 600 },
    otherwise: 'bye',
  }
  const journey = [visit, send('hello', { next: 'bye' }), { key: 'bye', kind: 'exit' as const, reason: 'none' }]
  await enrol(deps, await releaseJourney(deps, owner, journey), [reader])
  await house().settle()
  const why = async () => (await whyPerson(db, campaign, reader.personId)).words
  expect(await why()).toBe('Enrolled. They stand at visit, and are looked at again on 2026-03-02 20:00 UTC.')
})

it('of somebody whose message is due next, why says when', async () => {
  const reader = await oneReader()
  const release = await releaseJourney(deps, owner, [send('hello')], { startAt: '2026-03-10T10:00:00Z' })
  await enrol(deps, release, [reader])
  const why = await whyPerson(db, campaign, reader.personId)
  expect(why.words).toBe('Enrolled; the first message is due 2026-03-10 10:00 UTC.')
})
