import { type Cell, csv, encode } from './csv.ts'
import type { Random } from './random.ts'

export type BadReason =
  | 'unknown_currency'
  | 'future_date'
  | 'invalid_date'
  | 'missing_id'
  | 'broken_number'
  | 'invalid_utf8'
  | 'broken_json'
  | 'test_mode'

/** `row` counts from 1: the physical line of a text file, the place in `data` of a Stripe list. */
export type BadRow = { file: string; row: number; reason: BadReason; id?: string }

export type ExportFile = {
  path: string
  bytes: Uint8Array
  /** Data lines or objects, bad and repeated ones included; titles, headers and totals not. */
  rows: number
  /** Distinct good records; an order of three lines is one. */
  records: number
  /** Records that say again, byte for byte, what an earlier one said. */
  repeated: number
  badRows: readonly BadRow[]
}

/** A record as a system knows it, with every identifier it shows. */
export type SourceRecord = {
  source: 'hubspot' | 'stripe' | 'shopify' | 'web'
  id: string
  personId: string
  /** As written. */
  emails: readonly string[]
  /** E.164. */
  phone?: string
  /** The shop account, where the system carries it. */
  userId?: string
}

export type Export = { files: readonly ExportFile[]; records: readonly SourceRecord[] }

/** One record of a file: its lines (or its one object), and what is wrong with it. */
export type Entry<T> = { content: T; bad?: BadReason; id?: string; repeated?: boolean }

export const good = <T>(content: T, id?: string): Entry<T> => ({ content, ...(id === undefined ? {} : { id }) })

/** Puts the extra entries at random places between the others. */
export function scatter<T>(entries: readonly Entry<T>[], extras: readonly Entry<T>[], random: Random): Entry<T>[] {
  const mixed = [...entries]
  for (const extra of extras) mixed.splice(random.int(1, mixed.length), 0, extra)
  return mixed
}

/** Repeats some good entries further down, as overlapping exports and retried pages do. */
export function repeatSome<T>(entries: readonly Entry<T>[], count: number, random: Random): Entry<T>[] {
  const mixed = [...entries]
  for (const entry of random.sample(entries, count)) {
    mixed.splice(random.int(mixed.indexOf(entry) + 1, mixed.length), 0, { ...entry, repeated: true })
  }
  return mixed
}

/** A CSV file whose records are groups of lines. */
export function csvFile(
  path: string,
  header: readonly string[],
  entries: readonly Entry<readonly Cell[][]>[],
  around: { before?: readonly Cell[][]; after?: readonly Cell[][] } = {},
): ExportFile {
  const before = [...(around.before ?? []), [...header]]
  const text = csv([...before, ...entries.flatMap(({ content }) => content), ...(around.after ?? [])])
  return described(path, text, entries, before.length + 1, (content) => content.length)
}

/** One JSON object (or a broken one, given as its text) a line. */
export function jsonLinesFile(path: string, entries: readonly Entry<object | string>[]): ExportFile {
  const lines = entries.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
  return described(path, `${lines.join('\n')}\n`, entries, 1, () => 1)
}

/** A Stripe API list, newest first as given, one object a line. */
export function stripeListFile(path: string, url: string, entries: readonly Entry<object>[]): ExportFile {
  const data = entries.map(({ content }) => JSON.stringify(content)).join(',\n')
  const text = `{"object":"list","url":${JSON.stringify(url)},"has_more":false,"data":[\n${data}\n]}\n`
  return described(path, text, entries, 1, () => 1)
}

function described<T>(
  path: string,
  text: string,
  entries: readonly Entry<T>[],
  firstRow: number,
  linesOf: (content: T) => number,
): ExportFile {
  const badRows: BadRow[] = []
  let row = firstRow
  for (const { content, bad, id } of entries) {
    if (bad) badRows.push({ file: path, row, reason: bad, ...(id === undefined ? {} : { id }) })
    row += linesOf(content)
  }
  return {
    path,
    bytes: encode(text),
    rows: row - firstRow,
    records: entries.filter(({ bad, repeated }) => !bad && !repeated).length,
    repeated: entries.filter(({ repeated }) => repeated).length,
    badRows,
  }
}
