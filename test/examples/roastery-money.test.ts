import { describe, expect, it } from 'vitest'
import { generateRoastery } from '#examples/roastery/generate.ts'
import { goodLines, goodObjects, minor, stripeShapes } from './read-exports.ts'

const exports = generateRoastery({ seed: 1 })
const { truth } = exports
const charges = goodObjects(exports, 'charges', stripeShapes.charges)
const invoices = goodObjects(exports, 'invoices', stripeShapes.invoices)
const refunds = goodObjects(exports, 'refunds', stripeShapes.refunds)
const disputes = goodObjects(exports, 'disputes', stripeShapes.disputes)
const movements = goodObjects(exports, 'balance_transactions', stripeShapes.balance_transactions)
const orderLines = goodLines(exports, 'shopify/orders.csv').filter(({ Id }) => Id !== '')
const paidOrders = orderLines.filter((order) =>
  ['paid', 'partially_refunded', 'refunded'].includes(order['Financial Status'] ?? ''),
)
const currencies = ['EUR', 'GBP', 'JPY'] as const
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

/** What every person's exports come to, worked out from the vendors' rows alone. */
type Payment = { record: string; at: number; currency: string; gross: number; tax: number; back: number }

function paymentsFromExports(): Payment[] {
  const taxOf = new Map(invoices.map(({ id, tax }) => [id, tax]))
  const back = (charge: string): number =>
    sum(refunds.filter((refund) => refund.charge === charge).map(({ amount }) => amount)) +
    sum(
      disputes.filter((dispute) => dispute.charge === charge && dispute.status === 'lost').map(({ amount }) => amount),
    )
  const stripe = charges
    .filter(({ status }) => status === 'succeeded')
    .map(({ id, customer, created, currency, amount, invoice }) => ({
      record: customer,
      at: created * 1000,
      currency: currency.toUpperCase(),
      gross: amount,
      tax: taxOf.get(invoice) ?? Number.NaN,
      back: back(id),
    }))
  const shopify = paidOrders.map((order) => {
    const { Id = '', Currency = '', Total = '', Taxes = '' } = order
    const time = (order['Created at'] ?? '').replace(' ', 'T').replace(' ', '')
    return {
      record: Id,
      at: Date.parse(time),
      currency: Currency,
      gross: minor(Total, Currency),
      tax: minor(Taxes, Currency),
      back: minor(order['Refunded Amount'] ?? '', Currency),
    }
  })
  return [...stripe, ...shopify]
}

const payments = paymentsFromExports()
const net = ({ gross, tax, back }: Payment): number => gross - back - (tax - Math.round((tax * back) / gross))

