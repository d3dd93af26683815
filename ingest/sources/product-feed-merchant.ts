import { z } from 'zod'
import { isCurrency, parseAmount } from '#kernel/money.ts'
import type { Product } from '../canon.ts'
import { optionalText, readShape, refuse, requiredText, type Reading } from '../cleanse/shape.ts'
import { cleanText, textOfHtml } from '../cleanse/text.ts'
import type { Setting } from '../source.ts'

/** A product as Google's product data specification writes it (support.google.com/merchants/answer/7052112). */
export function merchantProduct(row: Readonly<Record<string, string>>, setting: Setting): Reading<Product> {
  const named = Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase().replaceAll(' ', '_'), value])) // prettier-ignore
  const read = readShape(shape(setting.currency), named)
  if (read.kind === 'unreadable') return read
  const { id, title, price, product_type: path, brand, link, quantity } = read.value
  const types = (path ?? '').split('>').flatMap((part) => cleanText(part) ?? [])
  const option = optionOf(read.value)
  const isSold = !/out[ _]of[ _]stock/i.test(read.value.availability ?? '')
  const value: Product = {
    is: 'product',
    externalId: id,
    sku: id,
    title: option === undefined ? title : `${title} - ${option}`,
    description: textOfHtml(read.value.description ?? ''),
    type: types.at(-1) ?? null,
    tags: [...types.slice(0, -1), ...(brand === undefined ? [] : [brand])],
    priceMinor: price?.amountMinor ?? null,
    currency: price?.currency ?? null,
    available: isSold ? (quantity ?? null) : 0,
    url: link ?? null,
  }
  return { kind: 'read', value }
}

const shape = (currency: string) =>
  z.object({
    id: requiredText,
    title: requiredText.transform((text) => cleanText(text) ?? text),
    description: optionalText, link: optionalText, availability: optionalText, product_type: optionalText,
    brand: optionalText, item_group_id: optionalText, size: optionalText, color: optionalText, price: priceIn(currency),
    sale_price: priceIn(currency), sale_price_effective_date: optionalText,
    quantity: z.string().optional().transform((text) => (/^\d{1,9}$/.test(text?.trim() ?? '') ? Number(text) : undefined)),
  }).transform((row) => ({ ...row, price: isAlwaysReduced(row) ? row.sale_price : row.price })) // prettier-ignore

/** A reduced price with dates is none that holds always: it is told by a text, with its end. */
const isAlwaysReduced = (row: { sale_price?: unknown; sale_price_effective_date?: unknown }): boolean =>
  row.sale_price !== undefined && row.sale_price_effective_date === undefined

/** `15.00 USD`, `EUR 12,50`, or a bare number in the currency of the business. */
export const priceIn = (currency: string) =>
  z.string().optional().transform((text, context) => {
    if (text === undefined || text.trim() === '') return undefined
    const code = /\b[A-Z]{3}\b/.exec(text)?.[0]
    const money = parseAmount(text.replace(/\b[A-Z]{3}\b/, '').trim(), code ?? currency)
    if (money && money.amountMinor >= 0) return money
    return refuse(context, undefined, 'is no price', code !== undefined && !isCurrency(code) ? 'Use a currency of ISO 4217, such as EUR' : 'Write it as 12.50 EUR')
  }) // prettier-ignore

/** What tells a variant from its siblings, unless the title says so itself. */
function optionOf({
  title,
  item_group_id: group,
  size,
  color,
}: {
  title: string
  item_group_id?: string | undefined
  size?: string | undefined
  color?: string | undefined
}): string | undefined {
  // prettier-ignore
  if (group === undefined) return undefined
  const options = [size, color].flatMap((option) => cleanText(option) ?? [])
  const unsaid = options.filter((option) => !title.toLowerCase().includes(option.toLowerCase()))
  return unsaid.length === 0 ? undefined : unsaid.join(' / ')
}
