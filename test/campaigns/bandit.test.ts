import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { banditShares, topTwoShares } from '#campaigns/experiments/allocate.ts'
import { evened } from '#campaigns/experiments/evened.ts'
import { standings } from '#campaigns/experiments/posterior.ts'
import { seeded } from '../../bench/rag/zipf-texts.ts'
import { draws } from './draws.ts'

/** P(B > A) for Beta posteriors with whole parameters, by Miller's closed sum. */
function chanceAbove(a: { people: number; converted: number }, b: { people: number; converted: number }): number {
  const logFactorial = (n: number): number => Array.from({ length: n }, (_, k) => Math.log(k + 1)).reduce((x, y) => x + y, 0) // prettier-ignore
  const logBeta = (x: number, y: number): number => logFactorial(x - 1) + logFactorial(y - 1) - logFactorial(x + y - 1)
  const [a1, b1, a2, b2] = [a.converted + 1, a.people - a.converted + 1, b.converted + 1, b.people - b.converted + 1]
  return Array.from({ length: a2 }, (_, i) => Math.exp(logBeta(a1 + i, b1 + b2) - Math.log(b2 + i) - logBeta(1 + i, b2) - logBeta(a1, b1))).reduce((x, y) => x + y, 0) // prettier-ignore
}

describe('the posterior', () => {
  it.each([
    [{ people: 100, converted: 10 }, { people: 100, converted: 15 }],
    [{ people: 40, converted: 0 }, { people: 60, converted: 2 }],
    [{ people: 900, converted: 90 }, { people: 20, converted: 4 }],
  ])('gives the chance of Miller’s closed sum (%o, %o)', (a, b) => {
    expect(standings([a, b])[1]!.best).toBeCloseTo(chanceAbove(a, b), 4)
  }) // prettier-ignore

  it('is right as often as it says: of the chances it gives, so many come true', () => {
    const random = seeded(17)
    const told = Array.from({ length: 1_000 }, () => {
      const rates = [random(), random()]
      const chances = standings(rates.map((rate) => ({ people: 15, converted: draws(random, 15, rate) })))
      return { chance: chances[0]!.best, came: rates[0] === Math.max(...rates) }
    })
    for (const [low, high] of [[0, 0.1], [0.1, 0.5], [0.5, 0.9], [0.9, 1]] as const) {
      const those = told.filter(({ chance }) => chance > low && chance <= high)
      const said = those.reduce((sum, { chance }) => sum + chance, 0) / those.length
      expect(those.filter(({ came }) => came).length / those.length).toBeCloseTo(said, 1)
    }
  }) // prettier-ignore

  it('is fair to arms that nobody is in, and sums to one', () => {
    const none = { people: 0, converted: 0 }
    expect(standings([none, none, none]).map(({ best }) => best.toFixed(6))).toEqual([
      '0.333333',
      '0.333333',
      '0.333333',
    ])
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 2, maxLength: 5 }), (given) => {
        const all = standings(given.map(([n, part]) => ({ people: n, converted: Math.floor(n * part) })))
        expect(all.reduce((sum, { best }) => sum + best, 0)).toBeCloseTo(1, 9)
        for (const { best, loss } of all) expect(best >= 0 && loss >= 0 && loss <= 1).toBe(true)
      }), { numRuns: 30 },
    ) // prettier-ignore
  })

  it('knows what choosing the wrong arm costs: E[max(B − A, 0)] of two even priors is a sixth', () => {
    const none = { people: 0, converted: 0 }
    expect(standings([none, none])[0]!.loss).toBeCloseTo(1 / 6, 5)
  })
})

describe('top-two allocation', () => {
  it('shares two arms evenly, favours the better of three, and leaves nobody below one in a hundred', () => {
    expect(topTwoShares([{ people: 100, converted: 1 }, { people: 100, converted: 60 }]).map((share) => Number(share.toFixed(9)))).toEqual([0.5, 0.5]) // prettier-ignore
    const shares = topTwoShares([{ people: 900, converted: 20 }, { people: 900, converted: 90 }, { people: 900, converted: 85 }, { people: 900, converted: 1 }]) // prettier-ignore
    expect(shares[1]!).toBeGreaterThan(shares[0]!)
    expect(shares[0]).toBeCloseTo(0.01, 9)
    expect(shares[3]).toBeCloseTo(0.01, 9)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
  })

  it('finds the best arm of four and gives it about half', () => {
    const random = seeded(5)
    const rates = [0.05, 0.06, 0.07, 0.12]
    const counted = rates.map(() => ({ people: 0, converted: 0 }))
    for (let day = 0; day < 30; day++) {
      topTwoShares(counted).forEach((share, arm) => {
        const coming = Math.round(share * 400)
        counted[arm]!.people += coming
        counted[arm]!.converted += draws(random, coming, rates[arm]!)
      })
    }
    expect(topTwoShares(counted)[3]!).toBeGreaterThan(0.45)
    expect(standings(counted)[3]!.best).toBeGreaterThan(0.99)
  })
})

