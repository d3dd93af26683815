import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { runSource, type RunReport } from '#ingest/run.ts'
import { googleAds, metaAds } from '#ingest/sources/ad-spend.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, giveRates, testFolder } from './ingest-support.ts'

const db = testDatabase()
const folder = testFolder()
let nth = 0
beforeEach(() => giveRates(db, [{ day: '2026-02-28', base: 'USD', quote: 'EUR', rate: '0.9' }]))

const google = (rows: readonly string[], header = 'Day,Campaign ID,Campaign,Currency code,Cost,Impr.,Clicks'): Promise<RunReport> => // prettier-ignore
  runSource(deps(db), googleAds(), { path: folder.write(`google-${(nth += 1)}.csv`, `${[header, ...rows].join('\n')}\n`) }) // prettier-ignore
const meta = (rows: readonly string[], header: string): Promise<RunReport> =>
  runSource(deps(db), metaAds(), { path: folder.write(`meta-${(nth += 1)}.csv`, `${[header, ...rows].join('\n')}\n`) })

const spent = () =>
  db.query(sql`select campaign_ref as campaign, day::text, amount_minor as minor, currency, impressions, clicks
    from ingest.costs where kind = 'ads' and amount_minor <> 0 order by campaign_ref, day, amount_minor`)
const sums = async (): Promise<string[]> =>
  (await spent()).map(({ campaign, day, minor }) => `${String(campaign)} ${String(day)} ${String(minor)}`)

describe('an ad report', () => {
  it('of the API counts micros, rounded to the currency', async () => {
    const header = 'segments.date,customer.id,customer.time_zone,campaign.id,campaign.name,customer.currency_code,metrics.cost_micros,metrics.impressions,metrics.clicks,metrics.conversions' // prettier-ignore
    const report = await google(
      [
        '2026-03-01,123-456-7890,America/New_York,11,Winter,USD,12345678,"1,234",5,0.5',
        '2026-03-02,1234567890,America/New_York,11,Winter,USD,0,0,0,0',
      ],
      header,
    )
    expect(report).toMatchObject({ accepted: 2, quarantined: 0 })
    expect(await spent()).toEqual([{ campaign: '11', day: '2026-03-01', minor: 1235, currency: 'USD', impressions: 1234, clicks: 5 }]) // prettier-ignore
  })

  it('of Meta may write its amounts in any way, and its totals are told apart wherever its columns stand', async () => {
    const header = 'Reporting starts,Reporting ends,Account ID,Campaign name,Campaign ID,Day,Amount spent (EUR),Impressions,Link clicks' // prettier-ignore
    const day = (n: number, amount: string): string => `2026-03-0${n},2026-03-0${n},act_99,Spring,77,2026-03-0${n},${amount},"1,200",7` // prettier-ignore
    const report = await meta(
      ['2026-03-01,2026-03-05,,,,,99.99,9999,99', day(1, '"1,234.50"'), day(2, '"1.234,50"'), day(3, '12.3456789'), day(4, '7'), day(5, '-3.00')],
      header,
    ) // prettier-ignore
    expect(report).toMatchObject({ received: 5, accepted: 4, quarantined: 1, asides: { total: 1 } })
    expect(report.problems[0]?.reason).toContain('is negative')
    expect(await sums()).toEqual(['77 2026-03-01 123450', '77 2026-03-02 123450', '77 2026-03-03 1235', '77 2026-03-04 700']) // prettier-ignore
  })

  it('names what is missing, by the names of the export', async () => {
    await expect(google(['a'], 'Day,Campaign ID,Campaign')).rejects.toThrow('has no column "Currency code", "Cost"')
    await expect(meta(['a'], 'Day,Campaign name')).rejects.toThrow('has no column "Campaign ID", "Amount spent"')
  })

  it('of ads adds up to its campaign, and replaces the report of the campaign over the same days', async () => {
    await google(['2026-03-01,11,Winter,EUR,10.00,100,5', '2026-03-02,11,Winter,EUR,20.00,100,5'])
    const finer = 'Day,Campaign ID,Campaign,Ad group ID,Ad ID,Currency code,Cost,Impr.,Clicks'
    const report = await google(
      ['2026-03-01,11,Winter,5,501,EUR,4.00,50,2', '2026-03-01,11,Winter,5,502,EUR,6.00,50,3', '2026-03-02,11,Winter,5,501,EUR,21.00,100,5'],
      finer,
    ) // prettier-ignore
    expect(report.asides).toEqual({ 'cost taken back': 2 })
    expect(await sums()).toEqual(['11 2026-03-01 400', '11 2026-03-01 600', '11 2026-03-02 2100'])
  })

  it('broken down by device adds up; by something unknown it is set aside and not overwritten', async () => {
    const header = 'Day,Campaign ID,Campaign,Device,Currency code,Cost,Impr.,Clicks'
    await google(['2026-03-01,11,W,Mobile,EUR,4.00,1,1', '2026-03-01,11,W,Computer,EUR,6.00,1,1'], header)
    expect(await sums()).toEqual(['11 2026-03-01 400', '11 2026-03-01 600'])
    const unknown = 'Day,Campaign ID,Campaign,Weather,Currency code,Cost,Impr.,Clicks'
    const report = await google(['2026-03-05,12,W,Rain,EUR,4.00,1,1', '2026-03-05,12,W,Sun,EUR,6.00,1,1'], unknown)
    expect(report).toMatchObject({ accepted: 1, quarantined: 1 })
    expect(report.problems[0]?.fix).toContain('broken down')
  })
})

