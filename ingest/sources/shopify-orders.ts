import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Adjustment, Canonical, Order, OrderLine, Profile } from '../canon.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { amountIn, currency, instant, optionalInstant, optionalText, readShape, refuse, requiredText, type Reading } from '../cleanse/shape.ts' // prettier-ignore
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { csvTable, joinedRows, rejected, type TableRow } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'order'
const needed = ['Name', 'Email', 'Financial Status', 'Currency', 'Total', 'Taxes', 'Created at', 'Lineitem name', 'Id']
const moments = ['yyyy-MM-dd HH:mm:ss ZZZ', 'iso']

/**
 * The orders export of Shopify (CSV): an order is one line for each item, its own columns only on the first. It has no
 * customer id; a customer is known here by e-mail (or phone) and full name together, so that two people who share an
 * address stay two. Refunds have no date in it and count from the day of the order.
 */
export function shopifyOrders(): Source {
  return { name: 'shopify', endings: ['.csv'], read: readOrders }
}

/** The lines of one order, in the order of the file. */
type Group = { lines: TableRow[] }

async function* readOrders(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const shape = orderShape(setting.zone)
  let group: Group | null = null
  for await (const found of csvTable(input, { kind, needed })) {
    if (found.is === 'cells') {
      if (group && continues(group, found)) group.lines.push(found)
      else {
        if (group) yield orderItem(group, shape, setting)
        group = { lines: [found] }
      }
      continue
    }
    if (group) yield orderItem(group, shape, setting)
    group = null
    yield found
  }
  if (group) yield orderItem(group, shape, setting)
}

const mostItems = 2000

/** A line of the same order has its name and none of the columns that only a first line has. */
const continues = (group: Group, { row }: TableRow): boolean =>
  row['Name'] !== '' && group.lines[0]!.row['Name'] === row['Name'] && row['Created at'] === '' && row['Id'] === '' && group.lines.length < mostItems // prettier-ignore

function orderItem({ lines }: Group, shape: ReturnType<typeof orderShape>, setting: Setting): Item {
  const first = lines[0]!
  const { raw, place } = joinedRows(lines)
  if (first.row['Id'] === '' && first.row['Created at'] === '') {
    return rejected(kind, raw, place, { reason: '"Id" is missing', fix: 'Export the order with its first line, which holds its id and total' }) // prettier-ignore
  }
  const read = readOrder(shape, lines)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  return { is: 'row', kind, externalId: read.value.Id, raw, place, canon: canonOf(read.value, setting) }
}

function readOrder(shape: ReturnType<typeof orderShape>, lines: readonly TableRow[]): Reading<ShopOrder> {
  const read = readShape(shape, lines[0]!.row)
  if (read.kind === 'unreadable') return read
  const items = lines.map(({ row }) => readShape(lineShape(read.value.Currency), row))
  const broken = items.find((item) => item.kind === 'unreadable')
  if (broken?.kind === 'unreadable') return broken
  return { kind: 'read', value: { ...read.value, lines: items.flatMap((item) => (item.kind === 'read' ? [item.value] : [])) } } // prettier-ignore
}

const orderShape = (zone: string) =>
  z
    .object({
      Id: requiredText,
      Name: optionalText,
      Email: optionalText,
      Phone: optionalText,
      Currency: currency,
      'Financial Status': requiredText,
      'Created at': instant(zone, moments),
      'Paid at': optionalInstant(zone, moments),
      'Cancelled at': optionalInstant(zone, moments),
      Total: z.string(),
      Taxes: z.string().optional(),
      Shipping: z.string().optional(),
      'Discount Amount': z.string().optional(),
      'Refunded Amount': z.string().optional(),
      'Billing Name': optionalText,
      'Billing Street': optionalText,
      'Billing City': optionalText,
      'Billing Zip': optionalText,
      'Billing Country': optionalText,
      'Billing Phone': optionalText,
      'Shipping Name': optionalText,
      'Shipping Phone': optionalText,
    }) // prettier-ignore
    .transform((row, context) => {
      const minor = (column: 'Total' | 'Taxes' | 'Shipping' | 'Discount Amount' | 'Refunded Amount'): number => {
        const amount = amountIn(context, column, row[column], row.Currency, column === 'Total' ? undefined : 0)
        return amount < 0 ? refuse(context, column, 'is negative') : amount
      }
      return {
        ...row,
        grossMinor: minor('Total'),
        taxMinor: minor('Taxes'),
        shippingMinor: minor('Shipping'),
        discountMinor: minor('Discount Amount'),
        refundedMinor: minor('Refunded Amount'),
      }
    })

