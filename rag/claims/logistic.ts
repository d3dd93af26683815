/** A logistic model: the log-odds are `bias` + Σ weight · (value − mean) / deviation. */
export type Logistic = {
  bias: number
  features: Readonly<Record<string, { weight: number; mean: number; deviation: number }>>
}

/** The probability that a model gives, 0 to 1. A feature that it does not know has no say. */
export function probability(model: Logistic, values: Readonly<Record<string, number>>): number {
  const odds = Object.entries(model.features).reduce(
    (sum, [name, { weight, mean, deviation }]) => sum + (weight * ((values[name] ?? mean) - mean)) / deviation,
    model.bias,
  )
  return 1 / (1 + Math.exp(-odds))
}

export type Example = { values: Readonly<Record<string, number>>; is: boolean }

/**
 * Fits a model by Newton's method on the log-likelihood, both classes weighing the same, minus `ridge`/2 · Σ weight²
 * (Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, § 4.4). Deterministic.
 */
export function fit(examples: readonly Example[], names: readonly string[], ridge: number): Logistic {
  const scales = names.map((name) => scaleOf(examples.map(({ values }) => values[name] ?? 0)))
  const rows = examples.map(({ values }) => [
    1,
    ...names.map((name, at) => ((values[name] ?? 0) - scales[at]!.mean) / scales[at]!.deviation),
  ])
  const positive = examples.filter(({ is }) => is).length
  const share = examples.map(({ is }) => examples.length / 2 / (is ? positive : examples.length - positive))
  let weights = rows[0]!.map(() => 0)
  for (let round = 0; round < 30; round += 1) {
    const step = newtonStep(rows, examples, share, weights, ridge)
    weights = weights.map((weight, at) => weight + step[at]!)
    if (Math.max(...step.map(Math.abs)) < 1e-9) break
  }
  const features = names.map((name, at) => [name, { weight: weights[at + 1]!, ...scales[at]! }] as const)
  return { bias: weights[0]!, features: Object.fromEntries(features) }
}

function scaleOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) || 1 }
}

function newtonStep(
  rows: readonly number[][],
  examples: readonly Example[],
  share: readonly number[],
  weights: readonly number[],
  ridge: number,
): number[] {
  const curve = weights.map((_, i) => weights.map((__, j) => (i === j ? (i === 0 ? 1e-9 : ridge) : 0)))
  const slope = weights.map((weight, at) => (at === 0 ? 0 : -ridge * weight))
  for (const [at, row] of rows.entries()) {
    const odds = row.reduce((sum, value, i) => sum + value * weights[i]!, 0)
    const chance = 1 / (1 + Math.exp(-odds))
    const bend = chance * (1 - chance) * share[at]!
    const error = (Number(examples[at]!.is) - chance) * share[at]!
    for (const [i, value] of row.entries()) {
      slope[i]! += error * value
      for (const [j, other] of row.entries()) curve[i]![j]! += bend * value * other
    }
  }
  return solved(curve, slope)
}

/** Gauss's elimination with the largest pivot: `matrix` · x = `right`. */
function solved(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at]!])
  const size = rows.length
  for (let column = 0; column < size; column += 1) {
    const below = rows.slice(column).map((row) => Math.abs(row[column]!))
    const pivot = column + below.indexOf(Math.max(...below))
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    for (const [at, row] of rows.entries()) {
      if (at === column) continue
      const factor = row[column]! / rows[column]![column]!
      for (let i = column; i <= size; i += 1) row[i]! -= factor * rows[column]![i]!
    }
  }
  return rows.map((row, at) => row[size]! / row[at]!)
}
