import type { Duck } from './duck.ts'
import { standard, type Field } from './fields.ts'
import { columnOf } from './columns-sql.ts'

/** Part of a field that records are found by, such as the year of a birthday. */
export type Part = { field: string; part: string }
/** Records that agree in all parts are compared. */
export type BlockingRule = readonly Part[]

export const ruleName = (rule: BlockingRule): string =>
  rule.map(({ field, part: of }) => (of === 'value' ? field : `${field}:${of}`)).join(' + ')

/** The SQL of a part of one record. */
export function partSql({ field, part: of }: Part): string {
  const value = columnOf(field)
  switch (of) {
    case 'year':
      return `left(${value}, 4)`
    case 'day':
      return `substr(${value}, 5)`
    case 'start':
      return `left(${value}, 3)`
    case 'end':
      return `right(${value}, 6)`
    default:
      return columnOf(field, of)
  }
}

/** The rules worth trying with these fields, the most telling first. */
export function candidateRules(fields: readonly Field[]): BlockingRule[] {
  const [given, family, sound] = [part('given', 'first'), part('family'), part('family', 'sound')]
  const [dob, day, year] = [part('dob'), part('dob', 'day'), part('dob', 'year')]
  const [postcode, street, city] = [part('postcode'), part('street'), part('city')]
  const others = fields.filter((one) => one.kind === 'text' && !standard[one.name]).map((one) => part(one.name))
  return known(fields, [
    [part('email')],
    [part('phone')],
    [part('id')],
    [part('email', 'user')],
    [family, dob],
    [given, dob],
    [given, family],
    [dob],
    [sound, day],
    [sound, given],
    [sound, year, part('given', 'sound')],
    [part('given', 'sound'), dob],
    [sound, dob],
    [given, day],
    [family, postcode],
    [given, postcode],
    [dob, postcode],
    [family, street],
    [given, street],
    [dob, street],
    [sound, year],
    [given, year],
    [family, part('phone', 'end')],
    [street, postcode],
    [day, postcode],
    [year, postcode],
    [dob, city],
    [family, city],
    [given, city],
    ...others.flatMap((other) => [
      [family, other],
      [given, other],
      [dob, other],
    ]),
  ])
}

/** Wider ones, for few records: whoever shares one name, one street, one day. */
export function widerRules(fields: readonly Field[]): BlockingRule[] {
  const single = fields
    .filter((one) => !['category', 'code', 'phone'].includes(one.kind))
    .map((one) => [part(one.name)])
  return known(fields, [
    [part('family', 'sound')],
    [part('given', 'first')],
    [part('dob', 'day')],
    ...single,
    [part('given', 'sound'), part('city')],
    [part('family', 'sound'), part('city')],
    [part('house-number'), part('postcode')],
    [part('house-number'), part('given', 'first')],
    [part('house-number'), part('family', 'sound')],
    [part('house-number'), part('dob', 'year')],
    [part('postcode', 'start'), part('given', 'first')],
    [part('postcode', 'start'), part('family', 'sound')],
  ])
}

const part = (field: string, of = 'value'): Part => ({ field, part: of })

function known(fields: readonly Field[], rules: BlockingRule[]): BlockingRule[] {
  const names = new Set(fields.map((field) => field.name))
  return rules.filter((rule) => rule.every(({ field }) => names.has(field)))
}

/** What a rule costs at each size of block up to which it is followed: `pairs[i]` for `caps[i]`. */
export type RuleCost = { pairs: readonly number[]; largest: number; beyond: readonly number[] }

/** Counts a rule's pairs, and the records in blocks beyond each cap, without making any. */
export async function costOf(duck: Duck, rule: BlockingRule, caps: readonly number[]): Promise<RuleCost> {
  const sums = caps.flatMap((cap) => [
    `coalesce(sum(case when c <= ${cap} then c * (c - 1) / 2 end), 0)`,
    `coalesce(sum(case when c > ${cap} then c end), 0)`,
  ])
  const parts = rule.map(partSql)
  const row = await duck.columns(`select coalesce(max(c), 0)::double, ${sums.map((sum) => `${sum}::double`).join(', ')}
    from (select count(*)::double as c from rec where ${present(parts)} group by ${keyOf(parts)})`)
  const [largest, ...numbers] = row.map((column) => Number(column[0]))
  return {
    largest: largest!,
    pairs: caps.map((_, index) => numbers[index * 2]!),
    beyond: caps.map((_, index) => numbers[index * 2 + 1]!),
  }
}

const present = (parts: readonly string[]): string => parts.map((one) => `${one} is not null`).join(' and ')

/** One number for all parts: far quicker to join by than texts. Two keys that meet by chance make one pair too many. */
const keyOf = (parts: readonly string[]): string => `hash(${parts.join(', ')})`

/** The pairs of a rule as SQL: a < b, each once; blocks of more than `cap` records give none. */
export function pairsSql(rule: BlockingRule, cap: number): string {
  const parts = rule.map(partSql)
  const all = `(select ${keyOf(parts)} as k, rid from rec where ${present(parts)})`
  const small = `(select k from ${all} group by k having count(*) between 2 and ${cap})`
  const block = Number.isFinite(cap) ? `(select s.k, s.rid from ${all} s semi join ${small} using (k))` : all
  return `select l.rid as a, r.rid as b from ${block} l join ${block} r on l.k = r.k and l.rid < r.rid`
}
