import type { Edges } from './cluster.ts'
import type { Duck } from './duck.ts'
import type { Field } from './fields.ts'
import type { Mixture } from './mixture.ts'
import { patternWeights, weightSql } from './score.ts'

/**
 * Weighs the pairs of a table of patterns (a, b, p), by patterns first: only those that can reach `least` are weighed
 * with the terms of their records. Needs table `bits`.
 */
export async function scorePairs(
  duck: Duck,
  fields: readonly Field[],
  mixture: Mixture,
  table: string,
  least: number,
): Promise<Edges> {
  const [patterns] = await duck.columns(`select distinct p::double from ${table} order by 1`)
  const most = await mostBits(duck, fields)
  const weigh = patternWeights(fields, mixture)
  await duck.run('create or replace table weights (p bigint, wm double, wr double, wn double)')
  const appender = await duck.appender('weights')
  for (const pattern of patterns!.map(Number)) {
    const { match, relative, neighbour } = weigh(pattern)
    if (match + most(pattern) < least) continue
    appender.appendBigInt(BigInt(pattern))
    for (const weight of [match, relative, neighbour]) appender.appendDouble(weight)
    appender.endRow()
  }
  appender.closeSync()
  const [a, b, weight, pattern] = await duck.columns(`select a, b, w, p::double from (
    select a, b, p, ${weightSql(fields, mixture)} as w from (select a, b, p, wm, wr, wn from ${table} join weights using (p)) x join bits l on l.rid = x.a)
    where w >= ${least}`)
  return {
    a: Int32Array.from(a as number[]),
    b: Int32Array.from(b as number[]),
    weight: Float64Array.from(weight as number[]),
    pattern: Float64Array.from(pattern as number[]),
  }
}

/** The most that the terms of any record could add to a pattern. */
async function mostBits(duck: Duck, fields: readonly Field[]): Promise<(pattern: number) => number> {
  const most = await duck.columns(
    `select ${fields.map((_, at) => `greatest(0, max(t${at}))::double`).join(', ')} from bits`,
  )
  const bits = most.map((column) => Number(column[0]))
  return (pattern) => {
    let sum = 0
    for (let at = 0, rest = pattern; at < bits.length; at += 1, rest = Math.floor(rest / 16))
      if (rest % 16 === 0) sum += bits[at]!
    return sum
  }
}
