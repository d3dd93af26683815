import type { Rows } from './features.ts'

/** A linear scorer: `weights[feature * classes + class]`, and one `bias` for each class. */
export type Linear = { readonly classes: number; readonly weights: Float32Array; readonly bias: Float32Array }

export type Training = {
  rows: Rows
  /** The class of each row, 0 to `classes - 1`. */
  labels: readonly number[]
  classes: number
  features: number
  rounds: number
  /** The first step; a feature's steps grow smaller as it is corrected. */
  step: number
}

/** A class whose share of the error is smaller teaches nothing worth the time. */
const worthCorrecting = 1e-3

/**
 * Multinomial logistic regression by stochastic gradients with AdaGrad's steps (Duchi, Hazan, Singer 2011), one
 * accumulator a feature, and the mean of the weights of the last half of the rounds. The order is a fixed shuffle:
 * the same rows give the same weights.
 */
export async function trainSoftmax(training: Training, pause: () => Promise<unknown>): Promise<Linear> {
  const { rows, labels, classes, features, rounds, step } = training
  const model = { classes, weights: new Float32Array(features * classes), bias: new Float32Array(classes) }
  const mean = { weights: new Float32Array(features * classes), bias: new Float32Array(classes) }
  const corrected = new Float64Array(features).fill(1e-6)
  const random = sequence(1)
  const order = labels.map((_, row) => row)
  const half = Math.floor(rounds / 2)
  for (let round = 0; round < rounds; round += 1) {
    shuffle(order, random)
    for (const [count, row] of order.entries()) {
      if (count % 500 === 0) await pause()
      correct(model, rows, row, labels[row]!, { corrected, step, rate: step / Math.sqrt(round + 1) })
    }
    if (round >= half) addTo(mean, model, 1 / (rounds - half))
  }
  return { classes, ...mean }
}

type Steps = { corrected: Float64Array; step: number; rate: number }

function correct({ classes, weights, bias }: Linear, rows: Rows, row: number, label: number, steps: Steps): void {
  const error = probabilities(scoresOf({ classes, weights, bias }, rows, row), 1)
  error[label]! -= 1
  const active: number[] = []
  let square = 0
  for (let one = 0; one < classes; one += 1) {
    if (Math.abs(error[one]!) < worthCorrecting) continue
    active.push(one)
    square += error[one]! ** 2
    bias[one]! -= steps.rate * 0.05 * error[one]!
  }
  for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at += 1) {
    const feature = rows.features[at]!
    const value = rows.values[at]!
    const total = (steps.corrected[feature]! += value * value * square)
    const rate = (steps.step * value) / Math.sqrt(total)
    const from = feature * classes
    for (const one of active) weights[from + one]! -= rate * error[one]!
  }
}

/** The score of each class for one row. */
export function scoresOf({ classes, weights, bias }: Linear, rows: Rows, row: number): Float64Array {
  const scores = Float64Array.from(bias)
  for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at += 1) {
    const from = rows.features[at]! * classes
    const value = rows.values[at]!
    for (let one = 0; one < classes; one += 1) scores[one]! += value * weights[from + one]!
  }
  return scores
}

/** Scores as shares of one; the `temperature` divides them first. */
export function probabilities(scores: Float64Array, temperature: number): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const shares = scores.map((score) => Math.exp((score - most) / temperature))
  const sum = shares.reduce((a, b) => a + b, 0)
  return shares.map((share) => share / sum)
}

function addTo(sum: { weights: Float32Array; bias: Float32Array }, model: Linear, share: number): void {
  for (let at = 0; at < sum.weights.length; at += 1) sum.weights[at]! += model.weights[at]! * share
  for (let at = 0; at < sum.bias.length; at += 1) sum.bias[at]! += model.bias[at]! * share
}

/** Fisher and Yates' shuffle, in place. */
export function shuffle(order: number[], random: () => number): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
}

/** Numbers from 0 up to 1, the same for the same seed (Lehmer's generator modulo 2³¹ − 1). */
export function sequence(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
