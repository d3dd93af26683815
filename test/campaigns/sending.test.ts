import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { suppress } from '#ingest/consent.ts'
import { withdrawApproval } from '#governance/approvals.ts'
import { setFlag } from '#governance/flags.ts'
import { setRollout } from '#governance/releases.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import {
  aBody, addPeople, campaign, enrol, ledger, memoryChannel, readers, releaseBody,
  states, workerOver,
} from './world.ts' // prettier-ignore

const minute = 60_000
const hour = 60 * minute

describe('nothing unapproved is sent (promise 1)', () => {
  it('sends an approved, live release to everyone enrolled, once', async () => {
    const people = await addPeople(db, clock, readers(120))
    const release = await releaseBody(deps, owner)
    expect(await enrol(deps, release, people)).toEqual({ members: 120, enrolled: 120, planned: 120 })
    const memory = memoryChannel()
    const done = await tick(workerOver(db, memory.channel, clock))
    expect(done).toMatchObject({ claimed: 120, sent: 120, announced: 120, blocked: [] })
    expect(memory.given.map((message) => message.to).toSorted()).toEqual(people.map((p) => p.address).toSorted())
    expect(memory.given.find((message) => message.to === 'reader3@example.com')?.subject).toBe('New beans for Reader 3')
    expect(await tick(workerOver(db, memory.channel, clock))).toMatchObject({ claimed: 0, sent: 0, announced: 0 })
    expect(memory.given).toHaveLength(120)
  })

  it('claims nothing of a release that was never made live, or whose approval was taken back', async () => {
    const people = await addPeople(db, clock, readers(3))
    const release = await releaseBody(deps, owner)
    await enrol(deps, release, people)
    await withdrawApproval(deps, { releaseHash: release.hash, by: owner, note: 'wrong price' })
    const memory = memoryChannel()
    const done = await tick(workerOver(db, memory.channel, clock))
    expect(done.blocked).toMatchObject([{ campaign, rule: 'not-approved' }])
    expect(memory.given).toEqual([])
    expect(await states(db)).toEqual({ planned: 3 })
  })

  it('stops between two groups when the approval is taken back while a claim is being sent', async () => {
    const people = await addPeople(db, clock, readers(120))
    const release = await releaseBody(deps, owner)
    await enrol(deps, release, people)
    const memory = memoryChannel()
    const { send } = memory.channel
    const channel = { ...memory.channel, send: async (...given: Parameters<typeof send>) => {
      await withdrawApproval(deps, { releaseHash: release.hash, by: owner, note: 'stop' })
      return send(...given)
    } } // prettier-ignore
    const done = await tick(workerOver(db, channel, clock))
    expect(done).toMatchObject({ sent: 50, returned: 70 })
    expect(await states(db)).toEqual({ planned: 70, sent: 50 })
  })

  it('obeys the kill switch at once, and goes on when it is lifted', async () => {
    const people = await addPeople(db, clock, readers(2))
    await enrol(deps, await releaseBody(deps, owner), people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await setFlag(deps, { name: 'sending', on: false, by: owner, reason: 'test' })
    expect((await tick(worker)).blocked).toMatchObject([{ rule: 'sending-off' }])
    await setFlag(deps, { name: 'sending', on: true, by: owner, reason: 'test' })
    expect(await tick(worker)).toMatchObject({ sent: 2 })
  })
})

describe('the gate, at the claim', () => {
  it('asks consent and suppression when the message leaves, not when it was planned', async () => {
    const people = await addPeople(db, clock, [...readers(3), { address: 'never@example.com', consent: false }])
    await enrol(deps, await releaseBody(deps, owner), people)
    const gone = people[1]!
    await db.transaction((tx) =>
      suppress(tx, [{ identifierId: gone.identifierId, channel: 'email', reason: 'complained', occurredAt: clock() }]),
    )
    const memory = memoryChannel()
    expect(await tick(workerOver(db, memory.channel, clock))).toMatchObject({ sent: 2, ended: 2 })
    const rows = await ledger(db)
    expect(rows.get(gone.address)).toMatchObject({ state: 'suppressed', reason: expect.stringContaining('complained') as string }) // prettier-ignore
    expect(rows.get('never@example.com')).toMatchObject({ state: 'suppressed' })
  })

  it('leaves out an address that was suppressed between the claim and the first byte', async () => {
    const people = await addPeople(db, clock, readers(60))
    await enrol(deps, await releaseBody(deps, owner), people)
    const memory = memoryChannel()
    const { send } = memory.channel
    const all = people.map(({ identifierId }) => ({ identifierId, channel: 'email', reason: 'unsubscribed', occurredAt: clock() })) // prettier-ignore
    const channel = { ...memory.channel, send: async (...given: Parameters<typeof send>) => {
      await db.transaction((tx) => suppress(tx, all))
      return send(...given)
    } } // prettier-ignore
    await tick(workerOver(db, channel, clock))
    expect(await states(db)).toEqual({ sent: 50, suppressed: 10 })
  })

  it('sends one message to an address that two people share', async () => {
    const people = await addPeople(db, clock, readers(2))
    const [first, second] = people
    // The second person's own address is lost; their profile names the first one's.
    await db.query(sql`delete from ingest.memberships where identifier_id = ${second!.identifierId}`)
    await db.query(sql`update ingest.profiles set email = ${first!.address} where email = ${second!.address}`)
    expect(await enrol(deps, await releaseBody(deps, owner), people)).toMatchObject({ enrolled: 2 })
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given.map((message) => message.to)).toEqual([first!.address])
    const reasons = await db.query(sql`select state, reason from campaigns.deliveries order by state`)
    expect(reasons).toEqual([{ state: 'sent', reason: null }, { state: 'suppressed', reason: 'same address' }]) // prettier-ignore
  })

  it('sends one message to a person who turned out to be two of the enrolled', async () => {
    const people = await addPeople(db, clock, readers(2))
    await enrol(deps, await releaseBody(deps, owner), people)
    await db.query(sql`update ingest.memberships set person_id = ${people[0]!.personId}`)
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given).toHaveLength(1)
    expect(new Set([...(await ledger(db)).values()].map((row) => row.reason))).toEqual(new Set(['same person', null]))
  })

  it('never sends more in a day than the cap, whoever claims, and goes on the next day', async () => {
    const people = await addPeople(db, clock, readers(50))
    const limits = { dailyCap: 20 }
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits }), people)
    const memory = memoryChannel()
    const workers = ['a', 'b', 'c'].map((worker) => workerOver(db, memory.channel, clock, { worker, claimSize: 7 }))
    for (let round = 0; round < 4; round++) await Promise.all(workers.map((worker) => tick(worker)))
    expect(memory.given).toHaveLength(20)
    expect((await tick(workers[0]!)).blocked).toMatchObject([{ rule: 'daily-cap' }])
    clock.advance(24 * hour)
    for (let round = 0; round < 4; round++) await tick(workers[0]!)
    expect(memory.given).toHaveLength(40)
  })

  it('gives the place under the cap back when a message has to wait', async () => {
    const people = await addPeople(db, clock, readers(3))
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits: { dailyCap: 3 } }), people)
    const memory = memoryChannel()
    memory.answers(() => ({ kind: 'retry', scope: 'message', why: '451 later' }))
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    memory.answers(() => ({ kind: 'sent', providerId: null }))
    clock.advance(2 * minute)
    expect(await tick(worker)).toMatchObject({ sent: 3 })
  })

  it('counts what a person had from other campaigns this week', async () => {
    const people = await addPeople(db, clock, readers(2))
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await enrol(deps, await releaseBody(deps, owner, aBody(), { name: 'other' }), people.slice(0, 1))
    await tick(worker)
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits: { perPersonPerWeek: 1 } }), people)
    await tick(worker)
    expect(await states(db)).toEqual({ capped: 1, sent: 2 })
  })

  it('waits for the window on the clock of the person, else of the business', async () => {
    await addPeople(db, clock, [])
    const people = await addPeople(db, clock, [
      { address: 'amsterdam@example.com' },
      { address: 'newyork@example.com', zone: 'America/New_York' },
      { address: 'nowhere@example.com', zone: 'Mars/Olympus' },
    ])
    const limits = { window: { from: '09:00', to: '18:00' } }
    await enrol(deps, await releaseBody(deps, owner, aBody(), { limits }), people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    expect(memory.given.map((message) => message.to).toSorted()).toEqual([
      'amsterdam@example.com',
      'nowhere@example.com',
    ])
    const waiting = (await ledger(db)).get('newyork@example.com')
    expect(waiting).toMatchObject({ state: 'planned', dueAt: new Date('2026-03-02T14:00:00Z') })
    clock.advance(4 * hour)
    await tick(worker)
    expect(memory.given).toHaveLength(3)
  })

  it('does not send what comes too late', async () => {
    const people = await addPeople(db, clock, readers(1))
    await enrol(deps, await releaseBody(deps, owner), people)
    clock.advance(73 * hour)
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ expired: 1 })
  })

  it('blocks only the person whose slot has no value and no fallback', async () => {
    const people = await addPeople(db, clock, [...readers(2), { address: 'noname@example.com', givenName: null }])
    const subject = { text: 'Dear {{ person.given_name }}', citations: [] }
    await enrol(deps, await releaseBody(deps, owner, aBody({ subject })), people)
    const memory = memoryChannel()
    expect(await tick(workerOver(db, memory.channel, clock))).toMatchObject({ sent: 2, held: 1 })
    expect((await ledger(db)).get('noname@example.com')).toMatchObject({
      state: 'held',
      reason: 'no value for {{ person.given_name }} and no fallback',
    })
  })

  it('reaches only the part of the audience that the rollout has come to, and nobody twice as it grows', async () => {
    const people = await addPeople(db, clock, readers(200))
    const release = await releaseBody(deps, owner)
    await setRollout(deps, { hash: release.hash, percent: 20, by: owner, reason: 'canary' })
    await enrol(deps, release, people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    expect(memory.given.length).toBeGreaterThan(15)
    expect(memory.given.length).toBeLessThan(70)
    await setRollout(deps, { hash: release.hash, percent: 100, by: owner, reason: 'well' })
    await tick(worker)
    expect(new Set(memory.given.map((message) => message.to)).size).toBe(200)
    expect(memory.given).toHaveLength(200)
  })
})
