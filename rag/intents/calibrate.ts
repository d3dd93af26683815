import type { Calibration, Measured } from './model.ts'
import { probabilities } from './softmax.ts'

/** Of messages that the model answers rightly, this share may be turned away to keep out those of no intent. */
const turnedAway = 0.005
/** What has more than half of the share is an answer. */
const mostThreshold = 0.5
/** The edges between which a temperature is looked for, and how finely. */
const [coldest, hottest, steps] = [0.2, 5, 60]
const bins = 15

/** One answer: the best class, how sure it is, and whether it is right. */
export type Judged = { best: number; confidence: number; right: boolean }

export function judge(scores: readonly Float64Array[], labels: readonly number[], temperature: number): Judged[] {
  return scores.map((of, row) => {
    const shares = probabilities(of, temperature)
    const best = bestOf(shares)
    return { best, confidence: shares[best]!, right: best === labels[row] }
  })
}

/** The place of the largest number; the first of equals. */
export function bestOf(values: Float64Array): number {
  let best = 0
  for (let at = 1; at < values.length; at += 1) if (values[at]! > values[best]!) best = at
  return best
}

/** Finds the temperature of least log loss on texts that were kept aside, and the threshold that few right answers miss. */
export function calibrate(scores: readonly Float64Array[], labels: readonly number[]): Calibration {
  const grid = Array.from({ length: steps + 1 }, (_, step) => coldest * (hottest / coldest) ** (step / steps))
  const losses = grid.map((temperature) => logLoss(scores, labels, temperature))
  const temperature = labels.length === 0 ? 1 : grid[losses.indexOf(Math.min(...losses))]!
  const judged = judge(scores, labels, temperature)
  const right = judged.filter((one) => one.right).map(({ confidence }) => confidence).toSorted((a, b) => a - b)
  const threshold = Math.min(mostThreshold, right[Math.floor(right.length * turnedAway)] ?? 0)
  return { temperature, threshold, measured: measure(judged) }
} // prettier-ignore

/** Log loss against a truth that is never quite certain (Platt 1999): few texts do not make a model sure. */
function logLoss(scores: readonly Float64Array[], labels: readonly number[], temperature: number): number {
  const certain = (labels.length + 1) / (labels.length + 2)
  return scores.reduce((sum, of, row) => {
    const share = probabilities(of, temperature)[labels[row]!]!
    return sum - certain * Math.log(share + 1e-12) - (1 - certain) * Math.log(1 - share + 1e-12)
  }, 0)
}

/** Accuracy, and the expected calibration error over fifteen bins of equal width (Naeini et al. 2015). */
export function measure(judged: readonly Judged[]): Measured {
  const texts = judged.length
  const share = (list: readonly Judged[]): number => list.filter(({ right }) => right).length
  const filled = Array.from({ length: bins }, (_, bin) =>
    judged.filter(({ confidence }) => Math.min(bins - 1, Math.floor(confidence * bins)) === bin),
  )
  const gaps = filled.map((bin) => Math.abs(share(bin) - bin.reduce((sum, { confidence }) => sum + confidence, 0)))
  const whole = Math.max(1, texts)
  return { texts, accuracy: share(judged) / whole, ece: gaps.reduce((a, b) => a + b, 0) / whole }
}
