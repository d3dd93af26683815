import { isoDay } from '../columns/dates.ts'
import { isMissing } from '../columns/missing.ts'
import { nicknameGroups } from '../identity/nicknames.ts'
import type { Field } from './fields.ts'
import type { Facets, Kind } from './kinds.ts'

/** The words of a name as they are compared: lower case, without accents, marks and titles. Empty when nothing is left. */
export function nameWords(text: string | null): string {
  const words = plain(text ?? '')
    .replaceAll(/\d+(?:st|nd|rd|th)?/g, ' ')
    .replaceAll(/['’`]/g, '')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
  const kept = words.filter((word) => !titles.has(word))
  return (kept.length > 0 ? kept : words).join(' ')
}

/** A family name without its particles: `van den Berg` and `Berg` are one. */
export function familyWords(text: string | null): string {
  const words = nameWords(text)
  if (!words.includes(' ')) return words
  const kept = words.split(' ').filter((word) => !particles.has(word))
  return kept.length > 0 ? kept.join(' ') : words
}

/** Splits a name written whole: `Berg, Anna van den` and `Anna van den Berg`. */
export function splitFull(text: string | null): { given: string; family: string } {
  const whole = text ?? ''
  const comma = whole.indexOf(',')
  if (comma > 0) return { given: nameWords(whole.slice(comma + 1)), family: familyWords(whole.slice(0, comma)) }
  const words = nameWords(whole).split(' ')
  if (words.length < 2) return { given: words[0] ?? '', family: '' }
  return { given: words.slice(0, -1).join(' '), family: words.at(-1)! }
}

const titles = new Set(
  'mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend hon captain major colonel general herr frau dhr mevr mw monsieur madame mme jr sr ii iii iv baronet bart baron esq phd md'.split(' '),
) // prettier-ignore
const particles = new Set(
  'de den der het t van vd v von vom zu zur te ten ter la le el al di da do del dos des du op of the'.split(' '),
)

const letters: Record<string, string> = { ı: 'i', ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }

/** Lower case, accents off, letters of one language in those of all. */
const plain = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replaceAll(/\p{M}/gu, '')
        .toLowerCase()
        .replaceAll(/[ıßøæœłđðþ]/g, (letter) => letters[letter]!)

/** How a word sounds, roughly, in the languages of western Europe: for finding, not for deciding. */
export function soundOf(words: string): string {
  const heard = words
    .replaceAll(' ', '')
    .replace(/^(kn|gn|pn)/, 'n')
    .replace(/^wr/, 'r')
    .replaceAll(/ph/g, 'f')
    .replaceAll(/sch|sh|sz/g, 's')
    .replaceAll(/gh|ch|ck|q/g, 'k')
    .replaceAll(/c(?=[eiy])/g, 's')
    .replaceAll('c', 'k')
    .replaceAll('x', 'ks')
    .replaceAll('z', 's')
    .replaceAll(/[vw]/g, 'f')
    .replaceAll(/[dt]/g, 't')
    .replaceAll(/[bp]/g, 'b')
    .replaceAll(/[gk]/g, 'k')
    .replaceAll(/[mn]/g, 'n')
    .replaceAll(/[yj]/g, 'i')
    .replaceAll('h', '')
    .replaceAll(/(.)\1+/g, '$1')
  return heard.slice(0, 1).replace(/[aeiou]/, 'a') + heard.slice(1).replaceAll(/[aeiou]+/g, '')
}

/** Everything levels look at in a given name. */
export const givenFacets = (words: string): { value: string; first: string; sound: string; nick: string } => {
  const first = words.split(' ')[0] ?? ''
  return { value: words, first, sound: soundOf(first), nick: nicknameGroups(first).join(' ') }
}

/** Everything levels look at in a family name. */
export const familyFacets = (words: string): { value: string; sound: string } => ({ value: words, sound: soundOf(words) })

/**
 * A date as eight digits, as it was written: month 13 is a typing error to compare, not to repair. What does not follow
 * the format keeps its digits as they stand. Empty when it is no date.
 */
export function dateDigits(text: string, format: string): string {
  const digits = isoDay(text, format)?.replaceAll('-', '') ?? text.replaceAll(/\D/g, '')
  return digits.length < 4 || digits.length > 9 ? '' : digits
}

/**
 * The SQL of `textFacets`: how a bulk of values is written in one way. `text` is present and trimmed.
 * The facets of a street are made from its value.
 */
export function normalisedSql(kind: Kind, name: string, text: string): string {
  switch (kind) {
    case 'email':
      return `case when contains(${text}, '@') then replace(lower(${text}), ' ', '') end`
    case 'code':
      return name === 'phone'
        ? `right(regexp_replace(${text}, '[^0-9]', '', 'g'), 9)`
        : `regexp_replace(lower(regexp_replace(${text}, '[.]0+$', '')), '[^a-z0-9]', '', 'g')`
    case 'postcode':
      return `regexp_replace(lower(regexp_replace(${text}, '[.]0+$', '')), '[^a-z0-9]', '', 'g')`
    case 'category':
      return `lower(${text})`
    default:
      return `trim(regexp_replace(lower(strip_accents(${text})), '[^\\p{L}\\p{N}]+', ' ', 'g'))`
  }
}

/** The SQL of each facet, from the SQL of the value. */
export const facetSql: Readonly<Record<string, (value: string) => string>> = {
  user: (value) => `split_part(${value}, '@', 1)`,
  number: (value) => `trim(${streetNumber(value)})`,
  name: (value) => `trim(replace(${value}, ${streetNumber(value)}, ''))`,
}
const streetNumber = (value: string): string => `regexp_extract(${value}, '[0-9]+ ?[a-z]?( |$)')`

/** One value in the way it is compared, with its facets, or null where it is missing. */
export function prepared({ kind, name, format }: Pick<Field, 'kind' | 'name' | 'format'>, text: string | null | undefined): Facets | null {
  if (text === null || text === undefined || isMissing(text)) return null
  const facets = facetsOf(kind, name, text.trim(), format ?? 'yyyy-MM-dd')
  return facets.value === '' ? null : facets
}

function facetsOf(kind: Kind, name: string, text: string, format: string): Facets {
  switch (kind) {
    case 'given':
      return givenFacets(nameWords(text))
    case 'family':
      return familyFacets(familyWords(text))
    case 'dob':
      return { value: dateDigits(text, format) }
    case 'email': {
      const value = text.includes('@') ? text.toLowerCase().replaceAll(' ', '') : ''
      return { value, user: value.split('@')[0] ?? '' }
    }
    case 'code':
      return { value: name === 'phone' ? text.replaceAll(/[^0-9]/g, '').slice(-9) : codeOf(text) }
    case 'postcode':
      return { value: codeOf(text) }
    case 'category':
      return { value: text.toLowerCase() }
    case 'street': {
      const value = wordsOf(text)
      const number = /[0-9]+ ?[a-z]?( |$)/.exec(value)?.[0] ?? ''
      return { value, number: number.trim(), name: number === '' ? value : value.replaceAll(number, '').trim() }
    }
    case 'text':
      return { value: wordsOf(text) }
  }
}

const codeOf = (text: string): string => text.replace(/\.0+$/, '').toLowerCase().replaceAll(/[^a-z0-9]/g, '')
const wordsOf = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{Mn}/gu, '').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
