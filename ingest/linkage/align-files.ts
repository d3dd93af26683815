import { shared, type Field as Role } from '../columns/field.ts'
import { named, quoted, type Duck } from './duck.ts'
import type { RawTable } from './read-table.ts'

type File = RawTable['files'][number]
type Roles = readonly { column: string; field: Role }[]
type Move = { from: string; to: string; file: string }

/**
 * Two files seldom name their columns alike: a column of a later file that holds what another column of the first file
 * holds (`vorname`, `first_name`) is moved into it, unless either file has both.
 * @param roles what the columns of each file are taken for, looked at alone
 */
export async function alignFiles(duck: Duck, table: RawTable, roles: readonly Roles[]): Promise<RawTable> {
  const [first, ...others] = table.files
  if (first === undefined || others.length === 0) return table
  const known = roles[0] ?? []
  const moves = others.flatMap((file, at) =>
    (roles[at + 1] ?? []).flatMap(({ column, field }): Move[] => {
      const to = known.find((one) => one.field === field)?.column
      const free = to !== undefined && !has(first, column) && !has(file, to) && !shared.has(field)
      return free ? [{ from: column, to, file: file.name }] : []
    }),
  )
  for (const { from, to, file } of moves) {
    await duck.run(`update raw set ${named(to)} = ${named(from)} where "file:" = ${quoted(file)}`)
    await duck.run(`alter table raw drop column ${named(from)}`)
  }
  const notes = moves.map(({ from, to, file }) => `"${from.trim()}" of ${file} is compared with "${to.trim()}" of ${first.name}`) // prettier-ignore
  const gone = new Set(moves.map(({ from }) => from))
  return {
    ...table,
    columns: table.columns.filter((column) => !gone.has(column)),
    warnings: [...table.warnings, ...notes],
  }
}

/** The column that tells apart the records of each file, if each has one and they are one: numbers may come twice then. */
export function ownId({ columns }: RawTable, roles: readonly Roles[]): string | undefined {
  const ids = roles.map((columnsOfFile) => columnsOfFile.find(({ field }) => field === 'record-id')?.column)
  const id = columns.find((column) => column === ids[0])
  const isOne = ids.every((one) => one !== undefined && (one.toLowerCase() === id?.toLowerCase() || !columns.includes(one))) // prettier-ignore
  return isOne ? id : undefined
}

/** The engine tells names apart by their letters alone, not by capitals. */
const has = ({ columns }: File, name: string): boolean =>
  columns.some((column) => column.toLowerCase() === name.toLowerCase())
