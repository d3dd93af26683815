/** Check digits of numbers that name a person or an account. Each takes the number as written, with its separators. */

const compact = (text: string): string => text.replace(/[\s./-]/g, '').toUpperCase()
const digitsOf = (text: string): number[] => Array.from(text.replace(/\D/g, ''), Number)

/** The rest of a long number of decimal digits. */
const rest = (digits: string, by: number): number =>
  Array.from(digits, Number).reduce((left, digit) => (left * 10 + digit) % by, 0)

/** ISO 13616: the four first characters moved to the end, letters as 10–35, leave 1 by modulus 97. */
export function isIban(text: string): boolean {
  const account = compact(text)
  if (account.length < 15 || account.length > 34) return false
  const turned = account.slice(4) + account.slice(0, 4)
  return (
    rest(
      turned.replace(/[A-Z]/g, (letter) => String(Number.parseInt(letter, 36))),
      97,
    ) === 1
  )
}

/** ISO/IEC 7812: 12 to 19 digits whose Luhn sum is a multiple of ten, not all alike. */
export function isCard(text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length < 12 || digits.length > 19 || new Set(digits).size === 1) return false
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const doubled = digit * (index % 2 === 1 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}

/** The Dutch citizen service number: nine digits weighed 9 to 2 and −1 add up to a multiple of eleven. */
export function isBsn(text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length !== 9 || new Set(digits).size === 1) return false
  return digits.reduce((sum, digit, index) => sum + digit * (index === 8 ? -1 : 9 - index), 0) % 11 === 0
}

/** The German tax number of a person: eleven digits by ISO 7064 MOD 11,10, of which the first ten repeat one or two. */
export function isGermanTaxId(text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length !== 11 || digits[0] === 0) return false
  const body = digits.slice(0, 10)
  const kinds = new Set(body).size
  if (kinds < 8 || kinds > 9) return false
  const product = body.reduce((left, digit) => (((left + digit) % 10 || 10) * 2) % 11, 10)
  return (11 - product) % 10 === digits[10]
}

/** The French number of INSEE: 13 signs (Corsica's 2A and 2B count as 19 and 18) and their key, 97 less the rest by 97. */
export function isInsee(text: string): boolean {
  const number = compact(text).replace('2A', '19').replace('2B', '18')
  return /^[1-478]\d{14}$/.test(number) && 97 - rest(number.slice(0, 13), 97) === Number(number.slice(13))
}

/** The Spanish DNI and NIE: the letter is told by the number modulo 23; X, Y and Z stand for 0, 1 and 2. */
export function isSpanishId(text: string): boolean {
  const found = /^([XYZ]?)(\d{7,8})([A-Z])$/.exec(compact(text))
  if (!found || found[1]!.length + found[2]!.length !== 8) return false
  const number = Number(`${['X', 'Y', 'Z'].indexOf(found[1]!) > 0 ? ['X', 'Y', 'Z'].indexOf(found[1]!) : ''}${found[2]}`)
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === found[3]
} // prettier-ignore

/** What a sign at an odd place of the codice fiscale counts, `0`–`9` and then `A`–`Z` (decree of 12 March 1974). */
const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23] // prettier-ignore

/** The Italian codice fiscale: sixteen signs, the last told by the fifteen before. */
export function isCodiceFiscale(text: string): boolean {
  const code = compact(text)
  if (!/^[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPRST][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]$/.test(code)) return false
  const sum = Array.from(code.slice(0, 15)).reduce((total, sign, index) => {
    const value = Number.parseInt(sign, 36)
    if (index % 2 === 0) return total + oddValues[value]!
    return total + (value > 9 ? value - 10 : value)
  }, 0)
  return String.fromCodePoint(65 + (sum % 26)) === code[15]
}

/** A British national insurance number: no check digit, but letters that are never given out. */
export const isNino = (text: string): boolean =>
  /^(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(compact(text))
