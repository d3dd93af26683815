import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { closed, judged, nextBreaker, released, type Breaker } from '#campaigns/deliverability/breaker.ts'
import { countDomain, lookAtReputation, releaseBreaker } from '#campaigns/deliverability/reputation.ts'
import { selectBreakers, trippedBetween } from '#campaigns/queries/deliverability-reach.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../../support/database.ts'
import { aClock, addPeople, anOwner, enrol, memoryChannel, releaseBody, start, states, workerOver } from '../world.ts'

const db = testDatabase()
const sending = { domain: 'alder.example', channel: 'email' }
const zone = 'Europe/Amsterdam'
const counts = (sent: number, change: Partial<Parameters<typeof judged>[0]> = {}) => ({
  sent,
  bounced: 0,
  complained: 0,
  deferred: 0,
  ...change,
})

describe('what a day at a provider calls for', () => {
  it.each([
    [counts(10_000), 'go'],
    [counts(10_000, { bounced: 200 }), 'go'],
    [counts(10_000, { bounced: 201 }), 'hold'],
    [counts(10_000, { bounced: 500 }), 'hold'],
    [counts(10_000, { bounced: 501 }), 'stop'],
    [counts(10_000, { complained: 7 }), 'go'],
    [counts(10_000, { complained: 8 }), 'halve'],
    [counts(10_000, { complained: 29 }), 'halve'],
    [counts(10_000, { complained: 30 }), 'stop'],
    [counts(10_000, { deferred: 499 }), 'go'],
    [counts(10_000, { deferred: 500 }), 'halve'],
    [counts(10_000, { deferred: 1_501 }), 'pause'],
    [counts(50, { bounced: 2, complained: 2 }), 'go'],
    [counts(50, { bounced: 3 }), 'stop'],
    [counts(199, { complained: 2 }), 'go'],
    [counts(200, { complained: 1 }), 'stop'],
  ] as const)('%o: %s', (given, state) => expect(judged(given).state).toBe(state))

  it('never lets a stop go by itself, and never more than half of a day through a halved one', () => {
    const anyCounts = fc.record({
      sent: fc.nat(20_000),
      bounced: fc.nat(900),
      complained: fc.nat(60),
      deferred: fc.nat(4_000),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(anyCounts, fc.nat(600)), { maxLength: 40 }), (looks) => {
        let breaker: Breaker = closed(start)
        let at = start
        for (const [given, minutes] of looks) {
          at = new Date(at.getTime() + minutes * 60_000)
          const before: Breaker = breaker
          breaker = nextBreaker(before, given, at)
          if (before.state === 'stop') expect(breaker).toEqual(before)
          if (before.state === 'pause' && before.until! > at && breaker.state !== 'stop')
            expect(breaker).toEqual(before)
          if (breaker.state === 'halve' && before.state !== 'halve')
            expect(breaker.mostADay).toBeLessThanOrEqual(Math.max(5, given.sent / 2))
          expect(breaker.until !== null).toBe(breaker.state === 'pause')
        }
      }),
    )
  })

  it('is stopped also while it is paused', () => {
    const paused = nextBreaker(closed(start), counts(1_000, { deferred: 200 }), start)
    const minute = new Date(start.getTime() + 60_000)
    expect(nextBreaker(paused, counts(1_000, { deferred: 200, complained: 20 }), minute)).toMatchObject({ state: 'stop', since: minute }) // prettier-ignore
    expect(nextBreaker(paused, counts(1_000, { deferred: 200, complained: 1 }), minute)).toEqual(paused)
  })

  it('forgives what was before a pause ended, or a person let go', () => {
    const paused = nextBreaker(closed(start), counts(1_000, { deferred: 200 }), start)
    expect(paused.until).toEqual(new Date(start.getTime() + 4 * 3_600_000))
    expect(nextBreaker(paused, counts(0), paused.until!)).toMatchObject({ state: 'go', countsFrom: paused.until })
    expect(released(start).countsFrom).toEqual(start)
  })
})

