import { sha256 } from '#kernel/crypto.ts'
import { UsageError } from '#kernel/errors.ts'
import type { Aside, Header, Place, Rejected, SourceInput } from '../source.ts'
import { csvRows, type CsvRow, type Dialect } from './csv-rows.ts'

export type TableRow = { is: 'cells'; row: Record<string, string>; raw: Buffer; place: Place }

export type Table = {
  /** What a row is, for the records and the quarantine. */
  kind: string
  /** The columns without which it is not this export. */
  needed: readonly string[]
  dialect?: Dialect
  /** Lines before the header that are titles; without it the first line is the header. */
  isHeader?: (cells: readonly string[]) => boolean
  /** Lines among the rows that are none: totals. */
  asideOf?: (cells: readonly string[]) => string | null
}

const mostTitles = 20

/**
 * Reads a CSV export with a header, row by row. A row that cannot be read, or has more or fewer cells than the header,
 * is rejected; a file without the needed columns is a UsageError that names those it has.
 */
export async function* csvTable(
  input: SourceInput,
  table: Table,
): AsyncGenerator<TableRow | Rejected | Header | Aside> {
  let columns = input.columns
  let titles: string[][] = []
  for await (const found of csvRows(input.bytes, table.dialect ?? { delimiter: ',' })) {
    if (columns === undefined) {
      const cells = headerCells(input.file, found)
      if (table.isHeader && !table.isHeader(cells) && titles.length < mostTitles) {
        titles.push(cells)
        yield { is: 'aside', what: 'title line' }
        continue
      }
      columns = cells
      checkColumns(input.file, titles.length < mostTitles ? cells : (titles[0] ?? cells), table.needed)
      titles = []
      yield { is: 'header', file: input.file, columns, ...table.dialect }
      continue
    }
    yield rowOf(input.file, columns, found, table)
  }
  if (columns === undefined) checkColumns(input.file, titles[0] ?? [], table.needed)
}

function headerCells(file: string, found: CsvRow): string[] {
  if (found.is === 'bad') throw new UsageError(`${file}, line ${found.line}: ${found.reason}. ${found.fix}`)
  return found.cells.map((cell) => cell.trim())
}

/** Throws a UsageError that names the file, the columns it lacks and those it has. */
function checkColumns(file: string, columns: readonly string[], needed: readonly string[]): void {
  const missing = needed.filter((name) => !columns.includes(name))
  if (missing.length === 0) return
  const [lacks, has] = [missing, columns].map((names) => names.map((name) => `"${name}"`).join(', '))
  throw new UsageError(
    `${file} has no column ${lacks}. Its columns are: ${has || 'none'}. Check that it is the right file, with its header`,
  )
}

function rowOf(file: string, columns: readonly string[], found: CsvRow, table: Table): TableRow | Rejected | Aside {
  const place = { file, line: found.line, offset: found.offset, length: found.length }
  if (found.is === 'bad') return rejected(table.kind, found.raw, place, found, found.sha256)
  const aside = table.asideOf?.(found.cells) ?? null
  if (aside !== null) return { is: 'aside', what: aside }
  const { cells, raw } = found
  const spare = cells.slice(columns.length)
  if (cells.length < columns.length || spare.some((cell) => cell !== '')) {
    return rejected(table.kind, raw, place, wrongWidth(cells.length, columns.length))
  }
  return { is: 'cells', row: Object.fromEntries(columns.map((name, index) => [name, cells[index]!])), raw, place }
}

/** Several rows that are one record (an order and its items): their bytes, with the line ends between, and their place. */
export function joinedRows(rows: readonly TableRow[]): { raw: Buffer; place: Place } {
  const [first, last] = [rows[0]!, rows.at(-1)!]
  const parts = rows.flatMap(({ raw, place }, index) => {
    const before = rows[index - 1]?.place
    if (before === undefined) return [raw]
    return [Buffer.from(place.offset - before.offset - before.length === 2 ? '\r\n' : '\n'), raw]
  })
  const length = last.place.offset + last.place.length - first.place.offset
  return { raw: parts.length === 1 ? first.raw : Buffer.concat(parts), place: { ...first.place, length } }
}

/** Says how many cells a row has and how many it should have. */
export const wrongWidth = (has: number, wanted: number): { reason: string; fix: string } => ({
  reason: has < wanted ? 'The row has fewer cells than its header' : 'The row has more cells than its header',
  fix: `It has ${has} of ${wanted}: quote cells that hold the separator or a line break, and repair rows that were cut`,
})

/** A row that cannot be taken in, with its bytes as they came. */
export function rejected(
  kind: string,
  raw: Buffer | null,
  place: Place,
  trouble: { reason: string; fix: string },
  hash = raw === null ? sha256('') : sha256(raw),
): Rejected {
  return { is: 'rejected', kind, raw, sha256: hash, place, reason: trouble.reason, fix: trouble.fix }
}
