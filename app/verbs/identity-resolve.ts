import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { z } from 'zod'
import { linkFiles, type FilesLinked } from '#ingest/linkage/link-files.ts'
import { columnMap } from '#ingest/linkage/map.ts'
import { linkageModel } from '#ingest/linkage/model.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call } from '../verb.ts'

/** `identity resolve FILE [FILE]`: links the records of any file, or of two, into people. Opens no data directory. */
export async function resolveFiles(call: Call): Promise<number> {
  const { names, explain } = namesOf(call)
  const out = call.text('out')
  if (out === undefined && explain === null && call.text('save-model') === undefined)
    throw new UsageError('Where should the clusters go? Say --out clusters.csv')
  const files = filesOf(call, names)
  const places = { out: placeFor(call, 'out', files), model: placeFor(call, 'save-model', files) }
  const phases = phaseClock(call)
  const linked = await linkFiles({
    files,
    map: fromJson(call, 'map', columnMap),
    model: fromJson(call, 'model', linkageModel),
    out: places.out,
    explain,
    step: phases.begin,
  })
  const warnings = [...warningsOf(linked), ...saveModel(linked, places.model)]
  for (const warning of warnings) call.say(warning)
  answer(call, report(linked, warnings, phases.all()), wordsOf(linked))
  return exit.done
} // prettier-ignore

const warningsOf = ({ choice, linked }: FilesLinked): string[] => [
  ...choice.warnings,
  ...linked.blocking.passedOver,
  ...linked.alarms,
]

/** A model of too little holds nothing to go by: it is not kept, and that is said. */
function saveModel({ linked }: FilesLinked, path: string | null): string[] {
  if (path === null) return []
  const text = JSON.stringify(linked.model)
  if (linked.model.fields.length === 0 || !linkageModel.safeParse(JSON.parse(text)).success)
    return ['There was too little to learn from: no model is saved']
  writeFileSync(path, `${text}\n`)
  return []
}

function existing(call: Call, name: string): string {
  const path = pathOf(call, name)
  if (!existsSync(path)) throw new UsageError(`There is no file ${name}. Paths start where you stand: ${call.from}`)
  return path
}

/** Files go by their names, and by the paths that were given where the names are the same. */
function filesOf(call: Call, names: readonly string[]): { name: string; path: string }[] {
  const files = names.map((name) => ({ name: basename(name), path: existing(call, name) }))
  const [one, other] = files
  if (one === undefined || one.name !== other?.name) return files
  if (one.path === other.path) throw new UsageError(`${one.name} is named twice: one file alone is resolved too`)
  return files.map((file, at) => ({ ...file, name: names[at]! }))
}

/** Where something is to be written: known before the work begins, and never over what is read. */
function placeFor(call: Call, option: 'out' | 'save-model', files: readonly { path: string }[]): string | null {
  const name = call.text(option)
  if (name === undefined) return null
  const path = pathOf(call, name)
  if (files.some((file) => file.path === path))
    throw new UsageError(`--${option} ${name} would overwrite the file that is read`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--${option} ${name} is a folder: name a file in it`)
  if (!existsSync(dirname(path)))
    throw new UsageError(`There is no folder ${dirname(name)} for --${option} ${name}: make it first`)
  return path
}

/** The words after `resolve` are files; with `--explain A B` the one that is no file is B. */
function namesOf(call: Call): { names: string[]; explain: [string, string] | null } {
  const words = call.positionals.slice(1)
  const first = call.text('explain')
  if (first === undefined) return { names: filesAmong(words), explain: null }
  const unknown = words.findLastIndex((word) => !existsSync(pathOf(call, word)))
  // A record may be called as a file is: B is then the last word, as in FILE --explain A B.
  const at = unknown < 0 ? words.length - 1 : unknown
  if (words.length < 2) throw new UsageError('Explain which two? Say --explain A B, two record ids')
  return { names: filesAmong(words.toSpliced(at, 1)), explain: [first, words[at]!] }
}

function filesAmong(words: string[]): string[] {
  if (words.length > 2) throw new UsageError(`"${words[2]}" is one file too many: one is resolved, or two are linked`)
  return words
}

function fromJson<T extends z.ZodType>(call: Call, option: 'map' | 'model', shape: T): z.infer<T> | null {
  const name = call.text(option)
  if (name === undefined) return null
  const parsed = shape.safeParse(jsonOf(existing(call, name), name))
  if (!parsed.success) throw new UsageError(`${name} is no ${option}: ${parsed.error.issues.slice(0, 5).map((issue) => [...issue.path.map(String), issue.message].join(': ')).join('; ')}`) // prettier-ignore
  return parsed.data
}

function jsonOf(path: string, name: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (fault) {
    throw new UsageError(`${name} is no JSON`, { cause: fault })
  }
}

type Phase = { name: string; seconds: number }

/** Says each step as it begins, where somebody watches, and keeps how long it took. */
function phaseClock(call: Call): { begin: (name: string) => void; all: () => Phase[] } {
  const phases: Phase[] = []
  let [name, since] = ['', performance.now()]
  const end = (): void => {
    if (name !== '') phases.push({ name, seconds: Math.round(performance.now() - since) / 1000 })
    since = performance.now()
  }
  return {
    begin: (next) => {
      end()
      name = next
      if (process.stderr.isTTY && !call.json) call.say(`${next} …`)
    },
    all: () => {
      end()
      name = ''
      return phases
    },
  }
}

const report = ({ records, clusters, bands, choice, linked, explained: pair }: FilesLinked, warnings: readonly string[], phases: readonly Phase[]) => ({
  records,
  clusters,
  bands,
  pairs: linked.blocking.pairs,
  rules: linked.blocking.rules.map(({ name, pairs }) => ({ name, pairs })),
  columns: choice.columns,
  thresholds: linked.model.bands,
  warnings,
  phases,
  ...(pair ? { explained: pair } : {}),
}) // prettier-ignore

function wordsOf({ records, clusters, bands, choice, linked, explained: pair }: FilesLinked): string[] {
  const used = choice.fields.map((one) => `${one.name} (${one.columns.map((name) => name.trim()).join(' ')})`)
  return [
    `${records} records are ${clusters} people: ${bands.merge} joined surely, ${bands.review} to look at, ${bands.alone} alone`,
    `compared: ${used.join(', ')}`,
    `${linked.blocking.pairs} pairs by ${linked.blocking.rules.map((rule) => rule.name).join('; ')}`,
    ...(pair ? waterfall(pair) : []),
  ]
}

/** The steps of a weight, one below the other, with what they add up to. */
function waterfall({ steps, weight, probability, band, together }: NonNullable<FilesLinked['explained']>): string[] {
  const lines = steps.map(({ comparison, level, left, right, weight: bits }) => {
    const values = left === null && right === null ? '' : `   ${left ?? '–'} | ${right ?? '–'}`
    return `  ${comparison.padEnd(16)}${level.padEnd(38)}${signed(bits).padStart(8)}${values}`
  })
  const end = `${together ? 'in one cluster' : 'in different clusters'}, band ${band}, probability ${probability.toFixed(4)}`
  return [...lines, `  ${'sum'.padEnd(54)}${signed(weight).padStart(8)}   ${end}`]
}

const signed = (bits: number): string => `${bits < 0 ? '−' : '+'}${Math.abs(bits).toFixed(2)}`
