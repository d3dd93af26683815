import { parse } from 'csv-parse/sync'
import { decode } from './reading/encoding.ts'
import type { Header, Item } from './source.ts'

export type FieldType = 'empty' | 'text' | 'number' | 'date' | 'boolean' | 'list' | 'object'

/** How many rows of a kind were looked at, and how often each field held a value of each type. */
export type Shape = { kind: string; rows: number; fields: { field: string; type: FieldType; seen: number }[] }

/** What changed in the rows of a kind since the run before. */
export type Drift = { kind: string; field: string } & (
  | { is: 'new' }
  | { is: 'missing' }
  | { is: 'retyped'; was: FieldType; now: FieldType }
)

/** The headers of the files of a run, by file: what tells the cells of a raw row apart. */
export type Headers = ReadonlyMap<string, Header>

const mostLookedAt = 50

/**
 * Looks at rows as they came, at most 50 of those given, evenly: the columns of a CSV row by the header of its file, or
 * the top-level fields of a JSON object. Rows of any other kind (documents) have no fields.
 */
export function shapesOf(items: readonly Item[], headers: Headers): Shape[] {
  const rows = items.filter((item) => item.is === 'row')
  const step = Math.max(1, Math.ceil(rows.length / mostLookedAt))
  const shapes = new Map<string, { rows: number; seen: Map<string, number> }>()
  for (let index = 0; index < rows.length; index += step) {
    const row = rows[index]!
    const typed = typedFields(row.raw, headers.get(row.place.file))
    if (typed === null) continue
    const shape = shapes.get(row.kind) ?? { rows: 0, seen: new Map<string, number>() }
    shapes.set(row.kind, shape)
    shape.rows += 1
    for (const [field, type] of typed) {
      const key = `${type}\n${field}`
      shape.seen.set(key, (shape.seen.get(key) ?? 0) + 1)
    }
  }
  return [...shapes].map(([kind, shape]) => ({
    kind,
    rows: shape.rows,
    fields: [...shape.seen].map(([key, seen]) => {
      const end = key.indexOf('\n')
      return { type: key.slice(0, end) as FieldType, field: key.slice(end + 1), seen }
    }),
  }))
}

function typedFields(raw: Buffer, header: Header | undefined): [string, FieldType][] | null {
  if (header) {
    const cells = cellsOf(raw, header)
    // A name may stand twice in a header; the last of them counts.
    return [...new Map(header.columns.map((name, index) => [storable(name), typeOfCell(cells[index] ?? '')]))]
  }
  const object = raw[0] === 0x7b ? jsonObject(raw) : null
  return object && Object.entries(object).map(([name, value]) => [storable(name), typeOfJson(value)])
}

/** No database text holds a zero character; nobody reads a name of a page. */
const storable = (name: string): string => name.replaceAll('\0', '').slice(0, 100)

function cellsOf(raw: Buffer, { delimiter = ',', encoding }: Header): string[] {
  const decoded = decode(raw, encoding)
  if (decoded.kind !== 'text') return []
  if (delimiter === 'blanks') return decoded.text.trim().split(/\s+/)
  if (!decoded.text.includes('"')) return decoded.text.split(/\r?\n/, 1)[0]!.split(delimiter)
  const rows: string[][] = parse(decoded.text, { delimiter, relax_column_count: true, relax_quotes: true, to: 1 })
  return rows[0] ?? []
}

function jsonObject(raw: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null // prettier-ignore
  } catch {
    return null
  }
}

const isDate = /^(\d{4}-\d{2}(-\d{2})?([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?)$/

/** What a cell of a CSV file looks like. */
export function typeOfCell(cell: string): FieldType {
  const text = cell.trim()
  if (text === '') return 'empty'
  if (isDate.test(text)) return 'date'
  if (/^[-+]?[\d.,'  ]*\d ?%?$/.test(text)) return 'number'
  return /^(true|false|yes|no)$/i.test(text) ? 'boolean' : 'text'
}

function typeOfJson(value: unknown): FieldType {
  if (value === null || value === undefined || value === '') return 'empty'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'object') return 'object'
  return typeof value === 'string' && isDate.test(value) ? 'date' : 'text'
}

/** Of how many rows the field that always stood there must be gone before it is missing: by chance e^-5, under 1 %. */
const fewestExpected = 5
/** Which share of the values of a field must be of one type for it to be the field's type. */
const mostly = 0.8
const fewestValues = 5

/**
 * What differs between the rows of two runs. New: never seen in the run before. Missing: in none of the rows, where by
 * its share in the run before at least 5 were to be expected, or where every row had it. Retyped: at least 80 % of its values were of one type and
 * now are of another, 5 values or more on either side.
 */
export function driftBetween(before: Shape, now: Shape): Drift[] {
  const { kind } = now
  const [was, is] = [fieldsOf(before), fieldsOf(now)]
  const added = [...is.keys()].filter((field) => !was.has(field)).map((field): Drift => ({ kind, field, is: 'new' }))
  const gone = [...was].flatMap(([field, types]): Drift[] => {
    const expected = (count(types) / before.rows) * now.rows
    const always = count(types) === before.rows && before.rows >= fewestExpected
    return !is.has(field) && (always || expected >= fewestExpected) ? [{ kind, field, is: 'missing' }] : []
  })
  const retyped = [...is].flatMap(([field, types]): Drift[] => {
    const [one, other] = [typeOf(was.get(field)), typeOf(types)]
    return one === null || other === null || one === other ? [] : [{ kind, field, is: 'retyped', was: one, now: other }]
  })
  return [...added, ...gone, ...retyped].toSorted((a, b) => (a.field < b.field ? -1 : 1))
}

type Types = ReadonlyMap<FieldType, number>

function fieldsOf(shape: Shape): Map<string, Types> {
  const fields = new Map<string, Map<FieldType, number>>()
  for (const { field, type, seen } of shape.fields) {
    const types = fields.get(field) ?? new Map<FieldType, number>()
    fields.set(field, types.set(type, (types.get(type) ?? 0) + seen))
  }
  return fields
}

const count = (types: Types): number => [...types.values()].reduce((sum, seen) => sum + seen, 0)

function typeOf(types: Types | undefined): FieldType | null {
  const held = [...(types ?? [])].filter(([type]) => type !== 'empty')
  const all = held.reduce((sum, [, seen]) => sum + seen, 0)
  return all < fewestValues ? null : (held.find(([, seen]) => seen >= mostly * all)?.[0] ?? null)
}

/** A drift in words: `amount was a number and is text`. */
export function wordsOfDrift(drift: Drift): string {
  if (drift.is === 'new') return `"${drift.field}" is new`
  if (drift.is === 'missing') return `"${drift.field}" is missing`
  return `"${drift.field}" was ${drift.was} and is ${drift.now}`
}
