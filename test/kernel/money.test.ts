import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convert, decimalOf, exponentOf, formatMoney, parseAmount, roundHalfEven } from '#kernel/money.ts'

describe('money', () => {
  it.each([
    ['12.30', 'EUR', 1230],
    ['1,234.50', 'EUR', 123450],
    ['1.234,50', 'EUR', 123450],
    ['1 234,5', 'EUR', 123450],
    ['1,234', 'EUR', 123400],
    ['-7', 'EUR', -700],
    ['500', 'JPY', 500],
    ['1.234', 'KWD', 1234],
    ['12.3000', 'EUR', 1230],
  ])('reads %s %s as %i minor units', (text, currency, amountMinor) => {
    expect(parseAmount(text, currency)).toEqual({ amountMinor, currency })
  })

  it.each([
    ['12.345', 'EUR'],
    ['abc', 'EUR'],
    ['', 'EUR'],
    ['1', 'XXQ'],
    ['5.5', 'JPY'],
    ['99999999999999999', 'EUR'],
  ])('refuses %s %s rather than guess', (text, currency) => {
    expect(parseAmount(text, currency)).toBeNull()
  })

  it('writes every amount so that it reads back the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        (amountMinor, currency) => {
          expect(parseAmount(decimalOf({ amountMinor, currency }), currency)).toEqual({ amountMinor, currency })
        },
      ),
    )
  })

  it('converts between currencies of different exponents', () => {
    expect(convert({ amountMinor: 1000, currency: 'JPY' }, 0.0061, 'EUR')).toEqual({
      amountMinor: 610,
      currency: 'EUR',
    })
    expect(exponentOf('KWD')).toBe(3)
  })

  it('rounds ties to even, so that many roundings do not drift', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5].map(roundHalfEven)).toEqual([0, 2, 2, 0, -2])
  })

  it('speaks to people in their currency', () => {
    expect(formatMoney({ amountMinor: 123450, currency: 'EUR' })).toBe('€1,234.50')
    expect(formatMoney({ amountMinor: 500, currency: 'JPY' })).toBe('JP¥500')
  })
})
