import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { rollback } from '#governance/releases.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import {
  aBody, addPeople, campaign, enrol, ledger, memoryChannel, readers, releaseBody,
  states, workerOver,
} from './world.ts' // prettier-ignore

const minute = 60_000
const hour = 60 * minute

describe('going back (promise 5)', () => {
  const other = aBody({ subject: { text: 'The second version', citations: [] } })

  it('sends what is claimed after a rollback with the old version, and mails nobody again', async () => {
    const people = await addPeople(db, clock, readers(6))
    const first = await releaseBody(deps, owner)
    await enrol(deps, first, people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock, { claimSize: 2 })
    await tick(worker)
    clock.advance(minute)
    const second = await releaseBody(deps, owner, other)
    await enrol(deps, second, people)
    await tick(worker)
    clock.advance(minute)
    await rollback(deps, { name: campaign, by: owner, reason: 'wrong price' })
    await tick(worker)
    const versions = memory.given.map((message) => (message.subject === 'The second version' ? 2 : 1))
    expect(versions).toEqual([1, 1, 2, 2, 1, 1])
    const rows = await ledger(db)
    const sentWith = memory.given.map((message) => rows.get(message.to)?.releaseHash)
    expect(sentWith).toEqual(versions.map((version) => (version === 2 ? second.hash : first.hash)))
    expect(new Set(memory.given.map((message) => message.to)).size).toBe(6)
  })

  it('moves people of a withdrawn release to the same step of the restored one, and holds those it has no step for', async () => {
    const people = await addPeople(db, clock, readers(2))
    await releaseBody(deps, owner)
    const sequence = { later: [{ waitMinutes: 60, body: other }] }
    clock.advance(minute)
    const longer = await releaseBody(deps, owner, aBody(), sequence)
    await enrol(deps, longer, people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    await rollback(deps, { name: campaign, by: owner, reason: 'too many mails' })
    clock.advance(2 * hour)
    await tick(worker)
    expect(memory.given).toHaveLength(2)
    const enrolments = await db.query(sql`select ended_reason as reason from campaigns.enrolments`)
    expect(enrolments).toEqual(people.map(() => ({ reason: 'held: the restored release has no step mail-2' })))
  })

  it('keeps a row whose step the live release lacks, and sends it when a rollback brings the step back', async () => {
    const people = await addPeople(db, clock, readers(2))
    const sequence = { later: [{ waitMinutes: 60, body: other }] }
    await enrol(deps, await releaseBody(deps, owner, aBody(), sequence), people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    await releaseBody(deps, owner, other)
    clock.advance(hour)
    expect(await tick(worker)).toMatchObject({ planned: 2, sent: 0, ended: 0 })
    await rollback(deps, { name: campaign, by: owner, reason: 'the step is missing' })
    clock.advance(10 * minute)
    expect(await tick(worker)).toMatchObject({ sent: 2 })
    expect(await states(db)).toEqual({ sent: 4 })
  })

  it('keeps people in flight on their steps when a newer release goes live, with its content', async () => {
    const people = await addPeople(db, clock, readers(1))
    const sequence = { later: [{ waitMinutes: 60, body: other }] }
    const first = await releaseBody(deps, owner, aBody(), sequence)
    await enrol(deps, first, people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    clock.advance(59 * minute)
    expect(await tick(worker)).toMatchObject({ planned: 0 })
    clock.advance(minute)
    const changed = aBody({ subject: { text: 'The second version, mended', citations: [] } })
    const later = [changed, other].map((body) => ({ waitMinutes: 60, body }))
    await releaseBody(deps, owner, aBody(), { later })
    expect(await tick(worker)).toMatchObject({ planned: 1, sent: 1 })
    clock.advance(2 * hour)
    expect(await tick(worker)).toMatchObject({ planned: 0, sent: 0 })
    expect(memory.given.map((message) => message.subject)).toEqual([
      'New beans for Reader 0',
      'The second version, mended',
    ])
    expect(await db.query(sql`select ended_reason as reason, next_due_at as due from campaigns.enrolments`)).toEqual([
      { reason: 'completed', due: null },
    ])
  })

  it('counts a wait from the sending before it, not from its planning', async () => {
    const people = await addPeople(db, clock, readers(1))
    const choices = { later: [{ waitMinutes: 60, body: other }], limits: { window: { from: '13:00', to: '18:00' } } }
    await enrol(deps, await releaseBody(deps, owner, aBody(), choices), people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    clock.advance(2 * hour)
    await tick(worker)
    expect(memory.given).toHaveLength(1)
    await tick(worker)
    expect(memory.given).toHaveLength(1)
    clock.advance(hour)
    await tick(worker)
    await tick(worker)
    expect(memory.given).toHaveLength(2)
  })
})
