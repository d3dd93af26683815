import { type Aftermaths } from './aftermath.ts'
import { appear, type Appearance } from './appearance.ts'
import { dayMs, plus, shopifyTime, year } from './calendar.ts'
import { lineName, variantOf } from './catalogue.ts'
import { type Cell, row } from './csv.ts'
import { csvFile, type Export, good, repeatSome, scatter, type SourceRecord } from './export-file.ts'
import { hexId, type Random } from './random.ts'
import { orderKey, type PricedOrder } from './sales.ts'
import { decimal, delivery, shop, taxRate } from './shop.ts'
import { badOrders } from './shopify-bad-orders.ts'
import { ordersHeader } from './shopify-columns.ts'
import { productsFile } from './shopify-products.ts'

type Values = Record<string, Cell>

/** The order export, newest first: one line an item, the order's own columns only on its first. And the product export. */
export function exportShopify(orders: readonly PricedOrder[], aftermaths: Aftermaths, random: Random): Export {
  const written = orders.toReversed().map((order) => writeOrder(order, aftermaths, random.fork(orderKey(order.number))))
  const entries = written.map(({ record, lines }) => good(lines, record.id))
  const mixed = scatter(repeatSome(entries, 3, random), badOrders(), random)
  return {
    files: [csvFile('shopify/orders.csv', ordersHeader, mixed), productsFile()],
    records: written.map(({ record }) => record),
  }
}

function writeOrder(
  priced: PricedOrder,
  aftermaths: Aftermaths,
  random: Random,
): { record: SourceRecord; lines: Cell[][] } {
  const { order, person, number } = priced
  const atCounter = order.source === 'pos'
  const seen = appear(person, order.placedAt, atCounter ? 0.3 : 0.7, random)
  const id = String(6_120_480_000_000 + number * 32_768)
  // At the counter some leave a phone number and no address.
  const email = atCounter && seen.phoneNumber !== undefined && random.chance(0.35) ? '' : seen.email
  const shownPhone =
    seen.phoneNumber !== undefined && (email === '' || random.chance(0.6)) ? `'${seen.phoneNumber}` : ''
  const name = `#${number}`
  const shipped = fulfilment(priced, random)
  const lineStatus = shipped['Fulfillment Status'] === 'fulfilled' ? 'fulfilled' : 'pending'
  const [first, ...others] = priced.lines.map((line) => ({
    ...lineValues(line, priced),
    'Lineitem fulfillment status': lineStatus,
  }))
  const head: Values = {
    ...amounts(priced, refundedMinor(priced, aftermaths)),
    ...shipped,
    ...(atCounter ? { 'Billing Name': fullName(seen) } : addresses(seen, priced)),
    'Accepts Marketing': acceptsMarketing(priced) ? 'yes' : 'no',
    'Created at': shopifyTime(order.placedAt),
    'Payment ID': order.state === 'paid' ? `r${hexId(random, 24)}` : '',
    'Payment References': order.state === 'paid' ? `r${hexId(random, 24)}` : '',
    Vendor: shop.name,
    Location: atCounter ? 'Roastery Elzenkade' : '',
    Id: id,
    'Risk Level': 'Low',
    Source: order.source,
    Phone: shownPhone,
  }
  const lines = [
    row(ordersHeader, { Name: name, Email: email, ...head, ...first }),
    ...others.map((line) => row(ordersHeader, { Name: name, Email: email, ...line })),
  ]
  const phone = atCounter && shownPhone === '' ? undefined : seen.phoneNumber
  return {
    record: {
      source: 'shopify',
      id,
      personId: person.id,
      emails: email === '' ? [] : [email],
      ...(phone ? { phone } : {}),
    },
    lines,
  }
}

const fullName = ({ firstName, lastName }: Appearance): string => `${firstName} ${lastName}`

const refundedMinor = ({ number }: PricedOrder, aftermaths: Aftermaths): number =>
  (aftermaths.get(orderKey(number))?.refunds ?? []).reduce((sum, { amountMinor }) => sum + amountMinor, 0)

const acceptsMarketing = ({ person: { emailConsent }, order }: PricedOrder): boolean =>
  emailConsent.status === 'granted' && emailConsent.grantedAt !== undefined && emailConsent.grantedAt <= order.placedAt

function amounts(priced: PricedOrder, refunded: number): Values {
  const { order, currency, person, subtotalMinor, shippingMinor, taxMinor, totalMinor, discountMinor } = priced
  const write = (minor: number): string => decimal(minor, currency)
  const status = refunded === 0 ? order.state : refunded < totalMinor ? 'partially_refunded' : 'refunded'
  return {
    'Financial Status': status,
    'Paid at': order.state === 'paid' ? shopifyTime(plus(order.placedAt, 4000)) : '',
    'Cancelled at': order.state === 'voided' ? shopifyTime(plus(order.placedAt, 0.2 * dayMs)) : '',
    Currency: currency,
    Subtotal: write(subtotalMinor),
    Shipping: write(shippingMinor),
    Taxes: write(taxMinor),
    Total: write(totalMinor),
    'Discount Code': order.discount?.code ?? '',
    'Discount Amount': write(discountMinor),
    'Refunded Amount': write(refunded),
    'Outstanding Balance': write(order.state === 'pending' ? totalMinor : 0),
    'Payment Method': order.state === 'pending' ? 'Bank Deposit' : 'Shopify Payments',
    'Tax 1 Name': taxMinor === 0 ? '' : `VAT ${taxRate(person.country, 'food')}%`,
    'Tax 1 Value': taxMinor === 0 ? '' : write(taxMinor),
  }
}

function fulfilment({ order, shippingMinor, person }: PricedOrder, random: Random): Values {
  if (order.source === 'pos')
    return { 'Fulfillment Status': 'fulfilled', 'Fulfilled at': shopifyTime(order.placedAt), 'Shipping Method': '' }
  const sentAt = plus(order.placedAt, random.int(20, 70) * 3_600_000)
  const sent = order.state === 'paid' && sentAt < year.end
  const method = person.country === 'NL' ? 'Parcel post' : 'International parcel'
  return {
    'Fulfillment Status': sent ? 'fulfilled' : 'unfulfilled',
    'Fulfilled at': sent ? shopifyTime(sentAt) : '',
    'Shipping Method': shippingMinor === 0 ? `Free delivery (${delivery[person.country].days} working days)` : method,
  }
}

/** Shopify writes an apostrophe before a zip or phone that a spreadsheet would take for a number. */
function addresses(seen: Appearance, { person }: PricedOrder): Values {
  const parts = {
    Name: fullName(seen),
    Street: seen.street,
    Address1: seen.street,
    Company: person.company ?? '',
    City: seen.city,
    Zip: `'${seen.postalCode}`,
    Country: person.country,
    Phone: seen.phone.startsWith('+') ? `'${seen.phone}` : seen.phone,
  }
  return Object.fromEntries(
    ['Billing', 'Shipping'].flatMap((kind) => Object.entries(parts).map(([part, value]) => [`${kind} ${part}`, value])),
  )
}

function lineValues({ sku, quantity, unitMinor }: PricedOrder['lines'][number], { currency }: PricedOrder): Values {
  const { product, variant } = variantOf(sku)
  return {
    'Lineitem quantity': quantity,
    'Lineitem name': lineName(product, variant),
    'Lineitem price': decimal(unitMinor, currency),
    'Lineitem sku': sku,
    'Lineitem requires shipping': 'true',
    'Lineitem taxable': 'true',
    'Lineitem discount': decimal(0, currency),
  }
}
