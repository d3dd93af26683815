import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definitionOf } from '#campaigns/definition.ts'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { everybody, happened, releaseJourney, send, standings, working, type Change } from './journey-world.ts'
import { addPeople, bought, enrol, oneReader } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const house = () => working({ db, clock }, everybody)
const at = (time: string) => new Date(`2026-03-02T${time}:00Z`)

describe('what somebody did after what let them in', () => {
  const reminder = [{ key: 'rest', kind: 'wait' as const, minutes: 60 }, send('you-forgot-something')]
  const left = { enter: { onEvent: { event: 'cart' } }, reentry: { afterDays: 1, most: 10 } }
  const ways: [string, Change, string][] = [
    ['the goal', { goalReachedBy: { event: 'order_paid', withinDays: 7 } }, 'goal reached'],
    ['a way out', { exitOn: [{ event: 'order_paid' }] }, 'left: did “order_paid”'],
  ]

  /** Told at one o'clock that somebody filled their cart at half past ten. */
  async function filledTheirCart(change: Change) {
    const reader = await oneReader(db, clock)
    await releaseJourney(deps, owner, reminder, { ...left, ...change })
    const walking = house()
    await walking.follow()
    clock.advance(3 * hour)
    await happened(db, clock, reader, 'cart', { at: at('10:30') })
    return { reader, ...walking }
  }

  it.each(ways)('ends their journey by %s, though both were heard only later', async (_way, change, ended) => {
    const { reader, follow, settle, sent } = await filledTheirCart(change)
    await bought(db, clock, reader, { at: at('10:40') })
    expect(await follow()).toMatchObject([{ entered: 1 }])
    clock.advance(2 * hour)
    await follow()
    await settle()
    expect(await standings(db)).toMatchObject([{ ended }])
    expect(sent()).toEqual([])
  })

  it.each(ways)('ends it by %s when it is told last of all', async (_way, change, ended) => {
    const { reader, follow, settle, sent } = await filledTheirCart(change)
    await follow()
    await bought(db, clock, reader, { at: at('10:40') })
    expect(await follow()).toMatchObject([{ ended: 1 }])
    await settle()
    expect(await standings(db)).toMatchObject([{ ended }])
    expect(sent()).toEqual([])
  })

  it('is not what was before it, nor what let them in itself, to the microsecond', async () => {
    const reader = await oneReader(db, clock)
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
    const reader = await oneReader(db, clock)
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
    const reader = await oneReader(db, clock)
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
    const reader = await oneReader(db, clock)
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
    const reader = await oneReader(db, clock)
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
    const reader = await oneReader(db, clock)
    await happened(db, clock, reader, 'subscribed', { properties: { renews: '2026-03-03' } })
    const journey = [{ key: 'rest', kind: 'wait' as const, minutes: 30 }, send('hello')]
    await releaseJourney(deps, owner, journey, { enter: onRenewal('09:00'), startAt: '2026-03-03T08:20:00Z' })
    await house().follow()
    expect(await standings(db)).toMatchObject([{ stepKey: 'hello', dueAt: new Date('2026-03-03T08:50:00Z') }])
  })
})
