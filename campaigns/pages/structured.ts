import { z } from 'zod'
import type { Queryable } from '#kernel/db.ts'
import { decimalOf } from '#kernel/money.ts'
import { placesOf } from '#rag/guardrails/rule.ts'
import type { ApprovedCopy } from '../content/copy.ts'
import { selectPrices, type Priced } from '../queries/pages.ts'

const price = z.object({ amountMinor: z.int(), currency: z.string() })

type About = { url: string; business: string }

/**
 * What a page says of itself to machines (JSON-LD, schema.org): its words, and of the products whose prices it cites what
 * holds now. Nothing that the page does not rest on is claimed.
 */
export async function structuredData(
  db: Queryable,
  copy: ApprovedCopy,
  { url, business, at }: About & { at: Date },
): Promise<Record<string, unknown>> {
  const citations = placesOf(copy.content).flatMap((place) => place.citations ?? [])
  const facts = citations.flatMap((one) => (one.kind === 'fact' ? [one.factId] : []))
  const products = (await selectPrices(db, facts, at)).flatMap((row) => productOf(row))
  return {
    '@context': 'https://schema.org',
    '@type': copy.form === 'blog-post' ? 'BlogPosting' : 'WebPage',
    url,
    ...(copy.form === 'blog-post' ? { headline: copy.content.subject.text } : { name: copy.content.subject.text }),
    ...(copy.content.preheader.text === '' ? {} : { description: copy.content.preheader.text }),
    datePublished: copy.at.toISOString(),
    publisher: { '@type': 'Organization', name: business },
    ...(products.length === 0 ? {} : { about: products }),
  }
}

function productOf({ value, sku, title, url, available }: Priced): Record<string, unknown>[] {
  const read = price.safeParse(value)
  if (!read.success) return []
  const offer = { '@type': 'Offer', price: decimalOf(read.data), priceCurrency: read.data.currency }
  const stock = available === null ? {} : { availability: `https://schema.org/${available ? 'InStock' : 'OutOfStock'}` }
  return [{ '@type': 'Product', sku, name: title, ...(url === null ? {} : { url }), offers: { ...offer, ...stock } }]
}
