import type { Field } from './fields.ts'
import { specs } from './kinds.ts'
import { levelAt, missing } from './patterns.ts'
import { sharedLevels, type Levels, type Mixture } from './mixture.ts'

/** The weights of a pattern in bits, against strangers: of being one person, relatives, neighbours. */
export type PatternWeights = { match: number; relative: number; neighbour: number }

export function patternWeights(fields: readonly Field[], mixture: Mixture): (pattern: number) => PatternWeights {
  const bits = (levels: Levels): number[][] =>
    levels.map((chances, at) => chances.map((chance, level) => Math.log2(chance / mixture.u[at]![level]!)))
  const tables = [
    { prior: mixture.priors.match, bits: bits(mixture.m) },
    { prior: mixture.priors.relative, bits: bits(sharedLevels(fields, mixture, 'relative')) },
    { prior: mixture.priors.neighbour, bits: bits(sharedLevels(fields, mixture, 'neighbour')) },
  ]
  return (pattern) => {
    const [match, relative, neighbour] = tables.map((table) => {
      let sum = Math.log2(table.prior)
      for (let at = 0; at < fields.length; at += 1) {
        const level = levelAt(pattern, at)
        if (level !== missing) sum += table.bits[at]![level]!
      }
      return sum
    }) as [number, number, number]
    return { match, relative, neighbour }
  }
}

type Whom = 'relative' | 'neighbour'

/** Whether a shared rare value speaks for relatives, or neighbours, as much as for one person; if some share it, less. */
const rateOf = (field: Pick<Field, 'kind' | 'sharing'>, whom: Whom): number =>
  whom === 'neighbour' && specs[field.kind].neighbours ? 0 : field.sharing[whom]

/** What a shared value's rarity adds for relatives or neighbours. `bits`: what it adds for one person. */
export function sharedTerm(field: Pick<Field, 'kind' | 'sharing'>, whom: Whom, ratio: number, bits: number): number {
  const rate = rateOf(field, whom)
  if (rate === 0) return 0
  if (rate === 1) return bits
  return Math.log2(rate * ratio * 2 ** bits + 1 - rate) - Math.log2(rate * ratio + 1 - rate)
}

/** Bits that count where a field agrees exactly. */
const rare = (at: number, bits: string): string => `case when (x.p >> ${at * 4}) & 15 = 0 then ${bits} else 0 end`
const sum = (parts: readonly string[]): string => parts.map((part) => ` + ${part}`).join('')

/** SQL of the weight of scored pairs; `x` has p and the weights of its pattern, `l` one record's bits. */
export function weightSql(fields: readonly Field[], mixture: Mixture): string {
  const own = sum(fields.map((_, at) => rare(at, `l.t${at}`)))
  const shared = (whom: Whom): string =>
    sum(
      fields.flatMap((field, at) => {
        const rate = rateOf(field, whom)
        if (rate === 0) return []
        if (rate === 1) return [rare(at, `l.t${at}`)]
        const ratio = mixture.m[at]![0]! / mixture.u[at]![0]!
        const mean = Math.log2(rate * ratio + 1 - rate)
        return [rare(at, `log2(${rate * ratio} * pow(2, l.t${at}) + ${1 - rate}) - ${mean}`)]
      }),
    )
  const lookalike = (column: string, whom: Whom): string => `pow(2, least(900, x.${column}${shared(whom)}))`
  return `x.wm${own} - log2(1 + ${lookalike('wr', 'relative')} + ${lookalike('wn', 'neighbour')})`
}
