import { describe, expect, it, vi } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { suppress } from '#ingest/consent.ts'
import type { AnyChannel } from '#campaigns/channel.ts'
import { claimBatch, leaseMs } from '#campaigns/delivery/claim.ts'
import { deliver } from '#campaigns/delivery/deliver.ts'
import { lockBucket } from '#campaigns/queries/claims.ts'
import { recover } from '#campaigns/delivery/recover.ts'
import { runWorker, tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import {
  aBody, addPeople, campaign, enrol, ledger, memoryChannel, readers, releaseBody, says,
  states, workerOver,
} from './world.ts' // prettier-ignore

const minute = 60_000
const hour = 60 * minute

describe('once (promise 4)', () => {
  it('keeps several workers apart', async () => {
    const people = await addPeople(db, clock, readers(300))
    await enrol(deps, await releaseBody(deps, owner), people)
    const memory = memoryChannel()
    const workers = ['a', 'b', 'c', 'd'].map((worker) =>
      workerOver(db, memory.channel, clock, { worker, claimSize: 40 }),
    )
    for (let round = 0; round < 3; round++) await Promise.all(workers.map((worker) => tick(worker)))
    expect(new Set(memory.given.map((message) => message.to)).size).toBe(300)
    expect(memory.given).toHaveLength(300)
  })

  it('has a claim of the new day wait for one of the day before', async () => {
    const done: string[] = []
    const claims = (day: string): Promise<void> =>
      db.transaction(async (tx) => {
        await lockBucket(tx, campaign, day)
        done.push(day)
        await tx.query(sql`select count(*) from campaigns.deliveries`)
        done.push(day)
      })
    await Promise.all([claims('2026-03-02'), claims('2026-03-03')])
    expect([done[0], done[2]]).toEqual([done[1], done[3]])
  })

  it('enrols nobody twice, however often it is planned', async () => {
    const people = await addPeople(db, clock, readers(5))
    const release = await releaseBody(deps, owner)
    await enrol(deps, release, people.slice(0, 3))
    expect(await enrol(deps, release, people)).toEqual({ members: 5, enrolled: 2, planned: 2 })
    expect(await enrol(deps, release, people)).toEqual({ members: 5, enrolled: 0, planned: 0 })
  })

  it('tries a deferred message again later, and gives up after the limit', async () => {
    const people = await addPeople(db, clock, readers(1))
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits: { expireAfterHours: 500 } }), people)
    const memory = memoryChannel()
    memory.answers(() => ({ kind: 'retry', scope: 'message', why: '450 greylisted' }))
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    expect((await ledger(db)).get('reader0@example.com')).toMatchObject({ state: 'planned', attempts: 1 })
    expect(await tick(worker)).toMatchObject({ claimed: 0 })
    for (let day = 0; day < 8; day++) {
      clock.advance(24 * hour)
      await tick(worker)
    }
    expect(memory.given).toHaveLength(6)
    expect((await ledger(db)).get('reader0@example.com')).toMatchObject({ state: 'failed' })
  })

  it('leaves a channel that is down alone, and spends no try on those it did not get to', async () => {
    const people = await addPeople(db, clock, readers(120))
    await enrol(deps, await releaseBody(deps, owner), people)
    const memory = memoryChannel()
    memory.answers(() => ({ kind: 'retry', scope: 'channel', why: '421 too many connections', afterMs: 5 * minute }))
    const worker = workerOver(db, memory.channel, clock)
    expect(await tick(worker)).toMatchObject({ retried: 50, returned: 70 })
    memory.answers(() => ({ kind: 'sent', providerId: null }))
    expect(await tick(worker)).toMatchObject({ claimed: 0 })
    clock.advance(6 * minute)
    expect(await tick(worker)).toMatchObject({ sent: 120 })
    const attempts = [...(await ledger(db)).values()].map((row) => row.attempts)
    expect(attempts.filter((n) => n === 2)).toHaveLength(50)
  })

  it('holds nobody whose turn did not come, though nothing can be said to them', async () => {
    const named = readers(60).map((reader, n) => (n < 50 ? reader : { address: reader.address }))
    const people = await addPeople(db, clock, named)
    await enrol(deps, await releaseBody(deps, owner, aBody({ subject: says('Dear {{ person.given_name }}') })), people)
    const memory = memoryChannel()
    memory.answers(() => ({ kind: 'retry', scope: 'channel', why: '421 too many connections', afterMs: 5 * minute }))
    const worker = workerOver(db, memory.channel, clock)
    expect(await tick(worker)).toMatchObject({ retried: 50, held: 0, returned: 10 })
    memory.answers(() => ({ kind: 'sent', providerId: null }))
    clock.advance(6 * minute)
    expect(await tick(worker)).toMatchObject({ sent: 50, held: 10 })
  })

  it('suppresses an address that is dead, and fails a message that is refused', async () => {
    const people = await addPeople(db, clock, readers(2))
    await enrol(deps, await releaseBody(deps, owner), people)
    const memory = memoryChannel()
    memory.answers((message) => ({
      kind: 'refused',
      why: '550 5.1.1',
      addressDead: message.to === 'reader0@example.com',
    }))
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ bounced: 1, failed: 1 })
    const suppressed = await db.query(sql`select identifier_id as id, reason from ingest.suppressions`)
    expect(suppressed).toEqual([{ id: people[0]!.identifierId, reason: 'bounced' }])
    const events = await db.query(sql`select kind from ingest.events`)
    expect(events).toEqual([{ kind: 'message_bounced' }])
  })

  it('plans again what a dead worker had claimed, and calls unknown what it had begun', async () => {
    const people = await addPeople(db, clock, readers(4))
    await enrol(deps, await releaseBody(deps, owner), people)
    const dies = memoryChannel({ send: () => Promise.reject(new Error('killed')) })
    const worker = workerOver(db, dies.channel, clock, { claimSize: 2 })
    expect(await tick(worker)).toMatchObject({ sent: 0, unknown: 0 })
    expect(await claimBatch(worker, { campaign, limit: 1 })).toMatchObject({ kind: 'claimed', count: 1 })
    expect(await states(db)).toEqual({ claimed: 1, planned: 1, sending: 2 })
    expect(await recover(worker)).toEqual({ returned: 0, unknown: 0 })
    clock.advance(leaseMs)
    expect(await recover(worker)).toEqual({ returned: 1, unknown: 2 })
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ sent: 2, unknown: 2 })
    expect(memory.given).toHaveLength(2)
  })

  it('fails a row that stops every worker that takes it, and sends the others', async () => {
    const people = await addPeople(db, clock, readers(4))
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits: { expireAfterHours: 500 } }), people)
    const poison = people[2]!.identifierId
    const holds = async (id: string) => (await db.query<{ id: string }>(sql`select identifier_id as id from campaigns.deliveries where claim_id = ${id}`)).some((row) => row.id === poison) // prettier-ignore
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    for (let claims = 0; claims < 20; claims++) {
      const claim = await claimBatch(worker, { campaign, limit: 10 })
      if (claim.kind === 'claimed' && !(await holds(claim.id))) await deliver(worker, claim.approved, claim, new AbortController().signal) // prettier-ignore
      clock.advance(leaseMs)
      await recover(worker)
    }
    expect(await states(db)).toEqual({ failed: 1, sent: 3 })
    expect((await ledger(db)).get('reader2@example.com')?.reason).toMatch(/worker stopped 6 times/)
  })

  it('asks an idempotent channel again with the same batch under the same key', async () => {
    const people = await addPeople(db, clock, readers(5))
    await enrol(deps, await releaseBody(deps, owner), people)
    const once = memoryChannel({ idempotent: true })
    once.answers(() => ({ kind: 'unclear', why: 'connection lost' }))
    const worker = workerOver(db, once.channel, clock)
    expect(await tick(worker)).toMatchObject({ sent: 0, unknown: 0 })
    expect(await states(db)).toEqual({ sending: 5 })
    once.answers(() => ({ kind: 'sent', providerId: null }))
    expect(await tick(worker)).toMatchObject({ sent: 0 })
    clock.advance(2 * minute)
    expect(await tick(worker)).toMatchObject({ sent: 5 })
    expect(once.batches).toHaveLength(2)
    expect(once.batches[1]).toEqual(once.batches[0])
    expect(once.given.slice(5)).toEqual(once.given.slice(0, 5))
  })

  it('takes no refusal for an answer to what was asked before, and asks no longer than the channel remembers', async () => {
    const people = await addPeople(db, clock, readers(2))
    await enrol(deps, await releaseBody(deps, owner), people)
    const once = memoryChannel({ idempotent: true, remembersMs: 10 * minute })
    once.answers(() => ({ kind: 'unclear', why: 'connection lost' }))
    const worker = workerOver(db, once.channel, clock)
    await tick(worker)
    once.answers(({ to }) => to.startsWith('reader0') ? { kind: 'refused', why: '550 no', addressDead: true } : { kind: 'undeliverable', why: 'no account' }) // prettier-ignore
    clock.advance(2 * minute)
    await tick(worker)
    expect(await states(db)).toEqual({ sending: 2 })
    expect(await db.query(sql`select reason from ingest.suppressions`)).toEqual([])
    clock.advance(9 * minute)
    await tick(worker)
    expect(await states(db)).toEqual({ unknown: 2 })
    expect(once.batches).toHaveLength(2)
  })

  it('does not ask again when somebody of the batch has unsubscribed since', async () => {
    const people = await addPeople(db, clock, readers(3))
    await enrol(deps, await releaseBody(deps, owner), people)
    const once = memoryChannel({ idempotent: true })
    once.answers(() => ({ kind: 'unclear', why: 'connection lost' }))
    const worker = workerOver(db, once.channel, clock)
    await tick(worker)
    const { identifierId } = people[0]!
    await db.transaction((tx) => suppress(tx, [{ identifierId, channel: 'email', reason: 'unsubscribed', occurredAt: clock() }])) // prettier-ignore
    clock.advance(2 * minute)
    await tick(worker)
    expect(once.batches).toHaveLength(1)
    expect(await states(db)).toEqual({ unknown: 3 })
  })

  it('stops gracefully: the group that is leaving is recorded, the rest goes back', async () => {
    const people = await addPeople(db, clock, readers(120))
    await enrol(deps, await releaseBody(deps, owner), people)
    const memory = memoryChannel()
    const stop = new AbortController()
    const { send } = memory.channel
    const channel = { ...memory.channel, send: (...given: Parameters<typeof send>) => {
      stop.abort()
      return send(...given)
    } } // prettier-ignore
    await runWorker(workerOver(db, channel, clock), stop.signal)
    expect(await states(db)).toEqual({ planned: 70, sent: 50 })
    expect(await db.query(sql`select id from campaigns.claims where expires_at is not null`)).toEqual([])
  })

  it('has as many batches on their way as the channel takes, and no more, while another claim waits for its turn', async () => {
    const people = await addPeople(db, clock, readers(120))
    await enrol(deps, await releaseBody(deps, owner), people)
    const stop = new AbortController()
    const { channel, given } = memoryChannel({ maxBatch: 10, atOnce: 2 })
    const sizes: number[] = []
    let onTheirWay = 0
    const second = Promise.withResolvers<void>()
    const slow: AnyChannel = { ...channel, send: async (...batch) => {
      sizes.push(++onTheirWay)
      if (onTheirWay === 2) second.resolve()
      await second.promise
      expect((await states(db))['sending']).toBeLessThanOrEqual(20)
      const outcomes = await channel.send(...batch)
      onTheirWay -= 1
      return outcomes
    } } // prettier-ignore
    const done = runWorker(workerOver(db, slow, clock, { claimSize: 20 }), stop.signal)
    await vi.waitUntil(() => given.length === 120, { timeout: 30_000 })
    stop.abort()
    await done
    expect(Math.max(...sizes)).toBe(2)
    expect(await states(db)).toEqual({ sent: 120 })
  })
})

describe('the ledger itself', () => {
  it('refuses a second row for a person, step and occurrence', async () => {
    const people = await addPeople(db, clock, readers(1))
    await enrol(deps, await releaseBody(deps, owner), people)
    const copy = sql`insert into campaigns.deliveries select ${'0190a0a0-0000-7000-8000-000000000009'}::uuid, enrolment_id,
      campaign, person_id, step_key, occurrence, identifier_id, channel, bucket, state, reason, planned_for, due_at
      from campaigns.deliveries`
    await expect(db.query(copy)).rejects.toThrow('unique')
  })
})
