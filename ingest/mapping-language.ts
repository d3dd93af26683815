import { readFileSync } from 'node:fs'
import { UsageError } from '#kernel/errors.ts'
import { isCurrency } from '#kernel/money.ts'

/** A column, by its name in the header (or its dotted path in a JSON object) or its number from 1. */
export type ColumnRef = string | number

/** What a mapping of some kind can say: columns, those of them that are moments and may have a format, and settings. */
export type Vocabulary = { columns: ReadonlySet<string>; moments: ReadonlySet<string>; settings: ReadonlySet<string> }

/**
 * What was written, before it is checked: a JSON file (its path ends in `.json`), a JSON object, or one line of
 * `what=where` separated by commas or semicolons. Throws a UsageError that says what cannot be read.
 */
export function writtenMapping(text: string, words: Vocabulary): unknown {
  const trimmed = text.trim()
  if (trimmed.endsWith('.json')) return jsonMapping(trimmed)
  return trimmed.startsWith('{') ? JSON.parse(trimmed) : inlineMapping(trimmed, words)
}

function jsonMapping(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (fault) {
    throw new UsageError(`The mapping ${path} cannot be read: it must be a JSON file`, { cause: fault })
  }
}

const entry = /\s*([a-z-]+)\s*=\s*(?:"([^"]*)"|([^,;:"]*))(?::([^,;]*))?\s*(?:[,;\n]|$)/y

type Written = { columns: Record<string, ColumnRef>; dates: Record<string, string>; rest: Record<string, unknown> }

function inlineMapping(text: string, words: Vocabulary): Record<string, unknown> {
  const written: Written = { columns: {}, dates: {}, rest: {} }
  entry.lastIndex = 0
  while (entry.lastIndex < text.length) {
    const from = entry.lastIndex
    const found = entry.exec(text)
    if (!found) throw new UsageError(`The mapping cannot be read from "${text.slice(from, from + 20)}": write what=column, such as amount=5`) // prettier-ignore
    const [, what = '', quoted, bare = '', format] = found
    place(written, words, { what, where: quoted ?? bare.trim(), quoted: quoted !== undefined })
    if (format === undefined) continue
    if (!words.moments.has(what)) throw new UsageError(`In the mapping only a date has a format: "${what}" has one`)
    if (what === 'date') written.rest['date'] = format.trim()
    else written.dates[what] = format.trim()
  }
  const { columns, dates, rest } = written
  return { ...rest, ...(Object.keys(dates).length === 0 ? {} : { dates }), columns }
}

type Entry = { what: string; where: string; quoted: boolean }

function place({ columns, rest }: Written, words: Vocabulary, { what, where, quoted }: Entry): void {
  const isCode = !quoted && ((what === 'currency' && isCurrency(where)) || (what === 'country' && /^[A-Z]{2}$/.test(where))) // prettier-ignore
  if (what in columns || what in rest) throw new UsageError(`The mapping says "${what}" twice: say it once`)
  if (words.settings.has(what) || isCode) rest[what] = what === 'header' ? answerOf(where) : where
  else if (words.columns.has(what)) columns[what] = !quoted && /^\d+$/.test(where) ? Number(where) : where
  else throw new UsageError(`The mapping knows no "${what}". It knows ${[...words.columns, ...words.settings].join(', ')}`) // prettier-ignore
}

function answerOf(word: string): boolean {
  if (['yes', 'true'].includes(word)) return true
  if (['no', 'false'].includes(word)) return false
  throw new UsageError(`In the mapping header is yes or no, not "${word}"`)
}
