import type { Embedder } from '../embedder.ts'
import { calibrate } from './calibrate.ts'
import { denseRows, learnVocabulary, termsOf, tfIdf, type Rows } from './features.ts'
import type { Calibration, IntentModel } from './model.ts'
import { joint } from './predict.ts'
import { scoresOf, sequence, shuffle, trainSoftmax, type Linear } from './softmax.ts'

export type Example = { text: string; intent: string }

/** The share of examples kept aside to learn how sure the model may be; it then learns from all of them. */
const keptAside = 0.1
const rounds = 10
const step = { words: 1, meaning: 2 }

type Deps = {
  /** Reads what texts mean; null trains on words alone. */
  embedder: Embedder | null
  /** Said as each part begins. */
  step?: (name: string) => void
  /** Awaited every few hundred texts, so that a server goes on answering in between. */
  pause?: () => Promise<unknown>
}

/**
 * Learns to tell intents from examples: multinomial logistic regression over words and letters, and another over the
 * embedder's vectors where there is one. The same examples give the same model. Throws where there are fewer than two
 * intents, or an intent with a single example.
 */
export async function trainIntents(deps: Deps, examples: readonly Example[]): Promise<IntentModel> {
  const intents = [...new Set(examples.map(({ intent }) => intent))].toSorted()
  const counts = new Map(intents.map((intent) => [intent, examples.filter((one) => one.intent === intent).length]))
  if (intents.length < 2) throw new Error('There are fewer than two intents: what is to be told from what?')
  const lonely = intents.filter((intent) => counts.get(intent)! < 2)
  if (lonely.length > 0) throw new Error(`One example is too few to learn from: ${lonely.slice(0, 5).join(', ')}`)
  const labels = examples.map(({ intent }) => intents.indexOf(intent))
  const terms = examples.map(({ text }) => termsOf(text))
  if (deps.embedder) deps.step?.(`reading ${examples.length} texts with ${deps.embedder.id}`)
  const vectors = deps.embedder ? await deps.embedder.embed(examples.map(({ text }) => text)) : null
  const data: Data = { intents: intents.length, labels, terms, vectors }
  const { learning, aside } = split(labels)
  deps.step?.('learning how sure to be')
  const trial = await learn(deps, data, learning)
  const calibration = calibrations(trial, data, aside)
  deps.step?.('learning from all')
  const { vocabulary, words, meaning } = await learn(deps, data, [...labels.keys()])
  const about = deps.embedder && meaning ? { embedder: deps.embedder.id, dimensions: deps.embedder.dimensions, linear: meaning } : null // prettier-ignore
  return { intents, texts: examples.length, vocabulary, words, meaning: about, calibration }
}

type Data = {
  intents: number
  labels: readonly number[]
  terms: readonly Map<string, number>[]
  vectors: readonly number[][] | null
}
type Heads = { vocabulary: IntentModel['vocabulary']; words: Linear; meaning: Linear | null }

async function learn({ pause = async () => {} }: Deps, data: Data, rows: readonly number[]): Promise<Heads> {
  const terms = rows.map((row) => data.terms[row]!)
  const labels = rows.map((row) => data.labels[row]!)
  const vocabulary = learnVocabulary(terms)
  const head = (of: Rows, features: number, first: number): Promise<Linear> =>
    trainSoftmax({ rows: of, labels, classes: data.intents, features, rounds, step: first }, pause)
  const words = await head(tfIdf(vocabulary)(terms), vocabulary.terms.length, step.words)
  if (data.vectors === null) return { vocabulary, words, meaning: null }
  const vectors = rows.map((row) => data.vectors![row]!)
  return { vocabulary, words, meaning: await head(denseRows(vectors), vectors[0]!.length, step.meaning) }
}

function calibrations(heads: Heads, data: Data, aside: readonly number[]): { words: Calibration; both: Calibration | null } {
  const labels = aside.map((row) => data.labels[row]!)
  const rows = tfIdf(heads.vocabulary)(aside.map((row) => data.terms[row]!))
  const words = aside.map((_, row) => scoresOf(heads.words, rows, row))
  const { meaning } = heads
  if (meaning === null || data.vectors === null) return { words: calibrate(words, labels), both: null }
  const dense = denseRows(aside.map((row) => data.vectors![row]!))
  const both = words.map((scores, row) => joint(scores, scoresOf(meaning, dense, row)))
  return { words: calibrate(words, labels), both: calibrate(both, labels) }
} // prettier-ignore

/** A tenth of the examples of each intent is kept aside, where it has ten. */
function split(labels: readonly number[]): { learning: number[]; aside: number[] } {
  const order = [...labels.keys()]
  shuffle(order, sequence(1))
  const seen = new Map<number, number>()
  const aside = order.filter((row) => {
    const label = labels[row]!
    seen.set(label, (seen.get(label) ?? 0) + 1)
    return seen.get(label)! % Math.round(1 / keptAside) === 0
  })
  const kept = new Set(aside)
  return { learning: order.filter((row) => !kept.has(row)), aside }
}
