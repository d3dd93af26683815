import { decode } from '../reading/encoding.ts'
import { jsonItems, type JsonItem } from '../reading/json-items.ts'
import { rejected } from '../reading/csv-table.ts'
import { readShape } from '../cleanse/shape.ts'
import { inTheFuture } from '../screen.ts'
import type { Item, Place, Setting, Source, SourceInput } from '../source.ts'
import { readObject, stripeObject } from './stripe-objects.ts'

/**
 * Objects of the Stripe API in JSON: a list as the API gives it, an array, or one object a line; any mixture of types,
 * in any order. Objects of test mode are nobody's money and go to quarantine unless they are allowed.
 */
export function stripe(options: { allowTestMode?: boolean } = {}): Source {
  const allowTestMode = options.allowTestMode ?? false
  return {
    name: 'stripe',
    endings: ['.json', '.jsonl'],
    read: (input, setting) => readObjects(input, setting, allowTestMode),
  }
}

async function* readObjects(input: SourceInput, setting: Setting, allowTestMode: boolean): AsyncGenerator<Item> {
  for await (const found of jsonItems(input.bytes)) yield objectItem(input.file, found, setting, allowTestMode)
}

const tooLarge = { reason: 'The object is larger than 1 MB', fix: 'It was not kept, only its place and hash: export it alone' } // prettier-ignore
const cut = { reason: 'The file ends in the middle of an object', fix: 'It was cut: export it again' }
const noJson = { reason: 'The object is no JSON', fix: 'The file was edited or cut: export it again' }
const pages = { reason: 'The object is a list', fix: 'Give each page of a list a file of its own' }
const testMode = {
  reason: 'The object is of test mode',
  fix: 'Export with the live key, or allow test mode for a trial',
}

function objectItem(file: string, found: JsonItem, setting: Setting, allowTestMode: boolean): Item {
  const place: Place = { file, item: found.item, line: found.line, offset: found.offset, length: found.length }
  if (found.bytes === null) return rejected('object', null, place, tooLarge, found.sha256)
  const raw = found.bytes
  if (!found.whole) return rejected('object', raw, place, cut)
  const decoded = decode(raw)
  if (decoded.kind === 'undecodable') return rejected('object', raw, place, decoded)
  const json = parsed(decoded.text)
  if (json === undefined) return rejected('object', raw, place, noJson)
  const head = readShape(stripeObject, json)
  if (head.kind === 'unreadable') return rejected('object', raw, place, head)
  const { id, object: kind, livemode, created } = head.value
  if (kind === 'list') return rejected(kind, raw, place, pages)
  if (livemode === false && !allowTestMode) return rejected(kind, raw, place, testMode)
  const ahead = created === undefined ? null : inTheFuture(created * 1000, setting.clock)
  if (ahead) return rejected(kind, raw, place, ahead)
  const read = readObject(head.value, json, setting)
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  return { is: 'row', kind, externalId: id, raw, place, canon: read.value }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
