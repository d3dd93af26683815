import { describe, expect, it } from 'vitest'
import type { DeliveryId, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { createUser } from '#governance/access.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { decide, sendUnknownAgain, undecided, type DeliveryWord } from '#campaigns/delivery/undecided.ts'
import { countClaimed } from '#campaigns/queries/listening.ts'
import { whyPerson } from '#campaigns/why.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send } from './journey-world.ts'
import {
  aBody, addPeople, campaign, enrol, ledger, memoryChannel, readers, releaseBody, states, workerOver,
} from './world.ts' // prettier-ignore

const hour = 3_600_000

/** Messages to so many people, of which nobody knows whether they arrived. */
async function unclear(count: number): Promise<ReturnType<typeof memoryChannel>> {
  await enrol(deps, await releaseBody(deps, owner), await addPeople(db, clock, readers(count)))
  const memory = memoryChannel()
  memory.answers(() => ({ kind: 'unclear', why: 'the line broke' }))
  await tick(workerOver(db, memory.channel, clock))
  memory.answers(() => ({ kind: 'sent', providerId: null }))
  return memory
}

const look = (state: 'held' | 'unknown') => undecided(db, { campaign, state, limit: 50, offset: 0 })
const say = (word: DeliveryWord, which: { id: DeliveryId } | { reason: string }, by: UserId = owner, why = 'looked') =>
  decide(deps, { campaign, word, which, by, why })

describe('a message of which nobody knows whether it arrived', () => {
  it('is never sent again by itself, and waits for a word', async () => {
    const memory = await unclear(2)
    clock.advance(2 * hour)
    expect(await sendUnknownAgain(deps, campaign)).toBe(0)
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given).toHaveLength(2)
    expect(await look('unknown')).toMatchObject({
      ifUnknown: 'leave',
      reasons: [{ reason: 'the line broke', count: 2 }],
    })
    expect((await look('unknown')).rows.map(({ address }) => address).toSorted()).toEqual(['reader0@example.com', 'reader1@example.com']) // prettier-ignore
  })

  it('is left, or taken to have arrived, as a person says', async () => {
    await unclear(2)
    const [first, second] = (await look('unknown')).rows
    expect(await say('leave', { id: first!.id })).toMatchObject({ kind: 'decided', count: 1 })
    expect((await look('unknown')).rows.map(({ id }) => id)).toEqual([second!.id])
    expect(await say('arrived', { id: second!.id })).toMatchObject({ count: 1 })
    expect(await states(db)).toEqual({ delivered: 1, unknown: 1 })
    expect(await look('unknown')).toMatchObject({ rows: [], reasons: [] })
    const told = await whyPerson(db, campaign, first!.personId)
    expect(told.words).toContain(`was said to be left as it is on ${clock().toISOString().slice(0, 10)}`)
    expect(await db.query(sql`select word, why, said_by as by from campaigns.delivery_words order by said_at, word`)).toEqual([
      { word: 'arrived', why: 'looked', by: owner }, { word: 'leave', why: 'looked', by: owner },
    ]) // prettier-ignore
    expect(await db.query(sql`select action from kernel.audit where action = 'campaign.message-decided'`)).toHaveLength(
      2,
    )
  })

  it('goes again as the same row when a person says so knowingly', async () => {
    const memory = await unclear(3)
    expect(await say('send-again', { reason: 'the line broke' })).toEqual({ kind: 'decided', count: 3, over: 0, tooLate: 0 }) // prettier-ignore
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given).toHaveLength(6)
    expect(new Set(memory.given.map(({ deliveryId }) => deliveryId)).size).toBe(3)
    expect(new Set(memory.batches.map(({ key }) => key)).size).toBe(2)
    expect(await states(db)).toEqual({ sent: 3 })
  })

  it('goes no further when late word says that it arrived after all', async () => {
    const memory = await unclear(1)
    const [row] = (await look('unknown')).rows
    await say('send-again', { id: row!.id })
    await recordProviderEvent(deps, { message: { deliveryId: row!.id }, occurredAt: clock(), event: { kind: 'delivered' } }) // prettier-ignore
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given).toHaveLength(1)
    expect(await states(db)).toEqual({ delivered: 1 })
  })

  it('takes a reason, and somebody who may', async () => {
    await unclear(1)
    const [row] = (await look('unknown')).rows
    expect(await say('send-again', { id: row!.id }, owner, ' ')).toMatchObject({ kind: 'refused', rule: 'no-reason' })
    const made = await createUser(deps, { email: 'v@alder.example', name: 'V', role: 'viewer', by: 'millrace' })
    const viewer = made.kind === 'created' ? made.userId : owner
    expect(await say('send-again', { id: row!.id }, viewer)).toMatchObject({ rule: 'not-permitted' })
    expect(await say('plan-again', { id: row!.id })).toMatchObject({ rule: 'nothing-waits' })
    expect(await states(db)).toEqual({ unknown: 1 })
  })

  it('says of what is too late by now that it will not leave', async () => {
    const memory = await unclear(2)
    clock.advance(73 * hour)
    expect(await say('send-again', { reason: 'the line broke' })).toMatchObject({ count: 2, tooLate: 2 })
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ expired: 2 })
  })
})

