import { formatMoney } from '#kernel/money.ts'
import type { RecordId } from '#kernel/ids.ts'
import type { Stated } from './fact.ts'

/** What is sold, as `ingest.products` holds it: a row for each variant. */
export type CatalogueRow = {
  externalId: string
  sku: string | null
  title: string
  /** Plain text; empty when the catalogue says nothing more. */
  description: string
  type: string | null
  priceMinor: number | null
  currency: string | null
  available: number | null
  recordId: RecordId
}

/** A variant with its title taken apart: `Ethiopia Aricha - 250 g` is a name and an option. */
export type Variant = CatalogueRow & { subject: string; name: string; option: string | null }

export function variantOf(row: CatalogueRow): Variant {
  const at = row.title.lastIndexOf(' - ')
  const [name, option] = at < 0 ? [row.title, null] : [row.title.slice(0, at), row.title.slice(at + 3)]
  return { ...row, subject: `product:${row.sku ?? row.externalId}`, name, option }
}

/** What the catalogue states of a variant: what it is, its price, its stock where that is counted, and whether it can be had. */
export function catalogueFacts(variant: Variant, validFrom: Date): Stated[] {
  const { subject, name, priceMinor, currency, available, recordId } = variant
  const evidence = { recordId, documentId: null, startByte: null, endByte: null }
  const said = (predicate: string, value: unknown, statement: string): Stated => ({
    subject, predicate, value, statement, validFrom, validTo: null, evidence,
  }) // prettier-ignore
  const price = priceMinor === null || currency === null ? null : { amountMinor: priceMinor, currency }
  const description = variant.description.replaceAll(/\s+/g, ' ').trim()
  const isThere = available === null || available > 0
  return [
    ...(description === '' ? [] : [said('description', description, `${name}: ${ended(description)}`)]),
    ...(price ? [said('price', price, priceWords(variant, formatMoney(price)))] : []),
    ...(available === null ? [] : [said('stock', Math.max(0, available), stockWords(variant, available))]),
    said('available', isThere, `${called(variant)} is ${isThere ? 'available' : 'sold out'}.`),
  ]
}

const ended = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)

/** `Ethiopia Aricha costs €13.20 for 250 g.` */
export function priceWords({ name, option }: Pick<Variant, 'name' | 'option'>, amount: string): string {
  if (option === null) return `${name} costs ${amount}.`
  if (isSize(option)) return `${name} costs ${amount} for ${option}.`
  const period = periodOf(option)
  if (period) return `${name} costs ${amount} a ${period}.`
  return `${called({ name, option })} costs ${amount}.`
}

function stockWords(variant: Variant, available: number): string {
  if (available <= 0) return `${called(variant)} is sold out.`
  const isDated = variant.option !== null && dayOf(variant.option) !== null
  if (isDated) return `${called(variant)} has ${available} ${available === 1 ? 'place' : 'places'} left.`
  return `We have ${available} of ${called(variant)} in stock.`
}

/** The variant as a sentence calls it. */
function called({ name, option }: Pick<Variant, 'name' | 'option'>): string {
  if (option === null) return name
  const day = dayOf(option)
  if (day) return `${name} on ${day}`
  return `${name} (${option})`
}

export const isSize = (option: string): boolean =>
  /^\d+([.,]\d+)?\s?(g|kg|mg|ml|cl|l|oz|lb|cm|mm|m|pcs|pieces)$/i.test(option)

/** `month` of a Monthly option. */
export function periodOf(option: string): 'week' | 'month' | 'quarter' | 'year' | null {
  const periods = { weekly: 'week', monthly: 'month', quarterly: 'quarter', yearly: 'year', annual: 'year' } as const
  const found = Object.entries(periods).find(([word]) => option.toLowerCase() === word)
  return found?.[1] ?? null
}

const dayWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

/** `19 September 2026` of `2026-09-19`; null when it is no day. */
export function dayOf(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const day = new Date(`${text}T00:00:00Z`)
  // A day that no month has is rolled over into the next.
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text ? null : dayWords.format(day)
}
