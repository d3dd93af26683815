import { z } from 'zod'
import { UsageError } from '#kernel/errors.ts'
import { isCurrency } from '#kernel/money.ts'
import { instantPattern, isInstantFormat } from './cleanse/instant.ts'
import { writtenMapping, type Vocabulary } from './mapping-language.ts'
import { checkEncoding } from './reading/encoding.ts'

const column = z.union([z.int().positive('is counted from 1'), z.string().min(1)])

const delimiters: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', blanks: 'blanks' }
const names = /^[a-z][a-z0-9-]{0,39}$/
const reserved = new Set(['email', 'phone', 'device'])

const succeeds = (check: () => unknown): boolean => {
  try {
    check()
    return true
  } catch {
    return false
  }
}
const isZone = (name: string): boolean => succeeds(() => new Intl.DateTimeFormat('en', { timeZone: name }))
const format = z.string().transform(instantPattern).refine(isInstantFormat, 'is no date format, such as YYYY-MM-DD, dd/MM/yyyy HH:mm, iso or unix') // prettier-ignore

/**
 * What a file is like, whatever it holds. `name` is the name of the mapping: people are known by their ids under it, so
 * that two systems that both count from 1 are kept apart.
 */
const file = {
  name: z.string().regex(names, 'must be small letters, digits and hyphens').refine((name) => !reserved.has(name), 'is reserved').default('customer'), // prettier-ignore
  date: z.string().default('iso').pipe(format),
  delimiter: z.enum(['comma', 'semicolon', 'tab', 'pipe', 'blanks']).default('comma'),
  header: z.boolean().default(true),
  encoding: z
    .string()
    .refine((name) => succeeds(() => checkEncoding(name)), 'is no encoding, such as utf-8 or windows-1252')
    .default('utf-8'),
  /** What marks decimals; by itself the last of point and comma does. */
  decimal: z.enum(['point', 'comma', 'auto']).default('auto'),
  currency: z.string().refine(isCurrency, 'is no currency of ISO 4217, such as EUR').optional(),
  zone: z.string().refine(isZone, 'is no IANA time zone, such as Europe/Amsterdam').optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'is no ISO 3166 country, such as NL')
    .optional(),
}

/** Which column holds what: any of these. */
const columnsOf = <Name extends string>(...all: readonly Name[]) =>
  z.strictObject(Object.fromEntries(all.map((name) => [name, column.optional()])) as Record<Name, z.ZodOptional<typeof column>>) // prettier-ignore

const orderColumns = columnsOf(
  'id', 'customer', 'date', 'amount', 'quantity', 'sku', 'title', 'tax', 'discount', 'shipping', 'email', 'phone', 'full-name',
  'given-name', 'family-name', 'city', 'country', 'currency',
) // prettier-ignore
const peopleColumns = columnsOf(
  'id', 'email', 'phone', 'full-name', 'given-name', 'family-name', 'street', 'city', 'postcode', 'country', 'language',
  'born', 'organisation', 'lifecycle', 'created', 'updated', 'consent-email', 'consent-tracking', 'consent-whatsapp', 'consent-sms',
  'consent-ads', 'consent-date', 'consent-text',
) // prettier-ignore
const eventColumns = columnsOf('id', 'date', 'event', 'customer', 'email', 'phone', 'device', 'channel', 'campaign')

const consents = ['consent-email', 'consent-tracking', 'consent-whatsapp', 'consent-sms'] as const

const dates = z.partialRecord(z.enum(['born', 'created', 'updated', 'consent-date']), format).default({})

