import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { quarantineReport } from '#ingest/quarantine.ts'
import { runSource } from '#ingest/run.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { contentFiles } from '#ingest/sources/content-files.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { UsageError } from '#kernel/errors.ts'
import { one } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()
const orders = ordersCsv(parseMapping('id=id,customer=customer,date=date,amount=amount,currency=currency'))
const header = 'id,customer,date,amount,currency'

describe('an input that is not what it should be', () => {
  const db = testDatabase()
  const refusal = async (source: Parameters<typeof runSource>[1], path: string): Promise<string> => {
    const fault: unknown = await runSource(deps(db), source, { path }).catch((thrown: unknown) => thrown)
    expect(fault).toBeInstanceOf(UsageError)
    expect(await one(db, sql`select count(*) as count from ingest.records`)).toEqual({ count: 0 })
    return (fault as UsageError).message
  }

  it('is named with the column it lacks and those it has', async () => {
    const path = folder.write('other.csv', 'id,client,date,amount,currency\n1,anna,2026-01-05,1.00,EUR\n')
    const message = await refusal(orders, path)
    expect(message).toBe(
      'other.csv has no column "customer", which the mapping takes for customer. Its columns are: 1 "id", 2 "client", 3 "date", 4 "amount", 5 "currency"',
    )
  })

  it('is named with the number of columns when it has no header', async () => {
    const path = folder.write('narrow.csv', '1,anna\n')
    const source = ordersCsv(parseMapping('customer=2,date=3,amount=4;header=no'))
    expect(await refusal(source, path)).toMatch(/narrow\.csv has no column 3, which the mapping takes for date.*1 to 2/)
  })

  it.each([
    ['hubspot', hubspotContacts(), 'Record ID'],
    ['shopify', shopifyOrders(), 'Financial Status'],
  ] as const)('is no %s export when its columns are missing', async (_, source, column) => {
    const path = folder.write('strange.csv', 'a;b\n1;2\n')
    expect(await refusal(source, path)).toMatch(
      new RegExp(`strange\\.csv has no column .*"${column}".*Its columns are: "a;b"`),
    )
  })

  it('is missing', async () => {
    expect(await refusal(orders, join(folder.path, 'nowhere.csv'))).toMatch(/There is no file .*nowhere\.csv/)
  })

  it.each([
    ['empty', '', /empty\.csv is empty: export it again/],
    ['a spreadsheet', Buffer.from('PK\u{3}\u{4}rest'), /is a spreadsheet or an archive, not text: save it as CSV/],
    ['UTF-16 without its mark', Buffer.from('id,customer\n', 'utf16le'), /holds zero bytes/],
    ['binary', Buffer.from([1, 0, 2, 0]), /holds zero bytes/],
  ] as const)('is %s', async (name, content, message) => {
    expect(await refusal(orders, folder.write(`${name.split(' ')[0]}.csv`, content))).toMatch(message)
  })

  it('is a folder without files of that kind', async () => {
    folder.write('bare/list.csv', 'nothing')
    expect(await refusal(contentFiles(), join(folder.path, 'bare'))).toMatch(
      /has no \.md or \.html or \.htm or \.pdf or \.txt files/,
    )
  })

  it('has only a header, which is no fault', async () => {
    const report = await runSource(deps(db), orders, { path: folder.write('bare.csv', `${header}\n`) })
    expect(report).toMatchObject({ received: 0, quarantined: 0 })
  })
})

