import type { ArmCount } from '../queries/experiments.ts'
import { differenceOfMeans, type Interval } from './always-valid.ts'
import { adjusted } from './covariate.ts'

/** An arm's mean with what people did before taken into account; the difference to the first arm holds at every look. */
export type AdjustedArm = { mean: number; versusFirst: Interval | null }

/** `explained`: the part of the variance that what was known before took away, from 0 to 1. */
export type Adjusted = { arms: AdjustedArm[]; explained: number }

/** The same arms with what people spent before they came in taken into account: the goal reached, and money spent in its days. */
export type WithBefore = { reached: Adjusted; spent: Adjusted }

/** Reads the arms of an experiment, the first the control, with what was known of their people before. */
export function withBefore(arms: readonly ArmCount[], errorRate: number): WithBefore {
  const each = errorRate / Math.max(1, arms.length - 1)
  const reached = arms.map((arm) => ({
    people: arm.people,
    before: arm.before,
    beforeVariance: arm.beforeVariance,
    after: arm.people === 0 ? 0 : arm.converted / arm.people,
    afterVariance: arm.reachedVariance,
    covariance: arm.reachedCovariance,
  }))
  const spent = arms.map((arm) => ({
    people: arm.people,
    before: arm.before,
    beforeVariance: arm.beforeVariance,
    after: arm.spent,
    afterVariance: arm.spentVariance,
    covariance: arm.spentCovariance,
  }))
  return { reached: read(reached, each), spent: read(spent, each) }
}

function read(moments: Parameters<typeof adjusted>[0], errorRate: number): Adjusted {
  const { arms } = adjusted(moments)
  const raw = noise(moments.map(({ people, afterVariance: variance }) => ({ people, variance })))
  const left = noise(arms)
  return {
    explained: raw > 0 ? Math.max(0, 1 - left / raw) : 0,
    arms: arms.map((arm, at) => ({
      mean: arm.mean,
      versusFirst: at === 0 ? null : differenceOfMeans(arm, arms[0]!, errorRate),
    })),
  }
}

/** How much the people of all arms differ from the means of their arms. */
const noise = (arms: readonly { people: number; variance: number }[]): number =>
  arms.reduce((sum, { people, variance }) => sum + people * variance, 0)

/** An arm that nobody is in. */
export const emptyArm = (arm: string): ArmCount => ({
  arm,
  people: 0,
  converted: 0,
  before: 0,
  beforeVariance: 0,
  reachedVariance: 0,
  reachedCovariance: 0,
  spent: 0,
  spentVariance: 0,
  spentCovariance: 0,
})
