import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { runFeed } from '#ingest/feed.ts'
import { runSource, type IngestDeps } from '#ingest/run.ts'
import { shopifyBulk, shopifyFeed } from '#ingest/sources/shopify-bulk.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { testDatabase } from '#test/support/database.ts'
import { fakeShopify, shopifyToken, type FakeOrder, type FakeShopify } from '#test/support/fake-shopify.ts'
import type { Trouble } from '#test/support/flaky-server.ts'
import { feedStart, pagesOf, pull } from './feed-support.ts'
import { deps, giveRates, testFolder } from './ingest-support.ts'

const shops: FakeShopify[] = []
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.stop()
})

const start = feedStart

async function world() {
  const clock = stoppedClock(start)
  const shop = await fakeShopify(clock)
  shops.push(shop)
  const pause = (ms: number): Promise<void> => Promise.resolve(clock.advance(ms))
  const feed = shopifyFeed({ shopUrl: shop.url, token: shopifyToken, clock, pause, timeoutMs: 2000 })
  return { clock, shop, feed }
}

const shopMoney = (amount: string, currencyCode = 'EUR') => ({ shopMoney: { amount, currencyCode } })

function anOrder(n: number, change: Record<string, unknown> = {}): FakeOrder {
  const id = `gid://shopify/Order/${n}`
  return {
    id, name: `#${n}`, test: false, createdAt: '2026-08-01T10:00:00Z', updatedAt: '2026-08-01T10:00:00Z', cancelledAt: null,
    displayFinancialStatus: 'PAID', email: 'anna@y.example', phone: null,
    totalPriceSet: shopMoney('24.20'), totalTaxSet: shopMoney('4.2'), totalShippingPriceSet: shopMoney('2.0'), totalDiscountsSet: shopMoney('0.0'),
    transactions: [{ kind: 'AUTHORIZATION', status: 'SUCCESS', processedAt: '2026-08-01T10:00:05Z' }, { kind: 'CAPTURE', status: 'SUCCESS', processedAt: '2026-08-02T09:00:00Z' }],
    refunds: [],
    billingAddress: { name: 'Anna de Vries', address1: 'Dorpsstraat 1', address2: null, city: 'Utrecht', zip: '3511 AA', countryCodeV2: 'NL', phone: '06-12345001' },
    shippingAddress: { name: 'Anna de Vries' },
    customer: null, customerJourneySummary: null,
    lineItems: [
      { id: `gid://shopify/LineItem/${n}1`, sku: 'BEAN-1', name: 'House Beans - 1 kg', quantity: 2, originalUnitPriceSet: shopMoney('9.10') },
      { id: `gid://shopify/LineItem/${n}2`, sku: null, name: 'Cup', quantity: 1, originalUnitPriceSet: shopMoney('4.00') },
    ],
    ...change,
  } // prettier-ignore
}

const customer = {
  id: 'gid://shopify/Customer/77', firstName: 'Anna', lastName: 'de Vries', createdAt: '2026-01-01T00:00:00Z',
  defaultEmailAddress: { emailAddress: 'anna@y.example', marketingState: 'SUBSCRIBED', marketingUpdatedAt: '2026-02-01T00:00:00Z' },
  defaultPhoneNumber: { phoneNumber: '+31612345001', marketingState: 'UNSUBSCRIBED', marketingUpdatedAt: null },
} // prettier-ignore

const numbersOf = (objects: readonly Buffer[]) => objects.map((one) => /Order\/(\d+)/.exec(one.toString())?.[1])

