import { z } from 'zod'
import { isCurrency, parseAmount, type Money } from '#kernel/money.ts'
import type { Product } from '../canon.ts'
import { readShape, type Reading } from '../cleanse/shape.ts'
import { cleanText, textOfHtml } from '../cleanse/text.ts'
import type { Setting } from '../source.ts'

const word = z.union([z.string(), z.number()]).transform(String)
const optional = word.nullish().transform((text) => text?.trim() || undefined)
const flag = z.union([z.boolean(), z.string(), z.number()]).nullish()
const price = z.union([z.string(), z.number(), z.object({ amount: word.optional(), value: word.optional(), currency: z.string().optional(), currencyCode: z.string().optional() })]).nullish() // prettier-ignore
const stock = z.union([z.number(), z.string().regex(/^-?\d+$/).transform(Number)]).nullish() // prettier-ignore

/** What is sold, by the names that exports of shops commonly use. */
const sold = z.object({
  id: optional, sku: optional, handle: optional, title: optional, name: optional, price, currency: optional, priceCurrency: optional,
  available: flag, availability: flag, in_stock: flag, stock, quantity: stock, inventory_quantity: stock,
}) // prettier-ignore
type Sold = z.infer<typeof sold>

const product = sold.extend({
  description: optional, body_html: optional, url: optional, link: optional, type: optional, product_type: optional, category: optional,
  tags: z.union([z.array(word), z.string()]).nullish(), keywords: z.union([z.array(word), z.string()]).nullish(),
  variants: z.array(sold).nullish(),
}) // prettier-ignore
const list = z.array(product).min(1).max(10_000)
const feed = z.union([z.object({ products: list }), z.object({ items: list })])

/** What an entry of a feed holds: one product with its variants, or a whole list of them, known by the first. */
export type FeedEntry = { id: string; products: Product[] }

/** Reads a product, or an object with `products` or `items`; ids, titles and prices must be readable. */
export function jsonProducts(value: unknown, setting: Setting): Reading<FeedEntry> {
  const whole = feed.safeParse(value)
  const wrapped = whole.success ? ('products' in whole.data ? whole.data.products : whole.data.items) : null
  const read = wrapped ? { kind: 'read' as const, value: wrapped } : one(value)
  if (read.kind === 'unreadable') return read
  const products: Product[] = []
  for (const given of read.value) {
    for (const variant of given.variants?.length ? given.variants : [given]) {
      const found = productOf(given, variant, setting)
      if (found.kind === 'unreadable') return found
      products.push(found.value)
    }
  }
  return {
    kind: 'read',
    value: { id: wrapped ? `list:${products[0]!.externalId}` : products[0]!.externalId, products },
  }
}

function one(value: unknown): Reading<z.infer<typeof product>[]> {
  const read = readShape(product, value)
  return read.kind === 'read' ? { kind: 'read', value: [read.value] } : read
}

function productOf(given: z.infer<typeof product>, variant: Sold, setting: Setting): Reading<Product> {
  const id = variant.id ?? variant.sku ?? given.id ?? given.sku ?? given.handle
  const title = cleanText(given.title ?? given.name)
  if (id === undefined) return unreadable('"id" is missing', 'Give each product an id or a SKU')
  if (title === undefined) return unreadable('"title" is missing', 'Give each product a title or a name')
  const currency =
    variant.currency ?? variant.priceCurrency ?? given.currency ?? given.priceCurrency ?? setting.currency
  const cost = moneyOf(variant.price ?? given.price, currency)
  if (cost === 'none') return unreadable('"price" is no price', 'Write it as 12.50, with a currency of ISO 4217')
  const own = variant === given ? undefined : cleanText(variant.title ?? variant.name)
  const tags = given.tags ?? given.keywords ?? []
  const value: Product = {
    is: 'product',
    externalId: id,
    sku: variant.sku ?? (variant === given ? (given.sku ?? null) : null),
    title: own === undefined || own === 'Default Title' || own === title ? title : `${title} - ${own}`,
    description: textOfHtml(given.description ?? given.body_html ?? ''),
    type: cleanText(given.product_type ?? given.type ?? given.category) ?? null,
    tags: (typeof tags === 'string' ? tags.split(',') : tags).flatMap((tag) => cleanText(tag) ?? []),
    priceMinor: cost?.amountMinor ?? null,
    currency: cost?.currency ?? null,
    available: stockOf(variant),
    url: given.url ?? given.link ?? null,
  }
  return { kind: 'read', value }
}

const unreadable = (reason: string, fix: string) => ({ kind: 'unreadable', reason, fix }) as const

/** Null where no price is given, `none` where it cannot be read. */
function moneyOf(given: Sold['price'], currency: string): Money | null | 'none' {
  if (given === null || given === undefined || given === '') return null
  const isPlain = typeof given === 'string' || typeof given === 'number'
  const text = isPlain ? String(given) : (given.amount ?? given.value ?? '')
  const named = /\b[A-Z]{3}\b/.exec(text)?.[0] ?? (isPlain ? undefined : (given.currencyCode ?? given.currency))
  const code = (named ?? currency).toUpperCase()
  const money = isCurrency(code) ? parseAmount(text.replace(/\b[A-Z]{3}\b/, '').trim(), code) : null
  return money && money.amountMinor >= 0 ? money : 'none'
}

/** How many there are; null where that is not counted, 0 where it is said to be sold out. */
function stockOf(variant: Sold): number | null {
  const count = variant.stock ?? variant.quantity ?? variant.inventory_quantity ?? (typeof variant.available === 'number' ? variant.available : undefined) // prettier-ignore
  if (count !== undefined) return Math.max(-1e9, Math.min(1e9, Math.trunc(count)))
  const said = variant.available ?? variant.availability ?? variant.in_stock
  return said === false || /^(?:false|no|sold.?out|out.?of.?stock)$/i.test(lastPart(said)) ? 0 : null
}

const lastPart = (said: unknown): string => (typeof said === 'string' ? said.replace(/^.*\//, '') : '')
