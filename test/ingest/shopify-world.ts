import { afterEach } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { shopifyFeed } from '#ingest/sources/shopify-bulk.ts'
import { fakeShopify, shopifyToken, type FakeOrder, type FakeShopify } from '#test/support/fake-shopify.ts'
import { feedStart } from './feed-support.ts'

// A shop of Shopify's, its orders, and the feed that reads it.

export const shops: FakeShopify[] = []
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.stop()
})

export const start = feedStart

export async function world() {
  const clock = stoppedClock(start)
  const shop = await fakeShopify(clock)
  shops.push(shop)
  const pause = (ms: number): Promise<void> => Promise.resolve(clock.advance(ms))
  const feed = shopifyFeed({ shopUrl: shop.url, token: shopifyToken, clock, pause, timeoutMs: 2000 })
  return { clock, shop, feed }
}

export const shopMoney = (amount: string, currencyCode = 'EUR') => ({ shopMoney: { amount, currencyCode } })

export function anOrder(n: number, change: Record<string, unknown> = {}): FakeOrder {
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

export const put = (shop: FakeShopify, ...orders: FakeOrder[]): void => {
  for (const order of orders) shop.orders.set(order.id, order)
}
