import { DateTime } from 'luxon'

/** `iso`, `unix` (seconds), `unix-ms`, or a pattern of luxon tokens such as `dd/MM/yyyy HH:mm`. */
export type InstantFormat = string

const inUtc = /^(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/

/** Days repeat: a file of a million rows has some thousand of them. */
const remembered = new Map<string, Date | null>()
const mostRemembered = 5000

/**
 * Reads a moment; what names no offset is in the zone, a bare date is its midnight there. Null when it is none
 * (`2026-02-30`, or an hour the clock change skips is moved, as clocks are).
 */
export function readInstant(text: string, formats: readonly InstantFormat[], zone: string): Date | null {
  const trimmed = text.trim()
  // What programs write most: no zone to ask, and all of different moments, so that nothing is worth remembering.
  if (formats[0] === 'iso' && inUtc.test(trimmed)) {
    const found = new Date(trimmed)
    if (isAsWritten(found, trimmed)) return found
  }
  const key = `${zone}\n${formats.join('\n')}\n${trimmed}`
  const known = remembered.get(key)
  if (known !== undefined) return known === null ? null : new Date(known)
  const found = formats.map((format) => readAs(trimmed, format, zone)).find((date) => date !== null) ?? null
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(key, found)
  return found === null ? null : new Date(found)
}

/** What a month or a day does not have is counted on into the next: every month has 28 days, and hours below 20 are all there. */
const isAsWritten = (found: Date, text: string): boolean =>
  !Number.isNaN(found.getTime()) &&
  ((text[8]! < '2' && text[11]! < '2') || found.toISOString().startsWith(text.slice(0, 19)))

function readAs(text: string, format: InstantFormat, zone: string): Date | null {
  if (format === 'unix' || format === 'unix-ms') {
    if (!/^\d{1,15}$/.test(text)) return null
    return new Date(Number(text) * (format === 'unix' ? 1000 : 1))
  }
  const read =
    format === 'iso' ? DateTime.fromISO(text, { zone }) : DateTime.fromFormat(text, format, { zone, locale: 'en' })
  return read.isValid && read.year >= 1900 ? read.toJSDate() : null
}

/** The day of an instant in a zone, `YYYY-MM-DD`. */
export const dayIn = (instant: Date, zone: string): string =>
  DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd')

/** A day as `YYYY-MM-DD`; null when there is none such. */
export function readDay(text: string, formats: readonly InstantFormat[] = ['iso']): string | null {
  const instant = readInstant(text, formats, 'utc')
  return instant === null ? null : instant.toISOString().slice(0, 10)
}

/** People write YYYY-MM-DD for what luxon calls yyyy-MM-dd; in luxon `YYYY` means nothing and `DD` a whole date. */
export const instantPattern = (format: string): string =>
  format.replaceAll('YYYY', 'yyyy').replaceAll('YY', 'yy').replaceAll('DD', 'dd')

/** True when the pattern can be read back from what it writes; `iso`, `unix` and `unix-ms` can. */
export function isInstantFormat(format: string): boolean {
  if (format === 'iso' || format === 'unix' || format === 'unix-ms') return true
  const sample = DateTime.utc(2001, 12, 30, 23, 45, 56)
  const back = DateTime.fromFormat(sample.toFormat(format), format, { zone: 'utc', locale: 'en' })
  return back.isValid && back.hasSame(sample, 'day')
}
