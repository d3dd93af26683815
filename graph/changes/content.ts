import type { Change } from '../port.ts'
import { byTheHouse, edge, given, held, nodeOf, ref, type Origin, type Times } from './said.ts'

// What a product is called is today's knowledge; texts, facts and prices hold while they do.

type Held = Origin & Times

export type ProductRow = Origin & {
  title: string | null
  type: string | null
  priceMinor: number | null
  currency: string | null
  url: string | null
  tags: string[]
  chunks: string[]
  bought: { other: string; people: number; support: number; confidence: number; lift: number }[]
}

export function productChange(row: ProductRow): Change {
  const origin = held(row)
  const product = ref('product', row.key)
  const { type, priceMinor, currency, url } = row
  return {
    node: nodeOf(product, row.title ?? row.key, given({ type, priceMinor, currency, url }), origin),
    edges: [
      ...row.tags.map((tag) => edge(product, 'tagged', ref('topic', tag), origin)),
      ...row.chunks.map((chunk) => edge(product, 'described-by', ref('chunk', chunk), origin)),
      ...row.bought.map(({ other, ...measures }) =>
        edge(product, 'bought-with', ref('product', other), held(byTheHouse), measures),
      ),
    ],
  }
}

export type OfferRow = Held & { product: string; statement: string; value: unknown }

/** What a product costs for as long as the fact behind it holds. A value that is no money is in the statement alone. */
export function offerChange(row: OfferRow): Change {
  const during = held(row, row)
  const offer = ref('offer', row.key)
  return {
    node: nodeOf(offer, row.statement, moneyIn(row.value), during),
    edges: [edge(ref('product', row.product), 'offered-as', offer, during)],
  }
}

function moneyIn(value: unknown): { amountMinor: number; currency: string } | Record<string, never> {
  if (typeof value !== 'object' || value === null || !('amountMinor' in value && 'currency' in value)) return {}
  const { amountMinor, currency } = value
  return typeof amountMinor === 'number' && typeof currency === 'string' ? { amountMinor, currency } : {}
}

export type DocumentRow = Held & { title: string; uri: string; language: string; topics: string[] }

export function documentChange(row: DocumentRow): Change {
  const { uri, language } = row
  const during = held(row, row)
  const document = ref('document', row.key)
  return {
    node: nodeOf(document, row.title, { uri, language }, during),
    edges: row.topics.map((topic) => edge(document, 'tagged', ref('topic', topic), during)),
  }
}

export type ChunkRow = Held & { heading: string; ordinal: number; documentId: string }

export function chunkChange(row: ChunkRow): Change {
  const during = held(row, row)
  const chunk = ref('chunk', row.key)
  return {
    node: nodeOf(chunk, row.heading, { ordinal: row.ordinal }, during),
    edges: [edge(ref('document', row.documentId), 'has', chunk, during)],
  }
}

export type FactRow = Held & { subject: string; predicate: string; statement: string; documentId: string | null }

/** A subject `product:SKU` is that product; any other is a topic of its own. */
export function factChange(row: FactRow): Change {
  const during = held(row, row)
  const fact = ref('fact', row.key)
  const sku = /^product:(.+)$/.exec(row.subject)?.[1]
  const subject = sku === undefined ? ref('topic', row.subject) : ref('product', sku)
  return {
    node: nodeOf(fact, row.statement, { subject: row.subject, predicate: row.predicate }, during),
    edges: [
      edge(fact, 'about', subject, during),
      ...(row.documentId === null ? [] : [edge(ref('document', row.documentId), 'states', fact, during)]),
    ],
  }
}
