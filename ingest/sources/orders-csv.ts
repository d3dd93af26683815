import { z } from 'zod'
import { UsageError } from '#kernel/errors.ts'
import type { Canonical, Order, Profile } from '../canon.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { amountIn, currency as currencyCell, instant, readShape, refuse } from '../cleanse/shape.ts'
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { delimiterOf, type OrderMapping } from '../mapping.ts'
import { csvRows, type CsvRow } from '../reading/csv-rows.ts'
import { rejected, wrongWidth } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'order'

/** Orders from any CSV, by a mapping: one row is one order. */
export function ordersCsv(mapping: OrderMapping): Source {
  return {
    name: 'orders',
    endings: ['.csv', '.tsv', '.txt'],
    reading: mapping,
    read: (input, setting) => readOrders(input, mapping, setting),
  }
}

type Field = keyof OrderMapping['columns']
type Positions = ReadonlyMap<Field, number>

async function* readOrders(input: SourceInput, mapping: OrderMapping, setting: Setting): AsyncGenerator<Item> {
  const dialect = { delimiter: delimiterOf(mapping), encoding: mapping.encoding }
  const shape = orderShape(mapping, setting)
  let columns = input.columns
  let at = columns === undefined ? undefined : positionsOf(input.file, columns, mapping)
  for await (const found of csvRows(input.bytes, dialect)) {
    if (columns === undefined || at === undefined) {
      columns = columnsOf(input.file, found, mapping)
      if (columns === undefined) {
        yield unreadable(input.file, found)
        continue
      }
      at = positionsOf(input.file, columns, mapping)
      yield { is: 'header', file: input.file, columns }
      if (mapping.header) continue
    }
    yield orderRow(input.file, columns, found, at, { mapping, setting, shape })
  }
}

/** The columns by the first line: its names, or, without a header, the numbers of its cells. */
function columnsOf(file: string, found: CsvRow, mapping: OrderMapping): string[] | undefined {
  if (found.is === 'cells') return mapping.header ? found.cells.map((cell) => cell.trim()) : found.cells.map((_, index) => String(index + 1)) // prettier-ignore
  if (mapping.header) throw new UsageError(`${file}, line ${found.line}: ${found.reason}. ${found.fix}`)
  return undefined
}

function positionsOf(file: string, columns: readonly string[], mapping: OrderMapping): Positions {
  const entries = Object.entries(mapping.columns) as [Field, number | string][]
  return new Map(
    entries.map(([field, where]): [Field, number] => {
      const index = typeof where === 'number' ? where - 1 : columns.indexOf(where)
      if (index >= 0 && index < columns.length) return [field, index]
      const wanted = typeof where === 'number' ? `column ${where}` : `column "${where}"`
      const there = mapping.header ? columns.map((name, at) => `${at + 1} "${name}"`).join(', ') : `1 to ${columns.length}` // prettier-ignore
      throw new UsageError(`${file} has no ${wanted}, which the mapping takes for ${field}. Its columns are: ${there}`)
    }),
  )
}

const unreadable = (file: string, found: CsvRow): Item => {
  const trouble = found.is === 'bad' ? found : { reason: 'The row cannot be read', fix: 'Correct it' }
  return rejected(kind, found.raw, placeOf(file, found), trouble, found.is === 'bad' ? found.sha256 : undefined)
}

const placeOf = (file: string, { line, offset, length }: CsvRow) => ({ file, line, offset, length })

type Reader = { mapping: OrderMapping; setting: Setting; shape: ReturnType<typeof orderShape> }

function orderRow(file: string, columns: readonly string[], found: CsvRow, at: Positions, reader: Reader): Item {
  if (found.is === 'bad') return unreadable(file, found)
  const { cells, raw } = found
  const place = placeOf(file, found)
  if (cells.length !== columns.length) return rejected(kind, raw, place, wrongWidth(cells.length, columns.length))
  const row = Object.fromEntries([...at].map(([field, index]) => [field, cells[index]!]))
  const read = readShape(reader.shape, row)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  const { id } = read.value
  const { name } = reader.mapping
  const externalId = id === undefined ? { unnamedIn: name } : `${name}:${id}`
  return { is: 'row', kind, externalId, raw, place, canon: canonOf(read.value, reader.mapping, reader.setting) }
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
