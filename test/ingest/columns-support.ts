import { familyNames } from '#ingest/columns/family-names.ts'
import { givenNames } from '#ingest/columns/given-names.ts'
import { guessColumns } from '#ingest/columns/guess.ts'
import type { Field, Guess } from '#ingest/columns/field.ts'

/** A cell of a row. Rows of one person (see `personOf`) share what a person keeps. */
export type Maker = (row: number) => string | null
/** Columns of a file: how each is filled, and what it is. */
export type Columns = Record<string, [Maker, Field]>

/** A number below `most`, the same for the same row and salt. */
export function pick(row: number, salt: number, most: number): number {
  let mixed = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)
  return ((mixed ^ (mixed >>> 15)) >>> 0) % most
}

/** Every third row is the person of the row before. */
export const personOf = (row: number): number => (row % 3 === 2 ? row - 1 : row)

const two = (number: number): string => String(number).padStart(2, '0')
const digits = (row: number, salt: number, count: number): string =>
  Array.from({ length: count }, (_, place) => pick(row, salt + place * 17, 10)).join('')
const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

export const oneOf =
  (salt: number, words: readonly string[]): Maker =>
  (row) =>
    words[pick(personOf(row), salt, words.length)]!

/** Leaves some cells without a value. */
export const sometimes =
  (salt: number, maker: Maker, missing = 'NULL'): Maker =>
  (row) =>
    pick(row, salt, 5) === 0 ? missing : maker(row)

const givens = [...givenNames].slice(0, 400)
const families = [...familyNames]
/** Family names that no list holds: most of the world's. */
const rare = (row: number): string =>
  ['zelen', 'brakk', 'vonti', 'harsh', 'ostr', 'quell', 'drum', 'skarn', 'lofth', 'pemb'][
    pick(personOf(row), 31, 10)
  ]! + ['aker', 'owitz', 'ington', 'ano', 'sund', 'eira', 'mann', 'veld', 'oux', 'idis'][pick(personOf(row), 32, 10)]!

export const given: Maker = (row) => title(givens[pick(personOf(row), 1, givens.length)]!)
export const rareFamily: Maker = (row) => title(rare(row))
export const family: Maker = (row) =>
  pick(personOf(row), 2, 3) === 0 ? title(families[pick(personOf(row), 3, families.length)]!) : title(rare(row))
export const full: Maker = (row) => `${given(row)} ${family(row)}`
export const born = (write: (year: number, month: number, day: number) => string): Maker => (row) =>
  write(1930 + pick(personOf(row), 4, 75), 1 + pick(personOf(row), 5, 12), 1 + pick(personOf(row), 6, 28)) // prettier-ignore
export const isoBirth = born((year, month, day) => `${year}-${two(month)}-${two(day)}`)
export const dmyBirth = born((year, month, day) => `${day}/${month}/${year}`)
export const dottedBirth = born((year, month, day) => `${two(day)}.${two(month)}.${year}`)
export const mdyBirth = born((year, month, day) => `${two(month)}/${two(day)}/${year}`)
export const mdyShort = born((year, month, day) => `${month}/${day}/${two(year % 100)}`)
export const compactBirth = born((year, month, day) => `${year}${two(month)}${two(day)}`)
export const wordBirth = born((year, month, day) => `${day} ${'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[month - 1]!} ${year}`) // prettier-ignore
export const birthYear = born((year) => String(year))
export const recent: Maker = (row) =>
  `2024-${two(1 + pick(row, 7, 12))}-${two(1 + pick(row, 8, 28))} ${two(pick(row, 9, 24))}:31:05`
export const email: Maker = (row) =>
  `${given(row)!.toLowerCase()}.${pick(personOf(row), 10, 90)}@${['example.org', 'mail.example', 'smith-jones.example'][pick(row, 11, 3)]!}`
