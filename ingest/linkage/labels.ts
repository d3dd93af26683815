import { existsSync } from 'node:fs'
import { parse } from 'node:path'
import { UsageError } from '#kernel/errors.ts'
import { named, openDuck, quoted, type Duck } from './duck.ts'
import type { Labelled } from './evaluate.ts'
import { readTable } from './read-table.ts'

/** Where the truth stands: a file, and in it a column with, perhaps, a pattern (`cluster`, `rec_id:^rec-(\d+)`). */
export type TruthPlace = { path: string; label: string }

export type Labels = {
  clusters: Labelled[]
  truth: Labelled[]
  /** The column of the truth that was found to hold the record ids. */
  idColumn: string
  /** Records of the truth whose label is empty, or does not match the pattern. */
  unlabelled: number
}

/**
 * Takes `FILE:column[:regex]` apart. Paths may hold colons, and so may patterns: the file is the longest beginning that
 * is one. Throws a UsageError when no beginning names a file.
 */
export function truthPlace(text: string, pathOf: (path: string) => string): TruthPlace {
  for (let colon = text.lastIndexOf(':'); colon > 0; colon = text.lastIndexOf(':', colon - 1)) {
    const path = pathOf(text.slice(0, colon))
    if (existsSync(path)) return { path, label: text.slice(colon + 1) }
  }
  throw new UsageError(`--truth is FILE:column or FILE:column:regex, and no file was found where "${text}" begins`)
}

/**
 * Reads clusters (`record_id`, `cluster_id`) and the truth, each CSV or Parquet. Of the truth's columns the one that
 * names most of the clustered records holds the ids; where two files were linked, ids also meet without their file.
 * Throws a UsageError for missing columns and for ids that never meet.
 */
export async function readLabels(clustersPath: string, place: TruthPlace): Promise<Labels> {
  const duck = await openDuck()
  try {
    const made = await readAs(duck, 'clusters', clustersPath)
    for (const column of ['record_id', 'cluster_id']) {
      if (!made.includes(column)) throw noColumn(clustersPath, column, made)
    }
    const known = await readAs(duck, 'truth', place.path)
    const { column, pattern } = columnAndPattern(place, known)
    const { idColumn, key } = await meetingOf(duck, known, place.path)
    const clusters = rowsOf(await duck.columns(`select ${cell('record_id')}, ${cell('cluster_id')} from clusters`))
    const rows = rowsOf(
      await duck.columns(`select coalesce(record, id), coalesce(label, '')
        from (select ${cell(idColumn)} as id, ${cell(column)} as label from truth where id is not null)
        left join (select ${cell('record_id')} as record, ${key} as met from clusters) on met = id`),
    )
    const truth = rows.flatMap(([record, text]): Labelled[] => {
      const label = labelOf(text, pattern)
      return label === '' ? [] : [[record, label]]
    })
    return { clusters, truth, idColumn: idColumn.trim(), unlabelled: rows.length - truth.length }
  } finally {
    await duck.close()
  }
}

async function readAs(duck: Duck, table: string, path: string): Promise<readonly string[]> {
  const { columns } = await readTable(duck, [{ name: parse(path).base, path }])
  await duck.run(`alter table raw rename to ${table}`)
  return columns
}

/** A cell without the blanks around it that some files write after each comma; null where nothing is left. */
const cell = (column: string): string => `nullif(trim(${named(column)}), '')`

const noColumn = (path: string, column: string, columns: readonly string[]): UsageError =>
  new UsageError(`${parse(path).base} has no column "${column}". Its columns are: ${columns.map((name) => name.trim()).join(', ')}`) // prettier-ignore

/** The longest column name the label begins with; what follows its colon is the pattern. */
function columnAndPattern({ path, label }: TruthPlace, columns: readonly string[]) {
  const begins = (name: string): boolean => label === name.trim() || label.startsWith(`${name.trim()}:`)
  const [column] = columns.filter(begins).toSorted((a, b) => b.length - a.length)
  if (column === undefined) throw noColumn(path, label.split(':')[0]!, columns)
  const pattern = label.slice(column.trim().length + 1)
  if (pattern === '') return { column, pattern: null }
  try {
    return { column, pattern: new RegExp(pattern, 'u') }
  } catch (fault) {
    throw new UsageError(`"${pattern}" after the column is no regular expression`, { cause: fault })
  }
}

/** The first group of the pattern, or all it matched; nothing where it does not match. */
function labelOf(text: string, pattern: RegExp | null): string {
  if (pattern === null) return text
  const found = pattern.exec(text)
  return found?.[1] ?? found?.[0] ?? ''
}

type Meeting = { idColumn: string; /** The id of a clustered record as the truth writes it, in SQL. */ key: string }

async function meetingOf(duck: Duck, columns: readonly string[], path: string): Promise<Meeting> {
  const whole = cell('record_id')
  const { base, name } = parse(path)
  const file = `split_part(${whole}, ':', 1)`
  const ownFile = `${file} in (${quoted(base)}, ${quoted(name)})`
  const bare = `case when contains(${whole}, ':') and (${ownFile} or not exists (from clusters where ${ownFile}))
    then nullif(substr(${whole}, strpos(${whole}, ':') + 1), '') end`
  for (const key of [whole, bare]) {
    const counts = await duck.columns(`select ${columns.map((column) => metBy(column, key)).join(', ')}`)
    const met = counts.map((count) => Number(count[0]))
    const most = Math.max(...met)
    if (most > 0) return { idColumn: columns[met.indexOf(most)]!, key }
  }
  throw new UsageError(`No column of ${base} names a record of the clusters: is it the truth of the same file?`)
}

/** How many different records a column names: a number that repeats meets ids by chance, but only as often as it varies. */
const metBy = (column: string, key: string): string =>
  `(select count(distinct id) from (select ${cell(column)} as id from truth) where id in (select ${key} from clusters))::int`

const rowsOf = (columns: readonly (readonly unknown[])[]): [string, string][] =>
  columns[0]!.map((first, row) => [String(first), String(columns[1]![row])])