describe('the money of the sample year', () => {
  it.each(currencies)('comes to the same in the Stripe exports as in the truth (%s)', (currency) => {
    const own = currency.toLowerCase()
    const inCurrency = <T extends { currency: string }>(objects: readonly T[]): T[] =>
      objects.filter((object) => object.currency === own)
    const said = truth.totalsBySystem.stripe[currency]
    expect(
      sum(
        inCurrency(charges)
          .filter(({ status }) => status === 'succeeded')
          .map(({ amount }) => amount),
      ),
    ).toBe(said.gross)
    expect(sum(inCurrency(invoices).map(({ amount_paid }) => amount_paid))).toBe(said.gross)
    expect(
      sum(
        inCurrency(invoices)
          .filter(({ status }) => status === 'paid')
          .map(({ tax }) => tax),
      ),
    ).toBe(said.tax)
    expect(sum(inCurrency(refunds).map(({ amount }) => amount))).toBe(said.refunded)
    expect(
      sum(
        inCurrency(disputes)
          .filter(({ status }) => status === 'lost')
          .map(({ amount }) => amount),
      ),
    ).toBe(said.disputesLost)
    expect(sum(inCurrency(movements).map(({ fee }) => fee))).toBe(said.fees)
  })

  it.each(currencies)('comes to the same in the Shopify orders as in the truth (%s)', (currency) => {
    const own = paidOrders.filter(({ Currency }) => Currency === currency)
    const total = (column: string): number => sum(own.map((order) => minor(order[column] ?? '', currency)))
    const said = truth.totalsBySystem.shopify[currency]
    expect([total('Total'), total('Taxes'), total('Refunded Amount')]).toEqual([said.gross, said.tax, said.refunded])
  })

  it('gives every person the net amount and the first net-positive payment the truth names', () => {
    const byRecord = Map.groupBy(payments, ({ record }) => record)
    for (const person of truth.people) {
      const own = [...person.records.stripe, ...person.records.shopify].flatMap((record) => byRecord.get(record) ?? [])
      for (const currency of currencies) {
        const inCurrency = own.filter((payment) => payment.currency === currency)
        expect(sum(inCurrency.map(net)), `${person.id} in ${currency}`).toBe(person.paid[currency]?.net ?? 0)
      }
      const first = own.filter((payment) => net(payment) > 0).toSorted((a, b) => a.at - b.at)[0]
      const since = person.customerSince === null ? undefined : Math.floor(Date.parse(person.customerSince) / 1000)
      expect(first === undefined ? undefined : Math.floor(first.at / 1000), person.id).toBe(since)
    }
  })

  it('adds up inside each order and each movement of the balance', () => {
    for (const { Currency = '', Subtotal = '', Shipping = '', Total = '', Name } of orderLines) {
      expect(minor(Subtotal, Currency) + minor(Shipping, Currency), Name).toBe(minor(Total, Currency))
    }
    for (const { amount, fee, net: kept } of movements) expect(kept).toBe(amount - fee)
    for (const { total, tax, total_excluding_tax } of invoices) expect(total_excluding_tax).toBe(total - tax)
  })

  it('contains every trap the report must survive', () => {
    const refunded = charges.filter(({ refunded: whole }) => whole)
    const late = refunds.filter(
      ({ charge, created }) => created - (charges.find(({ id }) => id === charge)?.created ?? 0) > 50 * 86_400,
    )
    expect(new Set(disputes.map(({ status }) => status))).toEqual(new Set(['lost', 'won', 'needs_response']))
    expect(refunded.length).toBeGreaterThan(3)
    expect(
      late.length + orderLines.filter((order) => order['Financial Status'] === 'partially_refunded').length,
    ).toBeGreaterThan(3)
    expect(charges.filter(({ status }) => status === 'failed').length).toBeGreaterThan(10)
    expect(invoices.some(({ total, status }) => total === 0 && status === 'paid')).toBe(true)
    expect(invoices.some(({ total }) => total === 15_950)).toBe(true)
    expect(orderLines.some((order) => order['Financial Status'] === 'voided')).toBe(true)
    expect(orderLines.some((order) => order['Financial Status'] === 'pending')).toBe(true)
    expect(orderLines.some(({ Currency, Total = '' }) => Currency === 'JPY' && /^\d+$/.test(Total))).toBe(true)
    expect(charges.some(({ currency }) => currency === 'jpy')).toBe(true)
    expect(truth.people.some(({ customerSince, paid }) => customerSince === null && (paid.EUR?.gross ?? 0) > 0)).toBe(
      true,
    )
  })
})

describe('the economics of the sample year', () => {
  const spent = (titles: number, path: string, column: string): number =>
    sum(goodLines(exports, path, titles).map((line) => minor(line[column] ?? '', 'EUR')))

  it('spends in the ad exports what the truth says', () => {
    const told = (platform: string): number =>
      sum(truth.ads.filter((ad) => ad.platform === platform).map(({ spentMinor }) => spentMinor))
    expect(spent(2, 'ads/google.csv', 'Cost')).toBe(told('google'))
    expect(spent(0, 'ads/meta.csv', 'Amount spent (EUR)')).toBe(told('meta'))
    expect(truth.economics.adSpendMinor).toBe(told('google') + told('meta'))
  })

  it('wins a customer for 25 to 45 euros of advertising and earns clearly more on them', () => {
    const customers = truth.people.filter(({ customerSince }) => customerSince !== null)
    const margin = (truth.totals.EUR.net / customers.length) * truth.business.grossMargin
    expect(truth.economics.newCustomers).toBe(customers.length)
    expect(truth.economics.blendedCacMinor).toBeGreaterThan(2500)
    expect(truth.economics.blendedCacMinor).toBeLessThan(4500)
    expect(margin).toBeGreaterThan(2 * truth.economics.blendedCacMinor)
  })

  it('has one campaign that spends and brings nobody, and better customers from Google than from Meta', () => {
    const barren = truth.ads.filter(({ newCustomers }) => newCustomers === 0)
    expect(barren.map(({ name }) => name)).toEqual(['NL | Giveaway | Win an espresso machine'])
    expect(barren[0]?.spentMinor).toBeGreaterThan(100_000)
    const worth = (channel: string): number => {
      const own = truth.people.filter((person) => person.channel === channel && person.paid.EUR !== undefined)
      return sum(own.map(({ paid }) => paid.EUR?.net ?? 0)) / own.length
    }
    expect(worth('google')).toBeGreaterThan(1.2 * worth('meta'))
  })

  it('counts new customers by month and channel so that both sums are the number of customers', () => {
    expect(sum(truth.newCustomers.map(({ count }) => count))).toBe(truth.economics.newCustomers)
    expect(sum(truth.newCustomersObserved.map(({ count }) => count))).toBe(truth.economics.newCustomers)
    expect(new Set(truth.newCustomers.map(({ month }) => month)).size).toBe(12)
  })
})
