import { z } from 'zod'
import type { OrderLine } from '../canon.ts'
import { amountIn, currency, instant, optionalInstant, optionalText, readShape, refuse, requiredText, type Reading } from '../cleanse/shape.ts' // prettier-ignore
import { cleanText } from '../cleanse/text.ts'
import { csvTable, joinedRows, rejected, type TableRow } from '../reading/csv-table.ts'
import { peeked } from '../reading/export-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'
import { readBulkOrders } from './shopify-bulk-orders.ts'
import { orderSays, refundedId, type ShopOrder } from './shopify-order.ts'

const kind = 'order'
const needed = ['Name', 'Email', 'Financial Status', 'Currency', 'Total', 'Taxes', 'Created at', 'Lineitem name', 'Id']
const moments = ['yyyy-MM-dd HH:mm:ss ZZZ', 'iso']

/**
 * Orders of Shopify: its export (CSV), or what a bulk operation of its API gives (JSON lines). In the export an order is
 * one line for each item, its own columns only on the first; it has no customer id, and its refunds have no date and
 * count from the day of the order.
 */
export function shopifyOrders(): Source {
  return { name: 'shopify', endings: ['.csv', '.jsonl'], read: readEither }
}

async function* readEither(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const { first, bytes } = await peeked(input.bytes)
  const isJson = input.columns === undefined && first === '{'
  yield* isJson ? readBulkOrders({ ...input, bytes }, setting) : readOrders({ ...input, bytes }, setting)
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
  return { is: 'row', kind, externalId: read.value.id, raw, place, canon: orderSays(read.value, setting) }
}

function readOrder(shape: ReturnType<typeof orderShape>, lines: readonly TableRow[]): Reading<ShopOrder> {
  const read = readShape(shape, lines[0]!.row)
  if (read.kind === 'unreadable') return read
  const items = lines.map(({ row }) => readShape(lineShape(read.value.Currency), row))
  const broken = items.find((item) => item.kind === 'unreadable')
  if (broken?.kind === 'unreadable') return broken
  return { kind: 'read', value: { ...shopOrderOf(read.value), lines: items.flatMap((item) => (item.kind === 'read' ? [item.value] : [])) } } // prettier-ignore
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
      'Billing Company': optionalText,
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

type Row = z.infer<ReturnType<typeof orderShape>>

const shopOrderOf = (row: Row): Omit<ShopOrder, 'lines'> => ({
  id: row.Id, customerId: undefined, emails: [row.Email], phones: [row.Phone, row['Billing Phone']],
  name: row['Billing Name'] ?? row['Shipping Name'], status: row['Financial Status'], createdAt: row['Created at'],
  paidAt: row['Paid at'], cancelledAt: row['Cancelled at'], currency: row.Currency, grossMinor: row.grossMinor,
  taxMinor: row.taxMinor, shippingMinor: row.shippingMinor, discountMinor: row.discountMinor,
  refunds: refundedSoFar(row.Id, row['Cancelled at'] ?? row['Paid at'] ?? row['Created at'], row.refundedMinor),
  billing: { company: row['Billing Company'], street: row['Billing Street'], city: row['Billing City'], postcode: row['Billing Zip'], country: row['Billing Country'] },
}) // prettier-ignore

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

/** All that was refunded so far, as one adjustment: the export names no single refunds. */
const refundedSoFar =
  (id: string, at: Date, amountMinor: number): ShopOrder['refunds'] =>
  (revision) => {
    if (amountMinor === 0) return []
    return [{ externalId: refundedId(id), at, amountMinor, revision: revision * 2 ** 40 + amountMinor }]
  }
