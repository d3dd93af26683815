import { describe, expect, it } from 'vitest'
import type { Tx } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { mailUsedOn } from '#campaigns/queries/claims.ts'
import { loseExpired, returnExpired } from '#campaigns/queries/expired-claims.ts'
import { byIndex } from '#campaigns/queries/plans.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { aClock, addPeople, anOwner, enrol, memoryChannel, readers, releaseBody, states, workerOver } from './world.ts'

const db = testDatabase()

/** What the ledger changes of a row after it is claimed. */
const onTheWay = ['state', 'reason', 'batch_key', 'sender', 'provider_id', 'attempts', 'sending_at', 'sent_at', 'settled_at'] // prettier-ignore

describe('a ledger that is quick to write', () => {
  it('has nothing in an index that changes between the claim and the answer', async () => {
    const rows = await db.query<{ made: string }>(
      sql`select pg_get_indexdef(indexrelid) as made from pg_index where indrelid = 'campaigns.deliveries'::regclass`,
    )
    expect(rows.length).toBeGreaterThan(5)
    for (const { made } of rows) for (const column of onTheWay) expect(made).not.toMatch(new RegExp(`\\b${column}\\b`))
  })

  it('finds what is due by a channel without a look at what waits for another one', async () => {
    const plan = await db.transaction(async (tx) => {
      await tx.query(sql`set local enable_seqscan = off`)
      await tx.query(sql`set local enable_bitmapscan = off`)
      return tx.query(sql`explain select id from campaigns.deliveries where campaign = 'one' and waiting
        and channel = 'sms' and due_at <= now() order by due_at, id limit 10`)
    })
    expect(JSON.stringify(plan)).toMatch(/Index Cond: [^"]*campaign = [^"]*channel = [^"]*due_at <=/)
    expect(JSON.stringify(plan)).not.toContain('Sort')
  })

  it('finds what workers left, and what other channels took, by their claims, whatever the ledger holds', async () => {
    const at = new Date('2026-03-02T09:00:00Z')
    const planOf = (ask: (tx: Tx) => Promise<unknown>): Promise<string> =>
      byIndex(db, async (tx) => {
        let plan = ''
        await ask({
          ...tx,
          query: async ({ text, values }) => {
            plan = JSON.stringify(await tx.query({ text: `explain ${text}`, values }))
            return []
          },
        })
        return plan
      })
    for (const ask of [
      (tx: Tx) => returnExpired(tx, at),
      (tx: Tx) => loseExpired(tx, { at, again: [], attemptLimit: 5 }),
      (tx: Tx) => mailUsedOn(tx, '2026-03-02'),
    ])
      expect(await planOf(ask)).toContain('Index Cond: (claim_id = ANY')
  })

  it('finds a message by its Message-ID though nobody knows whether it arrived, and tells of it once', async () => {
    const clock = aClock()
    const deps = { db, clock }
    const people = await addPeople(db, clock, readers(1))
    await enrol(deps, await releaseBody(deps, await anOwner(db, clock)), people)
    const memory = memoryChannel()
    memory.answers(() => ({ kind: 'unclear', why: 'the line broke' }))
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ unknown: 1 })

    const message = { providerId: memory.given[0]!.messageId }
    const told = { message, occurredAt: clock(), event: { kind: 'delivered' } as const }
    expect(await recordProviderEvent(deps, told)).toEqual({ kind: 'recorded' })
    expect(await recordProviderEvent(deps, told)).toEqual({ kind: 'recorded' })
    expect(await states(db)).toEqual({ delivered: 1 })
    await tick(workerOver(db, memory.channel, clock))
    const events = await db.query<{ kind: string }>(sql`select kind from ingest.events order by kind`)
    expect(events.map(({ kind }) => kind)).toEqual(['message_delivered', 'message_sent'])
    expect(memory.given).toHaveLength(1)
    expect(await recordProviderEvent(deps, { ...told, message: { providerId: '<0123456789abcdef0123456789abcdef@x.example>' } })).toMatchObject({ kind: 'not-ours' }) // prettier-ignore
  })
})
