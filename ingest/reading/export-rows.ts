import type { Aside, Header, Place, Rejected, SourceInput } from '../source.ts'
import { csvTable, type Table } from './csv-table.ts'
import { jsonEntries, jsonLines, type JsonRow } from './json-rows.ts'

/** A row by the names of its fields: of a JSON object, or of the columns of a CSV (`table`), whose values are texts. */
export type FieldRow = { is: 'fields'; fields: Record<string, unknown>; table: boolean; raw: Buffer; place: Place }

/** Reads an export that comes as JSON lines, as a JSON list or as CSV, by what it begins with. */
export async function* exportRows(
  input: SourceInput,
  table: Table,
): AsyncGenerator<FieldRow | Rejected | Header | Aside> {
  const { first, bytes } = await peeked(input.bytes)
  const held = { ...input, bytes }
  if (input.columns === undefined && (first === '{' || first === '[' || /\.(jsonl?|ndjson)$/i.test(input.file))) {
    const rows = first === '[' ? jsonEntries(held, table.kind) : jsonLines(held, table.kind)
    for await (const row of rows) yield row.is === 'json' ? fieldsOf(row) : row
    return
  }
  for await (const row of csvTable(held, table)) {
    yield row.is === 'cells' ? { is: 'fields', fields: row.row, table: true, raw: row.raw, place: row.place } : row
  }
}

const fieldsOf = ({ value, raw, place }: JsonRow): FieldRow => ({
  is: 'fields',
  // What is no object has no fields, so that its shape finds the first of them missing.
  fields: typeof value === 'object' && value !== null ? { ...value } : {},
  table: false,
  raw,
  place,
})

/** The first character of the bytes that says something, and the bytes from their beginning. */
export async function peeked(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ first: string | undefined; bytes: AsyncIterable<Uint8Array> }> {
  const rest = bytes[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let first: number | undefined
  while (first === undefined) {
    const next = await rest.next()
    if (next.done) break
    held.push(next.value)
    // Neither blanks nor a byte order mark.
    first = next.value.find((byte) => byte > 0x20 && byte < 0x80)
  }
  async function* again(): AsyncGenerator<Uint8Array> {
    try {
      yield* held
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
    } finally {
      await rest.return?.()
    }
  }
  return { first: first === undefined ? undefined : String.fromCharCode(first), bytes: again() }
}