const put = (shop: FakeShopify, ...orders: FakeOrder[]): void => {
  for (const order of orders) shop.orders.set(order.id, order)
}
const many = (count: number): FakeOrder[] => Array.from({ length: count }, (_, n) => anOrder(1000 + n))
const idsOf = (orders: readonly FakeOrder[]): string[] => orders.map(({ id }) => id.replace(/^.*\//, ''))

describe('the Shopify feed', () => {
  it('gathers all orders once, each with its items, and afterwards those that were changed', async () => {
    const { clock, shop, feed } = await world()
    put(shop, ...many(600))
    const first = await pull(feed, 'orders')
    expect(numbersOf(first.objects)).toEqual(idsOf(many(600)))
    expect(first.objects[0]?.toString().split('\n')).toHaveLength(3)
    clock.advance(3_600_000)
    put(shop, anOrder(1003, { updatedAt: clock().toISOString() }), anOrder(5000, { updatedAt: clock().toISOString() }))
    const second = await pull(feed, 'orders', first.cursor)
    expect(numbersOf(second.objects)).toEqual(['1003', '5000'])
    // What was changed just before the last pull is gathered once more: the index may have learnt of more since.
    clock.advance(3_600_000)
    const third = await pull(feed, 'orders', second.cursor)
    expect(numbersOf(third.objects)).toEqual(['1003', '5000'])
    expect(numbersOf((await pull(feed, 'orders', third.cursor)).objects)).toEqual([])
  })

  it('goes on with the same operation, behind the orders that are in', async () => {
    const { shop, feed } = await world()
    put(shop, ...many(600))
    const seen: (string | undefined)[] = []
    let cursor: unknown
    for (let stops = 0; stops < 20; stops += 1) {
      let more = false
      for await (const page of pagesOf(feed, 'orders', cursor)) {
        seen.push(...numbersOf(page.objects))
        ;({ cursor, more } = page)
        if (page.objects.length > 0) break
      }
      if (!more) break
    }
    expect(seen).toEqual(idsOf(many(600)))
    expect(shop.started()).toBe(1)
  })

  it('waits where it is throttled and while another operation is under way', async () => {
    const { clock, shop, feed } = await world()
    put(shop, anOrder(1))
    shop.throttles(3)
    shop.busyUntil(new Date(start.getTime() + 60_000))
    expect(numbersOf((await pull(feed, 'orders')).objects)).toEqual(['1'])
    expect(clock().getTime()).toBeGreaterThan(start.getTime() + 80_000)
  })

  it('takes what there is of an operation that broke off, and starts again', async () => {
    const { shop, feed } = await world()
    put(shop, ...many(20))
    shop.ends('TIMEOUT', 'INTERNAL_SERVER_ERROR')
    const { objects } = await pull(feed, 'orders')
    const ids = numbersOf(objects)
    expect(ids.length).toBeGreaterThan(20)
    expect(ids.slice(-20)).toEqual(idsOf(many(20)))
    expect(new Set(objects.map(String)).size).toBe(20)
    shop.ends('TIMEOUT', 'TIMEOUT', 'TIMEOUT')
    await expect(pull(feed, 'orders')).rejects.toThrow(/broke off 3 bulk operations/)
  })

  it('starts again where the address of the file is no longer good', async () => {
    const { shop, feed } = await world()
    put(shop, ...many(600))
    const pages = pagesOf(feed, 'orders', undefined)[Symbol.asyncIterator]()
    const { value } = (await pages.next()) as { value: { cursor: unknown } }
    await pages.return?.()
    shop.expire()
    expect(numbersOf((await pull(feed, 'orders', value.cursor)).objects)).toHaveLength(600)
  })

  it('says what is missing, and never the token', async () => {
    const { clock, shop, feed } = await world()
    shop.ends('ACCESS_DENIED')
    await expect(pull(feed, 'orders')).rejects.toThrow(/read_orders and read_customers/)
    const wrong = shopifyFeed({ shopUrl: shop.url, token: 'wrong-key', clock, pause: () => Promise.resolve() })
    const told = await pull(wrong, 'orders').catch(String)
    expect(told).toMatch(/does not accept the token/)
    expect(told).not.toMatch(/wrong-key/)
  })

  it('gives the same orders whatever fails on the way', async () => {
    const troubles: (Trouble | null)[] = [null, { status: 429, headers: { 'retry-after': '3' } }, { status: 502 }, 'cut', 'cut-unnoticed', 'dropped'] // prettier-ignore
    const ends = [null, 'TIMEOUT', 'INTERNAL_SERVER_ERROR']
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...troubles), { maxLength: 15 }),
        fc.array(fc.constantFrom(...ends), { maxLength: 2 }),
        fc.nat(3),
        async (next, outcomes, throttles) => {
          const { shop, feed } = await world()
          put(shop, ...many(300))
          shop.trouble(...next)
          shop.ends(...outcomes)
          shop.throttles(throttles)
          const { objects } = await pull(feed, 'orders', undefined, 4)
          const last = new Map(objects.map((one) => [/Order\/(\d+)/.exec(one.toString())![1], one.toString()]))
          expect([...last.keys()].toSorted((a, b) => Number(a) - Number(b))).toEqual(idsOf(many(300)))
          for (const text of last.values()) expect(text.split('\n')).toHaveLength(3)
        },
      ),
      { numRuns: 25 },
    )
  })
})

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
