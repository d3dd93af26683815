/** What somebody did in the experiment, and what they did in a time before it. */
export type Measured = { before: number; after: number }

export type Mean = { people: number; mean: number; variance: number }

/** How an arm's people did, and how that went with what they did before. Variances are those of samples. */
export type Moments = {
  people: number
  before: number
  after: number
  beforeVariance: number
  afterVariance: number
  covariance: number
}

/**
 * The means of arms with what was known before taken out (CUPED): after − θ(before − mean of before), θ = cov / var over
 * all arms together, so that the difference of the means stays what it was in expectation and its variance shrinks by
 * the square of the correlation. Source: Deng, Xu, Kohavi, Walker, WSDM 2013, eq. 4–5.
 */
export function adjusted(arms: readonly Moments[]): { arms: Mean[]; theta: number } {
  const people = arms.reduce((sum, arm) => sum + arm.people, 0)
  const over = (value: (arm: Moments) => number): number => arms.reduce((sum, arm) => sum + value(arm), 0)
  const before = people === 0 ? 0 : over((arm) => arm.people * arm.before) / people
  const after = people === 0 ? 0 : over((arm) => arm.people * arm.after) / people
  const spread = over((arm) => freedom(arm) * arm.beforeVariance + arm.people * (arm.before - before) ** 2)
  const shared = over((arm) => freedom(arm) * arm.covariance + arm.people * (arm.before - before) * (arm.after - after))
  const theta = spread === 0 ? 0 : shared / spread
  return { theta, arms: arms.map((arm) => without(arm, theta, before)) }
}

const freedom = ({ people }: Moments): number => Math.max(0, people - 1)

const without = (arm: Moments, theta: number, before: number): Mean => ({
  people: arm.people,
  mean: arm.after - theta * (arm.before - before),
  variance: Math.max(0, arm.afterVariance - 2 * theta * arm.covariance + theta ** 2 * arm.beforeVariance),
})

/** The same of people one by one. */
export const adjustedMeans = (arms: readonly (readonly Measured[])[]): { arms: Mean[]; theta: number } =>
  adjusted(arms.map(momentsOf))

function momentsOf(measured: readonly Measured[]): Moments {
  const before = meanOf(measured.map((one) => one.before))
  const after = meanOf(measured.map((one) => one.after))
  const over = (value: (one: Measured) => number): number =>
    measured.length > 1 ? measured.reduce((sum, one) => sum + value(one), 0) / (measured.length - 1) : 0
  return {
    people: measured.length,
    before,
    after,
    beforeVariance: over((one) => (one.before - before) ** 2),
    afterVariance: over((one) => (one.after - after) ** 2),
    covariance: over((one) => (one.before - before) * (one.after - after)),
  }
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
