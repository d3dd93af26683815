import { weekdayOf, weekdays, type Weekday } from './dates.ts'
import type { Found } from './fact.ts'
import { plainText, tableOf, type Block, type Span } from './markdown.ts'

type Hours = { from: string; to: string }
type Row = { days: readonly Weekday[]; hours: readonly Hours[]; span: Span }

/**
 * The opening hours of the business: at least five weekdays, each a row of a table or a line of its own, alone or as a
 * range (`Mon–Fri: 9:00–17:00`), in English, Dutch or German. A day without hours is one on which it is closed.
 */
export function openingHours(body: string, block: Block): Found[] {
  const rows = block.kind === 'table' ? tableRows(body, block) : lineRows(body, block)
  const byDay = new Map(rows.flatMap(({ days, hours }) => days.map((day) => [day, hours] as const)))
  if (byDay.size < 5) return []
  const known = weekdays.filter((day) => byDay.has(day))
  const value = Object.fromEntries(known.map((day) => [day, valueOf(byDay.get(day)!)]))
  const heading = block.headings.at(-1) ?? ''
  const place = /\bof (the .+)$/i.exec(heading)?.[1] ?? 'the business'
  const open = known
    .filter((day) => byDay.get(day)!.length > 0)
    .map((day) => `${titled(day)} ${words(byDay.get(day)!)}`)
  const closed = known.filter((day) => byDay.get(day)!.length === 0).map(titled)
  const statement =
    open.length === 0
      ? `${titled(place)} is closed.`
      : `${titled(place)} is open ${listed(open)}${closed.length > 0 ? `, and closed on ${listed(closed)}` : ''}.`
  const [start, end] = [Math.min(...rows.map(({ span }) => span.start)), Math.max(...rows.map(({ span }) => span.end))]
  const span = block.kind === 'table' ? tableOf(body, block) : { text: body.slice(start, end), start, end }
  return [{ subject: 'business', predicate: 'opening-hours', value, statement, span }]
}

/** One span of hours as it is, several as a list, none as null. */
const valueOf = (hours: readonly Hours[]): Hours | readonly Hours[] | null =>
  hours.length > 1 ? hours : (hours[0] ?? null)

const tableRows = (body: string, block: Block): Row[] =>
  tableOf(body, block).rows.flatMap((row) => rowOf(row.cells[0] ?? '', row.cells.slice(1).join(' '), row))

const lineDay = /^\s*(?:[-*+]\s+)?(\p{L}+\.?(?:\s*(?:–|-|to|until|through|t\/m|tot|bis)\s*\p{L}+\.?)?)\s*:?\s+(.*)$/iu

function lineRows(body: string, block: Block): Row[] {
  const rows: Row[] = []
  for (let start = block.start; start < block.end;) {
    const found = body.indexOf('\n', start)
    const end = found < 0 || found > block.end ? block.end : found
    const text = body.slice(start, end)
    const [, day, hours] = lineDay.exec(plainText(text)) ?? []
    if (day !== undefined && isAnswer(hours ?? '')) rows.push(...rowOf(day, hours ?? '', { text, start, end }))
    start = end + 1
  }
  return rows
}

const closedWords = /^(?:closed|gesloten|geschlossen|ruhetag|dicht)\b/i
const isAnswer = (text: string): boolean => closedWords.test(text) || hoursIn(text).length > 0

function rowOf(name: string, hours: string, span: Span): Row[] {
  const days = daysOf(name)
  return days.length === 0 ? [] : [{ days, hours: hoursIn(hours), span }]
}

/** The days of `Monday`, `Mon–Fri` or `Mo bis Fr`. */
function daysOf(text: string): readonly Weekday[] {
  const single = weekdayOf(text)
  if (single) return [single]
  const [, from, to] =
    /^\s*(\p{L}+\.?)\s*(?:–|-|to|until|through|t\/m|tot|bis)\s*(\p{L}+\.?)\s*:?\s*$/iu.exec(text) ?? []
  const [first, last] = [weekdayOf(from ?? ''), weekdayOf(to ?? '')]
  if (!first || !last) return []
  const [start, end] = [weekdays.indexOf(first), weekdays.indexOf(last)]
  return weekdays.filter((_, index) => (start <= end ? index >= start && index <= end : index >= start || index <= end))
}

const time = String.raw`(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.|uur|uhr|h)?`
const spans = new RegExp(String.raw`\b${time}\s*(?:–|-|to|until|till|tot|bis)\s*${time}`, 'gi')

/** The hours in a text: `09:00–17:00`, `9am to 5.30pm`, `9 bis 18 Uhr`. Two numbers alone are none. */
export function hoursIn(text: string): Hours[] {
  return [...text.matchAll(spans)].flatMap((found) => {
    const [, hour = '', minute, half, endHour = '', endMinute, endHalf] = found
    if (minute === undefined && endMinute === undefined && half === undefined && endHalf === undefined) return []
    const [from, to] = [clockTime(hour, minute, half), clockTime(endHour, endMinute, endHalf)]
    return from === null || to === null ? [] : [{ from, to }]
  })
}

function clockTime(hour: string, minute = '00', half = ''): string | null {
  const isTwelve = /^[ap]/i.test(half)
  const hours = isTwelve ? (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0) : Number(hour)
  if (hours > 24 || Number(minute) > 59) return null
  return `${isTwelve ? String(hours).padStart(2, '0') : hour}:${minute}`
}

const words = (hours: readonly Hours[]): string => hours.map(({ from, to }) => `${from}–${to}`).join(' and ')

/** With its first letter as a capital. */
export const titled = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
