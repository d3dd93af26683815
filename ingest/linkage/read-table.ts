import { UsageError } from '#kernel/errors.ts'
import { quoted, type Duck } from './duck.ts'

/** What was read: the columns of table `raw`, all text, one row a record in the order of the files. */
export type RawTable = { columns: readonly string[]; rows: number }

/**
 * Reads a CSV or Parquet file into the table `raw`, every column as text. A second file is added below the first; its
 * rows keep the name of their file. Throws UsageError for a file that is no table.
 */
export async function readTable(duck: Duck, files: readonly { name: string; path: string }[]): Promise<RawTable> {
  const parts = await Promise.all(files.map((file) => selectOf(duck, file.path)))
  // Order is kept while reading only: the place of a record in its file is its number from here on.
  await duck.run('set preserve_insertion_order = true')
  try {
    const selects = parts.map((part, index) => `select ${quoted(files[index]!.name)} as "file:", * from ${part}`)
    await duck.run(`create table raw as ${selects.join(' union all by name ')}`)
  } catch (fault) {
    throw new UsageError(
      `${files.map((file) => file.name).join(' and ')} cannot be read as a table: is it CSV or Parquet?`,
      { cause: fault },
    )
  }
  await duck.run('set preserve_insertion_order = false')
  const [columns] = await duck.columns(
    `select column_name from duckdb_columns() where table_name = 'raw' order by column_index`,
  )
  const [count] = await duck.columns('select count(*)::int from raw')
  const rows = Number(count![0])
  if (rows === 0) throw new UsageError(`${files[0]!.name} has no records`)
  return { columns: columns!.map(String).filter((name) => name !== 'file:'), rows }
}

async function selectOf(duck: Duck, path: string): Promise<string> {
  if (/\.(parquet|pq)$/i.test(path)) return `(select columns(*)::varchar from read_parquet(${quoted(path)}))`
  const { delimiter, header } = await sniff(duck, path)
  return `read_csv(${quoted(path)}, delim = ${quoted(delimiter)}, header = ${header}, all_varchar = true,
    quote = '"', escape = '"', null_padding = true, strict_mode = false, normalize_names = false)`
}

/** The delimiter is the one the first lines agree on; a first line of names is a header. */
async function sniff(duck: Duck, path: string): Promise<{ delimiter: string; header: boolean }> {
  const [lines] = await duck.columns(
    `select l from (select unnest(string_split(replace(left(content, 200000), chr(13), ''), chr(10))) as l from read_text(${quoted(path)})) limit 200`,
  )
  const text = lines!.map(String).filter((line) => line !== '')
  const delimiter = [',', ';', '\t', '|']
    .map((mark) => ({ mark, fields: fieldsOf(text, mark) }))
    .toSorted((a, b) => b.fields - a.fields)[0]!.mark
  const first = (text[0] ?? '').split(delimiter)
  return { delimiter, header: !first.some((cell) => looksLikeData(cell)) }
}

/** In how many fields most lines fall apart; 0 where they do not agree. */
function fieldsOf(lines: readonly string[], mark: string): number {
  const counts = lines.map((line) => line.split(mark).length).toSorted((a, b) => a - b)
  return counts[Math.floor(counts.length / 2)] ?? 0
}

const looksLikeData = (cell: string): boolean => /^"?\s*([\d][\d\s./:-]*|\S+@\S+\.\S+)\s*"?$/.test(cell)
