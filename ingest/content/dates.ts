import { DateTime } from 'luxon'

/** From when and until when (exclusive) a sentence says that something holds. */
export type Validity = { from: Date | null; to: Date | null }

/** Words for months and weekdays in English, Dutch and German; all of a line are one. */
const months = [
  'january jan januari januar jänner', 'february feb februari februar', 'march mar maart mrt märz', 'april apr',
  'may mei mai', 'june jun juni', 'july jul juli', 'august aug augustus', 'september sep sept', 'october oct oktober okt',
  'november nov', 'december dec dezember dez',
].map((words) => words.split(' ')) // prettier-ignore

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

const weekdayWords: Record<Weekday, string> = {
  monday: 'monday mon maandag ma montag mo',
  tuesday: 'tuesday tue tues dinsdag di dienstag',
  wednesday: 'wednesday wed woensdag wo mittwoch mi',
  thursday: 'thursday thu thur thurs donderdag do donnerstag',
  friday: 'friday fri vrijdag vr freitag fr',
  saturday: 'saturday sat zaterdag za samstag sonnabend sa',
  sunday: 'sunday sun zondag zo sonntag so',
}
const weekdayOfWord = new Map(weekdays.flatMap((day) => weekdayWords[day].split(' ').map((word) => [word, day])))

/** The weekday that a word names, short or in full. */
export const weekdayOf = (word: string): Weekday | undefined =>
  weekdayOfWord.get(word.trim().toLowerCase().replace(/\.$/, ''))

const monthPattern = months.flat().toSorted((a, b) => b.length - a.length).join('|') // prettier-ignore
const monthOf = (word: string): number => months.findIndex((words) => words.includes(word.toLowerCase())) + 1

const dayWords = String.raw`(?:\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:${monthPattern})\b\.?(?:,?\s+\d{4})?|(?:${monthPattern})\b\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?)`
const oneDay = new RegExp(dayWords, 'iu')

/**
 * `2026-09-19` of `Saturday 19 September 2026`, `September 19, 2026`, `19.9.2026` or the date itself. A day without a year
 * is the first such day from `since` on, or none. Null where no such day exists.
 */
export function dateOf(text: string, since?: string): string | null {
  const found = oneDay.exec(text)?.[0]
  if (found === undefined) return null
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(found)
  if (iso) return asDay(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(found)
  if (dotted) return asDay(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]))
  const month = monthOf(/\p{L}{3,}/u.exec(found.replace(/\bof\b/i, ''))?.[0] ?? '')
  const day = Number(/\b(\d{1,2})(?!\d)/.exec(found)?.[1])
  const year = /\d{4}/.exec(found)?.[0]
  if (year !== undefined) return asDay(Number(year), month, day)
  if (since === undefined) return null
  const first = Number(since.slice(0, 4))
  const candidates = [first, first + 1].map((candidate) => asDay(candidate, month, day))
  return candidates.find((candidate) => candidate !== null && candidate >= since) ?? null
}

function asDay(year: number, month: number, day: number): string | null {
  const date = DateTime.utc(year, month, day)
  return date.isValid ? date.toISODate() : null
}

const until = String.raw`(?:valid |only |geldig |gültig |noch |nog )?(?:until|till|through|ends on|ending|expires on|tot en met|t\/m|tot|bis zum|bis)`
const since = '(?:valid from|from|starting|beginning|as of|vanaf|van|ab dem|ab|von|vom)'
const article = String.raw`(?:and including |the |(?:${Object.values(weekdayWords).join(' ').replaceAll(' ', '|')}),?\s+)*`
const untilDay = new RegExp(String.raw`\b${until}\s+${article}(${dayWords})`, 'iu')
const fromDay = new RegExp(String.raw`\b${since}\s+${article}(${dayWords})`, 'iu')
const range = new RegExp(
  String.raw`\b(\d{1,2})(?:st|nd|rd|th|\.)?(?:\s+(${monthPattern}))?\s*(?:–|-|to|until|through|t\/m|tot en met|tot|bis)\s*(${dayWords})`,
  'iu',
)

/** What a sentence says of its own validity: `until 30 June 2026`, `from 1 to 30 June`, `ab 1. Mai`; the last day is part of it. */
export function validityIn(text: string, given: { zone: string; written: Date }): Validity {
  const written = DateTime.fromJSDate(given.written, { zone: given.zone }).toFormat('yyyy-MM-dd')
  const between = range.exec(text)
  const lastWords = between?.[3] ?? untilDay.exec(text)?.[1]
  const last = lastWords === undefined ? null : dateOf(lastWords, written)
  const first = between && last ? firstOf(between, last) : dayFrom(text, last === null ? written : undefined)
  const startOf = (day: string): DateTime => DateTime.fromISO(day, { zone: given.zone })
  return {
    from: first === null ? null : startOf(first).toJSDate(),
    to: last === null ? null : startOf(last).plus({ days: 1 }).toJSDate(),
  }
}

/** A first day with a year of its own, or one that is still to come. */
function dayFrom(text: string, written: string | undefined): string | null {
  const words = fromDay.exec(text)?.[1]
  return words === undefined ? null : dateOf(words, written)
}

/** The first day of `1–30 June 2026` or `1 May to 30 June 2026`; one that would lie behind the last is of the year before. */
function firstOf([, day, word]: RegExpExecArray, last: string): string | null {
  const month = word === undefined ? Number(last.slice(5, 7)) : monthOf(word)
  const year = Number(last.slice(0, 4))
  const first = asDay(year, month, Number(day))
  return first !== null && first > last ? asDay(year - 1, month, Number(day)) : first
}
