import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentDirectory, generateRoastery, writeRoastery } from '#examples/roastery/generate.ts'
import { runSource, type RunReport } from '#ingest/run.ts'
import type { Place, Source } from '#ingest/source.ts'
import { googleAds, metaAds } from '#ingest/sources/ad-spend.ts'
import { costsCsv } from '#ingest/sources/costs-csv.ts'
import { fxCsv } from '#ingest/sources/fx-csv.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { contentFiles } from '#ingest/sources/content-files.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { shopifyProducts } from '#ingest/sources/shopify-products.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { canonicalTotals, deps, testFolder } from './ingest-support.ts'

const exports = generateRoastery({ seed: 1 })
const { truth } = exports
const folder = testFolder()

/** Rates first: they value what comes after. Stripe's files are read one by one, in the least helpful order. */
const inputs: readonly (readonly [string, Source])[] = [
  ['fx.csv', fxCsv()],
  ['shopify/products.csv', shopifyProducts()],
  ['hubspot/contacts.csv', hubspotContacts()],
  ['stripe/balance_transactions.json', stripe()],
  ['stripe/refunds.json', stripe()],
  ['stripe/disputes.json', stripe()],
  ['stripe/charges.json', stripe()],
  ['stripe/invoices.json', stripe()],
  ['stripe/subscriptions.json', stripe()],
  ['stripe/customers.json', stripe()],
  ['shopify/orders.csv', shopifyOrders()],
  ['web/events.jsonl', webEvents()],
  ['ads/google.csv', googleAds()],
  ['ads/meta.csv', metaAds()],
  ['costs.csv', costsCsv()],
]

