import type { Form } from './visitor.ts'

/** Days as people know them, Monday first; `value` is what a timetable calls them. */
export const weekdays = [
  { value: 1, name: 'Monday' },
  { value: 2, name: 'Tuesday' },
  { value: 3, name: 'Wednesday' },
  { value: 4, name: 'Thursday' },
  { value: 5, name: 'Friday' },
  { value: 6, name: 'Saturday' },
  { value: 0, name: 'Sunday' },
] as const

/** What the fields of a timetable are called on its form. */
export const fieldNames = {
  name: 'Name',
  campaign: 'Campaign',
  cron: 'A timetable of your own',
  zone: 'Time zone',
  graceMinutes: 'Latest start, in minutes after its time',
} as const

export const dayField = (value: number): string => `day-${value}`

/** The timetable that a posted form asks for: its own line where one was written, else a time of some days; null where neither is. */
export function cronOf(form: Form): string | null {
  const own = form['cron']?.trim() ?? ''
  if (own !== '') return own
  const [hour, minute] = (form['time'] ?? '').split(':')
  if (!hour || !minute) return null
  const days = weekdays.filter(({ value }) => form[dayField(value)] !== undefined).map(({ value }) => value)
  return `${Number(minute)} ${Number(hour)} * * ${days.length === 0 ? '*' : days.join(',')}`
}

/** A timetable in words where it is one time of some days, else as it is written. */
export function inWords(cron: string): string {
  const [, minute, hour, days = ''] = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-6](?:,[0-6])*)$/.exec(cron) ?? []
  if (minute === undefined || hour === undefined) return cron
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (days === '*') return `every day at ${time}`
  const chosen = weekdays.filter(({ value }) => days.split(',').includes(String(value))).map(({ name }) => name)
  return `${chosen.join(', ')} at ${time}`
}
