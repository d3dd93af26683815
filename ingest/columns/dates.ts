/** A date as it was written; the day may be one that the month has not. */
type Written = { year: number; month: number; day: number }

/** What a column of dates looks like. */
export type DateColumn = {
  /** `yyyyMMdd`, `yyyy-MM-dd`, `d/M/yyyy`, `M/d/yy`, `d MMM yyyy` …, with the separator the values have. */
  format: string
  /** The share of the values that it reads. */
  share: number
  /** The share of the values that say a time of day too. */
  timed: number
  /** Years of the values, ascending. */
  years: readonly number[]
  /** False when no value tells day from month: `d/M` is then as good as `M/d`. */
  sure: boolean
}

/** In order of preference, where several read as many values: the world writes the day first. */
const formats =
  'yyyy/MM/dd|d/M/yyyy|M/d/yyyy|d/M/yy|M/d/yy|yy/MM/dd|yyyyMMdd|ddMMyyyy|MMddyyyy|yyMMdd|ddMMyy|MMddyy|d MMM yyyy|MMM d, yyyy|d MMM yy'.split('|') // prettier-ignore
const monthFirst: Record<string, string> = { 'd/M/yyyy': 'M/d/yyyy', 'd/M/yy': 'M/d/yy', ddMMyyyy: 'MMddyyyy', ddMMyy: 'MMddyy' } // prettier-ignore

const months = `jan gen ene sty led|feb fev lut uno|mar mrt maa mae brz|apr avr abr kwi dub|may mai mei mag maj kve
  |jun juin giu cze cer|jul juil lug lip|aug aou ago sie srp|sep set wrz zar|oct okt ott out paz rij|nov lis list|dec dez dic gru pro`
  .split('|').map((names) => names.trim().split(' ')) // prettier-ignore

const timeOfDay = /^(.*\d)[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]m)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i
const separated = /^(\d{1,4})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?$/
const dayMonthYear = /^(\d{1,2})(?:st|nd|rd|th|\.)?[-/. ]*(\p{L}{3,})\.?[-/., ]*(\d{4}|\d{2})$/u
const monthDayYear = /^(\p{L}{3,})\.?[-/ ]*(\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\d{4})$/u

/** How the dates of a column are written; undefined when fewer than half of the values are dates. */
export function dateColumn(values: readonly string[]): DateColumn | undefined {
  if (values.length === 0 || values.filter((value) => /\d/.test(value)).length < values.length / 2) return undefined
  const counts = formats.map((format) => values.filter((value) => written(value, format) !== undefined).length)
  const most = Math.max(...counts)
  if (most < values.length / 2) return undefined
  const format = formats[counts.indexOf(most)]!
  const other = monthFirst[format]
  const read = values.flatMap((value) => written(value, format) ?? [])
  return {
    format: withSeparator(format, values),
    share: most / values.length,
    timed: values.filter(saysTime).length / values.length,
    years: read.map(({ year }) => year).toSorted((a, b) => a - b),
    sure: other === undefined || counts[formats.indexOf(other)] !== most,
  }
}

/**
 * A date as `YYYY-MM-DD`, a two-digit year below 30 in this century. What a file writes now and then otherwise is read
 * too where it cannot mean another day: year first, months as words, a month beyond 12. Undefined when it is no date. The
 * day is not held against the calendar (`1994-02-31` stays): two typings of one birth should stay alike.
 */
export function isoDay(text: string, format: string): string | undefined {
  const plain = format.replaceAll(/(?<=[dMy])[-.](?=[dMy])/g, '/')
  const found =
    written(text, plain) ??
    written(text, 'yyyy/MM/dd') ??
    written(text, 'd MMM yyyy') ??
    written(text, 'MMM d, yyyy') ??
    (plain.includes('/') && !plain.startsWith('y') ? swapped(text) : undefined)
  if (found === undefined) return undefined
  const [month, day] = [String(found.month).padStart(2, '0'), String(found.day).padStart(2, '0')]
  return `${found.year}-${month}-${day}`
}

/** The same format with the month first: `M/d/yyyy` for `d/M/yyyy`. */
export const withMonthFirst = (format: string): string =>
  format.startsWith('dd') ? format.replace('ddMM', 'MMdd') : format.replace(/^d(.)M/, 'M$1d')

const swapped = (text: string): Written | undefined =>
  ['d/M/yyyy', 'M/d/yyyy'].map((format) => written(text, format)).find((found) => found !== undefined)

/** True when it says an hour other than midnight. */
const saysTime = (text: string): boolean => /\d[T ]\d{1,2}:\d{2}/.test(text) && !/[T ]0?0:00(:00(\.0+)?)?/.test(text)

function written(text: string, format: string): Written | undefined {
  const bare = timeOfDay.exec(text)?.[1] ?? text
  if (format.includes('MMM')) return inWords(bare, format)
  return format.includes('/') ? inParts(bare, format) : inDigits(bare, format)
}

function inParts(text: string, format: string): Written | undefined {
  const found = separated.exec(text)
  if (found === null) return undefined
  const parts = [found[1]!, found[3]!, found[4]!]
  const names = format.split('/')
  const part = (letter: string): string => parts[names.findIndex((name) => name.startsWith(letter))]!
  if (part('y').length !== (format.includes('yyyy') ? 4 : 2)) return undefined
  return plausible(part('y'), Number(part('M')), part('d'))
}

function inDigits(text: string, format: string): Written | undefined {
  if (text.length !== format.length || !/^\d+$/.test(text)) return undefined
  const part = (letter: string): string => text.slice(format.indexOf(letter), format.lastIndexOf(letter) + 1)
  return plausible(part('y'), Number(part('M')), part('d'))
}

function inWords(text: string, format: string): Written | undefined {
  const found = format.startsWith('M') ? monthDayYear.exec(text) : dayMonthYear.exec(text)
  if (found === null) return undefined
  const [day, word] = format.startsWith('M') ? [found[2]!, found[1]!] : [found[1]!, found[2]!]
  if (found[3]!.length !== (format.includes('yyyy') ? 4 : 2)) return undefined
  return plausible(found[3]!, monthOf(word), day)
}

function monthOf(word: string): number {
  const plain = word.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const long = months.findIndex((names) => names.includes(plain.slice(0, 4)))
  return 1 + (long >= 0 ? long : months.findIndex((names) => names.includes(plain.slice(0, 3))))
}

function plausible(yearText: string, month: number, dayText: string): Written | undefined {
  const short = yearText.length === 2
  const year = Number(yearText) + (short ? (Number(yearText) < 30 ? 2000 : 1900) : 0)
  const day = Number(dayText)
  const fits = year >= 1800 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31
  return fits ? { year, month, day } : undefined
}

/** Puts in the separator that most values have. */
function withSeparator(format: string, values: readonly string[]): string {
  if (!format.includes('/')) return format
  const found = values.map((value) => separated.exec(timeOfDay.exec(value)?.[1] ?? value)?.[2])
  const count = (sign: string): number => found.filter((each) => each === sign).length
  const sign = ['/', '-', '.', ' '].toSorted((a, b) => count(b) - count(a))[0]!
  return format.replaceAll('/', sign)
}
