import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { runSource, type IngestDeps } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { openPayload } from '#kernel/keys.ts'
import { recordById } from '#ingest/queries/records.ts'
import type { RecordId } from '#kernel/ids.ts'
import { one, type Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()
const withId = (name: string) =>
  ordersCsv(parseMapping(`name=${name};id=id,customer=customer,date=date,amount=amount,currency=currency,title=title`))
const withoutId = (name: string) =>
  ordersCsv(parseMapping(`name=${name};customer=customer,date=date,amount=amount,currency=currency,title=title`))

const header = 'id,customer,date,amount,currency,title'

/** What a mapping's orders come to, and what waits of its file. */
async function outcome(db: Db, name: string, file: string): Promise<unknown> {
  const orders =
    await db.query(sql`select replace(o.external_id, ${name}, '') as id, i.value, o.ordered_at, o.gross_minor, o.currency
    from ingest.orders o join ingest.identifiers i on i.id = o.identifier_id where i.kind = ${name} order by 1`)
  const waiting = await db.query(sql`select (place ->> 'line')::int as line, reason from ingest.quarantine
    where place ->> 'file' = ${file} order by 1`)
  return { orders, waiting }
}

class Killed extends Error {}

/** Stops a run dead after some commits, as a kill between two batches does. */
const killedAfter = (base: IngestDeps, commits: number): IngestDeps => {
  let left = commits
  const onProgress = (): void => {
    left -= 1
    if (left <= 0) throw new Killed('killed by the test')
  }
  return { ...base, onProgress }
}

describe('a run', () => {
  const db = testDatabase()

  it('keeps each row as it came, sealed, with its place', async () => {
    const path = folder.write('place.csv', `${header}\r\n1,anna,2026-01-05,"12,50",EUR,Beans\r\n`)
    await runSource(deps(db), withId('shop'), { path })
    const { id } = await one<{ id: RecordId }>(db, sql`select id from ingest.records`)
    const record = (await recordById(db, id))!
    expect(record).toMatchObject({ source: 'orders', externalId: 'shop:1', version: 1 })
    expect(record.place).toEqual({ file: 'place.csv', line: 2, offset: 40, length: 35 })
    expect(record.payload.includes('anna')).toBe(false)
    const opened = openPayload(deps(db).recordsKey, { ...record, wrapped: record.wrapped! })
    expect(opened.toString()).toBe('1,anna,2026-01-05,"12,50",EUR,Beans')
  })

  it('takes identical rows without an id for as many orders, and the same ones when it is repeated', async () => {
    const row = ',anna,2026-01-05,12.50,EUR,Beans\n'
    const path = folder.write('twins.csv', `${header}\n${row}${row}${row}`)
    expect(await runSource(deps(db), withoutId('shop'), { path })).toMatchObject({ accepted: 3 })
    expect(await runSource(deps(db), withoutId('shop'), { path })).toMatchObject({ accepted: 0, unchanged: 3 })
    const more = folder.write('twins-and-one.csv', `${header}\n${row}${row}${row}${row}`)
    expect(await runSource(deps(db), withoutId('shop'), { path: more })).toMatchObject({ accepted: 1, unchanged: 3 })
  })

  it('takes a row with a known id for a new version, and a repeated row for nothing', async () => {
    const first = folder.write(
      'v1.csv',
      `${header}\n1,anna,2026-01-05,12.50,EUR,Beans\n1,anna,2026-01-05,12.50,EUR,Beans\n`,
    )
    const second = folder.write('v2.csv', `${header}\n1,anna,2026-01-05,15.00,EUR,Beans\n`)
    expect(await runSource(deps(db), withId('shop'), { path: first })).toMatchObject({ accepted: 1, unchanged: 1 })
    expect(await runSource(deps(db), withId('shop'), { path: second })).toMatchObject({ accepted: 1 })
    expect(await runSource(deps(db), withId('shop'), { path: first })).toMatchObject({ accepted: 0, unchanged: 2 })
    expect(await db.query(sql`select gross_minor from ingest.orders`)).toEqual([{ gross_minor: 1500 }])
  })

  it('notices that a value came back', async () => {
    const at = (amount: string) => folder.write('stock.csv', `${header}\n1,anna,2026-01-05,${amount},EUR,Beans\n`)
    for (const amount of ['5.00', '4.00', '5.00']) await runSource(deps(db), withId('shop'), { path: at(amount) })
    expect(await db.query(sql`select gross_minor from ingest.orders`)).toEqual([{ gross_minor: 500 }])
    expect(await db.query(sql`select version from ingest.records order by version`)).toHaveLength(3)
  })

  it('reads every row anew when the mapping was changed', async () => {
    const path = folder.write('mapped.csv', `${header}\n1,anna,05/01/2026,12.50,EUR,Beans\n`)
    const mapping = (format: string) => parseMapping(`name=shop;id=id,customer=customer,date=date:${format},amount=amount,currency=currency`) // prettier-ignore
    await runSource(deps(db), ordersCsv(mapping('MM/dd/yyyy')), { path })
    expect(await runSource(deps(db), ordersCsv(mapping('dd/MM/yyyy')), { path })).toMatchObject({ accepted: 1 })
    const [order] = await db.query<{ ordered_at: Date }>(sql`select ordered_at from ingest.orders`)
    expect(order?.ordered_at).toEqual(new Date('2026-01-04T23:00:00Z'))
  })

  it('refuses to go on where another process has gone on', async () => {
    const rows = Array.from({ length: 6 }, (_, index) => `${index},anna,2026-01-05,1.00,EUR,Beans`)
    const path = folder.write('both.csv', [header, ...rows].join('\n'))
    const slow: IngestDeps = { ...deps(db), rowsPerBatch: 2 }
    const killed = runSource(killedAfter(slow, 1), withId('shop'), { path })
    await expect(killed).rejects.toThrow(Killed)
    const both = await Promise.allSettled([
      runSource(slow, withId('shop'), { path }),
      runSource(slow, withId('shop'), { path }),
    ])
    for (const end of both) if (end.status === 'rejected') expect(String(end.reason)).toMatch(/Another process/)
    expect(both.map(({ status }) => status)).toContain('fulfilled')
    expect(await one(db, sql`select count(*) as count from ingest.orders`)).toEqual({ count: 6 })
    expect(await db.query(sql`select received, accepted + unchanged as taken from ingest.runs`)).toContainEqual({ received: 6, taken: 6 }) // prettier-ignore
  })
})

describe('a run over anything, killed anywhere', () => {
  const db = testDatabase()

  const good = fc
    .record({
      id: fc.integer({ min: 1, max: 12 }),
      customer: fc.constantFrom('anna', 'ben'),
      cents: fc.integer({ min: 0, max: 9999 }),
    })
    .map(({ id, customer, cents }) => `${id},${customer},2026-01-05,${(cents / 100).toFixed(2)},EUR,"Beans, ""dark"""`)
  const bad = fc.constantFrom(
    '1,anna,never,1.00,EUR,x',
    '1,anna,2026-01-05,1.00,EURO,x',
    '1,anna,2026-01-05,1.0O,EUR,x',
    '1,anna,2031-01-05,1.00,EUR,x',
    '1,anna,2026-01-05,1.00,USD,x',
    '1,anna,2026-01-05',
    '1,"anna,2026-01-05,1.00,EUR,x',
    '1,an"na,2026-01-05,1.00,EUR,x',
    '1,ann\u{E000},2026-01-05,1.00,EUR,x',
    ',,2026-01-05,1.00,EUR,x',
  )
  const lines = fc.array(fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: bad }), { maxLength: 40 })
  /** One character stands for a byte that is no UTF-8. */
  const bytesOf = (rows: readonly string[]) =>
    Buffer.from([header, ...rows, ''].join('\n').replaceAll('\u{E000}', '\u{EB}'), 'latin1')

  it('receives what it accepts, leaves and sets aside, and ends as if nothing had happened', async () => {
    let nth = 0
    const cases = fc.record({
      rows: lines,
      size: fc.integer({ min: 1, max: 7 }),
      kill: fc.integer({ min: 1, max: 9 }),
      hasId: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, size, kill, hasId }) => {
        nth += 1
        const [calm, killed] = [`calm-${nth}`, `killed-${nth}`]
        const files = [calm, killed].map((name) => folder.write(`${name}.csv`, bytesOf(rows)))
        const source = hasId ? withId : withoutId
        const whole = await runSource({ ...deps(db), rowsPerBatch: 100 }, source(calm), { path: files[0]! })
        const slow = { ...deps(db), rowsPerBatch: size }
        await runSource(killedAfter(slow, kill), source(killed), { path: files[1]! }).catch((fault: unknown) => {
          if (!(fault instanceof Killed)) throw fault
        })
        const halfway = await db.query<{ sums: boolean }>(
          sql`select received = accepted + unchanged + quarantined as sums from ingest.runs`,
        )
        expect(halfway.every(({ sums }) => sums)).toBe(true)
        const rest = await runSource(slow, source(killed), { path: files[1]! })
        const counts = ({ received, accepted, unchanged, quarantined }: typeof whole) => [
          received,
          accepted,
          unchanged,
          quarantined,
        ]
        if (rest.resumed) expect(counts(rest)).toEqual(counts(whole))
        expect(rest.received).toBe(rest.accepted + rest.unchanged + rest.quarantined)
        expect(await outcome(db, killed, `${killed}.csv`)).toEqual(await outcome(db, calm, `${calm}.csv`))
        const again = await runSource(slow, source(killed), { path: files[1]! })
        expect(again).toMatchObject({ accepted: 0, quarantined: whole.quarantined })
        expect(await db.query(sql`select * from ingest.occurrences`)).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})
