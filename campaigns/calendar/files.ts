import { stringify } from 'csv-stringify/sync'
import { forms, type FormName } from '#rag/forms.ts'
import { publishedText } from '#rag/whatsapp-shape.ts'
import type { Entry } from './calendar.ts'

/** What may go out and did not yet. */
const open = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => (entry.copy && entry.held === null && entry.publishedAt === null ? [{ ...entry, copy: entry.copy }] : [])) // prettier-ignore

const postColumns = ['Date', 'Time', 'Text', 'Link']
const adColumns = ['Start date', 'Headline 1', 'Description 1', 'Description 2', 'Final URL']

/** The calendar of one platform as a table: posts as planners of posts read them, ads as Google Ads Editor does. */
export function calendarCsv(entries: readonly Entry[], form: FormName, zone: string): string {
  const rows = open(entries)
    .filter(({ copy }) => copy.form === form)
    .map(({ copy, dueAt }) => {
      const { headline, summary, text, link } = publishedText(copy.content, form)
      const [date, time] = dayAndTime(dueAt, zone)
      return form === 'ad' ? [date, headline, summary, text, link] : [date, time, text, link]
    })
  // A cell that a spreadsheet would run as a formula is escaped.
  return stringify([form === 'ad' ? adColumns : postColumns, ...rows.map((row) => row.map((cell) => cell ?? ''))], { escape_formulas: true }) // prettier-ignore
}

function dayAndTime(at: Date, zone: string): [string, string] {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at)
  const [date = '', time = ''] = parts.split(' ')
  return [date, time]
}

/** The same as iCalendar (RFC 5545), to stand in anybody's own calendar. */
export function calendarIcs(entries: readonly Entry[], { site, at }: { site: string; at: Date }): string {
  const events = open(entries).flatMap(({ id, copy, dueAt }) => [
    'BEGIN:VEVENT',
    `UID:${id}@millrace`,
    `DTSTAMP:${stamp(at)}`,
    `DTSTART:${stamp(dueAt)}`,
    'DURATION:PT15M',
    `SUMMARY:${escaped(`${forms[copy.form].words}: ${copy.content.subject.text}`)}`,
    `DESCRIPTION:${escaped(publishedText(copy.content, copy.form).text)}`,
    `URL:${site.replace(/\/$/, '')}/copy/${copy.releaseHash}`,
    'END:VEVENT',
  ])
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Millrace//Copy calendar//EN', ...events, 'END:VCALENDAR']
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

const stamp = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')

const escaped = (text: string): string =>
  text
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, '')

/** Lines of at most 75 octets; none is cut within a letter. */
function folded(line: string): string {
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const letter of line) {
    const size = Buffer.byteLength(letter)
    if (octets + size > 75) {
      parts.push(part)
      part = ' '
      octets = 1
    }
    part += letter
    octets += size
  }
  return [...parts, part].join('\r\n')
}
