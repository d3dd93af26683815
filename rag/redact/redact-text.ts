import { findMentioned } from './mentions.ts'
import { nameFinder } from './names.ts'
import { freeParts, masked, type Found, type PersonalKind } from './patterns.ts'

/** What kinds are called where the outside reads them: the names that labelled public sets use. */
const spanTypes: Readonly<Record<PersonalKind, string>> = {
  EMAIL: 'EMAIL_ADDRESS', URL: 'URL', IBAN: 'IBAN_CODE', CARD: 'CREDIT_CARD', IP: 'IP_ADDRESS', MAC: 'MAC_ADDRESS',
  ID: 'NATIONAL_ID', PHONE: 'PHONE_NUMBER', BIRTH: 'DATE_TIME', ADDRESS: 'ADDRESS', NAME: 'PERSON', LINK: 'DOMAIN_NAME',
  PLACE: 'LOCATION', ORGANISATION: 'ORGANIZATION', DATE: 'DATE_TIME', AGE: 'AGE', JOB: 'TITLE', PREFIX: 'PREFIX',
} // prettier-ignore

/** The labelled sets tell American numbers from others. */
function typeOf(text: string, { kind, start, end }: Found): string {
  if (kind !== 'ID') return spanTypes[kind]
  if (/^\d{3}-\d{2}-\d{4}$/.test(text.slice(start, end))) return 'US_SSN'
  return /driv\S+\s+licen[cs]e/i.test(text.slice(Math.max(0, start - 50), start)) ? 'US_DRIVER_LICENSE' : spanTypes.ID
}

/** A place in the text given, in UTF-16 code units, and what stands there. */
export type Span = { start: number; end: number; type: string }

/**
 * For texts of any origin: everything `findMentioned` sees and the names given, replaced by placeholders such as
 * `[PERSON_1]` (the same value the same one within the text), and where each stood.
 */
export function textRedactor(names: readonly string[]): (text: string) => { text: string; spans: Span[] } {
  const findNames = nameFinder(names)
  return (text) => {
    const known = findNames(masked(text))
    const ruled = findMentioned(text).flatMap((found) => freeParts(text, found, known))
    return replaced(
      text,
      [...known, ...ruled].toSorted((a, b) => a.start - b.start),
    )
  }
}

function replaced(text: string, found: readonly Found[]): { text: string; spans: Span[] } {
  const numbers = new Map<string, number>()
  const counts = new Map<string, number>()
  const spans = found.map((one) => ({ start: one.start, end: one.end, type: typeOf(text, one) }))
  let [at, result] = [0, '']
  for (const { start, end, type } of spans) {
    const value = `${type} ${text.slice(start, end)}`
    if (!numbers.has(value)) counts.set(type, (counts.get(type) ?? 0) + 1)
    const number = numbers.get(value) ?? counts.get(type)!
    numbers.set(value, number)
    result += `${text.slice(at, start)}[${type}_${number}]`
    at = end
  }
  return { text: result + text.slice(at), spans }
}
