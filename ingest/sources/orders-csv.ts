import { z } from 'zod'
import type { Canonical, Order, Profile } from '../canon.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { amountIn, currency as currencyCell, instant, readShape, refuse } from '../cleanse/shape.ts'
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import type { OrderMapping } from '../mapping.ts'
import { rejected } from '../reading/csv-table.ts'
import { mappedEndings, mappedRows, type MappedRow } from '../reading/mapped-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'order'

/** Orders from any CSV or JSON lines, by a mapping: one row is one order. */
export function ordersCsv(mapping: OrderMapping): Source {
  return {
    name: 'orders',
    endings: mappedEndings,
    reading: mapping,
    layout: mapping.name,
    read: (input, setting) => readOrders(input, mapping, setting),
  }
}

async function* readOrders(input: SourceInput, mapping: OrderMapping, setting: Setting): AsyncGenerator<Item> {
  const reader: Reader = { mapping, setting, shape: orderShape(mapping, setting) }
  for await (const row of mappedRows(input, mapping, kind)) yield row.is === 'mapped' ? orderRow(row, reader) : row
}

type Reader = { mapping: OrderMapping; setting: Setting; shape: ReturnType<typeof orderShape> }

function orderRow({ cells, raw, place }: MappedRow, { mapping, setting, shape }: Reader): Item {
  const read = readShape(shape, cells)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  const { id } = read.value
  const externalId = id === undefined ? { unnamedIn: mapping.name } : `${mapping.name}:${id}`
  return { is: 'row', kind, externalId, raw, place, canon: canonOf(read.value, mapping, setting) }
}

/** A row as the mapping reads it; amounts in minor units, never negative. */
function orderShape(mapping: OrderMapping, setting: Setting) {
  const text = z.string().optional().transform((cell) => cleanText(cell)) // prettier-ignore
  const zone = mapping.zone ?? setting.zone
  return z
    .object({
      id: mapping.columns.id === undefined ? text : z.string().transform((cell, context) => cleanText(cell) ?? refuse(context, undefined, 'is missing')), // prettier-ignore
      customer: text,
      email: text,
      phone: text,
      sku: text,
      title: text,
      city: text,
      country: text,
      'full-name': text,
      'given-name': text,
      'family-name': text,
      date: instant(zone, [mapping.date]),
      amount: z.string(),
      tax: z.string().optional(),
      discount: z.string().optional(),
      shipping: z.string().optional(),
      quantity: z.string().optional(),
      currency: currencyCell.optional(),
    }) // prettier-ignore
    .transform((row, context) => {
      const code = row.currency ?? mapping.currency ?? setting.currency
      const minor = (field: 'amount' | 'tax' | 'discount' | 'shipping', fallback?: number): number => {
        const amount = amountIn(context, field, asPlain(row[field], mapping.decimal), code, fallback)
        return amount < 0
          ? refuse(context, field, 'is negative', 'Leave refunds out: an order is what was paid')
          : amount
      }
      const amounts = { currency: code, grossMinor: minor('amount'), taxMinor: minor('tax', 0), discountMinor: minor('discount', 0), shippingMinor: minor('shipping', 0) } // prettier-ignore
      const quantity = Number((row.quantity ?? '1').trim().replace(',', '.'))
      if (!Number.isFinite(quantity)) refuse(context, 'quantity', 'is no number')
      if (amounts.taxMinor > amounts.grossMinor) refuse(context, 'tax', 'is more than the amount', 'The amount is what was paid, tax included') // prettier-ignore
      return { ...row, ...amounts, quantity }
    })
}

/** With the decimal mark known, a lone point or comma is no guess: `1.230` with a decimal comma is 1230. */
function asPlain(text: string | undefined, decimal: OrderMapping['decimal']): string | undefined {
  if (text === undefined || decimal === 'auto') return text
  return decimal === 'comma' ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', '')
}

type OrderCells = z.infer<ReturnType<typeof orderShape>>

function canonOf(row: OrderCells, mapping: OrderMapping, setting: Setting): Canonical[] {
  const country = countryCode(row.country) ?? mapping.country
  const email = canonicalEmail(row.email)
  const phone = canonicalPhone(row.phone, country ?? setting.country)
  const addresses: IdentifierRef[] = [
    ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
    ...(phone === undefined ? [] : [{ kind: 'phone', value: phone }]),
  ]
  // Without an id of its own a customer is known here by their address; an order of nobody goes to quarantine.
  const by = { kind: mapping.name, value: row.customer ?? email ?? phone ?? '' }
  const name = { ...splitName(row['full-name']), ...defined({ givenName: row['given-name'], familyName: row['family-name'] }) } // prettier-ignore
  const says = { ...name, ...defined({ email, phone, city: row.city, country }) }
  const order = orderOf(row, by)
  if (by.value === '' || Object.keys(says).length === 0) return [order]
  const profile: Profile = { is: 'profile', of: by, links: addresses, ...says, updatedAt: row.date }
  return [profile, order]
}

const orderOf = (row: OrderCells, by: IdentifierRef): Order => ({
  is: 'order',
  kind: 'order',
  by,
  orderedAt: row.date,
  status: 'paid',
  currency: row.currency,
  grossMinor: row.grossMinor,
  taxMinor: row.taxMinor,
  discountMinor: row.discountMinor,
  shippingMinor: row.shippingMinor,
  lines: [{ sku: row.sku ?? null, title: row.title ?? row.sku ?? 'Order', quantity: row.quantity, amountMinor: row.grossMinor }], // prettier-ignore
  refs: [],
  revision: 0,
})

const defined = <T extends Record<string, unknown>>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [Key in keyof T]?: Exclude<T[Key], undefined> } // prettier-ignore
