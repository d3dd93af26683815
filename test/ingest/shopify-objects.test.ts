import { describe, expect, it } from 'vitest'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { runFeed } from '#ingest/feed.ts'
import { runSource, type IngestDeps } from '#ingest/run.ts'
import { shopifyBulk } from '#ingest/sources/shopify-bulk.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { testDatabase } from '#test/support/database.ts'
import { pull } from './feed-support.ts'
import { deps, giveRates, testFolder } from './ingest-support.ts'
import { anOrder, put, shopMoney, world } from './shopify-world.ts'

const customer = {
  id: 'gid://shopify/Customer/77', firstName: 'Anna', lastName: 'de Vries', createdAt: '2026-01-01T00:00:00Z',
  defaultEmailAddress: { emailAddress: 'anna@y.example', marketingState: 'SUBSCRIBED', marketingUpdatedAt: '2026-02-01T00:00:00Z' },
  defaultPhoneNumber: { phoneNumber: '+31612345001', marketingState: 'UNSUBSCRIBED', marketingUpdatedAt: null },
} // prettier-ignore

const ordersOf = (db: Db) =>
  db.query(sql`select o.external_id as id, o.status, o.currency, o.gross_minor as gross, o.tax_minor as tax, o.shipping_minor as shipping,
    o.ordered_at as at, (select array_agg(l.sku || ' ' || l.title || ' ' || l.quantity || ' ' || l.amount_minor order by l.line) from ingest.order_lines l where l.order_id = o.id) as lines
  from ingest.orders o order by 1`)
const refunds = (db: Db) =>
  db.query(
    sql`select external_id as id, amount_minor as amount, occurred_at as at, order_external_id as of from ingest.adjustments order by 1`,
  )
const profiles = (db: Db) =>
  db.query(sql`select i.value as of, p.given_name as given, p.family_name as family, p.email, p.phone, p.street, p.city, p.postcode, p.country
  from ingest.profiles p join ingest.identifiers i on i.id = p.identifier_id order by 1`)