/** The mapping of each kind of file: what must be named, and what beside the columns can be said. */
const shapes = {
  orders: z.strictObject({
    ...file,
    columns: orderColumns
      .refine((given) => given.date !== undefined, 'date is missing: name the column with the date of the order')
      .refine((given) => given.amount !== undefined, 'amount is missing: name the column with what was paid')
      .refine(({ customer, email, phone }) => customer ?? email ?? phone, 'customer is missing: name the column with the customer, their email or phone'), // prettier-ignore
  }),
  people: z.strictObject({
    ...file,
    dates,
    columns: peopleColumns
      .refine(({ id, email, phone }) => id ?? email ?? phone, 'id is missing: name the column with the id of the person, their email or phone') // prettier-ignore
      .refine((given) => given['consent-email'] === undefined || given.email !== undefined, 'email is missing: consent-email is about an address') // prettier-ignore
      .refine((given) => consents.every((name) => name === 'consent-email' || name === 'consent-tracking' || given[name] === undefined) || given.phone !== undefined, 'phone is missing: consent-whatsapp and consent-sms are about a number'), // prettier-ignore
  }),
  events: z.strictObject({
    ...file,
    /** What every row is, where no column says so. */
    kind: z.string().regex(/^[\w.: -]{1,60}$/, 'must be a word').optional(), // prettier-ignore
    /** What else is kept of a row: names of columns between `|`, or `all`; nothing unless told. */
    properties: z.string().default(''),
    columns: eventColumns
      .refine((given) => given.date !== undefined, 'date is missing: name the column with the moment it happened')
      .refine(({ customer, email, phone, device }) => customer ?? email ?? phone ?? device, 'customer is missing: name the column with the customer, their email, phone or device'), // prettier-ignore
  }).refine((given) => given.columns.event ?? given.kind, 'event is missing: name the column with what happened, or say kind=signup for all rows'), // prettier-ignore
}

export type MappingKind = keyof typeof shapes
export const mappingKinds = Object.keys(shapes) as readonly MappingKind[]

type Mappings = { [Kind in MappingKind]: z.infer<(typeof shapes)[Kind]> }
export type OrderMapping = Mappings['orders']
export type PeopleMapping = Mappings['people']
export type EventMapping = Mappings['events']
/** What every mapping says. */
export type FileMapping = Pick<OrderMapping, 'name' | 'date' | 'delimiter' | 'header' | 'encoding' | 'decimal' | 'zone' | 'currency' | 'country'> & { columns: Readonly<Record<string, number | string | undefined>> } // prettier-ignore

/** The character between cells, or `blanks`. */
export const delimiterOf = (mapping: Pick<FileMapping, 'delimiter'>): string => delimiters[mapping.delimiter]!

/** The encoding in which rows are kept. Text in UTF-16 has become UTF-8 before it is read. */
export const encodingOf = (mapping: Pick<FileMapping, 'encoding'>): string =>
  /^utf-?16/i.test(mapping.encoding) ? 'utf-8' : mapping.encoding

const settings = ['name', 'delimiter', 'header', 'encoding', 'decimal', 'zone']
const vocabularies: Record<MappingKind, Vocabulary> = {
  orders: wordsOf(orderColumns, ['date'], settings),
  people: wordsOf(peopleColumns, ['born', 'created', 'updated', 'consent-date'], settings),
  events: wordsOf(eventColumns, ['date'], [...settings, 'kind', 'properties']),
}

function wordsOf(columns: z.ZodObject, moments: readonly string[], named: readonly string[]): Vocabulary {
  return { columns: new Set(Object.keys(columns.shape)), moments: new Set(moments), settings: new Set(named) }
}

/** The columns that a mapping of a kind can name. */
export const columnNames = (kind: MappingKind): readonly string[] => [...vocabularies[kind].columns]

/**
 * Reads a mapping: a JSON file (its path ends in `.json`), the text of one, or one line of `what=where` separated by
 * commas or semicolons. `where` is a column's number or name (in JSON lines its dotted path), in double quotes when it
 * holds a comma, semicolon or colon; a date may have its format after a colon. The rest says what the file is like:
 *
 *   customer=1,date=3:YYYYMMDD,quantity=4,amount=5;delimiter=blanks;header=no;currency=USD;zone=America/New_York
 *
 * `currency` and `country` are a code for the whole file (USD, US) or else a column. Throws a UsageError that says what
 * is wrong.
 */
export function parseMapping(text: string): OrderMapping
export function parseMapping<Kind extends MappingKind>(text: string, kind: Kind): Mappings[Kind]
export function parseMapping(text: string, kind: MappingKind = 'orders'): Mappings[MappingKind] {
  const parsed = shapes[kind].safeParse(writtenMapping(text, vocabularies[kind]))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${[...issue.path, issue.message].join(' ')}`)
  throw new UsageError(`The mapping needs mending:\n${problems.join('\n')}`)
}