describe('a campaign of answers that declares it', () => {
  it('has such a message sent again once, after an hour', async () => {
    const change = { kind: 'transactional', ifUnknown: 'send-again' } as const
    const release = await releaseJourney(deps, owner, [send('receipt')], change)
    await enrol(deps, release, await addPeople(db, clock, readers(1)))
    const memory = memoryChannel()
    memory.answers(() => ({ kind: 'unclear', why: 'the line broke' }))
    const worker = workerOver(db, memory.channel, clock)
    await tick(worker)
    expect(await sendUnknownAgain(deps, campaign)).toBe(0)
    clock.advance(hour)
    expect(await sendUnknownAgain(deps, campaign)).toBe(1)
    await tick(worker)
    clock.advance(hour)
    expect(await sendUnknownAgain(deps, campaign)).toBe(0)
    expect(memory.given).toHaveLength(2)
    expect(await states(db)).toEqual({ unknown: 1 })
  })
})

describe('a message that is held', () => {
  it('goes when what was missing is there and somebody plans it again', async () => {
    const body = aBody({
      subject: { text: 'For {{ person.given_name }}', citations: [] },
      slots: ['person.given_name'],
    })
    const people = await addPeople(db, clock, [{ address: 'a@example.com', givenName: null }, { address: 'b@example.com', givenName: 'Bo' }]) // prettier-ignore
    await enrol(deps, await releaseBody(deps, owner, body, { limits: { dailyCap: 2 } }), people)
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ held: 1, sent: 1 })
    expect(await countClaimed(db, campaign)).toBe(1)
    const { reasons, rows } = await look('held')
    expect(rows).toMatchObject([{ address: 'a@example.com', stepKey: 'mail-1', channel: 'email' }])
    await db.query(sql`update ingest.profiles set given_name = 'Ada' where email = 'a@example.com'`)
    expect(await say('plan-again', { reason: reasons[0]!.reason })).toMatchObject({ count: 1, tooLate: 0 })
    await tick(workerOver(db, memory.channel, clock))
    expect((await ledger(db)).get('a@example.com')).toMatchObject({ state: 'sent', attempts: 1 })
    expect(memory.given).toHaveLength(2)
  })

  it('goes where its reader’s journey ended with it, or where a rollback left no further step for them', async () => {
    const people = await addPeople(db, clock, readers(2))
    await enrol(deps, await releaseBody(deps, owner), people)
    await db.query(
      sql`update campaigns.deliveries set state = 'held', reason = 'nothing to say', settled_at = ${clock()}`,
    )
    await db.query(sql`update campaigns.enrolments set ended_reason = 'held: the restored release has no step mail-2'
      where identifier_id = ${people[0]!.identifierId}`)
    expect(await say('plan-again', { reason: 'nothing to say' })).toMatchObject({ count: 2, over: 0 })
  })

  it('stays where its reader left the journey meanwhile', async () => {
    await enrol(deps, await releaseBody(deps, owner), await addPeople(db, clock, readers(1)))
    await db.query(
      sql`update campaigns.deliveries set state = 'held', reason = 'nothing to say', settled_at = ${clock()}`,
    )
    await db.query(sql`update campaigns.enrolments set ended_reason = 'left: did “x”', next_due_at = null`)
    expect(await say('plan-again', { reason: 'nothing to say' })).toMatchObject({ count: 0, over: 1 })
    expect(await states(db)).toEqual({ held: 1 })
  })
})
