import { describe, expect, it } from 'vitest'
import { difference, differenceOfMeans, reachAt } from '#campaigns/experiments/always-valid.ts'
import { adjustedMeans } from '#campaigns/experiments/covariate.ts'
import { normalQuantile, normalTail } from '#campaigns/experiments/normal.ts'
import { readExperiment } from '#campaigns/experiments/readout.ts'
import { chiSquareTail, sampleRatio } from '#campaigns/experiments/sample-ratio.ts'
import { peopleNeeded } from '#campaigns/experiments/sample-size.ts'
import { seeded } from '../../bench/rag/zipf-texts.ts'
import { draws } from './draws.ts'

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
