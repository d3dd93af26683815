import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { UsageError } from '#kernel/errors.ts'
import { isCurrency } from '#kernel/money.ts'
import { instantPattern, isInstantFormat } from './cleanse/instant.ts'
import { checkEncoding } from './reading/encoding.ts'

/** A column, by its name in the header or its number from 1. */
const column = z.union([z.int().positive('is counted from 1'), z.string().min(1)])
type ColumnRef = z.infer<typeof column>

const delimiters: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', blanks: 'blanks' }
const names = /^[a-z][a-z0-9-]{0,39}$/
const reserved = new Set(['email', 'phone', 'device'])

const knownEncoding = (name: string): boolean => {
  try {
    checkEncoding(name)
    return true
  } catch {
    return false
  }
}

/**
 * How a file of orders is read: which column holds what, and what the file is like. `name` is the name of the mapping:
 * customers are known by their ids under it, so that two systems that both count from 1 are kept apart.
 */
const orderMapping = z.strictObject({
  name: z.string().regex(names, 'must be small letters, digits and hyphens').refine((name) => !reserved.has(name), 'is reserved').default('customer'), // prettier-ignore
  columns: z
    .strictObject({
      id: column, customer: column, date: column, amount: column, currency: column, quantity: column, sku: column,
      title: column, tax: column, discount: column, shipping: column, email: column, phone: column, 'full-name': column,
      'given-name': column, 'family-name': column, city: column, country: column,
    }) // prettier-ignore
    .partial()
    .refine((given) => given.date !== undefined, 'date is missing: name the column with the date of the order')
    .refine((given) => given.amount !== undefined, 'amount is missing: name the column with what was paid')
    .refine(({ customer, email, phone }) => customer ?? email ?? phone, 'customer is missing: name the column with the customer, their email or phone'), // prettier-ignore
  date: z.string().default('iso').transform(instantPattern).refine(isInstantFormat, 'is no date format, such as YYYY-MM-DD, dd/MM/yyyy HH:mm, iso or unix'), // prettier-ignore
  delimiter: z.enum(['comma', 'semicolon', 'tab', 'pipe', 'blanks']).default('comma'),
  header: z.boolean().default(true),
  encoding: z.string().refine(knownEncoding, 'is no encoding, such as utf-8 or windows-1252').default('utf-8'),
  /** What marks decimals; by itself the last of point and comma does. */
  decimal: z.enum(['point', 'comma', 'auto']).default('auto'),
  currency: z.string().refine(isCurrency, 'is no currency of ISO 4217, such as EUR').optional(),
  zone: z.string().refine(isZone, 'is no IANA time zone, such as Europe/Amsterdam').optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is no ISO 3166 country, such as NL')
    .optional(),
})
export type OrderMapping = z.infer<typeof orderMapping>

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** The character between cells, or `blanks`. */
export const delimiterOf = (mapping: OrderMapping): string => delimiters[mapping.delimiter]!

const columnNames = new Set(['id', 'customer', 'date', 'amount', 'quantity', 'sku', 'title', 'tax', 'discount', 'shipping', 'email', 'phone', 'full-name', 'given-name', 'family-name', 'city', 'country', 'currency']) // prettier-ignore
const settingNames = new Set(['name', 'delimiter', 'header', 'encoding', 'decimal', 'zone'])

/**
 * Reads a mapping: a JSON file (its path ends in `.json`), or one line of `what=where` separated by commas or
 * semicolons. `where` is a column's number or name, in double quotes when it holds a comma, semicolon or colon; a date
 * may have its format after a colon. The rest says what the file is like:
 *
 *   customer=1,date=3:YYYYMMDD,quantity=4,amount=5;delimiter=blanks;header=no;currency=USD;zone=America/New_York
 *
 * `currency` and `country` are a code for the whole file (USD, US) or else a column. Throws a UsageError that says what
 * is wrong.
 */
export function parseMapping(text: string): OrderMapping {
  const given = text.trim().endsWith('.json') ? jsonMapping(text.trim()) : inlineMapping(text)
  const parsed = orderMapping.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${[...issue.path, issue.message].join(' ')}`)
  throw new UsageError(`The mapping needs mending:\n${problems.join('\n')}`)
}

function jsonMapping(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (fault) {
    throw new UsageError(`The mapping ${path} cannot be read: it must be a JSON file`, { cause: fault })
  }
}

const entry = /\s*([a-z-]+)\s*=\s*(?:"([^"]*)"|([^,;:"]*))(?::([^,;]*))?\s*(?:[,;\n]|$)/y

function inlineMapping(text: string): Record<string, unknown> {
  const columns: Record<string, ColumnRef> = {}
  const rest: Record<string, unknown> = {}
  entry.lastIndex = 0
  while (entry.lastIndex < text.length) {
    const from = entry.lastIndex
    const found = entry.exec(text)
    if (!found) throw new UsageError(`The mapping cannot be read from "${text.slice(from, from + 20)}": write what=column, such as amount=5`) // prettier-ignore
    const [, what = '', quoted, bare = '', format] = found
    place(columns, rest, { what, where: quoted ?? bare.trim(), quoted: quoted !== undefined })
    if (format !== undefined && what !== 'date') throw new UsageError(`In the mapping only a date has a format: "${what}" has one`) // prettier-ignore
    if (format !== undefined) rest['date'] = format.trim()
  }
  return { ...rest, columns }
}

type Entry = { what: string; where: string; quoted: boolean }

function place(
  columns: Record<string, ColumnRef>,
  rest: Record<string, unknown>,
  { what, where, quoted }: Entry,
): void {
  const isCode = !quoted && ((what === 'currency' && isCurrency(where)) || (what === 'country' && /^[A-Z]{2}$/.test(where))) // prettier-ignore
  if (what in columns || what in rest) throw new UsageError(`The mapping says "${what}" twice: say it once`)
  if (settingNames.has(what) || isCode) rest[what] = what === 'header' ? answerOf(where) : where
  else if (columnNames.has(what)) columns[what] = !quoted && /^\d+$/.test(where) ? Number(where) : where
  else throw new UsageError(`The mapping knows no "${what}". It knows ${[...columnNames, ...settingNames].join(', ')}`)
}

function answerOf(word: string): boolean {
  if (['yes', 'true'].includes(word)) return true
  if (['no', 'false'].includes(word)) return false
  throw new UsageError(`In the mapping header is yes or no, not "${word}"`)
}
