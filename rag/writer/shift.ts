/** Fewer values on either side cannot tell a shift from chance. */
export const fewest = 20

const [fewestInBin, mostBins] = [5, 10]

/** χ² that chance exceeds once in a hundred, for 1, 2, 3 … degrees of freedom. */
const chiSquare99 = [6.635, 9.21, 11.345, 13.277, 15.086, 16.812, 18.475, 20.09, 21.666]

/** How much two samples differ. `alarm`: a PSI above it is no chance. `ks`: null where values have no order. */
export type Shift = { psi: number; alarm: number; ks: { distance: number; p: number } | null }

/**
 * Compares two samples of numbers. Bins are the quantiles of both together, so that neither side is favoured; each is to
 * hold five values of the smaller sample.
 */
export function shiftOfNumbers(before: readonly number[], now: readonly number[]): Shift {
  const edges = edgesOf([...before, ...now], binsFor(before.length, now.length))
  const bin = (value: number): string => String(edges.filter((edge) => value > edge).length)
  const distance = ksDistance(before, now)
  return {
    ...shiftOfCounts(countsOf(before.map(bin)), countsOf(now.map(bin))),
    ks: { distance, p: ksChance(distance, before.length, now.length) },
  }
}

/** Compares two samples of words. What is rare on both sides counts as one. */
export function shiftOfWords(before: readonly string[], now: readonly string[]): Shift {
  const both = countsOf([...before, ...now])
  const kept = [...both.keys()]
    .toSorted((a, b) => both.get(b)! - both.get(a)! || a.localeCompare(b))
    .slice(0, mostBins - 1)
  const name = (value: string): string => (kept.includes(value) ? `is ${value}` : 'other')
  return { ...shiftOfCounts(countsOf(before.map(name)), countsOf(now.map(name))), ks: null }
}

type Counts = ReadonlyMap<string, number>

const countsOf = (names: readonly string[]): Counts => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

const totalOf = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0)

/**
 * The population stability index, Σ (p − q) · ln(p / q), each count raised by a half so that an empty bin has a share
 * too. Without a shift it follows χ² with bins − 1 degrees of freedom, times 1/n + 1/m (Yurdakul 2018); the customary
 * 0.1 is the least alarm.
 */
function shiftOfCounts(before: Counts, now: Counts): Pick<Shift, 'psi' | 'alarm'> {
  const bins = [...new Set([...before.keys(), ...now.keys()])].toSorted()
  const [n, m] = [totalOf(before), totalOf(now)]
  const share = (counts: Counts, total: number, bin: string): number =>
    ((counts.get(bin) ?? 0) + 0.5) / (total + bins.length / 2)
  const psi = bins.reduce((sum, bin) => {
    const [p, q] = [share(before, n, bin), share(now, m, bin)]
    return sum + (p - q) * Math.log(p / q)
  }, 0)
  const chance = bins.length < 2 ? 0 : (chiSquare99[bins.length - 2] ?? chiSquare99.at(-1)!) * (1 / n + 1 / m)
  return { psi, alarm: Math.max(0.1, chance) }
}

const binsFor = (n: number, m: number): number =>
  Math.max(2, Math.min(mostBins, Math.floor(Math.min(n, m) / fewestInBin)))

/** The values that part a sample into so many bins, each once. */
function edgesOf(values: readonly number[], bins: number): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  const edges = Array.from({ length: bins - 1 }, (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / bins)]!)
  return [...new Set(edges)]
}

/** The most by which the shares of values up to a point differ: 0 for equal samples, 1 for samples that do not touch. */
export function ksDistance(before: readonly number[], now: readonly number[]): number {
  const [left, right] = [before.toSorted((a, b) => a - b), now.toSorted((a, b) => a - b)]
  let [i, j, most] = [0, 0, 0]
  while (i < left.length && j < right.length) {
    const value = Math.min(left[i]!, right[j]!)
    while (i < left.length && left[i] === value) i += 1
    while (j < right.length && right[j] === value) j += 1
    most = Math.max(most, Math.abs(i / left.length - j / right.length))
  }
  return most
}

/**
 * How often chance alone parts two samples of one kind so far: Kolmogorov's distribution, with the correction for small
 * samples of Stephens (1970). Equal values make it too large, never too small.
 */
export function ksChance(distance: number, n: number, m: number): number {
  const size = Math.sqrt((n * m) / (n + m))
  const lambda = (size + 0.12 + 0.11 / size) * distance
  if (lambda < 0.2) return 1
  const terms = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 2 : -2) * Math.exp(-2 * lambda ** 2 * (at + 1) ** 2)) // prettier-ignore
  return Math.min(
    1,
    Math.max(
      0,
      terms.reduce((sum, term) => sum + term, 0),
    ),
  )
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
    : sorted[Math.floor(middle)]!
}
