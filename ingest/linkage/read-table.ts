import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf, UsageError } from '#kernel/errors.ts'
import { csvShape, type CsvShape } from './csv-shape.ts'
import { named, quoted, type Duck } from './duck.ts'
import { isParquet, plainText, startOf } from './plain-text.ts'

type TableFile = { name: string; path: string }

/** What was read: the columns of table `raw`, all text, one row a record in the order of the files. */
export type RawTable = {
  columns: readonly string[]
  rows: number
  /** The files, as column `file:` names them, with the columns that each has. */
  files: readonly { name: string; columns: readonly string[] }[]
  warnings: readonly string[]
}

/**
 * Reads a CSV or Parquet file into the table `raw`, every column as text. A second file is added below the first; its
 * rows keep the name of their file. Throws UsageError for a file that is no table.
 */
export async function readTable(duck: Duck, files: readonly TableFile[]): Promise<RawTable> {
  const copies = await mkdtemp(join(tmpdir(), 'millrace-copies-'))
  try {
    const parts: Part[] = []
    for (const [index, file] of files.entries()) parts.push(await partOf(duck, file, join(copies, `${index}.csv`)))
    // Order is kept while reading only: the place of a record in its file is its number from here on.
    await duck.run('set preserve_insertion_order = true')
    const known: RawTable['files'][number][] = []
    for (const [index, file] of files.entries()) {
      await fill(duck, `part${index}`, file, parts[index]!)
      known.push({ name: file.name, columns: await columnsOf(duck, `part${index}`) })
    }
    await unite(duck, files)
    await duck.run('set preserve_insertion_order = false')
    const rows = await countOf(duck, 'raw')
    if (rows === 0) throw new UsageError(`${files[0]!.name} has no records`)
    const columns = (await columnsOf(duck, 'raw')).filter((name) => name !== 'file:')
    const warnings = [...parts.flatMap((part) => part.notes), ...(await longCells(duck, columns))]
    return { columns, rows, files: known, warnings }
  } finally {
    await rm(copies, { recursive: true, force: true })
  }
}

/** A file as SQL reads it. `calm` is slower and reads what the quick way cannot: rows of several lines in a large file. */
type Part = { select: (calm: boolean) => string; notes: string[] }

async function partOf(duck: Duck, file: TableFile, copy: string): Promise<Part> {
  const start = await startOf(file)
  if (isParquet(start))
    return { select: () => `select columns(*)::varchar from read_parquet(${quoted(file.path)})`, notes: [] }
  const { path, note } = await plainText(file, start, copy)
  const text = (await startOf({ ...file, path })).toString().replace(/^\uFEFF/, '')
  if (text.trim() === '') throw new UsageError(`${file.name} is empty: there are only blanks in it`)
  const shape = csvShape(text)
  const titles = shape.skip > 0 ? [`The first ${shape.skip} lines of ${file.name} are no table: left out`] : []
  const numbered = Array.from({ length: shape.cells }, (_, at) => `column${at}`)
  const names = shape.header ? await headerOf(duck, csvSelect(path, shape, numbered, false, true), file) : numbered
  return {
    select: (calm) => csvSelect(path, shape, names, shape.header, calm),
    notes: note === null ? titles : [note, ...titles],
  }
}

/** Everything is told and nothing left to the engine to find out: where it guesses, it leaves lines out in silence. */
const csvSelect = (path: string, shape: CsvShape, names: readonly string[], header: boolean, calm: boolean): string =>
  `select * from read_csv(${quoted(path)}, auto_detect = false, delim = ${quoted(shape.delimiter)}, skip = ${shape.skip},
    header = ${header}, columns = {${names.map((name) => `${quoted(name)}: 'VARCHAR'`).join(', ')}}, quote = '"', escape = '"',
    null_padding = true, strict_mode = false, parallel = ${!calm})`

/** The names in the first row, each once: those without a name are numbered, and so are those that come again. */
async function headerOf(duck: Duck, select: string, file: TableFile): Promise<string[]> {
  const cells = await duck.columns(`${select} limit 1`).catch((fault: unknown) => {
    throw unreadable(file, fault)
  })
  const taken = new Set(['file:'])
  return cells.map(([cell], at) => {
    const name = typeof cell === 'string' && cell.trim() !== '' ? cell : `column${at}`
    const free = Array.from({ length: at + 2 }, (_, n) => (n === 0 ? name : `${name}_${n}`)).find((one) => !taken.has(one.toLowerCase()))! // prettier-ignore
    taken.add(free.toLowerCase())
    return free
  })
}

/** What the engine says holds the row itself: only its place is told. */
function unreadable({ name }: TableFile, fault: unknown): UsageError {
  const line = /Error on Line: (\d+)/.exec(messageOf(fault))?.[1]
  const where = line === undefined ? 'Is it CSV or Parquet, and whole?' : `Look at line ${line}: is a quote not closed?`
  return new UsageError(`${name} cannot be read as a table. ${where}`, { cause: fault })
}

async function fill(duck: Duck, table: string, file: TableFile, { select }: Part): Promise<void> {
  const create = (calm: boolean): Promise<void> => duck.run(`create table ${table} as ${select(calm)}`)
  try {
    await create(false).catch((fault: unknown) => {
      if (!messageOf(fault).includes('parallel')) throw fault
      return create(true)
    })
  } catch (fault) {
    throw unreadable(file, fault)
  }
}

const usualLines = 8

/** A quote that is not closed makes one cell of many rows. */
async function longCells(duck: Duck, columns: readonly string[]): Promise<string[]> {
  const lines = columns.map((name) => `case when contains(${named(name)}, chr(10)) then len(string_split(${named(name)}, chr(10))) else 1 end`) // prettier-ignore
  const [records, counts] = await duck.columns(
    `select (rowid + 1)::double, most::double from (select rowid, greatest(${lines.join(', ')}) as most from raw)
     where most > ${usualLines} order by rowid limit 1`,
  )
  return records!.map((record, at) => `A cell of record ${Number(record)} holds ${Number(counts![at])} lines. Is a quote before it not closed? Then records are lost`) // prettier-ignore
}

/** One table of all files; columns of one name are one column. */
async function unite(duck: Duck, files: readonly TableFile[]): Promise<void> {
  const selects = files.map(({ name }, index) => `select ${quoted(name)} as "file:", * from part${index}`)
  await duck.run(`create table raw as ${selects.join(' union all by name ')}`)
  for (const [index] of files.entries()) await duck.run(`drop table part${index}`)
}

async function columnsOf(duck: Duck, table: string): Promise<string[]> {
  const [names] = await duck.columns(
    `select column_name from duckdb_columns() where table_name = ${quoted(table)} order by column_index`,
  )
  return names!.map(String)
}

async function countOf(duck: Duck, table: string): Promise<number> {
  const [count] = await duck.columns(`select count(*)::int from ${table}`)
  return Number(count![0])
}
