import { DateTime } from 'luxon'
import type { Queryable } from '#kernel/db.ts'
import type { Entry } from '../definition/coming-in.ts'
import type { Entrant } from './enrol.ts'
import { selectDated } from '../queries/dated.ts'
import { zoneOr } from '../hours/window.ts'
import { timeOn } from './times.ts'

type OnDate = Extract<Entry, { onDate: unknown }>['onDate']

/**
 * Who comes in by a date of theirs on one of some days, and when.
 * @param days days of the business, in order
 */
export async function datedOn(
  { db, zone }: { db: Queryable; zone: string },
  { property, once, offsetDays, time, zone: whose }: OnDate,
  days: readonly DateTime[],
): Promise<(Entrant & { from: Date })[]> {
  const meant = new Map<string, DateTime>()
  for (const day of days) {
    for (const text of daysMeant(day.minus({ days: offsetDays }), once === true)) if (!meant.has(text)) meant.set(text, day) // prettier-ignore
  }
  const people = await selectDated(db, { property, days: [...meant.keys()], once: once === true, zone })
  return people.map((person) => {
    const { year, month, day } = meant.get(person.day)!
    const theirs = DateTime.fromObject({ year, month, day }, { zone: whose === 'person' ? zoneOr(person.zone, zone) : zone }) // prettier-ignore
    return { personId: person.id, from: timeOn(theirs, time) }
  })
}

/** The days that are kept on a day: the last of February stands for the 29th where there is none. */
function daysMeant(day: DateTime, once: boolean): string[] {
  if (once) return [day.toFormat('yyyy-MM-dd')]
  const own = day.toFormat('MM-dd')
  return own === '02-28' && !day.isInLeapYear ? [own, '02-29'] : [own]
}
