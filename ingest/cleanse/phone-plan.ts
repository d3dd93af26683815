import { isSupportedCountry, Metadata, type CountryCode } from 'libphonenumber-js/max'

/** What the library knows of countries and does not declare. */
type Codes = { getCountryCodeForCallingCode: (code: string) => CountryCode | undefined }
type Known = {
  callingCode: () => string
  IDDPrefix: () => string
  nationalNumberPattern: () => string
  nationalPrefix: () => string | undefined
  nationalPrefixForParsing: () => string | undefined
  leadingDigits: () => string | undefined
  type: (name: string) => { pattern: () => string; possibleLengths: () => number[] } | undefined
}

/** How numbers are given out in a country. */
type Plan = { code: string; prefix: string; abroad: RegExp; valid: RegExp }

const types = ['FIXED_LINE', 'MOBILE', 'PREMIUM_RATE', 'TOLL_FREE', 'SHARED_COST', 'VOIP', 'PERSONAL_NUMBER', 'PAGER', 'UAN', 'VOICEMAIL'] // prettier-ignore
/** Digits, and what people put between them; longer than any number is for the library to say. */
const plain = /^\+?\d[\d ()./-]{3,40}$/

/**
 * A phone number in E.164, where it is written plainly and the plan of its country says at a look that it is given out;
 * undefined where that is for the library to say, which makes its patterns anew for each number.
 */
export function plainNumber(typed: string, country: string | undefined): string | undefined {
  if (!plain.test(typed)) return undefined
  const digits = typed.replaceAll(/\D/g, '')
  const isWhole = typed.startsWith('+')
  const plan = isWhole ? planOfNumber(digits) : planOf(country)
  if (!plan) return undefined
  const { code, prefix, abroad, valid } = plan
  if (isWhole) {
    const national = digits.slice(code.length)
    return valid.test(national) && !(prefix !== '' && national.startsWith(prefix)) ? `+${digits}` : undefined
  }
  if (abroad.test(digits)) return undefined
  const national = digits.startsWith(prefix) ? digits.slice(prefix.length) : digits
  return valid.test(national) ? `+${code}${national}` : undefined
}

const plans = new Map<string, Plan | null>()

function planOf(country: string | undefined): Plan | null {
  if (country === undefined || !isSupportedCountry(country)) return null
  const known = plans.get(country)
  if (known !== undefined) return known
  const plan = planned(country)
  plans.set(country, plan)
  return plan
}

/** None where more than digits are put before a number, or another country comes first among those that share its code. */
function planned(country: CountryCode): Plan | null {
  const metadata = new Metadata()
  metadata.selectNumberingPlan(country)
  const known = metadata.numberingPlan as unknown as Known
  const [code, prefix] = [known.callingCode(), known.nationalPrefix() || '']
  if ((known.nationalPrefixForParsing() || '') !== prefix || known.leadingDigits() || countryOf(code) !== country)
    return null
  const kinds = types.flatMap((name) => {
    const kind = known.type(name)
    if (!kind?.pattern()) return []
    const lengths = kind.possibleLengths().map((length) => `\\d{${length}}`)
    return [`(?=(?:${lengths.join('|')})$)(?:${kind.pattern()})`]
  })
  const valid = new RegExp(`^(?=(?:${known.nationalNumberPattern()})$)(?:${kinds.join('|')})$`)
  return { code, prefix, abroad: new RegExp(`^(?:${known.IDDPrefix()})`), valid }
}

const codes = new Metadata() as unknown as Codes
const countryOf = (code: string): CountryCode | undefined => codes.getCountryCodeForCallingCode(code)

/** Calling codes have one to three digits, and none begins with another. */
const planOfNumber = (digits: string): Plan | null =>
  planOf(countryOf(digits.slice(0, 1)) ?? countryOf(digits.slice(0, 2)) ?? countryOf(digits.slice(0, 3)))
