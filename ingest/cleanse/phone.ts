import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { plainNumber } from './phone-plan.ts'

/**
 * A phone number in E.164 (`+31612345001`), read as dialled in the country when it has no prefix.
 * Undefined when no such number is given out there: one that is only long enough would tie strangers together.
 */
export function canonicalPhone(text: string | null | undefined, country: string | undefined): string | undefined {
  // Shop exports put an apostrophe before what a spreadsheet would take for a number.
  const typed = (text ?? '').trim().replace(/^'/, '').replace('(0)', '')
  if (!/\d{4}/.test(typed.replaceAll(/\D/g, ''))) return undefined
  const number = bare(typed)
  return plainNumber(number, country) ?? anyNumber(number, country)
}

/** However it is written. */
function anyNumber(typed: string, country: string | undefined): string | undefined {
  const defaultCountry = country !== undefined && isSupportedCountry(country) ? country : undefined
  const number = parsePhoneNumberFromString(typed, { ...(defaultCountry ? { defaultCountry } : {}), extract: false })
  return number?.isValid() ? number.number : undefined
}

/** Without what stands before and behind it: `Tel.: (06) 1234 5678,`. */
const bare = (typed: string): string => typed.replace(/^[^+＋\p{Nd}]+/u, '').replace(/[^\p{N}\p{L}#]+$/u, '')

/**
 * The number that a text came from, as operators write it: with `+` or `00`, in full without either, or as dialled in the
 * country. Undefined where it is none.
 */
export function phoneOfSender(text: string, country: string | undefined): string | undefined {
  const typed = text.trim()
  if (typed.startsWith('+')) return canonicalPhone(typed, undefined)
  if (typed.startsWith('00')) return canonicalPhone(`+${typed.slice(2)}`, undefined)
  return (typed.startsWith('0') ? undefined : canonicalPhone(`+${typed}`, undefined)) ?? canonicalPhone(typed, country)
}
