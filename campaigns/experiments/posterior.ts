import type { Counted } from './counted.ts'

export type Standing = {
  /** The chance that this arm is the best of all. */
  best: number
  /** By how much its rate is expected to fall short of the best: what choosing it would cost. */
  loss: number
}

/** How finely each arm's own range of rates is cut, and how far it reaches: nearly all its mass lies within. */
const cuts = 1_000
const spreads = 8

/** A small stretch of rates: its middle and its width. */
type Cell = { rate: number; width: number }

/**
 * Each arm against all others, Beta-Bernoulli with an even prior: Beta(1 + converted, 1 + not). Probability of being
 * best and expected loss by integrating over the rate of the best arm, on a grid that reaches eight standard deviations
 * around every arm. Source: Stucchio, Bayesian A/B testing at VWO (2015), sections 3–4; no numbers are drawn.
 */
export function standings(arms: readonly Counted[]): Standing[] {
  const cells = cellsOf(arms)
  const masses = arms.map((arm) => massesOf(arm, cells))
  const below = masses.map((mass) => cumulated(mass))
  const means = masses.map((mass) => mass.reduce((sum, weight, at) => sum + weight * cells[at]!.rate, 0))
  const best = arms.map((_, arm) => chanceOfBest(masses[arm]!, below, arm))
  const total = best.reduce((sum, chance) => sum + chance, 0)
  const highest = highestMean(below, cells)
  return arms.map((_, arm) => ({ best: best[arm]! / total, loss: Math.max(0, highest - means[arm]!) }))
}

/** The ranges of all arms cut finely, each where it lies: a narrow one is not lost beside a wide one. */
function cellsOf(arms: readonly Counted[]): Cell[] {
  const edges = arms.flatMap((arm) => {
    const [a, b] = beta(arm)
    const mean = a / (a + b)
    const reach = spreads * Math.sqrt((mean * (1 - mean)) / (a + b + 1))
    const [low, high] = [Math.max(0, mean - reach), Math.min(1, mean + reach)]
    return Array.from({ length: cuts + 1 }, (_, at) => low + (at / cuts) * (high - low))
  })
  const sorted = [...new Set(edges)].toSorted((one, other) => one - other)
  return sorted.slice(1).map((edge, at) => ({ rate: (edge + sorted[at]!) / 2, width: edge - sorted[at]! }))
}

const beta = ({ people, converted }: Counted): [number, number] => [1 + converted, 1 + people - converted]

function massesOf(arm: Counted, cells: readonly Cell[]): number[] {
  const [a, b] = beta(arm)
  const logs = cells.map(({ rate }) => (a - 1) * Math.log(rate) + (b - 1) * Math.log1p(-rate))
  const most = logs.reduce((high, log) => Math.max(high, log), -Infinity)
  const parts = logs.map((log, at) => Math.exp(log - most) * cells[at]!.width)
  const total = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part) => part / total)
}

/** The mass up to the middle of each cell: two arms in one cell are each above the other half the time. */
function cumulated(mass: readonly number[]): number[] {
  let sum = 0
  return mass.map((weight) => {
    sum += weight
    return sum - weight / 2
  })
}

const chanceOfBest = (mass: readonly number[], below: readonly (readonly number[])[], arm: number): number =>
  mass.reduce((sum, weight, at) => sum + weight * allBelow(below, at, arm), 0)

/** The mean of the highest rate: the highest there is less the area under the chance that all lie below. */
function highestMean(below: readonly (readonly number[])[], cells: readonly Cell[]): number {
  const last = cells.at(-1)!
  const area = cells.reduce((sum, cell, at) => sum + cell.width * allBelow(below, at), 0)
  return last.rate + last.width / 2 - area
}

const allBelow = (below: readonly (readonly number[])[], at: number, except?: number): number =>
  below.reduce((chance, arm, index) => (index === except ? chance : chance * arm[at]!), 1)
