import { readFileSync } from 'node:fs'
import { UsageError } from '#kernel/errors.ts'
import { textRedactor } from '#rag/redact/redact-text.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { inputFile, outputFile, textLines, writeJsonLines } from './text-lines.ts'

export const redact: Verb = {
  name: 'redact',
  about: 'Put placeholders in place of people’s data in texts: names, addresses, e-mail, phones, numbers, dates',
  usage: ['redact FILE.jsonl --out REDACTED.jsonl [--names NAMES] [--json]'],
  takes: 1,
  options: { out: { type: 'string' }, names: { type: 'string' } },
  explains: {
    out: '{id, text} a line is read; {id, text, spans: [{start, end, type}]} is written, places in UTF-16 code units of the text read',
    names: 'names that are known, one a line: found wherever they stand',
  },
  run: redactFile,
}

/** `redact FILE --out OUT`: opens no data directory. Lines without {id, text} are told, counted and left out. */
async function redactFile(call: Call): Promise<number> {
  const [file] = call.positionals
  const out = call.text('out')
  if (file === undefined || out === undefined)
    throw new UsageError('Say: millrace redact FILE.jsonl --out REDACTED.jsonl')
  const path = inputFile(call, file)
  const names = call.text('names')
  const named = names === undefined ? undefined : inputFile(call, names)
  const target = outputFile(call, out, [path, ...(named === undefined ? [] : [named])])
  const hide = textRedactor(named === undefined ? [] : linesIn(named))
  const told = { texts: 0, bad: 0, found: new Map<string, number>() }
  const bad = (line: number, why: string): void => {
    told.bad += 1
    call.say(`${file}, line ${line}: ${why}`)
  }
  await writeJsonLines(target, redacted(path, bad))
  async function* redacted(from: string, onBad: typeof bad) {
    for await (const { id, text } of textLines(from, onBad)) {
      const clean = hide(text)
      told.texts += 1
      for (const { type } of clean.spans) told.found.set(type, (told.found.get(type) ?? 0) + 1)
      yield { id, ...clean }
    }
  }
  const found = Object.fromEntries([...told.found].toSorted(([, a], [, b]) => b - a))
  answer(call, { texts: told.texts, found, bad: told.bad }, [
    `${told.texts} texts redacted`,
    ...Object.entries(found).map(([type, count]) => `  ${type.padEnd(20)}${count}`),
    ...(told.bad > 0 ? [`${told.bad} lines left out`] : []),
  ])
  return told.bad > 0 ? exit.quarantined : exit.done
}

const linesIn = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
