import { contentEvidence, fit } from './contents.ts'
import { withMonthFirst } from './dates.ts'
import { shared, type Evidence, type Field, type Guess } from './field.ts'
import { headerEvidence, namesOthers, wordsOfHeader } from './header.ts'
import { profileOf, type Profile } from './profile.ts'
import { best, claimed, decide, sureness, type Reading } from './reading.ts'
import { isCopy, repeatedBy } from './repeated.ts'
import { settle } from './settle.ts'

/**
 * What each column of a file of person records holds, in the order of the columns, from its name and a sample of rows
 * (up to a few thousand, spread over the file; an id that is unique in the sample may repeat in the file).
 *
 * Two witnesses speak for each field, each from 0 to 1. The name: a vocabulary in a dozen languages (`header.ts`), taken
 * times how far the contents can be that at all (`fit`: names without letters are none), so contents overrule a
 * misleading name. The contents alone: patterns, dates, lists of common names and places, cardinality (`contents.ts`). They
 * are joined as 1 - (1 - name)(1 - contents); for words that neither knows, the columns beside it are heard: between a given name
 * and a street stands a family name. Columns that repeat others are set aside first; then the surest claim takes
 * its field, and who comes too late takes its next best, at worst `exact`, `fuzzy` or `ignore`.
 * A column named as the answer (`cluster`) is `truth`, unless it holds words, dates or addresses, and never to be used.
 */
export function guessColumns(input: {
  header: readonly string[]
  rows: readonly (readonly (string | null)[])[]
}): Guess[] {
  const readings = input.header.map(
    (header, place) =>
    readingOf(profileOf(header, place, input.rows.map((row) => row[place] ?? null))), // prettier-ignore
  )
  setAside(readings)
  listenToNeighbours(readings)
  assign(readings)
  settle(readings)
  return readings.map(({ guess, profile }) => withFormat(guess!, profile, readings))
}

function readingOf(profile: Profile): Reading {
  const meant = headerEvidence(profile.header)
  const named: Evidence = Object.fromEntries(
    (Object.entries(meant) as [Field, number][]).map(([field, sure]) => [field, sure * fit(profile, field)]),
  )
  const told = contentEvidence(profile)
  if (namesOthers(wordsOfHeader(profile.header))) for (const field of ofOneself) told[field] = 0
  // An "id" that comes back may be the person's, or the answer: too much to build on without being told.
  if ((meant['record-id'] ?? 0) > 0.5 && !profile.unique && named['user-id'] === undefined)
    told[meant.truth === undefined ? 'ignore' : 'truth'] = 0.7
  return { profile, named, told, near: {} }
}

/** What a mother or a company has of her own. */
const ofOneself: readonly Field[] = ['given', 'middle', 'family', 'full', 'dob', 'birth-year', 'gender']

/** Columns without values, and those that repeat others, take no part in what follows. */
function setAside(readings: readonly Reading[]): void {
  for (const reading of readings) {
    const { values, distinct } = reading.profile
    if (distinct === 0) decide(reading, 'empty', 1, 'has no value')
    else if (distinct === 1 && values.length >= 5) decide(reading, 'empty', 0.95, 'has one value in every row')
  }
  for (const [index, reading] of readings.entries()) {
    const others = readings.filter((other) => other !== reading && other.guess === undefined)
    if (reading.guess !== undefined || (reading.named.truth ?? 0) > 0.8) continue
    const surer = (other: Reading): boolean =>
      best(other).sure > best(reading).sure || (best(other).sure === best(reading).sure && readings.indexOf(other) < index) // prettier-ignore
    const twin = others.find((other) => isCopy(reading.profile, other.profile) && surer(other))
    const found =
      twin === undefined
        ? repeatedBy(reading.profile, others.map(({ profile }) => profile)) // prettier-ignore
        : { of: [twin.profile], why: 'is a copy of' }
    if (found !== undefined) decide(reading, 'derived', 0.9, found.why, found.of)
  }
}

/** Words that no list knows are what their place says: a name beside a name, a town beside its postcode. */
function listenToNeighbours(readings: readonly Reading[]): void {
  const open = readings.filter(({ guess }) => guess === undefined)
  const tops = open.map(best)
  const has = (field: Field): boolean => tops.some((top) => top.field === field && top.sure >= 0.5)
  for (const [index, reading] of open.entries()) {
    if (reading.profile.wordy < 0.6 || (tops[index]!.sure >= 0.6 && tops[index]!.field !== 'full')) continue
    const beside = [tops[index - 1], tops[index + 1]].filter((top) => top !== undefined && top.sure >= 0.45)
    const next = (...fields: readonly Field[]): boolean => beside.some((top) => fields.includes(top!.field))
    if (next('given') && !has('family')) reading.near.family = 0.5
    if (next('family') && !has('given')) reading.near.given = 0.5
    if (has('city')) continue
    if (next('postcode', 'state')) reading.near.city = 0.5
    else if (next('street', 'country')) reading.near.city = 0.38
  }
}

