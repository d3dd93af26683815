import type { Counted } from './counted.ts'
import { standings } from './posterior.ts'

/** No arm falls below this share, so that a change of heart is seen. */
const leastShare = 0.01

/**
 * The shares of the arms by top-two Thompson sampling: half of the people go to an arm by its chance of being best, the
 * other half by its chance of being best but for that one. The shares are the exact probabilities of that draw, so the
 * same counts give the same shares. Source: Russo, Simple Bayesian algorithms for best-arm identification, Oper. Res. 68
 * (2020), section 3.3, with its tuning at one half.
 */
export function topTwoShares(arms: readonly Counted[]): number[] {
  const best = standings(arms).map((standing) => standing.best)
  const shares = best.map((chance, arm) => {
    const asSecond = best.reduce((sum, first, other) => {
      if (other === arm || first === 0) return sum
      const rest = best.reduce((total, each, index) => (index === other ? total : total + each), 0)
      return sum + first * (rest > 0 ? chance / rest : 1 / (best.length - 1))
    }, 0)
    return chance / 2 + asSecond / 2
  })
  return atLeast(shares, leastShare)
}

/**
 * The shares a bandit sets: by top-two sampling; of two arms by the chance of being best alone (Thompson), since of two the
 * second is always the other one, and both would keep their half for ever.
 */
export const banditShares = (arms: readonly Counted[]): number[] =>
  arms.length > 2 ? topTwoShares(arms) : atLeast(standings(arms).map(({ best }) => best), leastShare) // prettier-ignore

/** Raises what is below `least` to it, and takes that from the others by their size. */
function atLeast(shares: readonly number[], least: number): number[] {
  const raised = shares.filter((share) => share < least).length
  const over = shares.filter((share) => share >= least).reduce((sum, share) => sum + share, 0)
  const left = 1 - raised * least
  const next = shares.map((share) => (share < least ? least : (share / over) * left))
  return next.some((share) => share < least - 1e-12) ? atLeast(next, least) : next
}
