import { UsageError } from '#kernel/errors.ts'
import { delimiterOf, encodingOf, type FileMapping } from '../mapping.ts'
import type { Aside, Header, Place, Rejected, SourceInput } from '../source.ts'
import { csvRows, type CsvRow } from './csv-rows.ts'
import { rejected, wrongWidth } from './csv-table.ts'
import { jsonEntries, jsonLines, type JsonRow } from './json-rows.ts'

/** A row as a mapping reads it: texts by what the mapping calls them, and all that the row holds by its own names. */
export type MappedRow = {
  is: 'mapped'
  cells: Record<string, string | undefined>
  all: () => Record<string, string>
  raw: Buffer
  place: Place
}

/** The endings of files that a mapping can read. */
export const mappedEndings = ['.csv', '.tsv', '.txt', '.jsonl', '.ndjson', '.json'] as const

/**
 * Reads any CSV, or JSON by the ending of its file (`.jsonl` and `.ndjson` an object a line, `.json` a list), by a mapping.
 * Throws a UsageError for a file without the columns that the mapping names.
 */
export function mappedRows(
  input: SourceInput,
  mapping: FileMapping,
  kind: string,
): AsyncGenerator<MappedRow | Rejected | Header | Aside> {
  return /\.(jsonl|ndjson|json)$/i.test(input.file) ? jsonObjects(input, mapping, kind) : csvCells(input, mapping, kind)
}

async function* csvCells(
  input: SourceInput,
  mapping: FileMapping,
  kind: string,
): AsyncGenerator<MappedRow | Rejected | Header | Aside> {
  const dialect = { delimiter: delimiterOf(mapping), encoding: encodingOf(mapping) }
  let columns = input.columns
  let at = columns === undefined ? undefined : positionsOf(input.file, columns, mapping)
  for await (const found of csvRows(input.bytes, dialect)) {
    if (columns === undefined || at === undefined) {
      if (isDialectLine(found)) {
        yield { is: 'aside', what: 'separator line' }
        continue
      }
      columns = columnsOf(input.file, found, mapping)
      if (columns === undefined) {
        yield unreadable(kind, input.file, found)
        continue
      }
      at = positionsOf(input.file, columns, mapping)
      yield { is: 'header', file: input.file, columns, ...dialect }
      if (mapping.header) continue
    }
    yield cellsRow(kind, input.file, { columns, at }, found)
  }
}

/** Spreadsheets write `sep=;` above the header, for themselves. */
const isDialectLine = (found: CsvRow): boolean =>
  found.line === 1 && found.raw !== null && /^sep=.$/i.test(found.raw.toString('latin1').trim())

/** The columns by the first line: its names, or, without a header, the numbers of its cells. */
function columnsOf(file: string, found: CsvRow, mapping: FileMapping): string[] | undefined {
  if (found.is === 'cells') return mapping.header ? found.cells.map((cell) => cell.trim()) : found.cells.map((_, index) => String(index + 1)) // prettier-ignore
  if (mapping.header) throw new UsageError(`${file}, line ${found.line}: ${found.reason}. ${found.fix}`)
  return undefined
}

type Positions = ReadonlyMap<string, number>

function positionsOf(file: string, columns: readonly string[], mapping: FileMapping): Positions {
  return new Map(
    namedColumns(mapping).map(([field, where]): [string, number] => {
      const index = typeof where === 'number' ? where - 1 : columns.indexOf(where)
      if (index >= 0 && index < columns.length) return [field, index]
      const wanted = typeof where === 'number' ? `column ${where}` : `column "${where}"`
      const there = mapping.header ? columns.map((name, at) => `${at + 1} "${name}"`).join(', ') : `1 to ${columns.length}` // prettier-ignore
      throw new UsageError(`${file} has no ${wanted}, which the mapping takes for ${field}. Its columns are: ${there}`)
    }),
  )
}

const namedColumns = ({ columns }: FileMapping): [string, string | number][] =>
  Object.entries(columns).flatMap(([field, where]) => (where === undefined ? [] : [[field, where]]))

const unreadable = (kind: string, file: string, found: CsvRow): Rejected => {
  const trouble = found.is === 'bad' ? found : { reason: 'The row cannot be read', fix: 'Correct it' }
  return rejected(kind, found.raw, placeOf(file, found), trouble, found.is === 'bad' ? found.sha256 : undefined)
}

const placeOf = (file: string, { line, offset, length }: CsvRow): Place => ({ file, line, offset, length })

function cellsRow(
  kind: string,
  file: string,
  { columns, at }: { columns: readonly string[]; at: Positions },
  found: CsvRow,
): MappedRow | Rejected {
  if (found.is === 'bad') return unreadable(kind, file, found)
  const { cells, raw } = found
  const place = placeOf(file, found)
  if (cells.length !== columns.length) return rejected(kind, raw, place, wrongWidth(cells.length, columns.length))
  const named: MappedRow['cells'] = {}
  for (const [field, index] of at) named[field] = cells[index]
  return {
    is: 'mapped',
    cells: named,
    all: () => Object.fromEntries(columns.map((name, index) => [name, cells[index]!])),
    raw,
    place,
  }
}

async function* jsonObjects(
  input: SourceInput,
  mapping: FileMapping,
  kind: string,
): AsyncGenerator<MappedRow | Rejected> {
  const named = namedColumns(mapping)
  const numbered = named.find(([, where]) => typeof where === 'number')
  if (numbered) throw new UsageError(`${input.file} is JSON, whose fields have names and no numbers: name the one for ${numbered[0]}`) // prettier-ignore
  const rows = /\.json$/i.test(input.file) ? jsonEntries(input, kind) : jsonLines(input, kind)
  for await (const row of rows) yield row.is === 'json' ? objectRow(row, named) : row
}

function objectRow({ value, raw, place }: JsonRow, named: readonly [string, string | number][]): MappedRow {
  const at = named.map(([field, where]): [string, string | undefined] => [field, textAt(value, String(where))])
  return { is: 'mapped', cells: Object.fromEntries(at), all: () => flattened(value), raw, place }
}

const inside = (held: unknown, name: string): unknown =>
  typeof held === 'object' && held !== null && Object.hasOwn(held, name) ? (held as Record<string, unknown>)[name] : undefined // prettier-ignore

/** The text, number or truth at a dotted path (`customer.email`, `items.0.sku`); a name that holds dots itself wins. */
function textAt(value: unknown, path: string): string | undefined {
  const direct = inside(value, path)
  return textOf(direct === undefined ? path.split('.').reduce(inside, value) : direct)
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined // prettier-ignore

/** All texts, numbers and truths of a value, by their dotted paths. */
export function flattened(value: unknown, above = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null) {
    const text = textOf(value)
    return text === undefined ? {} : { [above]: text }
  }
  const inner = Object.entries(value).map(([name, held]) => flattened(held, above === '' ? name : `${above}.${name}`))
  return Object.assign({}, ...inner) as Record<string, string>
}