const lineShape = (code: string) =>
  z
    .object({
      'Lineitem quantity': z.string(),
      'Lineitem name': z.string(),
      'Lineitem price': z.string(),
      'Lineitem sku': optionalText,
    }) // prettier-ignore
    .transform((row, context): OrderLine => {
      const quantity = Number(row['Lineitem quantity'].trim())
      if (!Number.isFinite(quantity)) refuse(context, 'Lineitem quantity', 'is no number')
      const price = amountIn(context, 'Lineitem price', row['Lineitem price'], code)
      return { sku: row['Lineitem sku'] ?? null, title: cleanText(row['Lineitem name']) ?? 'Item', quantity, amountMinor: Math.round(price * quantity) } // prettier-ignore
    })

type ShopOrder = z.infer<ReturnType<typeof orderShape>> & { lines: OrderLine[] }

/** How far an order has come; a later export that says more replaces an earlier one. */
const stages = [
  'pending',
  'authorized',
  'expired',
  'partially_paid',
  'paid',
  'partially_refunded',
  'refunded',
  'voided',
]

function canonOf(order: ShopOrder, setting: Setting): Canonical[] {
  const country = countryCode(order['Billing Country'])
  const dialledFrom = country ?? setting.country
  const email = canonicalEmail(order.Email)
  const phones = [order.Phone, order['Billing Phone']].flatMap((typed) => canonicalPhone(typed, dialledFrom) ?? [])
  const fullName = cleanText(order['Billing Name'] ?? order['Shipping Name'])
  const customer = customerRef(email, phones[0], fullName)
  const revision = Math.max(0, stages.indexOf(order['Financial Status'])) + (order['Cancelled at'] ? stages.length : 0)
  const by = customer ?? { kind: 'shopify', value: `order:${order.Id}` }
  const profile: Profile = {
    is: 'profile',
    of: by,
    links: [
      ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
      ...[...new Set(phones)].map((value) => ({ kind: 'phone', value })),
    ],
    ...splitName(fullName),
    email,
    phone: phones[0],
    street: cleanText(order['Billing Street']),
    city: cleanText(order['Billing City']),
    postcode: cleanText(order['Billing Zip']?.replace(/^'/, '')),
    country,
    updatedAt: order['Created at'],
  }
  return [profile, orderOf(order, by, revision), ...refundOf(order, revision)]
}

/** The export has no customer id: somebody is an address and a full name together, hashed to be an id like others. */
function customerRef(
  email: string | undefined,
  phone: string | undefined,
  name: string | undefined,
): IdentifierRef | undefined {
  const address = email ?? phone
  if (address === undefined) return undefined
  const words = (name ?? '').normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return { kind: 'shopify', value: createHash('sha256').update(`${address}\n${words}`).digest('hex').slice(0, 32) }
}

function orderOf(order: ShopOrder, by: IdentifierRef, revision: number): Order {
  const { grossMinor, taxMinor, shippingMinor, discountMinor, lines } = order
  return {
    is: 'order', kind: 'shop', by, orderedAt: order['Paid at'] ?? order['Created at'], status: statusOf(order),
    currency: order.Currency, grossMinor, taxMinor: Math.min(taxMinor, grossMinor), discountMinor, shippingMinor, lines,
    refs: [], revision,
  } // prettier-ignore
}

/** Paid is what was paid once, refunded or not; what was voided or cancelled without payment never was money. */
function statusOf(order: ShopOrder): Order['status'] {
  const status = order['Financial Status'].toLowerCase()
  if (status === 'paid' || status === 'partially_refunded' || status === 'refunded') return 'paid'
  return status === 'voided' || status === 'expired' || order['Cancelled at'] ? 'cancelled' : 'open'
}

/** All that was refunded so far, as one adjustment: the export names no single refunds. */
function refundOf(order: ShopOrder, revision: number): Adjustment[] {
  if (order.refundedMinor === 0) return []
  return [
    {
      is: 'adjustment', kind: 'refund', externalId: `${order.Id}:refunded`, orderExternalId: order.Id,
      occurredAt: order['Cancelled at'] ?? order['Paid at'] ?? order['Created at'], status: 'settled',
      currency: order.Currency, amountMinor: order.refundedMinor, revision: revision * 2 ** 40 + order.refundedMinor,
    },
  ] // prettier-ignore
}
