import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { dismissQuarantined, quarantineReport, replayQuarantine } from '#ingest/quarantine.ts'
import { runSource } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, giveRates, testFolder } from './ingest-support.ts'

const folder = testFolder()
const mapping = (format: string) => ordersCsv(parseMapping(`name=shop,customer="the customer",date=date:${format},amount=amount,currency=currency`)) // prettier-ignore
const header = 'the customer,date,amount,currency'
const dollars = [{ day: '2026-01-03', base: 'EUR', quote: 'USD', rate: '1.25' }]

describe('the quarantine', () => {
  const db = testDatabase()
  const ordered = () =>
    db.query(sql`select gross_minor as gross, rate_minor::float8 as rate from ingest.orders order by gross_minor`)

  it('gives rows back once their rate is known', async () => {
    const path = folder.write(
      'dollars.csv',
      `${header}\nanna,2026-01-05,10.00,USD\nanna,2026-01-05,10.00,USD\nben,2026-01-05,5.00,EUR\n`,
    )
    expect(await runSource(deps(db), mapping('iso'), { path })).toMatchObject({ accepted: 1, quarantined: 2 })
    expect(await replayQuarantine(deps(db), mapping('iso'))).toMatchObject({ received: 2, accepted: 0, quarantined: 2 })
    await giveRates(db, dollars)
    const replayed = await replayQuarantine(deps(db), mapping('iso'))
    expect(replayed).toMatchObject({ received: 2, accepted: 2, quarantined: 0 })
    expect(await quarantineReport(db)).toMatchObject({ open: 0, rows: [] })
    expect(await ordered()).toEqual([
      { gross: 500, rate: 1 },
      { gross: 1000, rate: 0.8 },
      { gross: 1000, rate: 0.8 },
    ])
    expect(await runSource(deps(db), mapping('iso'), { path })).toMatchObject({
      accepted: 0,
      unchanged: 3,
      quarantined: 0,
    })
  })

  it('gives rows back once the mapping is mended', async () => {
    const path = folder.write('dates.csv', `${header}\nanna,05.01.2026,10.00,EUR\n`)
    await runSource(deps(db), mapping('iso'), { path })
    const report = await quarantineReport(db)
    expect(report.problems).toMatchObject([
      {
        source: 'orders',
        reason: '"date" is no date',
        count: 1,
        replayable: 1,
        example: { file: 'dates.csv', line: 2 },
      },
    ])
    expect(await replayQuarantine(deps(db), mapping('dd.MM.yyyy'))).toMatchObject({ accepted: 1, quarantined: 0 })
    expect(await quarantineReport(db)).toMatchObject({ open: 0 })
  })

  it('lets go of a row that a new run has taken in', async () => {
    const path = folder.write('again.csv', `${header}\nanna,2026-01-05,10.00,USD\n`)
    await runSource(deps(db), mapping('iso'), { path })
    await giveRates(db, dollars)
    expect(await runSource(deps(db), mapping('iso'), { path })).toMatchObject({ accepted: 1 })
    expect(await quarantineReport(db)).toMatchObject({ open: 0 })
  })

  it('holds a row once, however often its file is read, and keeps one key for it', async () => {
    const path = folder.write('twice.csv', `${header}\nanna,never,10.00,EUR\n`)
    for (let times = 0; times < 3; times += 1) {
      expect(await runSource(deps(db), mapping('iso'), { path })).toMatchObject({ received: 1, quarantined: 1 })
    }
    expect(await quarantineReport(db)).toMatchObject({ open: 1 })
    expect(await db.query(sql`select count(*) as keys from kernel.keys`)).toEqual([{ keys: 1 }])
  })

  it('keeps the bytes sealed, and names no person in its report', async () => {
    const path = folder.write('sealed.csv', `${header}\nanna,never,10.00,EUR\n`)
    await runSource(deps(db), mapping('iso'), { path })
    const [row] = await db.query<{ payload: Buffer }>(sql`select payload from ingest.quarantine`)
    expect(row?.payload.includes('anna')).toBe(false)
    expect(JSON.stringify(await quarantineReport(db))).not.toContain('anna')
  })

  it('lets a person dismiss a row that nobody needs', async () => {
    const path = folder.write('junk.csv', `${header}\nanna,never,10.00,EUR\n`)
    await runSource(deps(db), mapping('iso'), { path })
    const { rows } = await quarantineReport(db, { source: 'orders' })
    const ids = rows.map(({ id }) => id)
    expect(await dismissQuarantined(deps(db), { ids, by: 'mara', why: 'a test' })).toBe(1)
    expect(await quarantineReport(db)).toMatchObject({ open: 0 })
    await expect(dismissQuarantined(deps(db), { ids, by: 'mara', why: 'a test' })).rejects.toThrow(/list it again/)
  })

  it('reads an order of several lines again as one', async () => {
    const columns =
      'Name,Email,Financial Status,Currency,Total,Taxes,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Id,Billing Name'
    const rows =
      '#1,anna@example.org,paid,USD,30.00,2.00,2026-01-05 10:00:00 +0100,1,Beans,10.00,CF-1,77,Anna Vries\n#1,anna@example.org,,,,,,2,Filters,10.00,CF-2,,\n'
    await runSource(deps(db), shopifyOrders(), { path: folder.write('shop.csv', `${columns}\n${rows}`) })
    await giveRates(db, dollars)
    expect(await replayQuarantine(deps(db), shopifyOrders(), { kinds: ['order'] })).toMatchObject({ accepted: 1 })
    expect(
      await db.query(
        sql`select sku, quantity::int as quantity, amount_minor as amount from ingest.order_lines order by line`,
      ),
    ).toEqual([
      { sku: 'CF-1', quantity: 1, amount: 1000 },
      { sku: 'CF-2', quantity: 2, amount: 2000 },
    ])
  })

  it('gives JSON objects back as well', async () => {
    const charge = {
      id: 'ch_1',
      object: 'charge',
      created: 1767600000,
      livemode: false,
      amount: 100,
      currency: 'eur',
      customer: 'cus_1',
      status: 'succeeded',
    }
    await runSource(deps(db), stripe(), { path: folder.write('test.json', JSON.stringify({ data: [charge] })) })
    expect(await replayQuarantine(deps(db), stripe({ allowTestMode: true }))).toMatchObject({ accepted: 1 })
    expect(await ordered()).toHaveLength(1)
  })
})
