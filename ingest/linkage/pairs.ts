import { candidateRules, costOf, pairsSql, ruleName, widerRules, type BlockingRule } from './blocking.ts'
import type { Duck } from './duck.ts'
import type { Field } from './fields.ts'
import { decoded, type PatternCounts } from './mixture.ts'
import { patternSql } from './patterns.ts'

/** So few records that each is compared with each: nothing needs to be found. */
const everyPairUpTo = 1_200_000
const randomPairs = 300_000

export type Blocking = {
  rules: { rule: BlockingRule; name: string; pairs: number }[]
  passedOver: string[]
  pairs: number
}

/**
 * Makes table `pairs` (a, b): all pairs where they are few, else those that agree in all parts of one rule. Rules are
 * taken in order while the budget lasts; one that is contained in a wider one is left out. Blocks of more than `cap`
 * records tell nobody apart: their pairs are passed over, and told.
 * @param budget the most pairs to compare
 */
export async function findPairs(
  duck: Duck,
  fields: readonly Field[],
  records: number,
  budget: number,
  given?: readonly BlockingRule[],
): Promise<Blocking> {
  const all = (records * (records - 1)) / 2
  if (all <= everyPairUpTo) {
    await duck.run(
      'create or replace table pairs as select l.rid as a, r.rid as b from rec l join rec r on l.rid < r.rid',
    )
    return {
      rules: (given ?? candidateRules(fields)).map((rule) => ({ rule, name: ruleName(rule), pairs: all })),
      passedOver: [],
      pairs: all,
    }
  }
  const { chosen, passedOver } = await chooseRules(
    duck,
    given ? { first: given.length, candidates: given } : withExtras(fields),
    budget,
  )
  const found = chosen.map(({ rule, cap }) => pairsSql(rule, cap))
  const pairs = found.length === 0 ? 'select 0 as a, 0 as b where false' : found.join(' union all ')
  await duck.run(`create or replace table pairs as select a, b from (${pairs}) group by a, b`)
  const [count] = await duck.columns('select count(*)::double from pairs')
  return {
    rules: chosen.map((one) => ({ rule: one.rule, name: ruleName(one.rule), pairs: one.pairs })),
    passedOver,
    pairs: Number(count![0]),
  }
}

/** The rules worth trying, and wider ones for as long as the budget of pairs is not spent. */
function withExtras(fields: readonly Field[]): { first: number; candidates: BlockingRule[] } {
  const candidates = candidateRules(fields)
  return { first: candidates.length, candidates: [...candidates, ...widerRules(fields)] }
}

type Chosen = { rule: BlockingRule; cap: number; pairs: number }

/** Up to these sizes of block a rule may be followed; the first that fits. */
const caps = [Infinity, 1000, 300, 100, 30]

async function chooseRules(
  duck: Duck,
  { first, candidates }: { first: number; candidates: readonly BlockingRule[] },
  budget: number,
): Promise<{ chosen: Chosen[]; passedOver: string[] }> {
  let chosen: Chosen[] = []
  const passedOver: string[] = []
  let spent = 0
  for (const [index, rule] of candidates.entries()) {
    if (index >= first && spent >= budget) break
    // A rule followed everywhere already finds all that a narrower one would.
    if (chosen.some((one) => one.cap === Infinity && contains(one.rule, rule))) continue
    const cost = await costOf(
      duck,
      rule,
      caps.map((cap) => (cap === Infinity ? 1e12 : cap)),
    )
    const at = cost.pairs.findIndex((pairs) => pairs <= budget / 4 && spent + pairs <= budget * 2)
    const pairs = at < 0 ? 0 : cost.pairs[at]!
    if (at !== 0 && cost.beyond[at < 0 ? caps.length - 1 : at]! > 0)
      passedOver.push(`${ruleName(rule)}: the largest block has ${cost.largest} records`)
    if (pairs === 0) continue
    spent += pairs
    chosen.push({ rule, cap: caps[at]!, pairs })
  }
  return {
    chosen: chosen.filter(
      (one) => !chosen.some((other) => other !== one && other.cap === Infinity && contains(other.rule, one.rule)),
    ),
    passedOver,
  }
}

/** Whether whatever agrees in `narrow` agrees in `wide` too. */
const contains = (wide: BlockingRule, narrow: BlockingRule): boolean =>
  wide.every((part) => narrow.some((one) => one.field === part.field && one.part === part.part))

/** Makes table `strangers` (a, b): pairs drawn by number, without looking; hardly any is of one person. */
export async function drawPairs(duck: Duck, records: number): Promise<void> {
  if ((records * (records - 1)) / 2 <= everyPairUpTo) {
    await duck.run(
      'create or replace table strangers as select l.rid as a, r.rid as b from rec l join rec r on l.rid < r.rid',
    )
    return
  }
  const turns = Math.ceil(randomPairs / records)
  const drawn = Array.from(
    { length: turns },
    (_, turn) =>
      `select range::int as a, ((range::bigint * ${48_271 * (turn + 1)} + ${7919 * (turn + 1)}) % ${records})::int as b from range(${Math.min(records, randomPairs)})`,
  )
  await duck.run(
    `create or replace table strangers as select least(a, b) as a, greatest(a, b) as b from (${drawn.join(' union all ')}) where a <> b`,
  )
}

/** Works out how the pairs of a table agree, into table `target` (a, b, p). */
export const makePatterns = (duck: Duck, fields: readonly Field[], pairs: string, target: string): Promise<void> =>
  duck.run(`create or replace table ${target} as ${patternSql(fields, pairs)}`)

/** How often each pattern of a table occurs, in the order of patterns. */
export async function countPatterns(duck: Duck, table: string, fields: number): Promise<PatternCounts> {
  const [patterns, counts] = await duck.columns(
    `select p::double, count(*)::double from ${table} group by p order by p`,
  )
  return {
    levels: decoded(Float64Array.from(patterns!.map(Number)), fields),
    counts: Float64Array.from(counts!.map(Number)),
  }
}
