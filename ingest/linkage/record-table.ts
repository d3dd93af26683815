import type { DuckDBValue } from '@duckdb/node-api'
import { named, quoted, type Duck } from './duck.ts'
import type { Field } from './fields.ts'
import { specs } from './kinds.ts'
import { missingSpellings } from '../columns/missing.ts'
import { facetSql, familyFacets, givenFacets, normalisedSql, prepared, splitFull } from './prepare.ts'
import { textOf } from './read-table.ts'

/** The column of table `rec` that holds a field, or a facet of it. */
export const columnOf = (field: string, facet?: string): string =>
  named(facet === undefined || facet === 'value' ? field : `${field}_${facet}`)

/**
 * Makes the table `rec` of `raw`: one row a record, `rid` its number from 0, each field written in one way, missing
 * values null. Names are prepared in TypeScript, once for each spelling; everything else in SQL.
 */
export async function makeRecords(duck: Duck, fields: readonly Field[]): Promise<void> {
  const names = fields.filter((field) => byHand.has(field.kind))
  const spellings = await nameTables(duck, names)
  const others = fields.filter((field) => !names.includes(field) && field.columns.length > 0)
  const without = fields.filter((field) => field.columns.length === 0).flatMap((field) => ['value', ...specs[field.kind].facets.filter((facet) => facet !== 'other')].map((facet) => `null::varchar as ${columnOf(field.name, facet)}`))
  // One thing after another, each written once: what is there, how it is written, what follows from it.
  const present = others.map((field, at) => `${presentSql(textOf(field.columns))} as x${at}`)
  const written = others.map((field, at) => `nullif(${normalisedSql(field.kind, field.name, `x${at}`)}, '') as ${columnOf(field.name)}`)
  const facets = others.flatMap((field) => specs[field.kind].facets.map((facet) => `nullif(${facetSql[facet]!(columnOf(field.name))}, '') as ${columnOf(field.name, facet)}`))
  const kept = ['rid', ...spellings.columns.map(({ name }) => name), ...without.length > 0 ? [] : []]
  await duck.run(`create or replace table rec as
    select *, ${[...facets, ...without, '0 as done'].join(', ')} from (
      select ${[...kept, ...written].join(', ')} from (
        select raw.rowid::int as rid, ${[...spellings.columns.map(({ sql, name }) => `${sql} as ${name}`), ...present, '0 as x'].join(', ')}
        from raw ${spellings.joins.join(' ')}))`)
} // prettier-ignore

/** Kinds that are prepared in TypeScript, once for each spelling. */
const byHand: ReadonlySet<string> = new Set(['given', 'family', 'dob'])

/** Whether a text says that nothing is known. */
const missingText = (text: string): string => `lower(trim(${text})) in (${missingSpellings.map(quoted).join(', ')})`

const presentSql = (text: string): string => `case when ${missingText(text)} then null else trim(${text}) end`

type Spellings = { columns: { sql: string; name: string }[]; joins: string[] }

/** Tables of the spellings of names with their facets, to be joined to the records. */
async function nameTables(duck: Duck, names: readonly Field[]): Promise<Spellings> {
  const given = names.find((field) => field.kind === 'given')
  const family = names.find((field) => field.kind === 'family')
  if (given && family && given.columns.join() === family.columns.join()) return fullNames(duck, given, family)
  const found: Spellings = { columns: [], joins: [] }
  for (const field of names) {
    if (field.columns.length === 0) continue
    const facets = ['value', ...specs[field.kind].facets.filter((facet) => facet !== 'other')]
    const table = `spell_${field.kind}`
    await makeTable(duck, table, facets, field.columns, (text) => {
      const made = prepared(field, text)
      return facets.map((facet) => made?.[facet] ?? '')
    })
    found.joins.push(`left join ${table} on ${table}.spelling = ${textOf(field.columns)}`)
    found.columns.push(...facets.map((facet) => ({ sql: `nullif(${table}.${facet}, '')`, name: columnOf(field.name, facet) })))
  }
  return found
}

async function fullNames(duck: Duck, given: Field, family: Field): Promise<Spellings> {
  const parts = ['given', 'first', 'given_sound', 'nick', 'family', 'family_sound']
  await makeTable(duck, 'spell_full', parts, given.columns, (text) => {
    const split = splitFull(text)
    const [a, b] = [givenFacets(split.given), familyFacets(split.family)]
    return [a.value, a.first, a.sound, a.nick, b.value, b.sound]
  })
  const from = (part: string, name: string) => ({ sql: `nullif(spell_full.${part}, '')`, name })
  return {
    joins: [`left join spell_full on spell_full.spelling = ${textOf(given.columns)}`],
    columns: [
      from('given', columnOf(given.name)), from('first', columnOf(given.name, 'first')),
      from('given_sound', columnOf(given.name, 'sound')), from('nick', columnOf(given.name, 'nick')),
      from('family', columnOf(family.name)), from('family_sound', columnOf(family.name, 'sound')),
    ],
  } // prettier-ignore
}

async function makeTable(duck: Duck, table: string, columns: readonly string[], from: readonly string[], facets: (text: string) => string[]): Promise<void> {
  await duck.run(`create or replace table ${table} (spelling varchar, ${columns.map((column) => `${column} varchar`).join(', ')})`)
  const [spellings] = await duck.columns(`select distinct ${textOf(from)} as s from raw where s is not null and not ${missingText('s')} order by s`)
  const appender = await duck.appender(table)
  for (const spelling of spellings as DuckDBValue[]) {
    for (const text of [String(spelling), ...facets(String(spelling))]) appender.appendVarchar(text)
    appender.endRow()
  }
  appender.closeSync()
} // prettier-ignore
