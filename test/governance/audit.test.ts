import { beforeEach, describe, expect, it } from 'vitest'
import { appendAudit, entryHash, readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { json, sql } from '#kernel/sql.ts'
import { auditHead, verifyAudit } from '#governance/audit.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-02-03T04:05:06.789Z'))

const append = (subject: string): Promise<unknown> =>
  db.transaction((tx) => appendAudit(tx, clock, { actor: 'a', action: 'b', subject, detail: { n: 1, x: undefined } }))

/** As somebody with every right on the database would. */
const tamper = (work: (tx: Tx) => Promise<unknown>): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.query(sql`set local session_replication_role = replica`)
    await work(tx)
  })

describe('verifying the audit chain', () => {
  beforeEach(async () => {
    for (const subject of ['one', 'two', 'three', 'four', 'five']) await append(subject)
  })

  it('finds an untouched chain intact', async () => {
    const head = await auditHead(db)
    expect(head.seq).toBe(5)
    await append('six')
    expect(await verifyAudit(db, [head])).toMatchObject({ kind: 'intact', entries: 6 })
  })

  it('names the entry that was changed', async () => {
    await tamper((tx) => tx.query(sql`update kernel.audit set actor = 'z' where seq = 3`))
    expect(await verifyAudit(db)).toMatchObject({
      kind: 'broken',
      seq: 3,
      why: expect.stringContaining('was changed') as string,
    })
  })

  it('names the entry that was deleted, the first too', async () => {
    await tamper((tx) => tx.query(sql`delete from kernel.audit where seq = 4`))
    expect(await verifyAudit(db)).toMatchObject({
      kind: 'broken',
      seq: 4,
      why: expect.stringContaining('is missing') as string,
    })
    await tamper((tx) => tx.query(sql`delete from kernel.audit where seq = 1`))
    expect(await verifyAudit(db)).toMatchObject({ kind: 'broken', seq: 1 })
  })

  it('names the first of two entries that changed places', async () => {
    await tamper((tx) => tx.query(sql`
      update kernel.audit set seq = case seq when 2 then -3 else -2 end where seq in (2, 3);
      update kernel.audit set seq = -seq where seq < 0`)) // prettier-ignore
    expect(await verifyAudit(db)).toMatchObject({ kind: 'broken', seq: 2 })
  })

  it('finds a cut end by a head kept outside, which the chain alone cannot show', async () => {
    const head = await auditHead(db)
    await tamper((tx) => tx.query(sql`delete from kernel.audit where seq > 3`))
    expect(await verifyAudit(db)).toMatchObject({ kind: 'intact', entries: 3 })
    expect(await verifyAudit(db, [head])).toMatchObject({ kind: 'broken', seq: 4 })
    await append('four, anew')
    await append('five, anew')
    expect(await verifyAudit(db, [head])).toMatchObject({ kind: 'broken', seq: 5 })
  })

  it('finds a chain written anew from some entry on', async () => {
    const head = await auditHead(db)
    await tamper(async (tx) => {
      let previousHash = (await readAudit(tx, 1, 1))[0]?.previousHash
      for (const entry of await readAudit(tx, 1, 10)) {
        const forged = { ...entry, actor: 'z', previousHash: previousHash ?? entry.previousHash }
        const hash = entryHash(forged)
        await tx.query(sql`update kernel.audit set actor = 'z', previous_hash = ${forged.previousHash}, hash = ${hash},
          detail = ${json(entry.detail)} where seq = ${entry.seq}`)
        previousHash = hash
      }
    })
    expect(await verifyAudit(db)).toMatchObject({ kind: 'intact', entries: 5 })
    expect(await verifyAudit(db, [head])).toMatchObject({ kind: 'broken', seq: 5 })
  })
})

describe('an empty chain', () => {
  it('is intact', async () => {
    expect(await verifyAudit(db)).toMatchObject({ kind: 'intact', entries: 0 })
  })
})
