import fc from 'fast-check'
import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { plainNumber } from '#ingest/cleanse/phone-plan.ts'

const digit = fc.integer({ min: 0, max: 9 }).map(String)

/** A number that a country gives out, some of its digits others now; given out still, or not. */
const national = (country: CountryCode): fc.Arbitrary<string> => {
  const example = examples[country] ?? '123456789'
  const digits = Array.from(example, (known) => fc.oneof({ weight: 3, arbitrary: fc.constant(known) }, digit))
  return fc.tuple(...digits, fc.oneof({ weight: 6, arbitrary: fc.constant('') }, digit)).map((all) => all.join(''))
}

const begins = (country: CountryCode): fc.Arbitrary<string> => {
  const code = getCountryCallingCode(country)
  return fc.constantFrom('', '0', '8', '1', code, `+${code}`, `+${code} 0`, `+${code}1`, `00${code}`, `011${code}`, '+44', '+7') // prettier-ignore
}

const written = fc.constantFrom(...getCountries()).chain((country) =>
  fc.tuple(begins(country), national(country), fc.constantFrom('', ' ', '-', ') ')).map(([begin, rest, between]) => ({
    country,
    typed: `${begin}${rest.slice(0, 3)}${between}${rest.slice(3)}`,
  })),
) // prettier-ignore

const byLibrary = (typed: string, defaultCountry: CountryCode): string | undefined => {
  const number = parsePhoneNumberFromString(typed, { defaultCountry, extract: false })
  return number?.isValid() ? number.number : undefined
}

describe('a telephone number written plainly', () => {
  it('is read as the library reads it, in every country, or left to it', () => {
    fc.assert(
      fc.property(written, ({ country, typed }) => {
        expect([undefined, byLibrary(typed, country)]).toContain(plainNumber(typed, country))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['06 12345001', 'NL', '+31612345001'],
    ['0151 23456789', 'DE', '+4915123456789'],
    ['213) 373-4253', 'US', '+12133734253'],
    ['612 34 56 78', 'ES', '+34612345678'],
    ['+33 6 12 34 56 78', undefined, '+33612345678'],
  ])('is seen at a look: %s in %s', (typed, country, number) => {
    expect(plainNumber(typed, country)).toBe(number)
  })

  it.each([
    ['06-9999999999', 'NL'],
    ['0031 6 12345001', 'NL'],
    ['+31 06 12345001', 'NL'],
    ['06 12345001', undefined],
    ['06 12345001', 'Atlantis'],
    ['06 12345001 ext. 5', 'NL'],
    [`06${' '.repeat(60)}12345001`, 'NL'],
  ])('is left to the library: %s in %s', (typed, country) => {
    expect(plainNumber(typed, country)).toBeUndefined()
  })
})