describe('a restated window', () => {
  const first = ['2026-03-01,11,Winter,EUR,10.00,100,5', '2026-03-02,11,Winter,EUR,20.00,100,5', '2026-03-03,11,Winter,EUR,30.00,100,5', '2026-03-02,12,Spring,EUR,7.00,10,1'] // prettier-ignore

  it('replaces what it restates, takes back a day it left out, and leaves alone what it does not speak of', async () => {
    await google(first)
    const second = await google([first[0]!, '2026-03-03,11,Winter 2026,EUR,31.50,100,5'])
    expect(second).toMatchObject({ accepted: 1, unchanged: 1, asides: { 'cost taken back': 1 } })
    expect(await sums()).toEqual(['11 2026-03-01 1000', '11 2026-03-03 3150', '12 2026-03-02 700'])
  })

  it('loses nothing: what was taken back comes back with a report that has it again', async () => {
    await google(first)
    await google([first[0]!, first[2]!])
    const again = await google(first)
    expect(again).toMatchObject({ accepted: 0, unchanged: 4 })
    expect(await sums()).toEqual(['11 2026-03-01 1000', '11 2026-03-02 2000', '11 2026-03-03 3000', '12 2026-03-02 700']) // prettier-ignore
    expect(await db.query(sql`select id from ingest.records`)).toHaveLength(4)
  })

  it('takes nothing back when a row of the report cannot be read: what is missing may be that one', async () => {
    await google(first)
    const report = await google([first[0]!, '2026-03-02,11,Winter,EUR,2O.00,100,5', first[2]!])
    expect(report).toMatchObject({ quarantined: 1, asides: {} })
    expect(await sums()).toContain('11 2026-03-02 2000')
  })

  it('is not applied again when the same file is read once more after a newer one', async () => {
    const path = folder.write('same.csv', `Day,Campaign ID,Campaign,Currency code,Cost,Impr.,Clicks\n${first.join('\n')}\n`) // prettier-ignore
    await runSource(deps(db), googleAds(), { path })
    await google([first[0]!, first[2]!])
    await runSource(deps(db), googleAds(), { path })
    expect(await sums()).not.toContain('11 2026-03-02 2000')
  })

  it('holds, after any sequence of reports, what the last report of each campaign says of its days', async () => {
    const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}`
    const report = fc.record({
      from: fc.integer({ min: 1, max: 6 }),
      length: fc.integer({ min: 1, max: 4 }),
      skip: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
      amount: fc.integer({ min: 1, max: 999 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(report, { minLength: 1, maxLength: 4 }), async (reports) => {
        await db.query(sql`truncate ingest.costs`)
        const known = new Map<string, number>()
        const campaign = String((nth += 1))
        for (const { from, length, skip, amount } of reports) {
          const covered = Array.from({ length }, (_, n) => from + n)
          // The first and last day of a report are its ends: one that leaves them out covers less.
          const days = covered.filter((n) => n === from || n === from + length - 1 || !skip.includes(n))
          for (const n of covered) known.delete(day(n))
          for (const n of days) known.set(day(n), amount + n)
          await google(days.map((n) => `${day(n)},${campaign},W,EUR,${((amount + n) / 100).toFixed(2)},1,1`))
        }
        const expected = [...known].map(([on, minor]) => `${campaign} ${on} ${minor}`).toSorted()
        expect((await sums()).filter((sum) => sum.startsWith(`${campaign} `))).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  })
})
