import type { Place, Rejected, SourceInput } from '../source.ts'
import { rejected } from './csv-table.ts'
import { decode } from './encoding.ts'
import { jsonItems } from './json-items.ts'
import { linesOf, type Span } from './lines.ts'

/** A JSON value of a file, with its bytes as they came. */
export type JsonRow = { is: 'json'; value: unknown; raw: Buffer; place: Place }

const tooLarge = { reason: 'The row is larger than 1 MB', fix: 'It was not kept, only its place and hash: shorten it' }
const noJson = { reason: 'The row is no JSON object', fix: 'It was cut or mixed with another: send the event again' }

/** One JSON value a line; blank lines are passed over. A line that is none is rejected, and the next one read. */
export async function* jsonLines(input: SourceInput, kind: string): AsyncGenerator<JsonRow | Rejected> {
  for await (const line of linesOf(input.bytes)) {
    if (line.bytes !== null && line.bytes.every((byte) => byte <= 0x20)) continue
    yield jsonRow(kind, line, { file: input.file, line: line.line, offset: line.offset, length: line.length })
  }
}

/** The entries of a JSON list, or objects one after another however they are broken into lines. */
export async function* jsonEntries(input: SourceInput, kind: string): AsyncGenerator<JsonRow | Rejected> {
  for await (const found of jsonItems(input.bytes)) {
    const { item, line, offset, length } = found
    yield jsonRow(kind, found, { file: input.file, item, line, offset, length })
  }
}

function jsonRow(kind: string, found: Span, place: Place): JsonRow | Rejected {
  if (found.bytes === null) return rejected(kind, null, place, tooLarge, found.sha256)
  const raw = found.bytes
  const decoded = decode(raw)
  if (decoded.kind === 'undecodable') return rejected(kind, raw, place, decoded)
  const value = parsedJson(decoded.text)
  return value === undefined ? rejected(kind, raw, place, noJson) : { is: 'json', value, raw, place }
}

/** The value of a JSON text; undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
