import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { correctQuarantined, openQuarantinedRow, quarantinedRow } from '#ingest/quarantine-desk.ts'
import { dismissQuarantined, quarantineReport } from '#ingest/quarantine.ts'
import { replaySource, type OpenSource } from '#ingest/replay.ts'
import { runSource } from '#ingest/run.ts'
import { saveMapping } from '#ingest/saved-mappings.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { shopifyProducts } from '#ingest/sources/shopify-products.ts'
import { readAudit } from '#kernel/audit.ts'
import { openPayload } from '#kernel/keys.ts'
import { sql } from '#kernel/sql.ts'
import type { RecordId } from '#kernel/ids.ts'
import { recordById } from '#ingest/queries/records.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, giveRates, testFolder } from './ingest-support.ts'

const folder = testFolder()
const map = 'name=shop;id=id,customer=customer,date=date,amount=amount,currency=currency'
const header = 'id,customer,date,amount,currency'
const open: OpenSource = (name, mapping) => (name === 'orders' && mapping ? [ordersCsv(parseMapping(mapping))] : [])
const source = (text = map) => ordersCsv(parseMapping(text))

describe('the desk of the quarantine', () => {
  const db = testDatabase()
  const set = async (line: string, text = map, bytes: BufferEncoding = 'utf8') => {
    const path = folder.write('rows.csv', Buffer.from(`${header}\n${line}\n`, bytes))
    await runSource(deps(db), source(text), { path })
    const { rows } = await quarantineReport(db)
    return rows[0]!.id
  }
  const correct = (id: Awaited<ReturnType<typeof set>>, text: string, mapping = map) =>
    correctQuarantined(deps(db), [source(mapping)], { id, text, by: 'mara', why: 'the invoice says so' })
  const actions = async () => (await readAudit(db, 0, 100)).map(({ actor, action }) => `${actor} ${action}`)

  it('opens a row for whoever may, and the audit chain says who did, never what it held', async () => {
    const id = await set('1,anna,never,5.00,EUR')
    expect(await openQuarantinedRow(deps(db), { id, by: 'mara' })).toMatchObject({
      kind: 'opened', text: '1,anna,never,5.00,EUR', garbled: false, columns: header.split(','),
    }) // prettier-ignore
    expect(await actions()).toEqual(['mara quarantine.opened'])
    expect(JSON.stringify(await readAudit(db, 0, 10))).not.toContain('anna')
  })

  it('takes a correction in as a record of its own, keeps the original, and says who corrected it', async () => {
    const id = await set('1,anna,never,5.00,EUR')
    expect(await correct(id, '1,anna,2026-01-05,5.00,EUR')).toEqual({ kind: 'taken in', rows: 1 })
    const [record] = await db.query<{ id: RecordId }>(sql`select r.id from ingest.records r`)
    const stored = await recordById(db, record!.id)
    expect(openPayload(deps(db).recordsKey, { ...stored!, wrapped: stored!.wrapped! }).toString()).toBe('1,anna,2026-01-05,5.00,EUR') // prettier-ignore
    expect(await db.query(sql`select gross_minor from ingest.orders`)).toEqual([{ gross_minor: 500 }])
    expect(await quarantinedRow(db, id)).toMatchObject({ resolution: 'corrected', resolvedBy: 'mara', resolvedWhy: 'the invoice says so' }) // prettier-ignore
    const [kept] = await db.query<{ kept: boolean }>(sql`select payload is not null as kept from ingest.quarantine`)
    expect(kept?.kept).toBe(true)
    expect(await actions()).toEqual(['mara quarantine.corrected'])
    expect(await quarantineReport(db)).toMatchObject({ open: 0 })
    expect(await correct(id, '1,anna,2026-01-06,5.00,EUR')).toMatchObject({ kind: 'gone' })
  })

  it.each([
    ['1,anna,soon,5.00,EUR', /"date" is no date/],
    ['1,anna,2031-01-05,5.00,EUR', /dated in the future/],
    ['1,anna,2026-01-05,5.00,USD', /No exchange rate from USD/],
    ['1,anna,2026-01-05', /fewer cells/],
    ['  ', /no row in it/],
  ])('changes nothing while the correction cannot be taken in either: %s', async (text, reason) => {
    const id = await set('1,anna,never,5.00,EUR')
    const before = await db.query(sql`select count(*) as n from ingest.records`)
    const said = await correct(id, text)
    expect(said.kind).toBe('still wrong')
    if (said.kind === 'still wrong') expect(said.reason).toMatch(reason)
    expect(await db.query(sql`select count(*) as n from ingest.records`)).toEqual(before)
    expect(await quarantineReport(db)).toMatchObject({ open: 1 })
    expect(await quarantinedRow(db, id)).toMatchObject({ reason: '"date" is no date', resolvedAt: null })
  })

  it('writes a correction in the encoding of its file, and the line ends that its row had', async () => {
    const latin = `${map};encoding=windows-1252`
    const id = await set('1,"Zo\u{eb}\nJansen",never,5.00,EUR', latin, 'latin1')
    const opened = await openQuarantinedRow(deps(db), { id, by: 'mara' })
    expect(opened).toMatchObject({ text: '1,"Zoë\nJansen",never,5.00,EUR', garbled: false })
    expect(await correct(id, '1,"Zoë\r\nJansen €",2026-01-05,5.00,EUR', latin)).toMatchObject({ kind: 'taken in' })
    const stored = await recordById(db, (await db.query<{ id: RecordId }>(sql`select id from ingest.records`))[0]!.id)
    const bytes = openPayload(deps(db).recordsKey, { ...stored!, wrapped: stored!.wrapped! })
    expect(bytes.toString('latin1')).toBe('1,"Zo\u{eb}\nJansen \u{80}",2026-01-05,5.00,EUR')
    const other = await set('2,anna,never,5.00,EUR', latin)
    expect(await correct(other, '2,Анна,2026-01-05,5.00,EUR', latin)).toMatchObject({ kind: 'still wrong', reason: 'The text holds a letter that windows-1252 has not' }) // prettier-ignore
  })

  it('shows bytes that are no text in their encoding as best it can', async () => {
    const id = await set('1,Zo\u{eb},2026-01-05,5.00,EUR', map, 'latin1')
    expect(await openQuarantinedRow(deps(db), { id, by: 'mara' })).toMatchObject({ text: '1,Zoë,2026-01-05,5.00,EUR', garbled: true }) // prettier-ignore
    expect(await correct(id, '1,Zoë,2026-01-05,5.00,EUR')).toMatchObject({ kind: 'taken in' })
    expect(await db.query(sql`select value from ingest.identifiers where kind = 'shop'`)).toEqual([{ value: 'Zoë' }])
  })

  it('keeps who dismissed a row and why', async () => {
    const id = await set('1,anna,never,5.00,EUR')
    await dismissQuarantined(deps(db), { ids: [id], by: 'mara', why: 'a test order' })
    expect(await quarantinedRow(db, id)).toMatchObject({ resolution: 'dismissed', resolvedBy: 'mara', resolvedWhy: 'a test order' }) // prettier-ignore
    expect(await actions()).toEqual(['mara quarantine.dismissed'])
    expect(await openQuarantinedRow(deps(db), { id, by: 'mara' })).toMatchObject({ kind: 'gone' })
  })

  it('replays each row by the mapping its file was read with', async () => {
    const semicolons = `${map};delimiter=semicolon`
    await set('1,anna,2026-01-05,5.00,USD')
    const path = folder.write('other.csv', `${header.replaceAll(',', ';')}\n2;ben;2026-01-05;7,00;USD\n`)
    await runSource(deps(db), source(semicolons), { path })
    await giveRates(db, [{ day: '2026-01-03', base: 'EUR', quote: 'USD', rate: '1.25' }])
    const reports = await replaySource(deps(db), open, 'orders')
    expect(reports.map(({ received, accepted }) => [received, accepted])).toEqual([[1, 1], [1, 1]]) // prettier-ignore
    expect(await quarantineReport(db)).toMatchObject({ open: 0 })
  })

  it('reads a row of a vendor again by the format it came in, of several under one name', async () => {
    const path = folder.write('products.csv', 'Handle,Title,Variant SKU,Variant Price\naricha,Aricha,A1,cheap\n')
    await runSource(deps(db), shopifyProducts(), { path })
    const formats = [shopifyOrders(), shopifyProducts()] as const
    const reports = await replaySource(deps(db), (name) => (name === 'shopify' ? formats : []), 'shopify')
    expect(reports).toMatchObject([{ quarantined: 1, problems: [{ reason: '"Variant Price" is no amount' }] }])
    const id = (await quarantineReport(db)).rows[0]!.id
    const input = { id, text: 'aricha,Aricha,A1,13.50', by: 'mara', why: 'the list says so' }
    expect(await correctQuarantined(deps(db), formats, input)).toEqual({ kind: 'taken in', rows: 1 })
    expect(await db.query(sql`select sku, price_minor as price from ingest.products`)).toEqual([
      { sku: 'A1', price: 1350 },
    ])
  })

  it('replays by what a saved mapping stands for now', async () => {
    const by = 'mara'
    await saveMapping(deps(db), { name: 'shop-export', kind: 'orders', text: map, by })
    await set('1,anna,05/01/2026,5.00,EUR')
    expect(await replaySource(deps(db), open, 'orders')).toMatchObject([{ accepted: 0, quarantined: 1 }])
    await saveMapping(deps(db), { name: 'shop-export', kind: 'orders', text: map.replace('date=date', 'date=date:dd/MM/yyyy'), by }) // prettier-ignore
    expect(await replaySource(deps(db), open, 'orders')).toMatchObject([{ accepted: 1, quarantined: 0 }])
  })
})
