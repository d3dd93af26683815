/** What somebody did in the experiment, and what they did in as long a time before it. */
export type Measured = { before: number; after: number }

export type Mean = { people: number; mean: number; variance: number }

/**
 * The means of arms with what was known before taken out (CUPED): after − θ(before − mean of before), θ = cov / var over
 * all arms together, so that the difference of the means stays what it was in expectation and its variance shrinks by
 * the square of the correlation. Source: Deng, Xu, Kohavi, Walker, WSDM 2013, eq. 4–5.
 */
export function adjustedMeans(arms: readonly (readonly Measured[])[]): { arms: Mean[]; theta: number } {
  const all = arms.flat()
  const before = meanOf(all.map((one) => one.before))
  const after = meanOf(all.map((one) => one.after))
  const spread = all.reduce((sum, one) => sum + (one.before - before) ** 2, 0)
  const shared = all.reduce((sum, one) => sum + (one.before - before) * (one.after - after), 0)
  const theta = spread === 0 ? 0 : shared / spread
  return { theta, arms: arms.map((arm) => described(arm.map((one) => one.after - theta * (one.before - before)))) }
}

function described(values: readonly number[]): Mean {
  const mean = meanOf(values)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { people: values.length, mean, variance: values.length > 1 ? squares / (values.length - 1) : 0 }
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
