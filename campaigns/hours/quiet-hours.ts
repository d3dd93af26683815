import { minutesOf, type Hours, type Span } from './hours.ts'

/** Mail waits in a mailbox; a text message rings. The laws of quiet hours speak of the second. */
export type Medium = 'mail' | 'text'

export const mediumOf = (channel: string): Medium => (channel === 'email' ? 'mail' : 'text')

const span = (from: string, to: string): Span => ({ from: minutesOf(from), to: minutesOf(to) })

const week = (weekdays: Span, saturday: Span | null, sunday: Span | null): Hours => [
  weekdays, weekdays, weekdays, weekdays, weekdays, saturday, sunday,
] // prettier-ignore

/**
 * Hours in which marketing may ring, by country, where a law or the operators' charter sets them. A country whose states
 * differ has the strictest of them all, since a zone does not tell the state.
 */
const textHours: Readonly<Record<string, Hours>> = {
  // TCPA 8–21; Connecticut from 9; Rhode Island 9–18, weekends 10–17; Texas on Sundays from 12.
  US: week(span('09:00', '18:00'), span('10:00', '17:00'), span('12:00', '17:00')),
  // Unsolicited Telecommunications Rules, part III.
  CA: week(span('09:00', '21:30'), span('10:00', '18:00'), span('10:00', '18:00')),
  // Charter of the operators (AF2M): not from 20 to 8, not on Sundays.
  FR: week(span('08:00', '20:00'), span('08:00', '20:00'), null),
}

/** Lawful and decent anywhere in Europe: what holds for a country without an entry, and for nobody knows where. */
const safeText: Hours = week(span('09:00', '20:00'), span('09:00', '20:00'), null)

/** Of mail to nobody knows where; no law sets hours for mail. */
const safeMail: Hours = week(span('09:00', '20:00'), span('09:00', '20:00'), span('09:00', '20:00'))

/** The hours the law of a country leaves open, and null where it sets none; `country` null: nobody knows where. */
export function lawfulHours(medium: Medium, country: string | null): Hours | null {
  if (medium === 'mail') return country === null ? safeMail : null
  return (country === null ? undefined : textHours[country]) ?? safeText
}
