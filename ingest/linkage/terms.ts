import type { Duck } from './duck.ts'
import type { Field } from './fields.ts'
import type { Kind } from './kinds.ts'
import { termFacet, type Term } from './model.ts'
import { columnOf } from './columns-sql.ts'

/** Values that fewer people bear are not named in a model. */
const leastShared = 5
const mostValues = 20_000
/** Names and places may be named in a model; addresses of mail, telephones and numbers lead to somebody. */
const nameable: ReadonlySet<Kind> = new Set(['given', 'family', 'dob', 'postcode', 'text', 'category'])

/** The column whose values a field counts. */
const termColumn = (field: Field): string => columnOf(field.name, termFacet(field.kind))

/**
 * Counts how many people bear each value, in tables `term0`, `term1`, … A person is an entity of table `person`
 * (rid, entity) where it is given, else every record is one; a record that is not there is its own. Returns, per field, the chance that two different people
 * share the value exactly.
 */
export async function countTerms(duck: Duck, fields: readonly Field[], byPerson: boolean): Promise<number[]> {
  const chances: number[] = []
  for (const [at, field] of fields.entries()) {
    const column = termColumn(field)
    const source = byPerson
      ? `(select distinct ${column} as v, coalesce(entity, rid) from rec left join person using (rid) where ${column} is not null)`
      : `(select ${column} as v from rec where ${column} is not null)`
    // A pair that shares a value counts twice among records: the other one of them is no stranger.
    const count = byPerson ? 'count(*)' : 'greatest(count(*) - 1, 1)'
    await duck.run(`create or replace table term${at} as select v, ${count}::double as c from ${source} group by v`)
    const [total, squares] = await duck.columns(
      `select coalesce(sum(c), 0)::double, coalesce(sum(c * c), 0)::double from term${at}`,
    )
    const people = Math.max(1, Number(total![0]))
    chances.push(Math.max(1e-9, (Number(squares![0]) - people) / people ** 2 + 0.5 / people))
  }
  return chances
}

/** Fills the same tables from a model. */
export async function loadTerms(duck: Duck, terms: readonly Term[]): Promise<void> {
  for (const [at, term] of terms.entries()) {
    await duck.run(`create or replace table term${at} (v varchar, c double)`)
    const appender = await duck.appender(`term${at}`)
    for (const [value, count] of Object.entries(term.counts)) {
      appender.appendVarchar(value)
      appender.appendDouble(count)
      appender.endRow()
    }
    appender.closeSync()
  }
}

/** The terms as a model keeps them: what many people share by value, the rest by its mean. */
export async function keptTerms(duck: Duck, fields: readonly Field[]): Promise<Term[]> {
  const kept: Term[] = []
  for (const [at, field] of fields.entries()) {
    const most = nameable.has(field.kind) ? mostValues : 0
    const [values, counts] = await duck.columns(
      `select v, c from term${at} where c >= ${leastShared} order by c desc, v limit ${most}`,
    )
    const [all, distinct] = await duck.columns(`select coalesce(sum(c), 0)::double, count(*)::double from term${at}`)
    const named = counts!.reduce<number>((sum, count) => sum + Number(count), 0)
    const others = Number(distinct![0]) - counts!.length
    const total = Math.max(1, Number(all![0]))
    kept.push({
      total,
      rest: others > 0 ? Math.max(1, (total - named) / others) : 1,
      counts: Object.fromEntries(values!.map((value, index) => [String(value), Number(counts![index])])),
    })
  }
  return kept
}

/**
 * Makes table `bits`: per record and field, how much more its value tells than the average one. `term` gives totals and
 * the count of values that are not in the tables.
 */
export async function makeBits(
  duck: Duck,
  fields: readonly Field[],
  u: readonly (readonly number[])[],
  terms: readonly Pick<Term, 'total' | 'rest'>[],
): Promise<void> {
  const columns = fields.map((field, at) => {
    const { total, rest } = terms[at]!
    return `case when rec.${termColumn(field)} is null then 0 else log2(${u[at]![0]!} / (coalesce(term${at}.c, ${rest}) / ${total})) end::double as t${at}`
  })
  const joins = fields.map((field, at) => `left join term${at} on term${at}.v = rec.${termColumn(field)}`)
  await duck.run(`create or replace table bits as select rid, ${columns.join(', ')} from rec ${joins.join(' ')}`)
}

/** Totals of the tables as they stand; every value is in them. */
export async function totalsOf(duck: Duck, fields: readonly Field[]): Promise<Pick<Term, 'total' | 'rest'>[]> {
  const totals: Pick<Term, 'total' | 'rest'>[] = []
  for (const [at] of fields.entries()) {
    const [sum] = await duck.columns(`select coalesce(sum(c), 0)::double from term${at}`)
    totals.push({ total: Math.max(1, Number(sum![0])), rest: 1 })
  }
  return totals
}
