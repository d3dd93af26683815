import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase({ keep: true })

describe.skipIf(inject('engine') !== 'embedded')('many connections to the one embedded engine', () => {
  it('each get the answers to their own statements, however they interleave', async () => {
    const ask = async (client: number) => {
      for (let n = 0; n < 200; n += 1) {
        const rows = await db.query(sql`select ${client}::int as client, ${`${client}-${n}`}::text as word`)
        expect(rows).toEqual([{ client, word: `${client}-${n}` }])
      }
    }
    await Promise.all([1, 2, 3, 4].map(ask))
  })

  it('wait while another’s transaction is open, also when statements of it fail', async () => {
    await db.query(sql`create table if not exists public.counted (n integer not null check (n < 1000))`)
    await db.query(sql`insert into public.counted values (0)`)
    const add = (by: number) =>
      db.transaction(async (tx) => {
        const [row] = await tx.query<{ n: number }>(sql`select n from public.counted`)
        await tx.query(sql`update public.counted set n = ${(row?.n ?? 0) + by}`)
      })
    const fail = () => db.query(sql`select ${'x'}::int`).catch(() => 'refused')
    const tooMuch = () => add(5000).catch(() => 'refused')
    await Promise.all([...Array.from({ length: 50 }, () => add(1)), fail(), tooMuch(), fail(), tooMuch()])
    expect(await db.query(sql`select n from public.counted`)).toEqual([{ n: 50 }])
  })

  it('carry parameters of any size and any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 50 }),
        fc.integer({ min: 1, max: 6000 }),
        async (word, times) => {
          const text = word.replaceAll('\u0000', '').repeat(times)
          expect(await db.query(sql`select ${text}::text as text`)).toEqual([{ text }])
        },
      ),
      { numRuns: 25 },
    )
  })
})
