import { type Life, type Order, type Subscription, type WorkshopPlace } from './behaviour.ts'
import { priceMinor, variantOf, workshops } from './catalogue.ts'
import type { Person } from './people.ts'
import { at, type Random } from './random.ts'
import { type Country, type Currency, delivery, includedTax, shop, taxRate } from './shop.ts'

/** Money that reached the business once, tax included, before refunds and disputes. Minor units. */
export type Payment = {
  key: string
  person: Person
  system: 'stripe' | 'shopify'
  at: Date
  currency: Currency
  grossMinor: number
  taxMinor: number
  feeMinor: number
  method: 'card' | 'sepa_debit' | 'ideal' | 'shopify'
}

type PricedLine = { sku: string; quantity: number; unitMinor: number }
export type PricedOrder = {
  order: Order
  number: number
  person: Person
  currency: Currency
  lines: readonly PricedLine[]
  discountMinor: number
  subtotalMinor: number
  shippingMinor: number
  taxMinor: number
  totalMinor: number
}

export const cycleKey = (person: Person, subscription: number, cycle: number): string =>
  `${person.id}/subscription-${subscription + 1}/${cycle}`
export const placeKey = (person: Person, index: number): string => `${person.id}/workshop-${index + 1}`
export const orderKey = (number: number): string => `order/${number}`

/** Every order of the year in the order it was placed, numbered and priced. */
export function priceOrders(lives: readonly Life[]): PricedOrder[] {
  return lives
    .flatMap(({ person, currency, orders }) => orders.map((order) => ({ person, currency, order })))
    .toSorted(
      (a, b) => a.order.placedAt.getTime() - b.order.placedAt.getTime() || a.person.id.localeCompare(b.person.id),
    )
    .map(({ person, currency, order }, index) => priceOrder(order, 1001 + index, person, currency))
}

function priceOrder(order: Order, number: number, person: Person, currency: Currency): PricedOrder {
  const lines = order.lines.map(({ sku, quantity }) => ({
    sku,
    quantity,
    unitMinor: priceMinor(variantOf(sku).variant, currency),
  }))
  const goodsMinor = lines.reduce((sum, { quantity, unitMinor }) => sum + quantity * unitMinor, 0)
  const discountMinor = discount(order, goodsMinor, currency)
  const subtotalMinor = goodsMinor - discountMinor
  const shippingMinor = order.source === 'pos' ? 0 : shipping(person.country, subtotalMinor)
  // The discount lowers every line alike; delivery is taxed as the coffee it carries.
  const lineTax = lines.map(({ sku, quantity, unitMinor }) =>
    includedTax(
      (quantity * unitMinor * subtotalMinor) / goodsMinor,
      taxRate(person.country, variantOf(sku).product.taxClass),
    ),
  )
  const taxMinor =
    lineTax.reduce((sum, tax) => sum + tax, 0) + includedTax(shippingMinor, taxRate(person.country, 'food'))
  const totalMinor = subtotalMinor + shippingMinor
  return { order, number, person, currency, lines, discountMinor, subtotalMinor, shippingMinor, taxMinor, totalMinor }
}

function discount(order: Order, goodsMinor: number, currency: Currency): number {
  if (order.discount === undefined) return 0
  if (order.discount.code === 'WELCOME10') return Math.round((goodsMinor * shop.welcomePercent) / 100)
  return currency === 'GBP' ? shop.friendCredit.GBP : shop.friendCredit.EUR
}

const shipping = (country: Country, subtotalMinor: number): number =>
  subtotalMinor >= delivery[country].freeFromMinor ? 0 : delivery[country].priceMinor

/** What a billing period of this subscription costs. */
export const cycleMinor = (subscription: Subscription, currency: Currency): number =>
  priceMinor(variantOf(subscription.sku).variant, currency)

export function placeMinor(place: WorkshopPlace, currency: Currency): number {
  const workshop = workshops.find(({ handle }) => handle === place.sku)
  if (!workshop) throw new Error(`no workshop ${place.sku}`)
  return priceMinor(at(workshop.variants, 0), currency)
}

/** How this person pays at Stripe; the same way all year. */
export function methodOf(person: Person, forWorkshop: boolean, random: Random): Payment['method'] {
  if (person.country !== 'NL') return 'card'
  const draw = random.fork(`method ${person.id}`).next()
  if (forWorkshop) return draw < 0.6 ? 'ideal' : 'card'
  return draw < 0.45 ? 'sepa_debit' : 'card'
}

/** All payments of the year, by whichever system took them. */
export function collectPayments(lives: readonly Life[], orders: readonly PricedOrder[], random: Random): Payment[] {
  return [
    ...lives.flatMap((life) => stripePayments(life, random)),
    ...orders.filter(({ order }) => order.state === 'paid').map(orderPayment),
  ]
}

function stripePayments({ person, currency, subscriptions, workshops: places }: Life, random: Random): Payment[] {
  const pay = (
    key: string,
    paidAt: Date,
    grossMinor: number,
    method: Payment['method'],
    taxClass: 'food' | 'standard',
  ): Payment => ({
    key,
    person,
    system: 'stripe',
    at: paidAt,
    currency,
    grossMinor,
    // A workshop is taxed where it is held.
    taxMinor: includedTax(grossMinor, taxRate(taxClass === 'standard' ? 'NL' : person.country, taxClass)),
    feeMinor: fee(grossMinor, currency, method),
    method,
  })
  const cycles = subscriptions.flatMap((subscription, nth) =>
    subscription.cycles.flatMap((cycle) => {
      const paid = cycle.attempts.find(({ succeeds }) => succeeds)
      const key = cycleKey(person, nth, cycle.number)
      return paid
        ? [pay(key, paid.at, cycleMinor(subscription, currency), methodOf(person, false, random), 'food')]
        : []
    }),
  )
  const booked = places.map((place, nth) =>
    pay(placeKey(person, nth), place.bookedAt, placeMinor(place, currency), methodOf(person, true, random), 'standard'),
  )
  return [...cycles, ...booked]
}

const orderPayment = ({ order, number, person, currency, taxMinor, totalMinor }: PricedOrder): Payment => ({
  key: orderKey(number),
  person,
  system: 'shopify',
  at: order.placedAt,
  currency,
  grossMinor: totalMinor,
  taxMinor,
  feeMinor: 0,
  method: 'shopify',
})

/** Stripe's list prices: European cards 1.5% + 0.25, British 2.5% + 0.20, others 3.25% + 40 yen; direct debit and iDEAL flat. */
function fee(grossMinor: number, currency: Currency, method: Payment['method']): number {
  if (method === 'sepa_debit') return 35
  if (method === 'ideal') return 29
  if (currency === 'GBP') return Math.round(grossMinor * 0.025) + 20
  return currency === 'JPY' ? Math.round(grossMinor * 0.0325) + 40 : Math.round(grossMinor * 0.015) + 25
}
