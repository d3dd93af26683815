import type { Duck } from './duck.ts'
import type { Field } from './fields.ts'
import { specs, type Facets } from './kinds.ts'
import { familyFacets, givenFacets, splitFull } from './name-words.ts'
import { isSpelled, prepared } from './prepare.ts'
import { columnOf, missingText, textOf } from './columns-sql.ts'

/** Columns of `rec` that come from tables of spellings, and the joins that bring them. */
export type Spellings = { columns: { sql: string; name: string }[]; joins: string[] }

/** One reading of a text: the facets of each field it tells of. */
type Reading = { fields: readonly Field[]; of: (text: string) => readonly (Facets | null)[] }

/** Makes tables of the spellings of names and dates with their facets: each spelling is read once, in TypeScript. */
export async function makeSpellings(duck: Duck, fields: readonly Field[]): Promise<Spellings> {
  const found: Spellings = { columns: [], joins: [] }
  for (const [index, reading] of readingsOf(fields).entries()) {
    const table = `spelling${index}`
    const columns = reading.fields.flatMap((field) => ['value', ...ownFacets(field)].map((facet) => ({ field, facet, name: columnOf(field.name, facet) }))) // prettier-ignore
    const text = textOf(reading.fields[0]!.columns)
    await makeTable(duck, table, columns.map(({ name }) => name), text, (spelling) => {
      const read = reading.of(spelling)
      return columns.map(({ field, facet }) => read[reading.fields.indexOf(field)]?.[facet] ?? '')
    }) // prettier-ignore
    found.joins.push(`left join ${table} on ${table}.spelling = ${text}`)
    found.columns.push(...columns.map(({ name }) => ({ sql: `nullif(${table}.${name}, '')`, name })))
  }
  return found
}

const single = (field: Field): Reading => ({ fields: [field], of: (text) => [prepared(field, text)] })

/** A name written whole is split into both its parts; every other field is read by itself. */
function readingsOf(fields: readonly Field[]): Reading[] {
  const spelled = fields.filter((field) => isSpelled(field.kind) && field.columns.length > 0)
  const names = spelled.filter((field) => field.kind !== 'dob')
  const [given, family] = names
  const whole = given && family && given.columns.join('\n') === family.columns.join('\n')
  if (!whole) return spelled.map(single)
  const split = (text: string): Facets[] => {
    const parts = splitFull(text)
    return names.map((field) => (field.kind === 'given' ? givenFacets(parts.given) : familyFacets(parts.family)))
  }
  return [{ fields: names, of: split }, ...spelled.filter((field) => field.kind === 'dob').map(single)]
}

/** The facets a field keeps itself; the other part of a name is kept by that part. */
export const ownFacets = (field: Field): string[] => specs[field.kind].facets.filter((facet) => facet !== 'other')

async function makeTable(
  duck: Duck,
  table: string,
  columns: readonly string[],
  text: string,
  read: (spelling: string) => string[],
): Promise<void> {
  await duck.run(
    `create or replace table ${table} (spelling varchar, ${columns.map((name) => `${name} varchar`).join(', ')})`,
  )
  const [spellings] = await duck.columns(
    `select distinct ${text} as s from raw where s is not null and not ${missingText('s')} order by s`,
  )
  const appender = await duck.appender(table)
  for (const spelling of spellings!.map(String)) {
    for (const value of [spelling, ...read(spelling)]) appender.appendVarchar(value)
    appender.endRow()
  }
  appender.closeSync()
}