export const mobile: Maker = (row) => `+3161${digits(personOf(row), 12, 7)}`
export const phoneUs: Maker = (row) => `(${2 + pick(personOf(row), 13, 7)}12) 555-${digits(personOf(row), 14, 4)}`
export const phoneLocal: Maker = (row) => `0${digits(personOf(row), 15, 2)} ${digits(personOf(row), 16, 7)}`
export const houseNumber: Maker = (row) => String(1 + Math.floor((pick(personOf(row), 17, 1000) / 1000) ** 3 * 320))
const streetNames = ['Oak', 'High', 'Victoria', 'Station', 'Church', 'Mill', 'Park', 'Queen', 'Forbes', 'Tullaroop', 'Maple', 'Elm'] // prettier-ignore
export const street = (ends: readonly string[], glue = ' '): Maker => (row) =>
  `${streetNames[pick(personOf(row), 18, streetNames.length)]!}${glue}${ends[pick(personOf(row), 19, ends.length)]!}` // prettier-ignore
export const streetEn = street(['Street', 'Road', 'Avenue', 'Lane', 'Crescent'])
export const addressEn: Maker = (row) => `${houseNumber(row)} ${streetEn(row)}`
export const ukPostcode: Maker = (row) => `${['SW', 'M', 'LS', 'EH'][pick(personOf(row), 20, 4)]!}${1 + pick(personOf(row), 21, 9)} ${1 + pick(personOf(row), 22, 9)}AB` // prettier-ignore
export const nlPostcode: Maker = (row) =>
  `${1000 + pick(personOf(row), 23, 8999)} ${['AB', 'XK', 'TD'][pick(personOf(row), 24, 3)]!}`
export const five: Maker = (row) => String(10_000 + pick(personOf(row) % 90, 25, 89_000))
export const four: Maker = (row) => String(1000 + pick(personOf(row) % 90, 26, 8999))
export const plPostcode: Maker = (row) => `${two(pick(personOf(row), 27, 99))}-${digits(personOf(row), 28, 3)}`
export const sequence: Maker = (row) => String(row + 1)
export const personNumber: Maker = (row) => `C${100_000 + pick(personOf(row), 29, 800_000)}`
export const ssn: Maker = (row) =>
  `${digits(personOf(row), 30, 3)}-${digits(personOf(row), 33, 2)}-${digits(personOf(row), 34, 4)}`
export const bare9: Maker = (row) => `1${digits(personOf(row), 35, 8)}`
export const clusterOf: Maker = (row) => String(personOf(row))
export const amount: Maker = (row) => `${pick(row, 36, 900)}.${two(pick(row, 37, 100))}`
export const uuid: Maker = (row) =>
  `${digits(row, 38, 8)}-${digits(row, 39, 4)}-4a${digits(row, 40, 2)}-9b${digits(row, 41, 2)}-${digits(row, 42, 12)}`
export const cityUk = oneOf(50, ['London', 'Leeds', 'Hull', 'Bristol', 'Lodnon', 'York', 'Little Snoring'])
export const cityNl = oneOf(51, ['Amsterdam', 'Utrecht', 'Zwolle', 'Ouderkerk', 'Breda'])
export const cityDe = oneOf(52, ['Berlin', 'Köln', 'Hamburg', 'Buxtehude', 'Bonn'])
export const suburb = oneOf(53, ['kellerberrin', 'worongary', 'coolaroo', 'beverly hills', 'garbutt', 'st james', 'bittern', 'mirrabooka']) // prettier-ignore
export const stateAu = oneOf(54, ['nsw', 'vic', 'qld', 'wa', 'sa'])
export const stateUs = oneOf(55, ['NC', 'SC', 'CA', 'TX', 'NY'])
export const sex = oneOf(56, ['M', 'F'])
export const job = oneOf(57, ['politician', 'painter', 'footballer', 'writer', 'actor'])
export const country = oneOf(58, ['Netherlands', 'Germany', 'Belgium'])
export const nothing: Maker = () => ''
export const always = (text: string): Maker => () => text // prettier-ignore

/** Guesses of a file of these columns; `nameless`: under the names c1, c2, … */
export function guessed(columns: Record<string, Maker>, options: { rows?: number; nameless?: boolean } = {}): Guess[] {
  const header = Object.keys(columns)
  const makers = Object.values(columns)
  const rows = Array.from({ length: options.rows ?? 240 }, (_, row) => makers.map((maker) => maker(row)))
  return guessColumns({ header: options.nameless ? header.map((_, index) => `c${index + 1}`) : header, rows })
}

export const fieldsOf = (guesses: readonly Guess[]): Record<string, Field> =>
  Object.fromEntries(guesses.map(({ column, field }) => [column, field]))
