import { cities, stateCodes, stateNames } from './places.ts'
import { dateColumn, type DateColumn } from './dates.ts'
import { familyNames } from './family-names.ts'
import { givenNames } from './given-names.ts'
import { isMissing } from './missing.ts'

/** What a column holds, in numbers. Shares are of the cells that are not missing, from 0 to 1. */
export type Profile = {
  header: string
  place: number
  /** Cells in the order of the rows: lower case, without accents, null where missing. */
  cells: readonly (string | null)[]
  /** The same without the missing, as written. */
  values: readonly string[]
  /** Some hundred rows that have a value. */
  rows: readonly number[]
  /** The share of the rows that have a value. */
  filled: number
  distinct: number
  /** No value twice, and hardly a row without. */
  unique: boolean
  dates: DateColumn | undefined
  /** The share of letters alone, of a few words at most. */
  wordy: number
  /** The share of more than one word. */
  several: number
  given: number
  family: number
  /** The share in which some word is a given name. */
  namesPerson: number
  /** The share of given names alone, such as `anna maria`. */
  onlyGiven: number
  city: number
  state: number
  share: (test: RegExp | ((value: string) => boolean)) => number
}

/** Values looked at for what they are like, and rows in which columns are compared; distinct ones are counted in all. */
const looked = 1000
const compared = 400
/** Letters of a cell that are looked at: no name is longer, and a novel would take its time. */
const longest = 200

/** Reads one column of a sample of rows. */
export function profileOf(header: string, place: number, written: readonly (string | null)[]): Profile {
  const column = withoutFractions(written)
  const trimmed = column.map((cell) => (isMissing(cell) ? null : cell!.trim().slice(0, longest)))
  const cells = trimmed.map((cell) => (cell === null ? null : fold(cell)))
  const values = trimmed.filter((cell) => cell !== null)
  const sample = spread(values, looked)
  const folded = sample.map(fold)
  const distinct = new Set(cells).size - (cells.includes(null) ? 1 : 0)
  const shareOf = (test: (value: string) => boolean): number => of(folded, test)
  return {
    header, place, cells, values, distinct,
    rows: spread(cells.flatMap((cell, row) => (cell === null ? [] : [row])), compared),
    filled: values.length / Math.max(1, column.length),
    unique: values.length > 1 && distinct === values.length && values.length >= column.length * 0.99,
    dates: dateColumn(sample),
    wordy: shareOf((value) => /^[\p{L}][\p{L}\p{M}'’`.,\- ]*$/u.test(value) && value.length <= 45),
    several: shareOf((value) => wordsOf(value).length > 1),
    given: shareOf((value) => givenNames.has(wordsOf(value)[0] ?? '') && wordsOf(value).length <= 2),
    family: shareOf((value) => familyNames.has(value)),
    namesPerson: shareOf((value) => wordsOf(value).some((word) => givenNames.has(word))),
    onlyGiven: shareOf((value) => wordsOf(value).every((word) => givenNames.has(word))),
    city: shareOf((value) => cities.has(value)),
    state: shareOf((value) => stateCodes.has(value) || stateNames.has(value)),
    share: (test) => of(sample, typeof test === 'function' ? test : (value) => test.test(value)),
  } // prettier-ignore
}

/** At most twice `most` of a list, from all over it. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.floor(list.length / most))
  return step === 1 ? list : list.filter((_, index) => index % step === 0)
}

/** Some programs write whole numbers with missing ones among them as `2602.0`. */
function withoutFractions(column: readonly (string | null)[]): readonly (string | null)[] {
  const whole = /^\s*\d+\.0\s*$/
  if (!column.every((cell) => isMissing(cell) || whole.test(cell!))) return column
  return column.map((cell) => (isMissing(cell) ? null : cell!.trim().slice(0, -2)))
}

/** Lower case, without accents, single blanks. */
export const fold = (text: string): string =>
  /^[a-z\d .,@-]*$/.test(text) ? text.replaceAll(/\s+/g, ' ') : folded(text)

const letters: Record<string, string> = { ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' }

const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßøæœłđðþı]/g, (letter) => letters[letter]!)
    .replaceAll(/\s+/g, ' ')

/** The words of a folded text. */
export const wordsOf = (text: string): string[] => text.split(/[^\p{L}\p{N}']+/u).filter((word) => word !== '')

const of = (values: readonly string[], test: (value: string) => boolean): number =>
  values.length === 0 ? 0 : values.filter(test).length / values.length