describe('the sample business', () => {
  const db = testDatabase({ keep: true })
  const reports = new Map<string, RunReport>()

  beforeAll(async () => {
    await writeRoastery(exports, folder.path)
    for (const [path, source] of inputs) {
      reports.set(path, await runSource(deps(db), source, { path: join(folder.path, path) }))
    }
  })

  it.each(truth.files.map((file) => [file.path, file] as const))('counts %s as it was written', (path, file) => {
    const report = reports.get(path)!
    const bad = truth.badRows.filter((row) => row.file === path)
    expect(report).toMatchObject({ accepted: file.records, unchanged: file.repeated, quarantined: bad.length })
    expect(report.received).toBe(report.accepted + report.unchanged + report.quarantined)
  })

  it('quarantines exactly the rows that are bad, each at its place and with a reason of its own kind', async () => {
    const rows = await db.query<{ place: Place; input: string; reason: string; fix: string }>(sql`
      select q.place, r.input, q.reason, q.fix from ingest.quarantine q join ingest.runs r on r.id = q.run_id`)
    const spot = (file: string, row: number) => `${file}:${row}`
    const found = rows.map(({ place, input }) =>
      spot(input.slice(folder.path.length + 1), place.item ?? place.line ?? 0),
    )
    expect(found.toSorted()).toEqual(truth.badRows.map(({ file, row }) => spot(file, row)).toSorted())
    const words = { unknown_currency: /currency/, future_date: /future/, invalid_date: /no date/, missing_id: /missing/, broken_number: /no amount|not of type|not understood|invalid/i, invalid_utf8: /UTF-8/, broken_json: /JSON/, test_mode: /test mode/ } // prettier-ignore
    for (const { file, row, reason } of truth.badRows) {
      const match = rows[found.indexOf(spot(file, row))]
      expect(match?.reason, `${file}:${row} ${reason}`).toMatch(words[reason])
      expect(match?.fix).not.toBe('')
    }
  })

  it.each(['EUR', 'GBP', 'JPY'] as const)('adds up to the money that was paid, in %s', async (currency) => {
    for (const source of ['stripe', 'shopify'] as const) {
      const [sums] = await db.query(sql`
        select coalesce(sum(gross_minor), 0)::bigint as gross, coalesce(sum(tax_minor), 0)::bigint as tax,
          (select coalesce(sum(amount_minor), 0)::bigint from ingest.adjustments where source = ${source}
            and currency = ${currency} and kind = 'refund' and status = 'settled') as refunded,
          (select coalesce(sum(amount_minor), 0)::bigint from ingest.adjustments where source = ${source}
            and currency = ${currency} and kind = 'dispute' and status = 'settled') as "disputesLost",
          (select coalesce(sum(amount_minor), 0)::bigint from ingest.adjustments where source = ${source}
            and currency = ${currency} and kind = 'fee') as fees
        from ingest.orders where source = ${source} and currency = ${currency} and status = 'paid'`)
      const { gross, tax, refunded, disputesLost, fees } = truth.totalsBySystem[source][currency]
      expect(sums).toEqual({ gross, tax, refunded, disputesLost, fees })
    }
  })

  it('leads every adjustment to an order that was paid', async () => {
    const lost = await db.query(sql`select a.kind, a.order_external_id from ingest.adjustments a
      left join ingest.orders o on o.source = a.source and o.external_id = a.order_external_id where o.id is null`)
    expect(lost).toEqual([])
  })

  it('takes subscriptions and workshops apart by their invoices', async () => {
    const kinds = await db.query<{ kind: string }>(sql`select distinct kind from ingest.orders order by kind`)
    expect(kinds.map(({ kind }) => kind)).toEqual(['one-off', 'shop', 'subscription'])
    const [bare] = await db.query(sql`select count(*) as count from ingest.orders o
      where not exists (select from ingest.order_lines l where l.order_id = o.id)`)
    expect(bare).toEqual({ count: 0 })
  })

  it('values each order at the rate of its day', async () => {
    const [worst] = await db.query<{ worst: number }>(sql`
      select max(abs(o.rate_minor / (f.rate * case when o.currency = 'JPY' then 100 else 1 end) - 1))::float8 as worst
      from ingest.orders o join ingest.fx_rates f on f.base = o.currency and f.quote = 'EUR'
        and f.day = (o.ordered_at at time zone 'Europe/Amsterdam')::date where o.currency <> 'EUR'`)
    expect(worst?.worst).toBeLessThan(1e-9)
  })

  it('spends on ads what the platforms say, without their totals', async () => {
    const spent = await db.query(sql`select campaign_ref as id, sum(amount_minor)::bigint as spent from ingest.costs
      where kind = 'ads' group by campaign_ref order by campaign_ref`)
    const said = truth.ads.map(({ campaignId, spentMinor }) => ({ id: campaignId, spent: spentMinor }))
    expect(spent).toEqual(said.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    expect(reports.get('ads/google.csv')?.asides).toEqual({ 'title line': 2, total: 2 })
  })

  it('sees the channel of each touch as it was', async () => {
    const seen = await db.query<{ channel: string; count: number }>(sql`select channel, count(*) as count
      from ingest.events where source = 'web' and channel is not null group by channel`)
    expect(seen.map(({ channel }) => channel).toSorted()).toEqual(['direct', 'email', 'google-ads', 'meta-ads', 'organic', 'referral']) // prettier-ignore
  })

  it('keeps the pages as documents with their titles', async () => {
    const report = await runSource(deps(db), contentFiles(), { path: contentDirectory })
    expect(report.accepted).toBeGreaterThan(5)
    expect(report).toMatchObject({ quarantined: 0, received: report.accepted })
    const [bare] = await db.query(
      sql`select count(*) as count from ingest.documents where title = '' or body like '---%'`,
    )
    expect(bare).toEqual({ count: 0 })
  })

  it('changes nothing when everything is read again', async () => {
    const before = await canonicalTotals(db)
    for (const [path, source] of inputs) {
      const report = await runSource(deps(db), source, { path: join(folder.path, path) })
      expect(report, path).toMatchObject({ accepted: 0, quarantined: reports.get(path)!.quarantined })
    }
    expect(await canonicalTotals(db)).toEqual(before)
  })
})
