import type { Field } from './fields.ts'
import { specs } from './kinds.ts'
import { columnOf } from './columns-sql.ts'

/** The level of a field where a value is missing on either side. */
export const missing = 15

/**
 * How two records agree in all fields, as one number: four bits a field, its level or `missing`. At most fifteen fields
 * fit, so that the number stays exact in JavaScript too.
 */
export const levelAt = (pattern: number, index: number): number => Math.floor(pattern / 16 ** index) % 16

export const mostFields = 13

/**
 * The SQL that gives each pair (a, b) of `pairs` its pattern. Similarities are worked out once a pair, in the inner
 * query, and never for equal values.
 */
export function patternSql(fields: readonly Field[], pairs: string): string {
  const inner = fields.flatMap((field, index) => {
    const { alike } = specs[field.kind]
    if (alike === null) return []
    const [l, r] = [side(field, 'l')(alike), side(field, 'r')(alike)]
    return [`case when ${l} = ${r} then 1.0::double else jaro_winkler_similarity(${l}, ${r}) end as s${index}`]
  })
  const columns = [
    ...new Set(
      fields.flatMap((field) => ['value', ...specs[field.kind].facets].map((facet) => sourceOf(field, facet))),
    ),
  ]
  const both = columns.flatMap((column) => [
    `l.${column} as ${prefixed('l', column)}`,
    `r.${column} as ${prefixed('r', column)}`,
  ])
  const levels = fields.map((field, index) => `(${levelSql(field, index)})::bigint * ${16 ** index}`)
  return `select a, b, (${levels.join(' + ')})::bigint as p from
    (select x.a, x.b, ${[...both, ...inner].join(', ')} from ${pairs} x join rec l on l.rid = x.a join rec r on r.rid = x.b)`
}

const prefixed = (side: 'l' | 'r', column: string): string => `"${side}_${column.slice(1)}`

/** The column of a facet; the other part of a name is a field of its own. */
function sourceOf(field: Field, facet: string): string {
  if (facet === 'other') return columnOf(field.kind === 'given' ? 'family' : 'given')
  return columnOf(field.name, facet)
}

const side =
  (field: Field, of: 'l' | 'r') =>
  (facet = 'value'): string =>
    `${of}.${sourceOf(field, facet)}`

const flatSide =
  (field: Field, of: 'l' | 'r') =>
  (facet = 'value'): string =>
    prefixed(of, sourceOf(field, facet))

function levelSql(field: Field, index: number): string {
  const [l, r] = [flatSide(field, 'l'), flatSide(field, 'r')]
  const { levels } = specs[field.kind]
  const cases = levels.slice(0, -1).map((level, at) => `when ${level.sql(l, r, `s${index}`)} then ${at}`)
  return `case when ${l()} is null or ${r()} is null then ${missing} ${cases.join(' ')} else ${levels.length - 1} end`
}
