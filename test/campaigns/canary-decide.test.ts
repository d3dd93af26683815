import { describe, expect, it } from 'vitest'
import { decide, type Look, type Tallies } from '#campaigns/canary/decide.ts'
import { enough, evidenceAbove, evidenceBelow, lowerBound, upperBound } from '#campaigns/canary/evidence.ts'
import { rolloutPlan, rolloutProblems, type RolloutPlan } from '#campaigns/canary/plan.ts'
import { seeded } from '../../bench/rag/zipf-texts.ts'

const at = new Date('2026-03-02T12:00:00Z')
const plan: RolloutPlan = {
  stages: [
    { percent: 1, minSends: 100, minMinutes: 60 },
    { percent: 10, minSends: 500, minMinutes: 60 },
    { percent: 100, minSends: 0, minMinutes: 60 },
  ],
  guards: [
    { metric: 'bounce', limit: 0.02 },
    { metric: 'complaint', limit: 0.003 },
    { metric: 'unsubscribe', timesFormer: 2 },
    { metric: 'conversion', timesFormer: 0.5 },
  ],
  mostBetweenLooks: 100,
  errorRate: 0.01,
}

const nothing: Tallies = {
  bounce: { hits: 0, tries: 500 },
  complaint: { hits: 0, tries: 500 },
  unsubscribe: { hits: 2, tries: 500 },
  error: { hits: 0, tries: 500 },
  guardrail: { hits: 0, tries: 500 },
  conversion: { hits: 25, tries: 500 },
}
const former: Tallies = {
  ...nothing,
  unsubscribe: { hits: 100, tries: 20_000 },
  conversion: { hits: 1_000, tries: 20_000 },
}

const look = (change: Partial<Look> = {}): Look => ({
  plan,
  percent: 1,
  stageSince: new Date(at.getTime() - 2 * 3_600_000),
  stageSends: 500,
  waiting: true,
  tallies: nothing,
  former,
  at,
  ...change,
})

describe('a rollout', () => {
  it('goes on when the time and the messages of a stage are over, and ends with the last', () => {
    expect(decide(look())).toMatchObject({ kind: 'advances', percent: 10 })
    expect(decide(look({ percent: 10 }))).toMatchObject({ kind: 'advances', percent: 100 })
    expect(decide(look({ percent: 100 }))).toMatchObject({ kind: 'finished' })
  })

  it('waits for both, but not for messages that nobody is left to get', () => {
    expect(decide(look({ stageSince: new Date(at.getTime() - 59 * 60_000) }))).toMatchObject({ kind: 'waits', why: '1 % for another 1 minutes at least' }) // prettier-ignore
    expect(decide(look({ stageSends: 99 }))).toMatchObject({ kind: 'waits', why: '99 of 100 messages at 1 %' })
    expect(decide(look({ stageSends: 3, waiting: false }))).toMatchObject({ kind: 'advances', percent: 10 })
  })

  it('is left alone, but not unguarded, where a person set it to no stage of its own', () => {
    expect(decide(look({ percent: 30 })).kind).toBe('waits')
    const tallies = { ...nothing, bounce: { hits: 60, tries: 500 } }
    expect(decide(look({ percent: 30, tallies })).kind).toBe('breached')
  })

  it('is taken back when too many bounce, and says how many', () => {
    const tallies = { ...nothing, bounce: { hits: 20, tries: 150 } }
    expect(decide(look({ tallies, stageSends: 150 }))).toMatchObject({ kind: 'breached', why: '20 of 150 messages bounced (13 %), at most 2 % asked for' }) // prettier-ignore
  })

  it('does not go on near a breach, and is not taken back for one bad message', () => {
    const one = { ...nothing, complaint: { hits: 1, tries: 100 } }
    expect(decide(look({ tallies: one })).kind).toBe('advances')
    const near = { ...nothing, bounce: { hits: 23, tries: 500 } }
    expect(decide(look({ tallies: near }))).toMatchObject({ kind: 'waits' })
  })

  it('compares with the version before: twice its unsubscribing and half its conversions are too much', () => {
    expect(decide(look({ tallies: { ...nothing, unsubscribe: { hits: 30, tries: 500 } } })).kind).toBe('breached')
    expect(decide(look({ tallies: { ...nothing, conversion: { hits: 2, tries: 1_000 } } })).kind).toBe('breached')
    expect(decide(look({ tallies: { ...nothing, unsubscribe: { hits: 30, tries: 500 } }, former: null })).kind).toBe('advances') // prettier-ignore
  })
})

