import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indexContent } from '#ingest/content/index-content.ts'
import { parseMapping } from '#ingest/mapping.ts'
import { rehearseSource } from '#ingest/rehearse.ts'
import { runSource } from '#ingest/run.ts'
import { liveMapping, mappingHistory, mappingNamed, rollbackMapping, saveMapping, savedMappings } from '#ingest/saved-mappings.ts' // prettier-ignore
import { contentFiles } from '#ingest/sources/content-files.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { everything } from '#test/support/everything.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()
const map = 'name=shop;id=id,customer=customer,date=date,amount=amount'
const orders = ordersCsv(parseMapping(map))

describe('a dry run', () => {
  const db = testDatabase()

  it('says what would happen, how rows are understood, and keeps nothing', async () => {
    const path = folder.write('dry.csv', 'id,customer,date,amount\n1,anna,2026-01-05,5.00\n2,ben,never,5.00\n3,,2026-01-05,5.00\n') // prettier-ignore
    const before = await everything(db)
    const rehearsal = await rehearseSource(deps(db), orders, { path })
    expect(rehearsal).toMatchObject({ received: 3, accepted: 1, unchanged: 0, quarantined: 2 })
    expect(rehearsal.problems.map(({ reason, count, example }) => [reason, count, example.line])).toEqual([
      ['"date" is no date', 1, 3],
      ['The row names nobody', 1, 4],
    ])
    expect(rehearsal.first[0]).toMatchObject({ place: { line: 2 }, says: [{ is: 'order', grossMinor: 500 }] })
    expect(await everything(db)).toBe(before)
  })

  it('counts what the run itself then counts, in batches of any size', async () => {
    let file = 0
    const cell = fc.constantFrom('2026-01-05', 'never', '2031-01-01', '2026-01-06')
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (dates, rowsPerBatch) => {
        file += 1
        const rows = dates.map((date, n) => `${n},c${n},${date},1.00`)
        const path = folder.write(`any-${file}.csv`, ['id,customer,date,amount', ...rows].join('\n'))
        const rehearsal = await rehearseSource(deps(db, { rowsPerBatch }), orders, { path })
        const run = await runSource(deps(db, { rowsPerBatch }), orders, { path })
        const counts = ({ received, accepted, unchanged, quarantined }: typeof run) => ({ received, accepted, unchanged, quarantined })
        expect(counts({ ...run, ...rehearsal })).toEqual(counts(run))
      }),
      { numRuns: 12 },
    ) // prettier-ignore
  })
})

describe('a saved mapping', () => {
  const db = testDatabase()
  const by = 'mara'
  const other = map.replace('amount=amount', 'amount=total')

  it('is kept in versions, and goes back to any of them', async () => {
    const first = await saveMapping(deps(db), { name: 'shop', kind: 'orders', text: map, by })
    await saveMapping(deps(db), { name: 'shop', kind: 'orders', text: map, by })
    await saveMapping(deps(db), { name: 'shop', kind: 'orders', text: other, by })
    expect(parseMapping((await mappingNamed(db, 'shop', 'orders')).text)).toEqual(parseMapping(other))
    expect(await mappingHistory(db, 'shop')).toHaveLength(2)
    await rollbackMapping(deps(db), { name: 'shop', hash: first.slice(0, 12), by })
    expect(parseMapping((await liveMapping(db, 'shop'))!.text)).toEqual(parseMapping(map))
    expect(await savedMappings(db)).toMatchObject([{ name: 'shop', kind: 'orders', hash: first }])
    await expect(rollbackMapping(deps(db), { name: 'shop', hash: 'ffff', by })).rejects.toThrow(/list them by its name/)
  })

  it('is of one kind, and checked before it is kept', async () => {
    await saveMapping(deps(db), { name: 'crm', kind: 'people', text: 'id=1', by })
    await expect(saveMapping(deps(db), { name: 'crm', kind: 'orders', text: map, by })).rejects.toThrow(/mapping of people/) // prettier-ignore
    await expect(saveMapping(deps(db), { name: 'x', kind: 'orders', text: 'date=1', by })).rejects.toThrow(/amount is missing/) // prettier-ignore
    await expect(saveMapping(deps(db), { name: 'No Name', kind: 'people', text: 'id=1', by })).rejects.toThrow(/cannot name/) // prettier-ignore
    await expect(mappingNamed(db, 'crm', 'orders')).rejects.toThrow(/no mapping of orders named "crm"/)
    await expect(mappingNamed(db, 'shop', 'people')).rejects.toThrow(/Saved are crm/)
  })
})

describe('a folder of documents that is read again', () => {
  const db = testDatabase()
  const current = async (): Promise<string[]> =>
    (await db.query<{ uri: string }>(sql`select uri from ingest.documents where valid_to is null order by uri`)).map(({ uri }) => uri) // prettier-ignore
  const read = (name: string) => runSource(deps(db), contentFiles(), { path: join(folder.path, name) })

  it('ends what is gone from it, leaves other folders alone, and takes back what returns', async () => {
    folder.write('site/about.md', '# About\nWe roast.\n')
    folder.write('site/prices.md', '# Prices\nA cup costs €3.00.\n')
    folder.write('legal/terms.md', '# Terms\nPay in 14 days.\n')
    await read('site')
    await read('legal')
    expect(await current()).toEqual(['about.md', 'prices.md', 'terms.md'])
    rmSync(join(folder.path, 'site/prices.md'))
    await read('site')
    expect(await current()).toEqual(['about.md', 'terms.md'])
    await indexContent(deps(db))
    folder.write('site/prices.md', '# Prices\nA cup costs €3.00.\n')
    await read('site')
    expect(await current()).toEqual(['about.md', 'prices.md', 'terms.md'])
    expect(await runSource(deps(db), contentFiles(), { path: join(folder.path, 'site/about.md') })).toMatchObject({ unchanged: 1 }) // prettier-ignore
    expect(await current()).toEqual(['about.md', 'prices.md', 'terms.md'])
  })
})
