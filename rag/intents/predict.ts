import type { Embedder } from '../embedder.ts'
import { bestOf } from './calibrate.ts'
import { denseRows, termsOf, tfIdf } from './features.ts'
import type { Calibration, IntentModel, Prediction } from './model.ts'
import { probabilities, scoresOf } from './softmax.ts'

export type Predictor = {
  predict: (texts: readonly string[]) => Promise<Prediction[]>
  /** How well what answers did on texts kept aside in training. */
  calibration: Calibration
  /** Why the model answers by words alone though it was trained with more; null where it does not. */
  weaker: string | null
}

/**
 * Answers by a trained model. Where the embedder it was trained with is not the one given, words alone answer, with
 * their own calibration, and `weaker` says so. A text in which no term of the examples stands has no intent. A
 * `threshold` (0 to 1) that is given replaces both the model's own and that rule.
 */
export function intentPredictor(model: IntentModel, embedder: Embedder | null, threshold?: number): Predictor {
  const { meaning } = model
  const reads = meaning !== null && embedder?.id === meaning.embedder ? embedder : null
  const calibration = (reads && model.calibration.both) || model.calibration.words
  const encode = tfIdf(model.vocabulary)
  return {
    calibration,
    weaker: meaning !== null && reads === null ? weakerWords(model, meaning.embedder) : null,
    predict: async (texts) => {
      const rows = encode(texts.map((text) => termsOf(text)))
      const dense = meaning && reads ? denseRows(await reads.embed(texts)) : null
      return texts.map((_, row) => {
        const words = scoresOf(model.words, rows, row)
        const scores = meaning && dense ? joint(words, scoresOf(meaning.linear, dense, row)) : words
        const known = rows.starts[row]! < rows.starts[row + 1]!
        return answerOf(model, calibration, scores, threshold ?? (known ? undefined : Number.POSITIVE_INFINITY))
      })
    },
  }
}

/** What two heads say together: the mean of the logarithms of their shares. */
export function joint(words: Float64Array, meaning: Float64Array): Float64Array {
  const [one, other] = [probabilities(words, 1), probabilities(meaning, 1)]
  return one.map((share, at) => (Math.log(share + 1e-12) + Math.log(other[at]! + 1e-12)) / 2)
}

function answerOf(model: IntentModel, calibration: Calibration, scores: Float64Array, threshold = calibration.threshold): Prediction {
  const shares = probabilities(scores, calibration.temperature)
  const best = bestOf(shares)
  const nearest = model.intents[best]!
  const confidence = shares[best]!
  return { intent: confidence < threshold ? null : nearest, nearest, confidence }
} // prettier-ignore

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function weakerWords({ calibration: { words, both } }: IntentModel, embedder: string): string {
  const better = both ? `, not ${percent(both.measured.accuracy)}` : ''
  return `The model was trained with ${embedder}, which is not here: words alone answer, ${percent(words.measured.accuracy)} right${better} (millrace models install)`
}