/** What a column is whose field another column has better: a second phone number is compared as it stands. */
const secondBest: Partial<Record<Field, Field>> = {
  given: 'middle', family: 'fuzzy', full: 'fuzzy', street: 'fuzzy', city: 'fuzzy', unit: 'fuzzy', email: 'exact', phone: 'exact',
  'user-id': 'exact', dob: 'exact', 'birth-year': 'exact', gender: 'exact', postcode: 'exact', 'house-number': 'exact', state: 'exact',
  country: 'exact', 'record-id': 'ignore',
} // prettier-ignore

/** The surest claim takes its field first; each field but the shared ones is taken once. */
function assign(readings: readonly Reading[]): void {
  const taken = new Set<Field>()
  const claims = readings
    .filter(({ guess }) => guess === undefined)
    .flatMap((reading) => {
      const { field: first, sure } = best(reading)
      const own = claimed(reading).map((field) => ({ reading, field, sure: sureness(reading, field) }))
      const second = secondBest[first]
      return second === undefined ? own : [...own, { reading, field: second, sure: sure * 0.6 }]
    })
    .toSorted((a, b) => b.sure - a.sure)
  for (const { reading, field, sure } of claims) {
    if (reading.guess !== undefined || (taken.has(field) && !shared.has(field))) continue
    if (!shared.has(field) && sure < 0.3) continue
    taken.add(field)
    decide(reading, field, sure, reasonFor(reading, field))
  }
}

const labels: Record<Field, string> = {
  'record-id': 'an id of the row', given: 'a given name', middle: 'a middle name', family: 'a family name', full: 'a full name',
  dob: 'a date of birth', 'birth-year': 'a year of birth', email: 'an e-mail address', phone: 'a phone number', street: 'a street',
  'house-number': 'a house number', unit: 'a flat or building', city: 'a town', postcode: 'a postcode', state: 'a state or region',
  country: 'a country', gender: 'a gender', 'user-id': 'an id of a person', truth: 'the answer to be found',
  exact: 'an attribute', fuzzy: 'a text', derived: 'a repetition', empty: 'nothing', ignore: 'nothing of a person',
} // prettier-ignore

function reasonFor(reading: Reading, field: Field): string {
  const label = labels[field]
  const said = (reading.named[field] ?? 0) > 0.2
  const held = (reading.told[field] ?? 0) > 0.28
  const { field: first } = best(reading)
  const late = first !== field && !shared.has(first) ? `; ${labels[first]} is found better in another column` : ''
  const overruled = (Object.entries(headerEvidence(reading.profile.header)) as [Field, number][]).find(
    ([name, sure]) => sure > 0.5 && name !== field && (reading.named[name] ?? 0) < sure * 0.5 && !said,
  )
  const against = overruled === undefined ? '' : `; its name says ${labels[overruled[0]]}, its values do not`
  if (said && held) return `name and values say ${label}${late}`
  if (said) return `its name says ${label}${late}`
  if (held) return `its values look like ${label}${late}${against}`
  return `${(reading.near[field] ?? 0) > 0 ? `the columns beside it make it ${label}` : `nothing better fits than ${label}`}${late}${against}` // prettier-ignore
}

/** Says how dates of birth are written. Where no value tells, American addresses have the month first. */
function withFormat(guess: Guess, profile: Profile, readings: readonly Reading[]): Guess {
  if (guess.field !== 'dob' || profile.dates === undefined) return guess
  const { format, sure } = profile.dates
  return { ...guess, format: !sure && isAmerican(readings) ? withMonthFirst(format) : format }
}

function isAmerican(readings: readonly Reading[]): boolean {
  const of = (field: Field): Profile | undefined => readings.find(({ guess }) => guess?.field === field)?.profile
  const [states, postcodes] = [of('state'), of('postcode')]
  const country = of('country')?.share(/^(us|usa|united states.*)$/i) ?? 0
  const zip = postcodes === undefined || postcodes.share(/^\d{4,5}(-\d{4})?$/) > 0.9
  return country > 0.8 || (states !== undefined && states.share(/^[a-z]{2}$/i) > 0.9 && zip)
}