describe('a bandit', () => {
  /** Conversions that a campaign of 30 days forgoes against its best arm known from the first. */
  function regret(seed: number, rates: readonly number[], bandit: boolean): number {
    const random = seeded(seed)
    const counted = rates.map(() => ({ people: 0, converted: 0 }))
    let lost = 0
    for (let day = 0; day < 30; day++) {
      const shares = bandit ? banditShares(counted) : rates.map(() => 1 / rates.length)
      shares.forEach((share, arm) => {
        const coming = Math.round(share * 200)
        counted[arm]!.people += coming
        counted[arm]!.converted += draws(random, coming, rates[arm]!)
        lost += coming * (Math.max(...rates) - rates[arm]!)
      })
    }
    return lost
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const seeds = Array.from({ length: 8 }, (_, seed) => 100 + seed)

  it.each([[[0.05, 0.1]], [[0.04, 0.06, 0.08, 0.14]]])('forgoes less than equal shares do, of rates %o', (rates) => {
    const [by, without] = [seeds.map((seed) => regret(seed, rates, true)), seeds.map((seed) => regret(seed, rates, false))] // prettier-ignore
    expect(mean(by)).toBeLessThan(0.7 * mean(without))
  })

  it('counts what was counted where shares never moved', () => {
    const day = [{ people: 40, converted: 4, share: 0.25 }, { people: 120, converted: 30, share: 0.75 }] // prettier-ignore
    const [one, other] = evened([day])
    expect([one!.people, one!.converted, other!.people, other!.converted].map((value) => Number(value.toFixed(9)))).toEqual([40, 4, 120, 30]) // prettier-ignore
    expect(evened([day, day.map((arm) => ({ ...arm, share: 0 }))])).toEqual([one, other])
  })

  it('does not take a better season for a better arm', () => {
    // Both arms convert 10 of 100 at first and 30 later, when the first had grown.
    const days = [
      [{ people: 500, converted: 50, share: 0.5 }, { people: 500, converted: 50, share: 0.5 }],
      [{ people: 900, converted: 270, share: 0.9 }, { people: 100, converted: 30, share: 0.1 }],
    ] // prettier-ignore
    const pooled = [{ people: 1_400, converted: 320 }, { people: 600, converted: 80 }] // prettier-ignore
    expect(standings(pooled)[0]!.best).toBeGreaterThan(0.999)
    const [one, other] = evened(days)
    expect(one!.converted / one!.people).toBeCloseTo(other!.converted / other!.people, 9)
    expect(standings([one!, other!])[0]!.best).toBeCloseTo(0.5, 1)
    expect(one!.people).toBeLessThan(1_400)
  })

  it('finds the best arm though everybody converts more and more, and forgoes less than equal shares', () => {
    const rates = [0.04, 0.07]
    const run = (seed: number) => {
      const random = seeded(seed)
      const days: { people: number; converted: number; share: number }[][] = []
      let lost = 0
      for (let day = 0; day < 30; day++) {
        const shares = banditShares(days.length === 0 ? rates.map(() => ({ people: 0, converted: 0 })) : evened(days))
        const season = 0.5 + day / 15
        days.push(shares.map((share, arm) => {
          const people = Math.round(share * 300)
          lost += people * season * (rates[1]! - rates[arm]!)
          return { people, converted: draws(random, people, rates[arm]! * season), share }
        })) // prettier-ignore
      }
      return { lost, best: standings(evened(days))[1]!.best }
    }
    const runs = seeds.map(run)
    const equal = Array.from({ length: 30 }, (_, day) => 150 * (0.5 + day / 15) * 0.03).reduce((sum, one) => sum + one)
    expect(runs.filter(({ best }) => best > 0.9).length).toBeGreaterThanOrEqual(7)
    expect(mean(runs.map(({ lost }) => lost))).toBeLessThan(0.7 * equal)
  })
})
