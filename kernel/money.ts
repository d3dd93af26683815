/** An amount in integer minor units (cents, yen, fils) and its ISO 4217 currency. */
export type Money = { readonly amountMinor: number; readonly currency: string }

/** Minor-unit exponents of ISO 4217 that differ from 2. */
const exponents: Record<string, number> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
} // prettier-ignore

const known = new Set(Intl.supportedValuesOf('currency'))

/** True for a currency of ISO 4217, upper case. */
export const isCurrency = (code: string): boolean => known.has(code)

/** Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD. */
export const exponentOf = (currency: string): number => exponents[currency] ?? 2

/**
 * Reads a decimal such as `12.30`, `-1,234.50` or `1.234,50` exactly, without floating point.
 * The last of `.` or `,` is the decimal mark unless it groups thousands. Null when it is no amount,
 * or has more decimals than the currency.
 */
export function parseAmount(text: string, currency: string): Money | null {
  const match = /^([-+])?\s*(\d[\d.,\s']*)$/.exec(text.trim())
  if (!match || !isCurrency(currency)) return null
  const digits = match[2]!.replace(/[\s']/g, '')
  const mark = decimalMark(digits)
  const [whole = '', fraction = ''] = mark === null ? [digits] : splitAtLast(digits, mark)
  const units = whole.replace(/[.,]/g, '')
  const exponent = exponentOf(currency)
  const spare = fraction.slice(exponent)
  if (!/^\d+$/.test(units) || !/^\d*$/.test(fraction) || /[1-9]/.test(spare)) return null
  const minor = Number(units + fraction.slice(0, exponent).padEnd(exponent, '0'))
  if (!Number.isSafeInteger(minor)) return null
  return { amountMinor: match[1] === '-' && minor !== 0 ? -minor : minor, currency }
}

function decimalMark(digits: string): '.' | ',' | null {
  const dot = digits.lastIndexOf('.')
  const comma = digits.lastIndexOf(',')
  if (dot < 0 && comma < 0) return null
  if (dot >= 0 && comma >= 0) return dot > comma ? '.' : ','
  const mark = dot >= 0 ? '.' : ','
  const groups = digits.split(mark)
  const thousands = groups.length > 2 || (mark === ',' && groups[1]!.length === 3)
  return thousands ? null : mark
}

const splitAtLast = (text: string, mark: string): [string, string] => {
  const at = text.lastIndexOf(mark)
  return [text.slice(0, at), text.slice(at + 1)]
}

/** Converts at a rate (units of `to` per unit of `from.currency`), rounding half to even. */
export function convert(from: Money, rate: number, to: string): Money {
  const exact = from.amountMinor * rate * 10 ** (exponentOf(to) - exponentOf(from.currency))
  return { amountMinor: roundHalfEven(exact), currency: to }
}

/** Rounds to the nearest integer, ties to even, so that many roundings do not drift upwards. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (Math.abs(rest - 0.5) < 1e-9) return floor % 2 === 0 ? floor : floor + 1
  return Math.round(value)
}

/** Words for people: `€12.30`, in the locale asked for. */
export function formatMoney(money: Money, locale = 'en-GB'): string {
  const value = money.amountMinor / 10 ** exponentOf(money.currency)
  return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(value)
}

/** The plain decimal for machines: `12.30`. */
export function decimalOf(money: Money): string {
  return (money.amountMinor / 10 ** exponentOf(money.currency)).toFixed(exponentOf(money.currency))
}
