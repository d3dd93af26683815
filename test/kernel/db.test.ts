import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { appendAudit, entryHash, genesis, readAudit } from '#kernel/audit.ts'
import { openDb, type Tx } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-01-02T03:04:05Z'))

describe('the database', () => {
  it('rolls back the whole transaction when the work throws', async () => {
    const work = db.transaction(async (tx) => {
      await appendAudit(tx, clock, { actor: 'a', action: 'b', subject: 'c', detail: {} })
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await readAudit(db, 0, 10)).toEqual([])
  })

  it('runs statements that are given at once in the order given, of many transactions beside each other', async () => {
    const counted = (upTo: number) =>
      db.transaction(async (tx) => {
        await tx.query(sql`create temporary table counted (n int) on commit drop`)
        const numbers = Array.from({ length: upTo }, (_, n) => n)
        const seen = await Promise.all(numbers.flatMap((n) => [
          tx.query(sql`insert into counted values (${n})`),
          tx.query<{ n: number; all: number }>(sql`select ${n}::int as n, (select count(*) from counted) as all`),
        ])) // prettier-ignore
        return seen.flat()
      })
    const [few, many] = await Promise.all([counted(3), counted(40)])
    expect(few).toEqual([{ n: 0, all: 1 }, { n: 1, all: 2 }, { n: 2, all: 3 }]) // prettier-ignore
    expect(many.at(-1)).toEqual({ n: 39, all: 40 })
  })

  it('keeps nothing of statements given at once when one of them fails, and tells which', async () => {
    const word = (action: string) => ({ actor: 'a', action, subject: 'c', detail: {} })
    const work = db.transaction((tx) =>
      Promise.all([appendAudit(tx, clock, word('first')), tx.query(sql`select 1 / 0`), tx.query(sql`select 1`)]),
    )
    await expect(work).rejects.toThrow('division by zero')
    expect(await readAudit(db, 0, 10)).toEqual([])
    expect(await db.query(sql`select 1 as still`)).toEqual([{ still: 1 }])
  })

  it('tells of the statement that failed, however deep it was asked for', async () => {
    const deep = async (depth: number, ask: () => Promise<unknown>): Promise<void> => {
      await (depth === 0 ? ask() : deep(depth - 1, ask))
    }
    const work = db.transaction((tx) =>
      Promise.all([
        deep(6, () => tx.query(sql`select 1 / 0`)),
        ...[1, 2, 3].map((n) => tx.query(sql`select ${n}::int`)),
      ]),
    )
    await expect(work).rejects.toThrow('division by zero')
  })

  it('sends nothing for a transaction that is over, whoever still works on it', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const word = { actor: 'a', action: 'late', subject: 'c', detail: {} }
    const work = db.transaction(async (tx) => {
      late = tx.query(sql`select 1`).then(() => appendAudit(tx, clock, word))
      late.catch(() => {})
      throw new Error('something else')
    })
    await expect(work).rejects.toThrow('something else')
    await expect(late).rejects.toThrow('a transaction that is over')
    expect(await readAudit(db, 0, 10)).toEqual([])
  })

  it('plans the statements of a transaction that asks for it once a session', async () => {
    const asked = async (tx: Tx) => {
      for (const n of [1, 2, 3]) expect(await tx.query(sql`select ${n}::int as n`)).toEqual([{ n }])
      return tx.query<{ kept: number }>(
        sql`select count(*)::int as kept from pg_prepared_statements where statement = 'select $1::int as n'`,
      )
    }
    expect(await db.transaction(asked, { plans: 'kept' })).toEqual([{ kept: 1 }])
  })

  it('answers as well where connections turn out to share a session', async () => {
    const one = sql`select ${1}::int as one`
    // A session in which somebody else prepared the statement, as it is with the embedded engine and behind a pooler.
    await db.transaction((tx) => tx.query(one), { plans: 'kept' })
    const kept = sql`select name from pg_prepared_statements where statement = ${one.text}`
    const others = openDb({ options: { ...db.pool.options, max: 1 } })
    const [named] = await db.query<{ name: string }>(kept)
    if (named) await others.query({ text: `prepare "${named.name}" as ${one.text}`, values: [] }).catch(() => {})
    expect(await others.transaction((tx) => tx.query(one), { plans: 'kept' })).toEqual([{ one: 1 }])
    await others.close()
    const lost = async (tx: Tx) => {
      await tx.query({ text: 'deallocate all', values: [] })
      return tx.query(one)
    }
    for (const _ of [1, 2]) expect(await db.transaction(lost, { plans: 'kept' })).toEqual([{ one: 1 }])
  })

  it('answers as well after a migration made what it gives of another type', async () => {
    await db.query({ text: 'create table public.kept_names (name text)', values: [] })
    await db.query({ text: `insert into public.kept_names values ('x')`, values: [] })
    const names = () => db.transaction((tx) => tx.query(sql`select name from public.kept_names`), { plans: 'kept' })
    const asked = [await names(), await names()]
    await db.query({ text: 'alter table public.kept_names alter name type varchar(9) collate "C"', values: [] })
    asked.push(await names(), await names(), await names())
    await db.query({ text: 'drop table public.kept_names', values: [] })
    expect(new Set(asked.map((rows) => JSON.stringify(rows)))).toEqual(new Set(['[{"name":"x"}]']))
  })

  it('goes on after a statement that is kept failed', async () => {
    const divided = (by: number) =>
      db.transaction((tx) => tx.query<{ n: number }>(sql`select 6 / ${by}::int as n`), { plans: 'kept' })
    for (const by of [0, 2, 0, 3]) {
      if (by === 0) await expect(divided(by)).rejects.toThrow('division by zero')
      else expect(await divided(by)).toEqual([{ n: 6 / by }])
    }
  })

  it('returns big integers as numbers and dates as plain days', async () => {
    const rows = await db.query(sql`select 9007199254740991::int8 as n, '2026-02-03'::date as day`)
    expect(rows).toEqual([{ n: 9007199254740991, day: '2026-02-03' }])
  })

  it('refuses an integer that a number cannot hold', async () => {
    await expect(db.query(sql`select 9007199254740993::int8 as n`)).rejects.toThrow('too large to be exact')
  })
})

describe('the audit chain', () => {
  it('links each entry to the one before, also when many are appended at once', async () => {
    const append = (n: number) =>
      db.transaction((tx) => appendAudit(tx, clock, { actor: 'a', action: 'b', subject: String(n), detail: { n } }))
    await Promise.all([1, 2, 3, 4, 5].map(append))
    const entries = await readAudit(db, 0, 10)
    expect(entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5])
    entries.forEach((entry, index) => {
      expect(entry.previousHash).toBe(entries[index - 1]?.hash ?? genesis)
      expect(entry.hash).toBe(entryHash(entry))
    })
  })

  it('cannot be changed or shortened through the database', async () => {
    await db.transaction((tx) => appendAudit(tx, clock, { actor: 'a', action: 'b', subject: 'c', detail: {} }))
    await expect(db.query(sql`update kernel.audit set actor = 'x'`)).rejects.toThrow('append-only')
    await expect(db.query(sql`delete from kernel.audit`)).rejects.toThrow('append-only')
    await expect(db.query(sql`truncate kernel.audit`)).rejects.toThrow('append-only')
  })
})
