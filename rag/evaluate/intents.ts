import type { Embedder } from '../embedder.ts'
import { measure } from '../intents/calibrate.ts'
import { learnVocabulary, termsOf, tfIdf } from '../intents/features.ts'
import type { Predictor } from '../intents/predict.ts'
import { sequence, shuffle } from '../intents/softmax.ts'
import type { Example } from '../intents/train.ts'

export type IntentScore = {
  texts: number
  /** Right of all, were every message answered by its nearest intent; and with those turned away counted as wrong. */
  accuracy: number
  answered: number
  ece: number
  /** Of messages of no trained intent, the share that was turned away. */
  outOfScope: number
}

/** Messages of trained intents, and messages of none, against a model. */
export async function evaluateIntents(
  { predict }: Predictor,
  examples: readonly Example[],
  strangers: readonly string[],
): Promise<IntentScore> {
  const said = await predict(examples.map(({ text }) => text))
  const judged = said.map(({ nearest, confidence }, at) => ({ best: 0, confidence, right: nearest === examples[at]!.intent })) // prettier-ignore
  const kept = said.filter(({ intent }, at) => intent === examples[at]!.intent).length
  const turned = (await predict(strangers)).filter(({ intent }) => intent === null).length
  const { texts, accuracy, ece } = measure(judged)
  return { texts, accuracy, ece, answered: kept / Math.max(1, texts), outOfScope: turned / Math.max(1, strangers.length) }
} // prettier-ignore

/** Parts of the examples, the same for the same seed: each is held out once while the others teach. */
export function folds(examples: readonly Example[], count: number, seed: number): { learning: Example[]; heldOut: Example[] }[] {
  const order = [...examples.keys()]
  shuffle(order, sequence(seed))
  return Array.from({ length: count }, (_, fold) => ({
    learning: order.filter((_row, at) => at % count !== fold).map((row) => examples[row]!),
    heldOut: order.filter((_row, at) => at % count === fold).map((row) => examples[row]!),
  }))
} // prettier-ignore

const words = (text: string): Map<string, number> =>
  new Map([...termsOf(text)].filter(([term]) => /^w[^ &]+$/.test(term)))

/** The baseline: the intent whose mean TF-IDF row is nearest by cosine. Its share of right answers. */
export function centroidAccuracy(learning: readonly Example[], heldOut: readonly Example[]): number {
  const vocabulary = learnVocabulary(learning.map(({ text }) => words(text)))
  const encode = tfIdf(vocabulary)
  const intents = [...new Set(learning.map(({ intent }) => intent))]
  const centroids = intents.map(() => new Float64Array(vocabulary.terms.length))
  const rows = encode(learning.map(({ text }) => words(text)))
  for (const [row, { intent }] of learning.entries()) {
    const centroid = centroids[intents.indexOf(intent)]!
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at += 1) centroid[rows.features[at]!]! += rows.values[at]!
  }
  for (const centroid of centroids) {
    const length = Math.hypot(...centroid)
    for (let at = 0; at < centroid.length; at += 1) centroid[at]! /= length || 1
  }
  const held = encode(heldOut.map(({ text }) => words(text)))
  const right = heldOut.filter(({ intent }, row) => {
    const scores = centroids.map((centroid) => {
      let sum = 0
      for (let at = held.starts[row]!; at < held.starts[row + 1]!; at += 1) sum += held.values[at]! * centroid[held.features[at]!]!
      return sum
    })
    return intents[scores.indexOf(Math.max(...scores))] === intent
  })
  return right.length / heldOut.length
} // prettier-ignore

/** An embedder that reads a text once: folds share their texts. */
export function rememberingEmbedder(embedder: Embedder): Embedder {
  const known = new Map<string, number[]>()
  return {
    ...embedder,
    embed: async (texts) => {
      const fresh = [...new Set(texts)].filter((text) => !known.has(text))
      const vectors = await embedder.embed(fresh)
      for (const [at, text] of fresh.entries()) known.set(text, vectors[at]!)
      return texts.map((text) => known.get(text)!)
    },
  }
}
