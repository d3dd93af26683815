import fc from 'fast-check'
import { getCountries, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { phoneOfWhatsAppId } from '#ingest/cleanse/whatsapp-id.ts'

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`))

describe('a WhatsApp id', () => {
  it.each([
    ['31612345678', '+31612345678'],
    ['+31612345678', '+31612345678'],
    ['5215512345678', '+525512345678'],
    ['525512345678', '+525512345678'],
    ['553187654321', '+5531987654321'],
    ['5531987654321', '+5531987654321'],
    ['551132654321', '+551132654321'],
    ['5491123456789', '+5491123456789'],
    ['nobody', undefined],
    ['', undefined],
    ['US.13491208655302741918', undefined],
    ['12', undefined],
  ])('reads %s as %s', (id, phone) => {
    expect(phoneOfWhatsAppId(id)).toBe(phone)
  })

  it('is the number itself in every country', () => {
    for (const country of getCountries()) {
      const number = getExampleNumber(country, examples)?.number
      if (number !== undefined) expect(phoneOfWhatsAppId(number.slice(1)), country).toBe(number)
    }
  })

  it('of Mexico is the same person with the old 1 and without it (property)', () => {
    fc.assert(fc.property(digits(10), (number) => {
      expect(phoneOfWhatsAppId(`521${number}`)).toBe(phoneOfWhatsAppId(`52${number}`))
    })) // prettier-ignore
  })

  it('of a Brazilian mobile is the same person with the ninth digit and without it (property)', () => {
    const mobile = fc.tuple(fc.integer({ min: 11, max: 99 }), fc.constantFrom('6', '7', '8', '9'), digits(7))
    fc.assert(fc.property(mobile, ([area, first, rest]) => {
      expect(phoneOfWhatsAppId(`55${area}${first}${rest}`)).toBe(phoneOfWhatsAppId(`55${area}9${first}${rest}`))
    })) // prettier-ignore
  })
})
