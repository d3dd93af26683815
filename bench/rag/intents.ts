import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'csv-parse/sync'
import type { Embedder } from '#rag/embedder.ts'
import { energeticEmbedder } from '#rag/embedders/energetic.ts'
import { minilmEmbedder } from '#rag/embedders/minilm.ts'
import {
  centroidAccuracy,
  evaluateIntents,
  folds,
  rememberingEmbedder,
  type IntentScore,
} from '#rag/evaluate/intents.ts'
import { intentPredictor } from '#rag/intents/predict.ts'
import { trainIntents, type Example } from '#rag/intents/train.ts'
import { strangers } from './out-of-scope.ts'

/**
 * Intents of banking77, each fold held out once, by words alone and with an embedder; beside them the TF-IDF centroid.
 * `--models DIR` where models are installed, `--energetic` for the in-package embedder, `--folds N` (5), `--only N`.
 */
async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: 'string' },
      energetic: { type: 'boolean' },
      folds: { type: 'string', default: '5' },
      only: { type: 'string' },
    },
  })
  const examples = banking77()
  const parts = folds(examples, Number(values.folds), 7).slice(0, Number(values.only ?? values.folds))
  const embedders: [string, Embedder | null][] = [['words', null]]
  if (values.models !== undefined)
    embedders.push(['words + MiniLM', minilmEmbedder({ dir: resolve(values.models, 'all-MiniLM-L6-v2') })])
  if (values.energetic) embedders.push(['words + energetic', energeticEmbedder()])
  const rows = [['TF-IDF centroid', shown(mean(parts.map((part) => centroidAccuracy(part.learning, part.heldOut)))), '', '', '', '', '']]
  for (const [name, embedder] of embedders) rows.push(await scored(name, embedder && rememberingEmbedder(embedder), parts))
  const head = ['', 'accuracy', 'answered rightly', 'ECE', 'out of scope: far', 'held-out intents', 'seconds to train']
  for (const row of [head, ...rows]) console.log(row.map((cell, at) => cell.padEnd(at === 0 ? 20 : 18)).join(''))
} // prettier-ignore

type Part = { learning: Example[]; heldOut: Example[] }

async function scored(name: string, embedder: Embedder | null, parts: readonly Part[]): Promise<string[]> {
  const scores: (IntentScore & { seconds: number })[] = []
  for (const { learning, heldOut } of parts) {
    if (embedder) await embedder.embed([...learning, ...heldOut].map(({ text }) => text))
    const began = performance.now()
    const predictor = intentPredictor(await trainIntents({ embedder }, learning), embedder)
    const seconds = (performance.now() - began) / 1000
    scores.push({ ...(await evaluateIntents(predictor, heldOut, strangers)), seconds })
  }
  const near = await unknownIntents(embedder, parts[0]!)
  const of = (key: 'accuracy' | 'answered' | 'ece' | 'outOfScope' | 'seconds'): string => shown(mean(scores.map((score) => score[key]))) // prettier-ignore
  return [name, of('accuracy'), of('answered'), of('ece'), of('outOfScope'), shown(near), of('seconds')]
}

/** Every seventh intent is taught to nobody: its messages, of the same bank, are the hardest strangers. */
async function unknownIntents(embedder: Embedder | null, { learning, heldOut }: Part): Promise<number> {
  const names = [...new Set(learning.map(({ intent }) => intent))].toSorted()
  const taught = new Set(names.filter((_, at) => at % 7 !== 0))
  const model = await trainIntents({ embedder }, learning.filter(({ intent }) => taught.has(intent))) // prettier-ignore
  const unknown = heldOut.filter(({ intent }) => !taught.has(intent)).map(({ text }) => text)
  return (await evaluateIntents(intentPredictor(model, embedder), [], unknown)).outOfScope
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
const shown = (value: number): string => value.toFixed(4)

function banking77(): Example[] {
  const path = resolve(process.env['MILLRACE_DATA'] ?? '../shared/data', 'rag/banking77_train.csv')
  if (!existsSync(path)) throw new Error(`There is no ${path}: set MILLRACE_DATA`)
  const rows: Record<string, string>[] = parse(readFileSync(path), { columns: true })
  return rows.map(({ text = '', category = '' }) => ({ text, intent: category }))
}

await main(process.argv.slice(2))