describe('Shopify orders of the API, taken in', () => {
  const db = testDatabase()
  const folder = testFolder()
  const given = (clock: IngestDeps['clock']): IngestDeps => deps(db, { clock })

  const columns = ['Name', 'Email', 'Financial Status', 'Paid at', 'Currency', 'Shipping', 'Taxes', 'Total', 'Discount Amount', 'Created at', 'Lineitem quantity', 'Lineitem name', 'Lineitem price', 'Lineitem sku', 'Billing Name', 'Billing Street', 'Billing City', 'Billing Zip', 'Billing Country', 'Billing Phone', 'Cancelled at', 'Refunded Amount', 'Id'] // prettier-ignore
  const csv = (refunded = '0.00', status = 'paid'): string => {
    const rows = [
      ['#1', 'anna@y.example', status, '2026-08-02 11:00:00 +0200', 'EUR', '2.00', '4.20', '24.20', '0.00', '2026-08-01 12:00:00 +0200', '2', 'House Beans - 1 kg', '9.10', 'BEAN-1', 'Anna de Vries', 'Dorpsstraat 1', 'Utrecht', "'3511 AA", 'NL', "'06-12345001", '', refunded, '1'],
      ['#1', 'anna@y.example', '', '', '', '', '', '', '', '', '1', 'Cup', '4.00', '', '', '', '', '', '', '', '', '', ''],
    ] // prettier-ignore
    return [columns, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n')
  }

  it('say what the rows of an export say', async () => {
    const { clock, shop, feed } = await world()
    put(shop, anOrder(1))
    const reports = await runFeed(given(clock), feed)
    expect(reports).toMatchObject([{ input: 'api:orders', received: 1, accepted: 1 }])
    const said = [await ordersOf(db), await profiles(db), await refunds(db)]
    await db.query(sql`truncate ingest.orders, ingest.profiles, ingest.records cascade`)
    await runSource(given(clock), shopifyOrders(), { path: folder.write('orders.csv', csv()) })
    expect([await ordersOf(db), await profiles(db), await refunds(db)]).toEqual(said)
    expect(said[0]).toMatchObject([{ gross: 2420, tax: 420, shipping: 200, status: 'paid', at: new Date('2026-08-02T09:00:00Z') }]) // prettier-ignore
  })

  it('read the same from a file as from the feed, however its lines are mixed', async () => {
    const { clock, shop, feed } = await world()
    put(shop, ...[1, 2, 3].map((n) => anOrder(n, n === 2 ? { customer } : {})))
    const { objects } = await pull(feed, 'orders')
    await runFeed(given(clock), feed)
    const lines = objects.flatMap((one) => one.toString().split('\n'))
    const mixed = [...lines.filter((line) => !line.includes('__parentId')), ...lines.filter((line) => line.includes('__parentId'))] // prettier-ignore
    for (const [name, text] of Object.entries({ grouped: lines, mixed })) {
      const report = await runSource(given(clock), shopifyBulk(), { path: folder.write(`${name}.jsonl`, text.join('\n')) }) // prettier-ignore
      expect(report).toMatchObject({ received: 3, accepted: 0, unchanged: 3 })
    }
  })

  it('date each refund, and count it once beside what an export said of it', async () => {
    const { clock, shop, feed } = await world()
    const once = { id: 'gid://shopify/Refund/50', createdAt: '2026-08-10T00:00:00Z', totalRefundedSet: shopMoney('4.00') } // prettier-ignore
    const nothing = { id: 'gid://shopify/Refund/49', createdAt: '2026-08-09T00:00:00Z', totalRefundedSet: shopMoney('0.0') } // prettier-ignore
    const again = { id: 'gid://shopify/Refund/60', createdAt: '2026-08-20T00:00:00Z', totalRefundedSet: shopMoney('2.50') } // prettier-ignore
    await runSource(given(clock), shopifyOrders(), { path: folder.write('one.csv', csv('4.00', 'partially_refunded')) })
    put(shop, anOrder(1, { displayFinancialStatus: 'PARTIALLY_REFUNDED', refunds: [again, nothing, once] }))
    await runFeed(given(clock), feed)
    const both = [
      { id: '1:refund:60', amount: 250, at: new Date('2026-08-20T00:00:00Z'), of: '1' },
      { id: '1:refunded', amount: 400, at: new Date('2026-08-10T00:00:00Z'), of: '1' },
    ]
    expect(await refunds(db)).toEqual(both)
    await runSource(given(clock), shopifyOrders(), { path: folder.write('two.csv', csv('6.50', 'partially_refunded')) })
    expect(await refunds(db)).toEqual(both)
  })

  it('tell of a customer, the visits that led to the order, and consents', async () => {
    const { clock, shop, feed } = await world()
    const visit = (n: number, at: string, rest: Record<string, unknown>) => ({ id: `gid://shopify/CustomerVisit/${n}`, occurredAt: at, landingPage: 'https://shop.example/beans?x=1', referrerUrl: null, utmParameters: null, ...rest }) // prettier-ignore
    const journey = {
      firstVisit: visit(1, '2026-07-20T00:00:00Z', { utmParameters: { source: 'google', medium: 'cpc', campaign: 'summer', content: null } }), // prettier-ignore
      lastVisit: visit(2, '2026-08-01T09:00:00Z', { referrerUrl: 'https://www.bing.com/' }),
    }
    put(shop, anOrder(1, { customer, customerJourneySummary: journey, email: 'anna.work@y.example' }))
    await runFeed(given(clock), feed)
    expect(await profiles(db)).toMatchObject([{ of: '77', given: 'Anna', family: 'de Vries', email: 'anna@y.example', phone: '+31612345001' }]) // prettier-ignore
    expect(await db.query(sql`select kind, channel, campaign_ref as campaign, properties from ingest.events order by occurred_at`)).toEqual([
      { kind: 'visit', channel: 'google-ads', campaign: 'summer', properties: { order: '1', path: '/beans' } },
      { kind: 'visit', channel: 'organic', campaign: null, properties: { order: '1', path: '/beans', referrer: 'www.bing.com' } },
    ]) // prettier-ignore
    expect(await db.query(sql`select i.value as by, c.channel, c.state, c.occurred_at as at from ingest.consents c join ingest.identifiers i on i.id = c.identifier_id order by 2`)).toEqual([
      { by: 'anna@y.example', channel: 'email', state: 'granted', at: new Date('2026-02-01T00:00:00Z') },
      { by: '+31612345001', channel: 'sms', state: 'withdrawn', at: new Date('2026-01-01T00:00:00Z') },
    ]) // prettier-ignore
  })

  it('count in the currency of the shop, and set aside tests and what cannot be read', async () => {
    const { clock, shop, feed } = await world()
    await giveRates(db, [{ day: '2026-08-02', base: 'JPY', quote: 'EUR', rate: '0.006' }])
    const yen = { totalPriceSet: shopMoney('1200.0', 'JPY'), totalTaxSet: null, totalShippingPriceSet: shopMoney('0.0', 'JPY'), totalDiscountsSet: null, lineItems: [] } // prettier-ignore
    put(shop, anOrder(1, yen), anOrder(2, { test: true }), anOrder(3, { totalPriceSet: shopMoney('-1.00') }))
    put(shop, anOrder(4, { totalPriceSet: shopMoney('1.00', 'XXQ') }), anOrder(5, { createdAt: '2027-09-01T00:00:00Z', transactions: [] })) // prettier-ignore
    const [report] = await runFeed(given(clock), feed)
    expect(report).toMatchObject({ received: 5, accepted: 1, quarantined: 4 })
    expect(report?.problems.map(({ reason }) => reason).toSorted()).toEqual(['"totalPriceSet" is negative', '"totalPriceSet.shopMoney.currencyCode" is no currency', 'The order is a test', 'The row is dated in the future']) // prettier-ignore
    expect(await ordersOf(db)).toMatchObject([{ id: '1', currency: 'JPY', gross: 1200 }])
  })
})
