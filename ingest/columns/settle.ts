import type { Field } from './field.ts'
import type { Profile } from './profile.ts'
import { decide, type Reading } from './reading.ts'
import { agree, contains } from './repeated.ts'

/**
 * What can only be told once all columns are known: a customer number that no row shares is the id of the row; a "name" of single words beside a given name is a family name; a full
 * name, an age or a year of birth beside what it is made of says nothing new.
 */
export function settle(readings: readonly Reading[]): void {
  settleNames(readings)
  settleIds(readings)
  const dob = find(readings, 'dob')
  if (dob === undefined) return
  for (const reading of readings) {
    const field = reading.guess?.field
    if (field === undefined || !['birth-year', 'exact', 'ignore', 'house-number'].includes(field)) continue
    const part = partOfBirth(reading.profile, dob.profile)
    if (part !== undefined) decide(reading, 'derived', 0.9, part, [dob.profile])
  }
}

const find = (readings: readonly Reading[], field: Field): Reading | undefined =>
  readings.find(({ guess }) => guess?.field === field)

function settleNames(readings: readonly Reading[]): void {
  const full = find(readings, 'full')
  if (full === undefined) return
  const [given, family] = [find(readings, 'given'), find(readings, 'family')]
  const single = full.profile.several < 0.15
  if (single && given !== undefined && family === undefined)
    decide(full, 'family', 0.7, 'is one word each beside a given name')
  else if (single && family !== undefined && given === undefined)
    decide(full, 'given', 0.7, 'is one word each beside a family name')
  else if (given !== undefined && family !== undefined) settleFull(full, given, family)
}

/** An id of a person that is another in each row joins nothing. */
function settleIds(readings: readonly Reading[]): void {
  const user = find(readings, 'user-id')
  if (user === undefined || !user.profile.unique || find(readings, 'record-id') !== undefined) return
  decide(user, 'record-id', 0.7, 'is an id of a person that no two rows of the sample share')
}

/** Where both its parts stand beside it, a full name adds their errors only; one that names others is another text. */
function settleFull(full: Reading, given: Reading, family: Reading): void {
  const parts = [given.profile, family.profile]
  if (Math.min(given.profile.filled, family.profile.filled) < full.profile.filled * 0.6) return
  const related = parts.some((part) => agree(full.profile, part, contains, 0.5))
  if (related || full.profile.values.length < 10) decide(full, 'derived', 0.85, 'says what is in', parts)
  else decide(full, 'fuzzy', 0.4, 'is a name of somebody else than the given and family name')
}

/** What a column of numbers repeats of the dates of birth. */
function partOfBirth(profile: Profile, dob: Profile): string | undefined {
  if (profile.share(/^\d{1,4}(?:\.0)?$/) < 0.95 || dob.dates === undefined) return undefined
  if (agree(profile, dob, (cell, date) => Number(cell) === year(date))) return 'is the year of'
  const ages = profile.cells.flatMap((cell, row) => (cell === null || dob.cells[row] === null || dob.cells[row] === undefined ? [] : [Number(cell) + year(dob.cells[row])])) // prettier-ignore
  const middle = ages.toSorted((a, b) => a - b)[Math.floor(ages.length / 2)]
  if (middle === undefined || !agree(profile, dob, (cell, date) => Math.abs(Number(cell) + year(date) - middle) <= 1)) return undefined // prettier-ignore
  return 'is the age by'
}

const year = (date: string): number => Number(/(?:1[89]|20)\d{2}/.exec(date)?.[0] ?? Number.NaN)
