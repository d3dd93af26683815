import type { Form } from '../visitor.ts'

/** What a field says, without what surrounds it; empty where there is no such field. */
export const said = (form: Form, name: string): string => form[name]?.trim() ?? ''

/** The words of a field, or nothing where it is empty. */
export const words = (form: Form, name: string): string | undefined => said(form, name) || undefined

/** The number of a field; what is none stays as it is, to be refused by whoever reads it. */
export function number(form: Form, name: string): number | string | undefined {
  const text = said(form, name)
  if (text === '') return undefined
  return Number.isNaN(Number(text)) ? text : Number(text)
}

/** A share, from a field in percent. */
export function share(form: Form, name: string): number | string | undefined {
  const value = number(form, name)
  return typeof value === 'number' ? Number((value / 100).toFixed(6)) : value
}

export const inPercent = (value: number | undefined): string =>
  value === undefined ? '' : String(Number((value * 100).toFixed(4)))

/** Several fields as one form. */
export const allOf = (fields: readonly Readonly<Record<string, string>>[]): Record<string, string> =>
  Object.fromEntries(fields.flatMap((one) => Object.entries(one)))

/** What of a record is given. */
export const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** The same, or nothing where nothing of it is given. */
export function anyGiven(values: Record<string, unknown>): Record<string, unknown> | undefined {
  const kept = given(values)
  return Object.keys(kept).length === 0 ? undefined : kept
}

/** Units of a stretch of time, in minutes, the largest first. */
export const units = [
  { name: 'weeks', minutes: 10_080 },
  { name: 'days', minutes: 1_440 },
  { name: 'hours', minutes: 60 },
  { name: 'minutes', minutes: 1 },
] as const

/** The two fields of a stretch of time: a number, and its unit. */
export function stretchFields(name: string, minutes: number | undefined): Record<string, string> {
  const unit = units.find((one) => (minutes ?? 1_440) % one.minutes === 0) ?? units[3]
  return { [name]: minutes === undefined ? '' : String(minutes / unit.minutes), [`${name}-unit`]: unit.name }
}

export function stretchFrom(form: Form, name: string): number | string | undefined {
  const value = number(form, name)
  const unit = units.find((one) => one.name === said(form, `${name}-unit`)) ?? units[3]
  return typeof value === 'number' ? Math.round(value * unit.minutes) : value
}

type Value = string | number | boolean

/** Properties as lines of `name = value`; text that would be read as something else stands in quotes. */
export const pairLines = (pairs: Readonly<Record<string, Value>> | undefined): string =>
  linesOf(pairs, (value) => (typeof value === 'string' ? told(value, valueOf) : String(value)))

/** The same, of properties that are all text. */
export const textLines = (pairs: Readonly<Record<string, string>> | undefined): string =>
  linesOf(pairs, (value) => told(value, unquoted))

export const pairsFrom = (text: string): Record<string, Value> | undefined => pairsOf(text, valueOf)
export const textsFrom = (text: string): Record<string, string> | undefined => pairsOf(text, unquoted)

const linesOf = <T>(pairs: Readonly<Record<string, T>> = {}, tell: (value: T) => string): string =>
  Object.entries(pairs).map(([name, value]) => `${name} = ${tell(value)}`).join('\n') // prettier-ignore

function pairsOf<T>(text: string, read: (value: string) => T): Record<string, T> | undefined {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '') // prettier-ignore
  if (lines.length === 0) return undefined
  return Object.fromEntries(lines.map((line): [string, T] => {
    const at = line.indexOf('=')
    return at < 0 ? [line, read('')] : [line.slice(0, at).trim(), read(line.slice(at + 1).trim())]
  })) // prettier-ignore
}

/** Text as it stands, or in quotes where it would not be read as the same. */
const told = (text: string, read: (text: string) => Value): string =>
  /\p{Cc}/u.test(text) || read(text.trim()) !== text ? JSON.stringify(text) : text

/** The text in quotes; what has none, or is not closed by them, as it stands. */
function unquoted(text: string): string {
  const inside = text.startsWith('"') ? jsonFrom(text) : text
  return typeof inside === 'string' ? inside : text
}

/** A number or a yes where a value is written as one; digits that no number holds, such as a long order’s, are text. */
function valueOf(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true'
  const value = Number(text)
  const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(value)
  const isExact = !/^-?\d+$/.test(text) || String(value) === text
  return isNumber && isExact ? value : unquoted(text)
}

/** The fields of something a person does: the event, and what it must be about. */
export const occasionFields = (
  name: string,
  occasion: { event: string; where?: Record<string, Value> | undefined } | undefined,
): Record<string, string> => ({ [name]: occasion?.event ?? '', [`${name}-where`]: pairLines(occasion?.where) })

export function occasionFrom(form: Form, name: string): { event: string; where?: Record<string, Value> } | undefined {
  const event = said(form, name)
  const where = pairsFrom(said(form, `${name}-where`))
  return event === '' ? undefined : { event, ...(where ? { where } : {}) }
}

/** Rows of such fields, `NAME-1` and so on; those that name no event are no rows. */
export const rowsOfOccasions = (form: Form, name: string, most: number): unknown[] =>
  Array.from({ length: most }, (_, at) => occasionFrom(form, `${name}-${at + 1}`)).filter((one) => one !== undefined)

export const dayNumbers = [1, 2, 3, 4, 5, 6, 7] as const

export const dayFields = (name: string, days: readonly number[] | undefined): Record<string, string> =>
  Object.fromEntries((days ?? []).map((day) => [`${name}-day-${day}`, 'on']))

/** The days that are ticked; none where none is, which is every day. */
export function daysFrom(form: Form, name: string): number[] | undefined {
  const days = dayNumbers.filter((day) => form[`${name}-day-${day}`] !== undefined)
  return days.length === 0 ? undefined : days
}

/** JSON as a field shows it, and as it is read: what is none stays text, to be refused by whoever reads it. */
export const jsonText = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value))

export function jsonFrom(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
