/** A share with the interval that holds the true one 19 times in 20. */
export type Share = { share: number; low: number; high: number }

/** The normal quantile of 97.5 %. */
const z = 1.959_963_984_540_054

/**
 * A share of a count, with its 95 % interval by Wilson (1927), which stays within [0, 1] and is honest for few: null
 * where nothing was counted.
 */
export function shareOf(hits: number, of: number): Share | null {
  if (of === 0) return null
  const share = hits / of
  const middle = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of)
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
