import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { messageOf, UsageError } from '#kernel/errors.ts'
import { readIntentModel, saveIntentModel } from '#rag/intents/model-file.ts'
import type { Calibration } from '#rag/intents/model.ts'
import { intentPredictor, type Predictor } from '#rag/intents/predict.ts'
import { trainIntents, type Example } from '#rag/intents/train.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { embedderOf } from '../wire-models.ts'
import { inputFile, outputFile, textLines, writeJsonLines, type TextLine } from './text-lines.ts'

export const intents: Verb = {
  name: 'intents',
  about: 'Learn what messages are about from examples, and tell it of others, with how sure that is',
  usage: [
    'intents train FILE.csv:TEXT:INTENT --out MODEL [--words] [--json]   TEXT and INTENT are columns',
    'intents predict MODEL FILE.jsonl --out ANSWERS.jsonl [--threshold SHARE] [--json]',
  ],
  takes: 3,
  options: { out: { type: 'string' }, words: { type: 'boolean' }, threshold: { type: 'string' } },
  explains: {
    out: 'the model; or {id, intent, confidence, nearest} for each {id, text}: intent is null for what is none of those learned',
    words: 'learn from words alone, without the embedder of the house: faster, and right less often',
    threshold: 'how sure an intent must be to be one, 0 to 1; else as the model learned it',
  },
  run: (call) => {
    const [what, first, second] = call.positionals
    const out = call.text('out')
    if (what === 'train' && first !== undefined && out !== undefined) return train(call, first, out)
    if (what === 'predict' && first !== undefined && second !== undefined && out !== undefined)
      return predict(call, { model: first, file: second, out })
    throw new UsageError(
      'Say: millrace intents train FILE.csv:text:intent --out MODEL, or intents predict MODEL FILE.jsonl --out ANSWERS.jsonl',
    )
  },
}

/** `intents train`: opens no data directory. Rows without a text or an intent are counted and left out. */
async function train(call: Call, told: string, out: string): Promise<number> {
  const [, name, text, intent] = /^(.+):([^:]+):([^:]+)$/s.exec(told) ?? []
  if (name === undefined || text === undefined || intent === undefined)
    throw new UsageError(`Which columns? Say FILE.csv:TEXT:INTENT, where "${told}" stands`)
  const path = inputFile(call, name)
  const target = outputFile(call, out, [path])
  const { examples, bad } = examplesIn(path, { name, text, intent })
  if (bad > 0) call.say(`${bad} rows have no ${text} or no ${intent}: left out`)
  const step = (words: string): void => void (process.stderr.isTTY && call.say(`${words} …`))
  const embedder = call.flag('words') ? null : embedderOf(call.config)
  const model = await trainIntents({ embedder, step, pause: () => setImmediate() }, examples)
  await saveIntentModel(target, model)
  const { words, both } = model.calibration
  const report = { texts: examples.length, intents: model.intents.length, embedder: embedder?.id ?? null, bad, words, both } // prettier-ignore
  answer(call, report, [
    `${examples.length} texts of ${model.intents.length} intents learned`,
    `by words alone           ${shown(words)}`,
    ...(both && embedder ? [`with ${embedder.id.padEnd(20)}${shown(both)}`] : []),
  ])
  return bad > 0 ? exit.quarantined : exit.done
} // prettier-ignore

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

const shown = ({ measured, threshold }: Calibration): string =>
  `${percent(measured.accuracy)} right of ${measured.texts} kept aside, confidence off by ${percent(measured.ece)}, no intent below ${percent(threshold)}`

function examplesIn(path: string, at: { name: string; text: string; intent: string }): { examples: Example[]; bad: number } {
  const rows = rowsOf(path, at.name)
  const columns = Object.keys(rows[0] ?? {})
  for (const column of [at.text, at.intent])
    if (!columns.includes(column)) throw new UsageError(`${at.name} has no column ${column}: it has ${columns.join(', ')}`)
  const all = rows.map((row) => ({ text: row[at.text]?.trim() ?? '', intent: row[at.intent]?.trim() ?? '' }))
  const examples = all.filter(({ text, intent }) => text !== '' && intent !== '')
  return { examples, bad: all.length - examples.length }
} // prettier-ignore

function rowsOf(path: string, name: string): Record<string, string>[] {
  try {
    return parse(readFileSync(path), { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true })
  } catch (fault) {
    throw new UsageError(`${name} cannot be read as CSV: ${messageOf(fault)}`, { cause: fault })
  }
}

/** So many texts are read by the embedder at once, and no more are held. */
const atOnce = 256

/** `intents predict`: opens no data directory. Lines without {id, text} are told, counted and left out. */
async function predict(call: Call, files: { model: string; file: string; out: string }): Promise<number> {
  const [model, path] = [inputFile(call, files.model), inputFile(call, files.file)]
  const target = outputFile(call, files.out, [model, path])
  const trained = await readIntentModel(model)
  const embedder = trained.meaning === null ? null : embedderOf(call.config)
  const predictor = intentPredictor(trained, embedder, thresholdOf(call))
  if (predictor.weaker !== null) call.say(predictor.weaker)
  const told = { texts: 0, none: 0, bad: 0 }
  const bad = (line: number, why: string): void => {
    told.bad += 1
    call.say(`${files.file}, line ${line}: ${why}`)
  }
  await writeJsonLines(target, answers(predictor, textLines(path, bad), told))
  const { accuracy } = predictor.calibration.measured
  answer(call, { ...told, accuracy, weaker: predictor.weaker }, [
    `${told.texts} texts, ${told.none} of no intent that was learned; ${percent(accuracy)} were right in training`,
    ...(told.bad > 0 ? [`${told.bad} lines left out`] : []),
  ])
  return told.bad > 0 ? exit.quarantined : exit.done
}

async function* answers(predictor: Predictor, lines: AsyncIterable<TextLine>, told: { texts: number; none: number }) {
  async function* say(some: readonly TextLine[]) {
    const said = await predictor.predict(some.map(({ text }) => text))
    for (const [at, { intent, confidence, nearest }] of said.entries()) {
      told.texts += 1
      if (intent === null) told.none += 1
      yield { id: some[at]!.id, intent, confidence: Math.round(confidence * 1e4) / 1e4, nearest }
    }
  }
  let some: TextLine[] = []
  for await (const line of lines) {
    some.push(line)
    if (some.length < atOnce) continue
    yield* say(some)
    some = []
  }
  if (some.length > 0) yield* say(some)
}

function thresholdOf(call: Call): number | undefined {
  const text = call.text('threshold')
  if (text === undefined) return undefined
  const share = Number(text)
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new UsageError(`--threshold ${text} is no share from 0 to 1`)
  return share
} // prettier-ignore
