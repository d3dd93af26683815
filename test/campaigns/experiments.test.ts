import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { banditShares, topTwoShares } from '#campaigns/experiments/allocate.ts'
import { difference, differenceOfMeans, reachAt } from '#campaigns/experiments/always-valid.ts'
import { adjustedMeans } from '#campaigns/experiments/covariate.ts'
import { evened } from '#campaigns/experiments/evened.ts'
import { normalQuantile, normalTail } from '#campaigns/experiments/normal.ts'
import { standings } from '#campaigns/experiments/posterior.ts'
import { readExperiment } from '#campaigns/experiments/readout.ts'
import { chiSquareTail, sampleRatio } from '#campaigns/experiments/sample-ratio.ts'
import { peopleNeeded } from '#campaigns/experiments/sample-size.ts'
import { seeded } from '../../bench/rag/zipf-texts.ts'

describe('the distributions behind the readout', () => {
  it('give the figures of printed tables', () => {
    expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 14)
    expect(normalTail(6)).toBeCloseTo(9.865876450377e-10, 20)
    expect(normalTail(2.999999) - normalTail(3.000001)).toBeCloseTo(2e-6 * 0.0044318484, 14)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
    expect(normalQuantile(0.8)).toBeCloseTo(0.8416212335729143, 12)
    expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 9)
    expect([chiSquareTail(3.841458820694124, 1), chiSquareTail(5.991464547107979, 2), chiSquareTail(7.814727903251179, 3), chiSquareTail(18.307038053275146, 10), chiSquareTail(11.070497693516351, 5)].map((p) => Number(p.toFixed(12)))).toEqual([0.05, 0.05, 0.05, 0.05, 0.05]) // prettier-ignore
  })
})

describe('how many people an experiment needs', () => {
  it('agrees with the example of R’s power.prop.test: 76.7 for .50 against .75 at 90 % power', () => {
    expect(peopleNeeded({ rate: 0.5, change: 0.5, power: 0.9 })).toBe(77)
  })

  it('agrees with R for .20 against .25 (1,093.7) and with 14,751 for a tenth more of 10 %', () => {
    expect(peopleNeeded({ rate: 0.2, change: 0.25 })).toBe(1_094)
    expect(peopleNeeded({ rate: 0.1, change: 0.1 })).toBe(14_751)
  })

  it('is found again by experiments of that size: four in five see the change', () => {
    const random = seeded(7)
    const size = peopleNeeded({ rate: 0.1, change: 0.5 })
    const found = Array.from({ length: 600 }, () => {
      const [a, b] = [draws(random, size, 0.1), draws(random, size, 0.15)]
      const pooled = (a + b) / (2 * size)
      return (b - a) / size / Math.sqrt((2 * pooled * (1 - pooled)) / size) > 1.96
    }).filter(Boolean).length
    expect(found / 600).toBeGreaterThan(0.76)
    expect(found / 600).toBeLessThan(0.84)
  })
})

const draws = (random: () => number, count: number, rate: number): number => {
  let hits = 0
  for (let n = 0; n < count; n++) if (random() < rate) hits++
  return hits
}

describe('a sample ratio', () => {
  it('is called uneven only below p = .001, and not judged with fewer than eight expected in an arm', () => {
    expect(sampleRatio([{ people: 821_588, weight: 1 }, { people: 815_482, weight: 1 }])).toMatchObject({ kind: 'uneven' }) // prettier-ignore
    expect(sampleRatio([{ people: 500, weight: 1 }, { people: 460, weight: 1 }])).toMatchObject({ kind: 'even' }) // prettier-ignore
    expect(sampleRatio([{ people: 7, weight: 1 }, { people: 7, weight: 1 }])).toEqual({ kind: 'too-few' }) // prettier-ignore
    expect(sampleRatio([{ people: 100, weight: 1 }])).toEqual({ kind: 'too-few' })
  })

  it('alarms at 55 against 45 of a hundred among 10,000, and not at half and half', () => {
    const of = (first: number) => sampleRatio([{ people: first, weight: 1 }, { people: 10_000 - first, weight: 1 }]).kind // prettier-ignore
    expect([of(5_500), of(4_500)]).toEqual(['uneven', 'uneven'])
    expect([of(5_000), of(5_080)]).toEqual(['even', 'even'])
  })

  it('gives the p of Fabijan’s published case, 821,588 against 815,482: 1.8e-6', () => {
    const found = sampleRatio([{ people: 821_588, weight: 1 }, { people: 815_482, weight: 1 }]) // prettier-ignore
    expect(found.kind === 'too-few' ? null : found.p).toBeCloseTo(1.8e-6, 7)
  })

  it('is alarmed about one in a thousand even ones', () => {
    const random = seeded(11)
    const alarms = Array.from({ length: 2_000 }, () => {
      const first = draws(random, 400, 0.5)
      return sampleRatio([{ people: first, weight: 1 }, { people: 400 - first, weight: 1 }]).kind === 'uneven' // prettier-ignore
    }).filter(Boolean).length
    expect(alarms).toBeLessThanOrEqual(7)
  })
})