const draw = (random: () => number, count: number, rate: number): number =>
  Array.from({ length: count }, () => random() < rate).filter(Boolean).length

describe('looking at a guard again and again', () => {
  it.each([0.003, 0.02, 0.3])('takes back at most 5 in 100 sound releases whose rate is just at the limit (%f)', (limit) => {
    const random = seeded(41)
    const fooled = Array.from({ length: 400 }, () => {
      const tally = { hits: 0, tries: 0 }
      for (let step = 0; step < 200; step++) {
        tally.tries += 20
        tally.hits += draw(random, 20, limit)
        if (evidenceAbove(tally, limit) >= enough(0.05)) return true
      }
      return false
    }).filter(Boolean).length
    expect(fooled / 400).toBeLessThanOrEqual(0.05)
  }) // prettier-ignore

  it('takes back at most 5 in 100 when conversions are just enough', () => {
    const random = seeded(43)
    const fooled = Array.from({ length: 300 }, () => {
      const tally = { hits: 0, tries: 0 }
      for (let step = 0; step < 200; step++) {
        tally.tries += 20
        tally.hits += draw(random, 20, 0.05)
        if (evidenceBelow(tally, 0.05) >= enough(0.05)) return true
      }
      return false
    }).filter(Boolean).length
    expect(fooled / 300).toBeLessThanOrEqual(0.05)
  })

  it('finds four times the limit within 400 messages nearly always', () => {
    const random = seeded(47)
    const found = Array.from({ length: 300 }, () => {
      const tally = { hits: 0, tries: 0 }
      for (let step = 0; step < 20; step++) {
        tally.tries += 20
        tally.hits += draw(random, 20, 0.08)
        if (evidenceAbove(tally, 0.02) >= enough(0.005)) return true
      }
      return false
    }).filter(Boolean).length
    expect(found / 300).toBeGreaterThan(0.95)
  })

  it('bounds the rate from both sides at every look at once', () => {
    const random = seeded(53)
    const missed = Array.from({ length: 200 }, () => {
      const tally = { hits: 0, tries: 0 }
      for (let step = 0; step < 30; step++) {
        tally.tries += 50
        tally.hits += draw(random, 50, 0.1)
        if (upperBound(tally, 0.025) < 0.1 || lowerBound(tally, 0.025) > 0.1) return true
      }
      return false
    }).filter(Boolean).length
    expect(missed / 200).toBeLessThanOrEqual(0.05)
    expect(upperBound({ hits: 0, tries: 0 }, 0.05)).toBe(1)
    expect(lowerBound({ hits: 0, tries: 10 }, 0.05)).toBe(0)
  })
})

describe('a plan', () => {
  const bad = (change: object): boolean => !rolloutPlan.safeParse({ ...plan, ...change }).success

  it('goes further at each stage, to everybody, and guards something', () => {
    expect(rolloutPlan.safeParse(plan).success).toBe(true)
    expect(bad({ stages: plan.stages.slice(0, 2) })).toBe(true)
    expect(bad({ stages: [plan.stages[1], plan.stages[0], plan.stages[2]] })).toBe(true)
    expect(bad({ guards: [] })).toBe(true)
    expect(bad({ guards: [{ metric: 'bounce' }] })).toBe(true)
    expect(bad({ guards: [{ metric: 'bounce', timesFormer: 0.5 }] })).toBe(true)
  })

  it('must not take longer than its messages last, nor guard a goal nobody named', () => {
    const document = { rollout: plan, limits: { expireAfterHours: 2 } }
    expect(rolloutProblems(document)).toHaveLength(2)
    expect(rolloutProblems({ ...document, limits: { expireAfterHours: 3 }, goalReachedBy: {} })).toEqual([])
  })
})