describe('a row that cannot be read', () => {
  const db = testDatabase()
  const rows = (...lines: string[]) => [header, ...lines, ''].join('\n')
  const read = async (content: string | Uint8Array, name = 'rows.csv') => {
    const report = await runSource(deps(db), orders, { path: folder.write(name, content) })
    const { rows: waiting } = await quarantineReport(db)
    return { report, waiting }
  }

  it('in the wrong encoding names its line and what it looks like', async () => {
    const latin = Buffer.from(
      rows('1,anna,2026-01-05,1.00,EUR', '2,Zo\u{EB},2026-01-05,1.00,EUR', '3,ben,2026-01-05,1.00,EUR'),
      'latin1',
    )
    const { report, waiting } = await read(latin)
    expect(report).toMatchObject({ received: 3, accepted: 2, quarantined: 1 })
    expect(waiting[0]).toMatchObject({ reason: 'The row is not UTF-8', place: { line: 3 } })
    expect(waiting[0]?.fix).toMatch(/Byte 5 of the row is 0xEB; it looks like windows-1252/)
  })

  it('in a named encoding is read', async () => {
    const source = ordersCsv(
      parseMapping('name=cp,id=id,customer=customer,date=date,amount=amount,currency=currency;encoding=windows-1252'),
    )
    const path = folder.write('latin.csv', Buffer.from(rows('2,Zo\u{EB},2026-01-05,1.00,EUR'), 'latin1'))
    expect(await runSource(deps(db), source, { path })).toMatchObject({ accepted: 1 })
    expect(await one(db, sql`select value from ingest.identifiers`)).toEqual({ value: 'Zo\u{EB}' })
  })

  it('with broken quotes is set aside alone, and the rows after it are read', async () => {
    const { report, waiting } = await read(
      rows(
        '1,"anna,2026-01-05,1.00,EUR',
        '2,ben,2026-01-05,2.00,EUR',
        '3,"carl, ""c""",2026-01-05,"3,00",EUR',
        '4,da"na,2026-01-05,4.00,EUR',
        '5,"eve\nmary",2026-01-05,5.00,EUR',
      ),
    )
    expect(report).toMatchObject({ received: 5, accepted: 3, quarantined: 2 })
    expect(waiting.map(({ place, reason }) => [place.line, reason])).toEqual([
      [2, 'A quote stands inside a cell'],
      [5, 'A quote stands inside a cell'],
    ])
    const taken = await db.query<{ id: string }>(sql`select external_id as id from ingest.orders order by 1`)
    expect(taken.map(({ id }) => id)).toEqual(['customer:2', 'customer:3', 'customer:5'])
  })

  it('with a quote that is never closed costs that row only', async () => {
    const { report, waiting } = await read(rows('1,"anna,2026-01-05,1.00,EUR', '2,ben,2026-01-05,2.00,EUR'))
    expect(report).toMatchObject({ received: 2, accepted: 1, quarantined: 1 })
    expect(waiting[0]).toMatchObject({ reason: 'A quote is opened and never closed', place: { line: 2 } })
  })

  it.each([
    ['1,anna,2026-01-05,1.00,DUCATS', /"currency" is no currency/, /ISO 4217/],
    ['1,anna,2031-01-05,1.00,EUR', /dated in the future/, /date/],
    ['1,anna,05.01.2026,1.00,EUR', /"date" is no date/, /iso/],
    ['1,anna,2026-02-30,1.00,EUR', /"date" is no date/, /iso/],
    ['1,anna,2026-01-05,1.O0,EUR', /"amount" is no amount/, /2 decimals/],
    ['1,anna,2026-01-05,-1.00,EUR', /"amount" is negative/, /refunds/],
    ['1,anna,2026-01-05,1.00', /fewer cells than its header/, /4 of 5/],
    ['1,anna,2026-01-05,1.00,EUR,extra', /more cells than its header/, /6 of 5/],
    [',anna,2026-01-05,1.00,EUR', /"id" is missing/, /./],
    ['1,,2026-01-05,1.00,EUR', /names nobody/, /customer’s id, e-mail address or phone/],
    ['1,anna,2026-01-05,1.00,USD', /No exchange rate from USD to EUR/, /rates that cover 2026-01-05/],
    [`1,${'a'.repeat(600)},2026-01-05,1.00,EUR`, /longer than 500/, /./],
  ])('says why and what to do: %s', async (line, reason, fix) => {
    const { report, waiting } = await read(rows(line))
    expect(report).toMatchObject({ received: 1, accepted: 0, quarantined: 1 })
    expect(waiting[0]?.reason).toMatch(reason)
    expect(waiting[0]?.fix).toMatch(fix)
    expect(waiting[0]?.reason).not.toContain('anna')
    expect(report.problems[0]).toMatchObject({ count: 1, example: { file: 'rows.csv', line: 2 } })
  })

  it('is left out alone when the database itself refuses it', async () => {
    const columns =
      'Name,Email,Financial Status,Currency,Total,Taxes,Created at,Lineitem quantity,Lineitem name,Lineitem price,Id'
    const order = (id: number, quantity: string) =>
      `#${id},a${id}@example.org,paid,EUR,30.00,2.00,2026-01-05 10:00:00 +0100,${quantity},Beans,900.00,${id}`
    const lines = [1, 2, 3, 4, 5].map((id) => order(id, id === 4 ? '1000000000000000' : '1'))
    const path = folder.write('huge-number.csv', [columns, ...lines, ''].join('\n'))
    const report = await runSource(deps(db), shopifyOrders(), { path })
    expect(report).toMatchObject({ received: 5, accepted: 4, quarantined: 1 })
    expect(report.problems).toMatchObject([{ reason: 'The database refused the row', example: { line: 5 } }])
  })

  it('never stops the others for a character no database can hold', async () => {
    const event = (id: string, search: string) =>
      `{"id":"${id}","type":"page","anonymousId":"d","timestamp":"2026-01-05T10:00:00Z","properties":{"search":"${search}"}}`
    const path = folder.write(
      'odd.jsonl',
      [event('a', '\\u0000'), event('b', '\\ud83d'), event('c', '\\\\u0000')].join('\n'),
    )
    expect(await runSource(deps(db), webEvents(), { path })).toMatchObject({ received: 3, accepted: 1, quarantined: 2 })
  })

  it('in JSON is set aside alone: broken, cut, or of test mode', async () => {
    const charge = (id: string, live: boolean) =>
      JSON.stringify({
        id,
        object: 'charge',
        amount: 100,
        currency: 'eur',
        created: 1767600000,
        status: 'succeeded',
        livemode: live,
        customer: 'cus_1',
      })
    const text = `{"object":"list","data":[${charge('ch_1', true)},{"id":oops},${charge('ch_2', false)},\n${charge('ch_3', true)},{"id":"ch_4","obj`
    const report = await runSource(deps(db), stripe(), { path: folder.write('cut.json', text) })
    expect(report).toMatchObject({ received: 5, accepted: 2, quarantined: 3 })
    const { rows: waiting } = await quarantineReport(db)
    expect(waiting.map(({ place, reason }) => [place.item, place.line, reason])).toEqual([
      [2, 1, 'The object is no JSON'],
      [3, 1, 'The object is of test mode'],
      [5, 2, 'The file ends in the middle of an object'],
    ])
    for (const { place, sha256: hash } of waiting) {
      const bytes = Buffer.from(text).subarray(place.offset, place.offset + place.length)
      expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })
})
