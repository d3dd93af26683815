import { UsageError } from '#kernel/errors.ts'
import { guessColumns } from '../columns/guess.ts'
import { shared, type Field as Role } from '../columns/field.ts'
import { alignFiles, ownId } from './align-files.ts'
import { named, quoted, type Duck } from './duck.ts'
import { field, standard, type Field } from './fields.ts'
import { specs } from './kinds.ts'
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
export async function chooseFields(duck: Duck, raw: RawTable, map: ColumnMap | null): Promise<Choice> {
  if (map) checkMap(raw, map)
  const { table, columns } = map ? await takenAsTold(duck, raw, map) : await takenAsSeen(duck, raw)
  const { id, warnings: ofId } = await idOf(duck, table, columns, map !== null)
  const warnings = [...table.warnings, ...ofId]
  const { used, empty } = await withValues(
    duck,
    columns.filter((one) => one.column !== id),
  )
  for (const one of empty)
    warnings.push(`"${one.column.trim()}" has no value, or one and the same in every record: left out`)
  const fields = fieldsOf(used)
  if (fields.length === 0 && (await areEqual(duck, columns)))
    warnings.push('Nearly all records are equal in every column: nothing tells people apart, so none were joined')
  else if (fields.length === 0) {
    throw new UsageError(
      `No column says anything of a person: ${table.columns.map((name) => name.trim()).join(', ')}. Say which does with --map (docs/identity-map.schema.json)`,
    )
  }
  for (const extra of fields.slice(mostFields))
    warnings.push(`"${extra.name}" is left out: at most ${mostFields} properties are compared`)
  return { fields: fields.slice(0, mostFields), id, columns, warnings }
}

type TakenOf = { table: RawTable; columns: Taken[] }

async function takenAsTold(duck: Duck, raw: RawTable, map: ColumnMap): Promise<TakenOf> {
  const roles = raw.files.map((file) => fromMap(file, map))
  const table = await alignFiles(duck, raw, roles)
  const columns = fromMap(table, map)
  checkOnce(columns)
  return { table, columns }
}

/** Files are looked at one by one, to find what belongs together, and then as one. */
async function takenAsSeen(duck: Duck, raw: RawTable): Promise<TakenOf> {
  if (raw.files.length < 2) return { table: raw, columns: await fromGuess(duck, raw) }
  const roles: Taken[][] = []
  for (const file of raw.files) roles.push(await fromGuess(duck, raw, file))
  const table = await alignFiles(duck, raw, roles)
  const id = ownId(table, roles)
  const columns = await fromGuess(duck, table)
  const why = 'tells the records of each file apart'
  return {
    table,
    columns: columns.map((one) => {
      if (one.column === id) return { ...one, field: 'record-id', why }
      return id !== undefined && one.field === 'record-id' ? { ...one, field: 'ignore' } : one
    }),
  }
}

function checkMap({ columns }: RawTable, map: ColumnMap): void {
  const lost = Object.keys(map).find((name) => columnNamed(columns, name) === undefined)
  if (lost !== undefined)
    throw new UsageError(`The map names a column "${lost}" that is not there. Its columns: ${columns.map((one) => one.trim()).join(', ')}`) // prettier-ignore
}

const columnNamed = (columns: readonly string[], name: string): string | undefined =>
  columns.find((one) => one === name) ?? columns.find((one) => one.trim() === name.trim())

/** What the map says of those of its columns that are here. */
const fromMap = ({ columns }: Pick<RawTable, 'columns'>, map: ColumnMap): Taken[] =>
  Object.entries(map).flatMap(([name, told]) => {
    const column = columnNamed(columns, name)
    if (column === undefined) return []
    const { field: role, format } = typeof told === 'string' ? { field: told, format: undefined } : told
    return [{ column, field: role, why: 'the map says so', format }]
  })

/** Nothing that was told is left out in silence. */
function checkOnce(columns: readonly Taken[]): void {
  for (const [role, of] of Map.groupBy(columns, (one) => one.field)) {
    if (shared.has(role) || role === 'middle' || of.length < 2) continue
    throw new UsageError(`The map takes ${of.map((one) => `"${one.column.trim()}"`).join(' and ')} for ${role}: map the others as fuzzy or exact`) // prettier-ignore
  }
}

/** What columns look like: those of all files or of one. */
async function fromGuess(duck: Duck, table: RawTable, file?: RawTable['files'][number]): Promise<Taken[]> {
  const { columns } = file ?? table
  const where = file === undefined ? 'true' : `"file:" = ${quoted(file.name)}`
  const step = Math.max(1, Math.floor(table.rows / sampled))
  const values = await duck.columns(
    `select ${columns.map(named).join(', ')} from raw where ${where} and rowid % ${step} = 0 order by rowid limit ${sampled}`,
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

/** Whether what was left out says something, but, in the records looked at, one and the same thing. */
async function areEqual(duck: Duck, columns: readonly Taken[]): Promise<boolean> {
  const constant = columns.filter((one) => one.field === 'empty')
  if (constant.length === 0 || columns.some((one) => one.field !== 'empty' && !unique.has(one.field))) return false
  const counts = await duck.columns(`select ${constant.map(({ column }) => `count(nullif(trim(${named(column)}), ''))::double`).join(', ')} from raw`) // prettier-ignore
  return counts.some((column) => Number(column[0]) > 0)
}

/** What may differ though nobody is told apart by it. */
const unique: ReadonlySet<Role> = new Set(['record-id', 'ignore', 'truth'])

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

/** Names that fields and their facets have of their own: a column that is called so gets another. */
const ownNames: readonly string[] = [
  'rid',
  'file',
  'entity',
  ...Object.entries(standard).flatMap(([name, { kind }]) => [name, ...specs[kind].facets.map((facet) => `${name}_${facet}`)]), // prettier-ignore
]

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
  const taken = new Set(ownNames)
  const others = columns
    .filter((one) => ['exact', 'fuzzy', 'birth-year'].includes(one.field))
    .map(({ column, field: role }) => {
      let name = column.trim()
      while (taken.has(name.toLowerCase())) name = `${name} (column)`
      taken.add(name.toLowerCase())
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
