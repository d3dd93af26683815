import { hasRealData, realData } from '../support/real-data.ts'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { runSource } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { one, type Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps } from './ingest-support.ts'

const file = realData('clv/CDNOW_sample.txt')
const mapping = parseMapping(
  'name=cdnow;customer=1,date=3:YYYYMMDD,quantity=4,amount=5;delimiter=blanks;header=no;currency=USD;zone=America/New_York',
)
const dollars = { business: { zone: 'America/New_York', currency: 'USD' } }

/** The file read in the plainest way: what the canonical tables must add up to. */
function truth(): { rows: number; customers: number; minor: number; quantity: number; free: number } {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const minor = rows.map(([, , , , dollarsAndCents = '']) => Math.round(Number(dollarsAndCents) * 100))
  return {
    rows: rows.length,
    customers: new Set(rows.map(([id]) => id)).size,
    minor: minor.reduce((sum, amount) => sum + amount, 0),
    quantity: rows.reduce((sum, [, , , quantity]) => sum + Number(quantity), 0),
    free: minor.filter((amount) => amount === 0).length,
  }
}

const totals = (db: Db) =>
  one(db, sql`select count(*) as rows, count(distinct identifier_id) as customers, sum(gross_minor)::bigint as minor,
    (select sum(quantity)::float8 from ingest.order_lines) as quantity,
    count(*) filter (where gross_minor = 0) as free from ingest.orders`) // prettier-ignore

describe('the CDNOW purchases', () => {
  const db = testDatabase({ keep: true })

  it.skipIf(!hasRealData('clv/CDNOW_sample.txt'))(
    'come in whole: rows, customers and totals equal the file',
    async () => {
      const report = await runSource(deps(db, dollars), ordersCsv(mapping), { path: file })
      expect(report).toMatchObject({ received: 6919, accepted: 6919, unchanged: 0, quarantined: 0, problems: [] })
      expect(truth()).toMatchObject({ rows: 6919, customers: 2357 })
      expect(await totals(db)).toEqual(truth())
    },
  )

  it.skipIf(!hasRealData('clv/CDNOW_sample.txt'))('keep their customers and days', async () => {
    const [first] = await db.query(sql`select i.kind, i.value, o.ordered_at from ingest.orders o
      join ingest.identifiers i on i.id = o.identifier_id order by o.ordered_at, i.value limit 1`)
    expect(first).toEqual({ kind: 'cdnow', value: '00004', ordered_at: new Date('1997-01-01T05:00:00Z') })
  })

  it.skipIf(!hasRealData('clv/CDNOW_sample.txt'))('are unchanged when they are read again', async () => {
    const report = await runSource(deps(db, dollars), ordersCsv(mapping), { path: file })
    expect(report).toMatchObject({ received: 6919, accepted: 0, unchanged: 6919, quarantined: 0 })
    expect(await totals(db)).toEqual(truth())
  })
})
