import { parse } from 'csv-parse/sync'
import { sha256 } from '#kernel/crypto.ts'
import { codeOf } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import { decode } from './encoding.ts'
import { linesOf, longestRow, type Line } from './lines.ts'

/** `blanks`: any run of spaces and tabs separates, and quotes mean nothing. */
export type Dialect = { delimiter: string; encoding?: string | undefined }

type Spot = { line: number; offset: number; length: number }

/** A row of a CSV file, or what is wrong with it. A quoted cell may span lines. */
export type CsvRow = Spot &
  (
    | { is: 'cells'; cells: string[]; raw: Buffer }
    | { is: 'bad'; raw: Buffer | null; sha256: Hash; reason: string; fix: string }
  )

const mostLines = 1000
const quote = 0x22

/**
 * Reads a CSV stream row by row. csv-parse reads the cells; what belongs to a row is decided here, because a parser
 * that meets a stray quote takes the rest of the file for one cell: here the line is set aside and the next one read.
 */
export async function* csvRows(bytes: AsyncIterable<Uint8Array>, dialect: Dialect): AsyncGenerator<CsvRow> {
  let held: Line[] = []
  let tried = 0
  function* settle(atEnd: boolean): Generator<CsvRow> {
    while (held.length > 0) {
      const found = firstRow(held, tried, atEnd, dialect)
      tried = found === null ? held.length : 0
      if (found === null) return
      held = held.slice(found.lines)
      if (found.row) yield found.row
    }
  }
  for await (const line of linesOf(bytes)) {
    held.push(line)
    yield* settle(false)
  }
  yield* settle(true)
}

type Found = { lines: number; row: CsvRow | null }

/** The first row of the held lines; null when it may go on beyond them. Empty lines are no rows. */
function firstRow(held: readonly Line[], tried: number, atEnd: boolean, dialect: Dialect): Found | null {
  const first = held[0]!
  if (first.bytes === null) return { lines: 1, row: bad(first, 'The row is larger than 1 MB', 'Shorten the row, or split the file: it was not kept, only its place and hash') } // prettier-ignore
  if (isBlank(first.bytes)) return { lines: 1, row: null }
  if (dialect.delimiter === 'blanks' || !first.bytes.includes(quote)) return { lines: 1, row: plainRow(first, dialect) }
  let size = held.slice(0, tried).reduce((sum, line) => sum + line.length, 0)
  for (let lines = tried + 1; lines <= held.length; lines += 1) {
    const last = held[lines - 1]!
    size += last.length
    if (lines > mostLines || size > longestRow || last.bytes === null)
      return { lines: 1, row: bad(first, ...neverClosed) }
    if (lines > 1 && !last.bytes.includes(quote)) continue
    const raw = whole(held.slice(0, lines))
    const cells = quotedCells(raw, dialect.delimiter)
    if (cells === 'broken') return { lines: 1, row: bad(first, ...brokenQuotes) }
    if (cells !== 'open') return { lines, row: decodedRow(first, raw, cells, dialect) }
  }
  return atEnd ? { lines: 1, row: bad(first, ...neverClosed) } : null
}

const space = 0x20

/** Most rows begin with a letter: one look tells. */
const isBlank = (bytes: Buffer): boolean =>
  !(bytes[0]! > space && bytes[0]! < 0x80) && /^\s*$/.test(bytes.toString('latin1'))

const neverClosed = ['A quote is opened and never closed', 'Close the quote, or double it ("") where it stands inside a cell'] as const // prettier-ignore
const brokenQuotes = ['A quote stands inside a cell', 'Quote the whole cell and double the quotes inside it ("")'] as const // prettier-ignore

function bad(line: Line, reason: string, fix: string, raw: Buffer | null = line.bytes): CsvRow {
  const hash = raw === null ? (line.sha256 ?? sha256('')) : sha256(raw)
  const length = raw === null ? line.length : raw.length
  return { is: 'bad', line: line.line, offset: line.offset, length, raw, sha256: hash, reason, fix }
}

const whole = (lines: readonly Line[]): Buffer =>
  lines.length === 1
    ? lines[0]!.bytes!
    : Buffer.concat(
        lines.flatMap((line, index) => (index === 0 ? [line.bytes!] : [endOf(lines[index - 1]!.crlf), line.bytes!])),
      )

const endOf = (crlf: boolean): Buffer => Buffer.from(crlf ? '\r\n' : '\n')

function plainRow(line: Line, dialect: Dialect): CsvRow {
  const raw = line.bytes!
  const decoded = decode(raw, dialect.encoding)
  if (decoded.kind === 'undecodable') return bad(line, decoded.reason, decoded.fix)
  const { delimiter } = dialect
  const cells = delimiter === 'blanks' ? decoded.text.trim().split(/\s+/) : decoded.text.split(delimiter)
  return { is: 'cells', line: line.line, offset: line.offset, length: raw.length, cells, raw }
}

/** Cells as bytes in Latin-1 clothes, one letter a byte: quotes and delimiters are found before decoding. */
function quotedCells(raw: Buffer, delimiter: string): string[] | 'open' | 'broken' {
  try {
    const rows: string[][] = parse(raw.toString('latin1'), { delimiter, relax_column_count: true })
    return rows.length === 1 ? rows[0]! : 'broken'
  } catch (fault) {
    return codeOf(fault) === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken'
  }
}

function decodedRow(first: Line, raw: Buffer, cells: readonly string[], dialect: Dialect): CsvRow {
  const decoded = decode(raw, dialect.encoding)
  if (decoded.kind === 'undecodable') return bad(first, decoded.reason, decoded.fix, raw)
  const spot = { is: 'cells', line: first.line, offset: first.offset, length: raw.length, raw } as const
  // As many letters as bytes: none took more than one, and Latin-1 clothes fit.
  if ((dialect.encoding ?? 'utf-8') === 'utf-8' && decoded.text.length === raw.length)
    return { ...spot, cells: [...cells] }
  const texts = cells.map((cell) => decode(Buffer.from(cell, 'latin1'), dialect.encoding))
  const readable = texts.flatMap((cell) => (cell.kind === 'text' ? [cell.text] : []))
  return { ...spot, cells: readable }
}
