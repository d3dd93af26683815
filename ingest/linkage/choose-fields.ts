import { UsageError } from '#kernel/errors.ts'
import { guessColumns } from '../columns/guess.ts'
import type { Field as Role } from '../columns/field.ts'
import { named, type Duck } from './duck.ts'
import { field, standard, type Field } from './fields.ts'
import { mostFields } from './patterns.ts'
import type { ColumnMap } from './map.ts'
import type { RawTable } from './read-table.ts'

/** What was made of a table's columns. */
export type Choice = {
  fields: Field[]
  /** The column of record ids; null = records go by the number of their row, from 1. */
  id: string | null
  /** What each column was taken for, and why. */
  columns: { column: string; field: Role; why: string }[]
  warnings: string[]
}

type Taken = { column: string; field: Role; why: string; format?: string | undefined }

const sampled = 3000
const fewValues = 40

/**
 * Decides what to compare: by the map where one is given, else by guessing from names and contents. Columns that look
 * like the truth are never used. Throws UsageError where nothing of a person is left, or a mapped column is not there.
 */
export async function chooseFields(duck: Duck, table: RawTable, map: ColumnMap | null): Promise<Choice> {
  const columns = map ? fromMap(table, map) : await fromGuess(duck, table)
  const { id, warnings } = await idOf(duck, table, columns, map !== null)
  const { used, empty } = await withValues(
    duck,
    columns.filter((one) => one.column !== id),
  )
  for (const one of empty)
    warnings.push(`"${one.column.trim()}" has no value, or one and the same in every record: left out`)
  const fields = fieldsOf(used)
  if (fields.length === 0 && (await areEqual(duck, table)))
    warnings.push('All records are equal in every column: nothing tells people apart, so none were joined')
  else if (fields.length === 0) {
    throw new UsageError(
      `No column says anything of a person: ${table.columns.map((name) => name.trim()).join(', ')}. Say which does with --map (docs/identity-map.schema.json)`,
    )
  }
  for (const extra of fields.slice(mostFields))
    warnings.push(`"${extra.name}" is left out: at most ${mostFields} properties are compared`)
  return { fields: fields.slice(0, mostFields), id, columns, warnings }
}

function fromMap(table: RawTable, map: ColumnMap): Taken[] {
  return Object.entries(map).map(([name, told]) => {
    const column = table.columns.find((one) => one === name) ?? table.columns.find((one) => one.trim() === name.trim())
    if (column === undefined)
      throw new UsageError(`The map names a column "${name}" that is not there. Its columns: ${table.columns.map((one) => one.trim()).join(', ')}`) // prettier-ignore
    const { field: role, format } = typeof told === 'string' ? { field: told, format: undefined } : told
    return { column, field: role, why: 'the map says so', format }
  })
}

async function fromGuess(duck: Duck, { columns, rows }: RawTable): Promise<Taken[]> {
  const step = Math.max(1, Math.floor(rows / sampled))
  const values = await duck.columns(
    `select ${columns.map(named).join(', ')} from raw where rowid % ${step} = 0 order by rowid limit ${sampled}`,
  )
  const cells = values.map((column) => column.map((value) => (value === null ? null : String(value))))
  const sample = Array.from({ length: cells[0]?.length ?? 0 }, (_, row) => cells.map((column) => column[row] ?? null))
  return guessColumns({ header: columns.map((name) => name.trim()), rows: sample }).map((guess, index) => {
    // A property of many values, guessed and not told, is compared by its letters too: they are typed by hand.
    const many = guess.field === 'exact' && new Set(cells[index]).size > fewValues
    return { ...guess, column: columns[index]!, field: many ? 'fuzzy' : guess.field }
  })
}

/** The ids must tell all records apart; a guessed column that does not is no id. */
async function idOf(
  duck: Duck,
  table: RawTable,
  columns: readonly Taken[],
  told: boolean,
): Promise<{ id: string | null; warnings: string[] }> {
  const column = columns.find((one) => one.field === 'record-id')?.column
  if (column === undefined)
    return { id: null, warnings: ['No column of record ids was found: records go by the number of their row'] }
  const [count] = await duck.columns(
    `select count(*)::double from (select distinct "file:", ${named(column)} from raw where ${named(column)} is not null)`,
  )
  if (Number(count![0]) === table.rows) return { id: column, warnings: [] }
  const problem = `"${column.trim()}" is missing or the same in several records`
  if (told) throw new UsageError(`${problem}, so it cannot be the record id: map another column, or none`)
  return { id: null, warnings: [`${problem}: records go by the number of their row`] }
}

/** Whether the records are all alike, and not simply empty. */
async function areEqual(duck: Duck, { columns }: RawTable): Promise<boolean> {
  const counts = await duck.columns(
    `select ${columns.map((name) => `approx_count_distinct(${named(name)})::int`).join(', ')} from raw`,
  )
  return counts.some((column) => Number(column[0]) === 1)
}

async function withValues(duck: Duck, columns: readonly Taken[]): Promise<{ used: Taken[]; empty: Taken[] }> {
  const comparable = columns.filter(({ field: role }) => !left.has(role))
  if (comparable.length === 0) return { used: [], empty: [] }
  const counts = await duck.columns(
    `select ${comparable.map(({ column }) => `count(nullif(trim(${named(column)}), ''))::double`).join(', ')} from raw`,
  )
  const isEmpty = (index: number): boolean => Number(counts[index]![0]) === 0
  return {
    used: comparable.filter((_, index) => !isEmpty(index)),
    empty: [...comparable.filter((_, index) => isEmpty(index)), ...columns.filter((one) => one.field === 'empty')],
  }
}

const left: ReadonlySet<Role> = new Set(['record-id', 'truth', 'derived', 'empty', 'ignore', 'middle'])

/** Fields in the order of how much they usually tell. */
function fieldsOf(columns: readonly Taken[]): Field[] {
  const of = (role: Role): Taken[] => columns.filter((one) => one.field === role)
  const single = (name: string, role: Role = name as Role): Field[] =>
    of(role)
      .slice(0, 1)
      .map(({ column, format }) => field(name, [column], format === undefined ? {} : { format }))
  const names =
    of('given').length + of('family').length > 0
      ? [...single('given'), ...single('family')]
      : of('full')
          .slice(0, 1)
          .flatMap(({ column }) => [field('given', [column]), field('family', [column])])
  const taken = new Set<string>([...Object.keys(standard), 'rid', 'file'])
  const others = columns
    .filter((one) => ['exact', 'fuzzy', 'birth-year'].includes(one.field))
    .map(({ column, field: role }) => {
      const name = taken.has(column.trim().toLowerCase()) ? `${column.trim()} (column)` : column.trim()
      return field(name, [column], { kind: role === 'fuzzy' ? 'text' : 'category' })
    })
  return [
    ...names,
    ...single('dob'),
    ...single('email'),
    ...single('phone'),
    ...single('id', 'user-id'),
    ...single('postcode'),
    ...single('street'),
    ...single('city'),
    ...single('house-number'),
    ...single('unit'),
    ...single('state'),
    ...others,
    ...single('gender'),
    ...single('country'),
  ]
}
