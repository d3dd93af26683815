import { columnOf, missingText, textOf } from './columns-sql.ts'
import type { Duck } from './duck.ts'
import type { Field } from './fields.ts'
import { facetsSql, isSpelled, writtenSql } from './prepare.ts'
import { makeSpellings, ownFacets } from './spellings.ts'

/**
 * Makes the table `rec` of `raw`: one row a record, `rid` its number from 0, each field written in one way, missing
 * values null. Names and dates are read in TypeScript, once for each spelling; everything else in SQL.
 */
export async function makeRecords(duck: Duck, fields: readonly Field[]): Promise<void> {
  const { columns, joins } = await makeSpellings(duck, fields)
  const present: string[] = []
  const written: string[] = []
  const facets = absentColumns(fields).map((column) => `null::varchar as ${column}`)
  for (const { name, kind, columns: from } of fields) {
    if (isSpelled(kind) || from.length === 0) continue
    const [text, column] = [`x${present.length}`, columnOf(name)]
    present.push(`case when ${missingText(textOf(from))} then null else trim(${textOf(from)}) end as ${text}`)
    written.push(`${writtenSql(kind, text)} as ${column}`)
    facets.push(...facetsSql(kind, column).map(({ facet, sql }) => `${sql} as ${columnOf(name, facet)}`))
  }
  const spelled = columns.map(({ sql, name }) => `${sql} as ${name}`)
  // One thing after another, each worked out once: what is there, how it is written, what follows from it.
  await duck.run(`create or replace table rec as
    select ${['*', ...facets].join(', ')} from (
      select ${['rid', ...columns.map(({ name }) => name), ...written].join(', ')} from (
        select ${['raw.rowid::int as rid', ...spelled, ...present].join(', ')} from raw ${joins.join(' ')}))`)
}

/** Columns of fields that this table does not have, and of the other part of a name where only one is compared. */
function absentColumns(fields: readonly Field[]): string[] {
  const absent = fields.filter((field) => field.columns.length === 0)
  const kinds = new Set(fields.map((field) => field.kind))
  const other = kinds.has('given') !== kinds.has('family') ? [kinds.has('given') ? 'family' : 'given'] : []
  return [
    ...absent.flatMap((field) => ['value', ...ownFacets(field)].map((facet) => columnOf(field.name, facet))),
    ...other.map((name) => columnOf(name)),
  ]
}