describe('a provider that has had enough', () => {
  let clock = aClock()
  let owner: UserId
  const memory = memoryChannel()
  beforeEach(async () => {
    clock = aClock()
    owner = await anOwner(db, clock)
    memory.given.length = 0
    memory.answers(() => ({ kind: 'sent', providerId: null }))
    const people = await addPeople(
      db,
      clock,
      Array.from({ length: 24 }, (_, n) => ({ address: `reader${n >> 1}@${n % 2 === 0 ? 'gmail.com' : 'yahoo.com'}` })),
    )
    await countDomain({ db, clock, zone }, sending)
    await db.query(sql`update campaigns.warm_ups set graduated_at = ${clock()}, graduated_why = 'a test'`)
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people.slice(0, 24))
  })
  const worker = () => workerOver(db, memory.channel, clock, { claimSize: 12 })

  it('gets nothing more until a person lets it go; the others go on, and nobody is lost', async () => {
    await tick(worker())
    const first = memory.given.filter(({ to }) => to.endsWith('gmail.com')).slice(0, 3)
    expect(first).toHaveLength(3)
    for (const { deliveryId } of first)
      await recordProviderEvent({ db, clock }, { message: { deliveryId }, occurredAt: clock(), event: { kind: 'complained' } }) // prettier-ignore
    expect(await lookAtReputation({ db, clock })).toMatchObject([{ provider: 'gmail', breaker: { state: 'stop' } }])
    clock.advance(60_000)
    await tick(worker())
    await tick(worker())
    const sent = memory.given.length
    const gmail = memory.given.filter(({ to }) => to.endsWith('gmail.com')).length
    expect(memory.given.filter(({ to }) => to.endsWith('yahoo.com'))).toHaveLength(12)
    expect((await states(db))['planned']).toBe(24 - sent)
    clock.advance(25 * 3_600_000)
    await lookAtReputation({ db, clock })
    await tick(worker())
    expect(memory.given.filter(({ to }) => to.endsWith('gmail.com'))).toHaveLength(gmail)
    const word = { ...sending, provider: 'gmail', by: owner, reason: 'the list was bought; it is gone' }
    expect(await releaseBreaker({ db, clock }, { ...word, reason: '' })).toMatchObject({ rule: 'no-reason' })
    await releaseBreaker({ db, clock }, word)
    clock.advance(3_600_000)
    await tick(worker())
    expect(await states(db)).not.toHaveProperty('planned')
    expect(await lookAtReputation({ db, clock })).toEqual([])
  })

  it('is not held to account for a relay of ours that was away', async () => {
    memory.answers(() => ({ kind: 'retry', scope: 'channel', why: '421 too busy' }))
    await tick(worker())
    memory.answers(() => ({ kind: 'sent', providerId: null }))
    clock.advance(60_000)
    expect(await lookAtReputation({ db, clock })).toEqual([])
    expect(await selectBreakers(db, sending)).toEqual([])
  })

  it('is left alone when it puts mail off, and once let go is not blamed for that again, whenever that mail is due', async () => {
    memory.answers(({ to }) => (to.endsWith('gmail.com') ? { kind: 'retry', scope: 'message', why: '451 later' } : { kind: 'sent', providerId: null })) // prettier-ignore
    await tick(worker())
    memory.answers(() => ({ kind: 'sent', providerId: null }))
    clock.advance(60_000)
    const day = [clock(), new Date(clock().getTime() + 86_400_000)] as const
    expect(await lookAtReputation({ db, clock })).toMatchObject([{ provider: 'gmail', breaker: { state: 'pause' } }])
    await db.query(sql`update campaigns.deliveries set due_at = due_at + interval '1 day' where waiting`)
    clock.advance(60_000)
    await releaseBreaker({ db, clock }, { ...sending, provider: 'gmail', by: owner, reason: 'they say it is over' })
    clock.advance(60_000)
    expect(await lookAtReputation({ db, clock })).toEqual([])
    // The day was one with trouble all the same; the next is not.
    expect(await trippedBetween(db, sending, ...day)).toBe(true)
    expect(await trippedBetween(db, sending, day[1], new Date(day[1].getTime() + 86_400_000))).toBe(false)
  })
})