describe('the interval that may be looked at at any time', () => {
  it('is that of gbstats’ published test: ± 1.0618 at 0.33341 standard errors, 6,461 people, tuned to 1,000', () => {
    const half = 0.33341 * reachAt(6_461, 0.05, 1_000)
    expect(0.50336 + half).toBeCloseTo(1.56516, 4)
    expect(0.50336 - half).toBeCloseTo(-0.55844, 4)
  })

  it.each([0.05, 0.3])('finds a difference where there is none in at most 5 of 100 experiments, looked at after every step (rate %f)', (rate) => {
    const random = seeded(23)
    const fooled = Array.from({ length: 2_000 }, () => {
      const [one, other] = [{ people: 0, converted: 0 }, { people: 0, converted: 0 }]
      for (let look = 0; look < 150; look++) {
        for (const arm of [one, other]) {
          arm.people += 20
          arm.converted += draws(random, 20, rate)
        }
        const { low, high } = difference(one, other, 0.05)
        if (low > 0 || high < 0) return true
      }
      return false
    }).filter(Boolean).length
    expect(fooled / 2_000).toBeLessThanOrEqual(0.05)
  }) // prettier-ignore

  it('says nothing of arms with fewer than ten hits or misses', () => {
    expect(difference({ people: 5_000, converted: 9 }, { people: 5_000, converted: 400 }, 0.05)).toMatchObject({ low: -1, high: 1 }) // prettier-ignore
  })
})

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

describe('taking out what was known before', () => {
  it('leaves the difference and takes from the variance the square of the correlation', () => {
    const random = seeded(3)
    const normal = (): number => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())))
    const group = (lift: number) =>
      Array.from({ length: 4_000 }, () => {
        const before = 10 + 2 * normal()
        return { before, after: 5 + 0.8 * before + 1.2 * normal() + lift }
      })
    const { arms: found, theta } = adjustedMeans([group(0), group(0.3)])
    expect(theta).toBeCloseTo(0.8, 1)
    expect(found[1]!.mean - found[0]!.mean).toBeCloseTo(0.3, 1)
    expect(found[0]!.variance).toBeCloseTo(1.44, 0)
    expect(found[0]!.variance).toBeLessThan((0.64 * 4 + 1.44) * 0.45)
  })

  it('finds by it what is lost in the noise without: the interval holds at every look', () => {
    const [plain, warm] = [
      { people: 10_000, mean: 20, variance: 400 },
      { people: 10_000, mean: 20.8, variance: 400 },
    ]
    const noisy = differenceOfMeans(warm, plain, 0.05)
    expect(noisy.estimate).toBeCloseTo(0.8, 9)
    expect(noisy.low).toBeLessThan(0)
    const calm = { ...plain, variance: 100 }
    expect(differenceOfMeans({ ...warm, variance: 100 }, calm, 0.05).low).toBeGreaterThan(0)
  })

  it('changes nothing where nothing was known', () => {
    const { theta, arms: found } = adjustedMeans([[{ before: 0, after: 1 }, { before: 0, after: 3 }], [{ before: 0, after: 5 }]]) // prettier-ignore
    expect({ theta, means: found.map(({ mean }) => mean) }).toEqual({ theta: 0, means: [2, 5] })
  })
})

describe('a readout in words', () => {
  const arm = (name: string, size: number, converted: number, weight = 1) => ({ name, weight, people: size, converted })

  it('says how many are missing while it is too early', () => {
    const read = readExperiment([arm('plain', 1_240, 62), arm('warm', 1_251, 70)])
    expect(read).toMatchObject({ kind: 'early', needed: 8_158 })
    expect(read.words).toBe('Too early to tell: 1,240 of 8,158 needed in each arm.')
  })

  it('names the arm that does better, and by how much at least', () => {
    const read = readExperiment([arm('plain', 9_000, 450), arm('warm', 9_050, 720)])
    expect(read.kind).toBe('better')
    expect(read.words).toMatch(
      /^“warm” does better than “plain”: by \d\.\d to \d\.\d percentage points, more than 99\.9 % likely the best\.$/,
    )
  })

  it('concludes nothing where the shares are wrong, however clear the rest looks', () => {
    expect(readExperiment([arm('plain', 9_000, 450), arm('warm', 7_000, 720)]).kind).toBe('uneven')
  })

  it('says when all others do worse, and when enough people made no difference', () => {
    expect(readExperiment([arm('plain', 9_000, 720), arm('warm', 9_050, 450)]).kind).toBe('worse')
    expect(readExperiment([arm('plain', 20_000, 2_000), arm('warm', 20_050, 2_010)]).kind).toBe('open')
  })

  it('says nothing of arms in which nobody has converted yet', () => {
    expect(readExperiment([arm('plain', 0, 0), arm('warm', 0, 0)])).toMatchObject({ kind: 'early', needed: null })
  })
})
