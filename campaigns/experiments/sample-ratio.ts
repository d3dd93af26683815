import { normalTail } from './normal.ts'

/** How many people an arm has, and its share of everybody by the plan, in any unit. */
export type Share = { people: number; weight: number }

export type SampleRatio = { kind: 'even' | 'uneven'; p: number } | { kind: 'too-few' }

/** Below so many people in an arm the test says nothing, and above this p nobody is alarmed: GrowthBook's defaults. */
const fewestPeople = 8
const alarmBelow = 0.001

/**
 * Whether arms have as many people as they were meant to: Pearson's chi-square. Where they have not, people were lost
 * or counted wrongly on the way, and no comparison of the arms can be trusted.
 */
export function sampleRatio(shares: readonly Share[]): SampleRatio {
  const meant = shares.filter(({ weight }) => weight > 0)
  const people = meant.reduce((sum, share) => sum + share.people, 0)
  const weight = meant.reduce((sum, share) => sum + share.weight, 0)
  if (meant.length < 2 || meant.some((share) => (people * share.weight) / weight < fewestPeople))
    return { kind: 'too-few' }
  const distance = meant.reduce((sum, share) => {
    const expected = (people * share.weight) / weight
    return sum + (share.people - expected) ** 2 / expected
  }, 0)
  const p = chiSquareTail(distance, meant.length - 1)
  return { kind: p < alarmBelow ? 'uneven' : 'even', p }
}

/**
 * The chance that a chi-square variable with whole degrees of freedom exceeds `value`, by its finite sum.
 * Source: Abramowitz & Stegun, 26.4.4 (odd) and 26.4.5 (even).
 */
export function chiSquareTail(value: number, degrees: number): number {
  if (value <= 0) return 1
  const isOdd = degrees % 2 === 1
  const root = Math.sqrt(value)
  let term = isOdd ? (2 * Math.exp(-value / 2) * root) / Math.sqrt(2 * Math.PI) : Math.exp(-value / 2)
  let sum = isOdd ? 2 * normalTail(root) : 0
  for (let below = isOdd ? 3 : 2; below <= degrees; below += 2) {
    sum += term
    term *= value / below
  }
  return sum
}
