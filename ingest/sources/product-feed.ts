import { csvTable, rejected } from '../reading/csv-table.ts'
import { jsonEntries, jsonLines } from '../reading/json-rows.ts'
import { xmlItems } from '../reading/xml-items.ts'
import type { Item, Place, Setting, Source, SourceInput } from '../source.ts'
import { jsonProducts } from './product-feed-json.ts'
import { merchantProduct } from './product-feed-merchant.ts'

const kind = 'product'

/**
 * A product feed: that of Google Merchant Center as XML (RSS or Atom) or tab-separated text, or JSON: a list of products,
 * an object with `products` or `items`, or one product a line. A product is known by its id; prices without a currency are
 * in that of the business.
 */
export function productFeed(): Source {
  return { name: 'product-feed', endings: ['.xml', '.tsv', '.txt', '.json', '.jsonl', '.ndjson'], read: readFeed }
}

async function* readFeed(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  if (/\.xml$/i.test(input.file)) yield* readXml(input, setting)
  else if (/\.json$/i.test(input.file)) yield* readJson(jsonEntries(input, kind), setting)
  else if (/\.(?:jsonl|ndjson)$/i.test(input.file)) yield* readJson(jsonLines(input, kind), setting)
  else yield* readTable(input, setting)
}

async function* readXml(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  for await (const found of xmlItems(input, kind))
    yield found.is === 'xml' ? merchantItem(found.fields, found, setting) : found
}

async function* readTable(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  for await (const found of csvTable(input, { kind, needed: ['id', 'title'], dialect: { delimiter: '\t' } }))
    yield found.is === 'cells' ? merchantItem(found.row, found, setting) : found
}

type Row = { raw: Buffer; place: Place }

function merchantItem(fields: Readonly<Record<string, string>>, { raw, place }: Row, setting: Setting): Item {
  const read = merchantProduct(fields, setting)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  return { is: 'row', kind, externalId: read.value.externalId, raw, place, canon: [read.value] }
}

async function* readJson(rows: ReturnType<typeof jsonEntries>, setting: Setting): AsyncGenerator<Item> {
  for await (const found of rows) {
    if (found.is !== 'json') {
      yield found
      continue
    }
    const { raw, place, value } = found
    const read = jsonProducts(value, setting)
    if (read.kind === 'unreadable') yield rejected(kind, raw, place, read)
    else yield { is: 'row', kind, externalId: read.value.id, raw, place, canon: read.value.products }
  }
}
