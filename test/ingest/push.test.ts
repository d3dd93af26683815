import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { takePushed } from '#ingest/push.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { stoppedClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps } from './ingest-support.ts'

const customer = (id: string, email: string): string =>
  JSON.stringify({ id, object: 'customer', created: 1_767_225_600, livemode: true, email })
const body = (...lines: string[]): Buffer => Buffer.from(lines.join('\n'))
const send = (db: Db, text: Buffer, change: Partial<Parameters<typeof deps>[1]> & { asOf?: Date } = {}) => {
  const { asOf, ...others } = change
  return takePushed(deps(db, others), stripe(), { name: 'webhook', body: text, ...(asOf ? { asOf } : {}) })
}
const runs = (db: Db) =>
  db.query(sql`select input, state, received, accepted, unchanged, quarantined from ingest.runs order by seq`)
const emailOf = async (db: Db) => (await db.query<{ email: string }>(sql`select email from ingest.profiles`))[0]?.email

describe('what is sent to us', () => {
  const db = testDatabase()

  it('is in when the call returns, and all of a day is one run', async () => {
    const trial = customer('cus_3', 'c@example.com').replace('"livemode":true', '"livemode":false')
    const first = await send(db, body(customer('cus_1', 'a@example.com'), customer('cus_2', 'b@example.com'), trial))
    expect(first).toEqual({ received: 3, accepted: 2, unchanged: 0, quarantined: 1 })
    expect(await send(db, body(customer('cus_1', 'a@example.com')))).toMatchObject({ accepted: 0, unchanged: 1 })
    expect(await runs(db)).toEqual([
      { input: 'push:webhook', state: 'running', received: 4, accepted: 2, unchanged: 1, quarantined: 1 },
    ])
  })

  it('begins a new run with the day of the business, and ends the last one', async () => {
    const clock = stoppedClock(new Date('2026-09-01T21:59:00Z'))
    await send(db, body(customer('cus_1', 'a@example.com')), { clock })
    clock.advance(120_000)
    await send(db, body(customer('cus_2', 'b@example.com')), { clock })
    expect(await runs(db)).toMatchObject([
      { state: 'done', accepted: 1 },
      { state: 'running', accepted: 1 },
    ])
  })

  it('loses nothing where many send at once, the same as well', async () => {
    const batch = (from: number) => Array.from({ length: 8 }, (_, index) => customer(`cus_${from + index}`, `c${from + index}@example.com`)) // prettier-ignore
    const sent = [0, 4, 8, 0, 12, 4, 2, 10].map((from) => send(db, body(...batch(from))))
    const counts = await Promise.all(sent)
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(20)
    expect(await runs(db)).toMatchObject([{ received: 64, accepted: 20, unchanged: 44 }])
    expect(await db.query(sql`select identifier_id from ingest.profiles`)).toHaveLength(20)
  })

  it('is a new version where a value came back', async () => {
    for (const email of ['a@example.com', 'b@example.com', 'a@example.com'])
      expect(await send(db, body(customer('cus_1', email)))).toMatchObject({ accepted: 1 })
    expect(await emailOf(db)).toBe('a@example.com')
  })

  it('never replaces what was so later', async () => {
    const at = (minute: number) => new Date(`2026-08-01T10:0${minute}:00Z`)
    await send(db, body(customer('cus_1', 'new@example.com')), { asOf: at(2) })
    expect(await send(db, body(customer('cus_1', 'old@example.com')), { asOf: at(1) })).toMatchObject({ unchanged: 1 })
    expect(await emailOf(db)).toBe('new@example.com')
    await send(db, body(customer('cus_1', 'newer@example.com')), { asOf: at(3) })
    expect(await emailOf(db)).toBe('newer@example.com')
  })

  it('counts as often as it was sent where it has no id, on the next day too', async () => {
    const clock = stoppedClock(new Date('2026-09-01T08:00:00Z'))
    const mapping = parseMapping('name=till;customer=1,date=2,amount=3;header=no;currency=EUR')
    const sale = () =>
      takePushed(deps(db, { clock }), ordersCsv(mapping), { name: 'till', body: body('anna,2026-01-05,2.50') })
    await sale()
    await sale()
    clock.advance(86_400_000)
    await sale()
    expect(await db.query(sql`select id from ingest.orders`)).toHaveLength(3)
  })

  it('writes what belongs to it in the same transaction, or neither', async () => {
    const alongside = () => Promise.reject(new Error('no'))
    const sent = takePushed(deps(db), stripe(), { name: 'webhook', body: body(customer('cus_1', 'a@example.com')), alongside }) // prettier-ignore
    await expect(sent).rejects.toThrow('no')
    expect(await db.query(sql`select id from ingest.records`)).toEqual([])
  })
})
