import { basename } from 'node:path'
import { UsageError } from '#kernel/errors.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { typeOfCell } from '../drift.ts'
import { delimiterOf, type FileMapping } from '../mapping.ts'
import { csvRows } from './csv-rows.ts'
import { decode } from './encoding.ts'
import { bytesOf, inputFiles } from './input-files.ts'
import { jsonEntries, jsonLines } from './json-rows.ts'
import { flattened, mappedEndings } from './mapped-rows.ts'

/** The beginning of a file, and what the file seems to be like. Columns of a file without a header are its numbers. */
export type Sample = {
  columns: string[]
  rows: string[][]
  delimiter: Exclude<FileMapping['delimiter'], 'blanks'> | 'blanks'
  header: boolean
  encoding: 'utf-8' | 'windows-1252'
  /** In which zone moments without an offset are read. */
  zone: string
}

const mostBytes = 512 * 1024
const mostRows = 500

/** Reads the first rows of a file (of the first file of a folder) to guess by. Throws a UsageError where there are none. */
export async function sampleOf(path: string, zone: string): Promise<Sample> {
  const [file] = await inputFiles(path, { endings: mappedEndings })
  if (!file) throw new UsageError(`${path} has no files that can be read by a mapping`)
  const bytes = await beginning(bytesOf(file))
  return /\.(jsonl|ndjson|json)$/i.test(file.name) ? jsonSample(file.name, bytes, zone) : csvSample(basename(file.path), bytes, zone) // prettier-ignore
}

/** The first bytes, whole lines only, unless the first line is longer than that. */
async function beginning(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of bytes) {
    parts.push(part)
    length += part.length
    if (length >= mostBytes) break
  }
  const all = Buffer.concat(parts)
  const end = length < mostBytes ? -1 : all.lastIndexOf(0x0a)
  return end < 0 ? all : all.subarray(0, end + 1)
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve()
  yield bytes
}

const delimiters = ['comma', 'semicolon', 'tab', 'pipe'] as const

async function csvSample(file: string, bytes: Buffer, zone: string): Promise<Sample> {
  const encoding = decode(bytes).kind === 'text' ? 'utf-8' : 'windows-1252'
  const tables = await Promise.all(
    delimiters.map(async (delimiter) => ({ delimiter, cells: await cellsBy(bytes, delimiter, encoding) })),
  )
  const best = tables.toSorted((a, b) => evenness(b.cells) - evenness(a.cells))[0]!
  const { delimiter, cells } = evenness(best.cells) > 0 ? best : await blankTable(bytes, encoding)
  const [first, ...rest] = cells
  if (!first) throw new UsageError(`${file} has no rows that can be read: check that it is a table in text`)
  const header = !first.some((cell) => ['number', 'date'].includes(typeOfCell(cell)) || canonicalEmail(cell) !== undefined) // prettier-ignore
  const columns = header ? first.map((cell) => cell.trim()) : first.map((_, index) => String(index + 1))
  const rows = (header ? rest : cells).filter((row) => row.length === columns.length)
  return { columns, rows, delimiter, header, encoding, zone }
}

async function blankTable(
  bytes: Buffer,
  encoding: string,
): Promise<{ delimiter: Sample['delimiter']; cells: string[][] }> {
  const cells = await cellsBy(bytes, 'blanks', encoding)
  return evenness(cells) > 0 && cells.every((row) => row.length === cells[0]?.length) ? { delimiter: 'blanks', cells } : { delimiter: 'comma', cells: await cellsBy(bytes, 'comma', encoding) } // prettier-ignore
}

async function cellsBy(bytes: Buffer, delimiter: Sample['delimiter'], encoding: string): Promise<string[][]> {
  const rows: string[][] = []
  for await (const row of csvRows(once(bytes), { delimiter: delimiterOf({ delimiter }), encoding })) {
    if (row.line === 1 && row.raw && /^sep=.$/i.test(row.raw.toString('latin1').trim())) continue
    if (row.is === 'cells') rows.push(row.cells)
    if (rows.length >= mostRows) break
  }
  return rows
}

/** How much a separator makes a table of rows: the share of rows as wide as the first, where that is wider than one. */
function evenness(rows: readonly string[][]): number {
  const width = rows[0]?.length ?? 0
  if (width < 2) return 0
  return rows.filter((row) => row.length === width).length / rows.length + width / 1000
}

async function jsonSample(file: string, bytes: Buffer, zone: string): Promise<Sample> {
  const input = { file, bytes: once(bytes) }
  const found: Record<string, string>[] = []
  for await (const row of /\.json$/i.test(file) ? jsonEntries(input, 'row') : jsonLines(input, 'row')) {
    if (row.is === 'json') found.push(flattened(row.value))
    if (found.length >= mostRows) break
  }
  const columns = [...new Set(found.flatMap((row) => Object.keys(row)))]
  if (columns.length === 0) throw new UsageError(`${file} holds no JSON objects: check that it is the right file`)
  const rows = found.map((row) => columns.map((column) => row[column] ?? ''))
  return { columns, rows, delimiter: 'comma', header: true, encoding: 'utf-8', zone }
}
