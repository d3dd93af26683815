import { isoDay } from '../columns/dates.ts'
import { isMissing } from '../columns/missing.ts'
import type { Field } from './fields.ts'
import type { Facets, Kind } from './kinds.ts'
import { familyFacets, familyWords, givenFacets, nameWords } from './name-words.ts'

/** Kinds whose values are few, and written in too many ways for SQL: each spelling is prepared once, in TypeScript. */
export type SpelledKind = 'given' | 'family' | 'dob'

const spelled: Readonly<Record<SpelledKind, (text: string, format: string) => Facets>> = {
  given: (text) => givenFacets(nameWords(text)),
  family: (text) => familyFacets(familyWords(text)),
  dob: (text, format) => {
    const value = dateDigits(text, format)
    return { value, year: value.slice(0, 4), month: value.slice(4, 6), day: value.slice(6) }
  },
}

/**
 * A date as eight digits, as it was written: month 13 is a typing error to compare, not to repair. What does not follow
 * the format keeps its digits as they stand. Empty when it is no date.
 */
function dateDigits(text: string, format: string): string {
  const digits = isoDay(text, format)?.replaceAll('-', '') ?? text.replaceAll(/\D/g, '')
  return digits.length < 4 || digits.length > 9 ? '' : digits
}

/**
 * How a value is written in one way: in SQL for all records of a table, in TypeScript for one. Both start from a text that
 * is there and trimmed, say the same, and end empty where nothing is left. Facets are made of the written value.
 */
type Writing = {
  sql: (text: string) => string
  of: (text: string) => string
  facets?: Readonly<Record<string, { sql: (value: string) => string; of: (value: string) => string }>>
}

const code: Writing = {
  sql: (text) => `regexp_replace(lower(regexp_replace(${text}, '[.]0+$', '')), '[^a-z0-9]', '', 'g')`,
  of: (text) =>
    text
      .replace(/\.0+$/, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, ''),
}
const words: Writing = {
  sql: (text) => `trim(regexp_replace(lower(strip_accents(${text})), '[^\\p{L}\\p{N}]+', ' ', 'g'))`,
  of: (text) =>
    text
      .normalize('NFD')
      .replaceAll(/\p{Mn}/gu, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
}
const numberSql = (value: string): string => `regexp_extract(${value}, '[0-9]+ ?[a-z]?( |$)')`
const numberOf = (value: string): string => /[0-9]+ ?[a-z]?( |$)/.exec(value)?.[0] ?? ''

const written: Readonly<Record<Exclude<Kind, SpelledKind>, Writing>> = {
  email: {
    sql: (text) => `case when contains(${text}, '@') then replace(lower(${text}), ' ', '') end`,
    of: (text) => (text.includes('@') ? text.toLowerCase().replaceAll(' ', '') : ''),
    facets: { user: { sql: (value) => `split_part(${value}, '@', 1)`, of: (value) => value.split('@')[0] ?? '' } },
  },
  // The last nine digits: with or without the code of the country.
  phone: {
    sql: (text) => `right(regexp_replace(${text}, '[^0-9]', '', 'g'), 9)`,
    of: (text) => text.replaceAll(/[^0-9]/g, '').slice(-9),
  },
  code,
  postcode: code,
  category: { sql: (text) => `lower(${text})`, of: (text) => text.toLowerCase() },
  text: words,
  street: {
    ...words,
    facets: {
      number: { sql: (value) => `trim(${numberSql(value)})`, of: (value) => numberOf(value).trim() },
      name: {
        sql: (value) => `trim(replace(${value}, ${numberSql(value)}, ''))`,
        of: (value) => (numberOf(value) === '' ? value : value.replaceAll(numberOf(value), '').trim()),
      },
    },
  },
}

export const isSpelled = (kind: Kind): kind is SpelledKind => kind in spelled

/** The SQL of a value written in one way, from the SQL of a text that is there and trimmed; null where nothing is left. */
export const writtenSql = (kind: Exclude<Kind, SpelledKind>, text: string): string =>
  `nullif(${written[kind].sql(text)}, '')`

/** The SQL of each facet, from the SQL of the written value. */
export const facetsSql = (kind: Exclude<Kind, SpelledKind>, value: string): { facet: string; sql: string }[] =>
  Object.entries(written[kind].facets ?? {}).map(([facet, { sql }]) => ({ facet, sql: `nullif(${sql(value)}, '')` }))

/** One value in the way it is compared, with its facets; null where it is missing. */
export function prepared(
  { kind, format }: Pick<Field, 'kind' | 'format'>,
  text: string | null | undefined,
): Facets | null {
  if (text === null || text === undefined || isMissing(text)) return null
  const facets = isSpelled(kind)
    ? spelled[kind](text.trim(), format ?? 'yyyy-MM-dd')
    : facetsOf(written[kind], text.trim())
  return facets.value === '' ? null : facets
}

function facetsOf(writing: Writing, text: string): Facets {
  const value = writing.of(text)
  const facets = Object.entries(writing.facets ?? {}).map(([facet, { of }]) => [facet, of(value)] as const)
  return { ...Object.fromEntries(facets), value }
}
