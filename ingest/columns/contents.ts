import { countryCode } from '../cleanse/country.ts'
import type { Evidence, Field } from './field.ts'
import { fold, type Profile } from './profile.ts'

const emailLike = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/
const phoneLike = /^[+(]?[\d\s().\-/]+(?:\s*(?:x|ext\.?)\s*\d+)?$/i
const strictPostcodes = /^(?:[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{4} ?[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|\d{5}-\d{4}|\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3}|\d{3} \d{2}|(?:d|ch|nl|b|f|at?)-\d{4,5}|[a-z]\d[\dw] ?[a-z][a-z\d]{3})$/i // prettier-ignore
const nationalIds = /^(?:\d{3}-\d{2}-\d{4}|[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]|[a-z]{6}\d{2}[a-z]\d{2}[a-z]\d{3}[a-z]|\d{8}-?[a-z]|[xyz]\d{7}[a-z]|\d{3}\.\d{3}\.\d{3}-\d{2}|\d{6}[-+]\d{4}|756\.\d{4}\.\d{4}\.\d{2})$/i // prettier-ignore
const streetWords = /\b(?:street|st|road|rd|avenue|ave?|lane|ln|drive|dr|court|ct|place|pl|crescent|cres|circuit|cct|close|cl|way|terrace|tce|parade|pde|square|sq|boulevard|blvd|highway|hwy|grove|gardens|loop|rise|row|mews|walk|view|hill|green|park|circle|cir|trail|pkwy|parkway|ridge|route|rue|chemin|impasse|allee|quai|calle|avenida|avda|plaza|paseo|camino|carrer|via|viale|piazza|corso|largo|vicolo|rua|travessa|praca|estrada|ulica|ul|aleja|al|os|namesti|utca|ut|strada|calea)\b|(?:straat|laan|weg|plein|gracht|kade|singel|dijk|steeg|dreef|hof|strasse|straße|str\.?|platz|gasse|ring|ufer|damm|allee|gatan|vagen|vägen|gata|vej|gade|veien|katu|tie)(?:$|[\s,\d])/i // prettier-ignore
const male = new Set('m male man boy mannelijk mann mannlich maennlich h homme hombre masculino maschio uomo homem mezczyzna muz'.split(' ')) // prettier-ignore
const female = new Set('f female woman girl v vrouw vrouwelijk w frau weiblich femme mujer feminino femenino femmina donna mulher k kobieta z zena kvinna'.split(' ')) // prettier-ignore
const neither = new Set('u x d o other divers nonbinary non-binary'.split(' '))

const between = (low: number, value: number, high: number): boolean => value >= low && value <= high
/** 0 below `low`, 1 from `high` on, straight between. */
const ramp = (value: number, low: number, high: number): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)))
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** True for years of birth: they lie far apart. Days on which records were made do not, or say the hour. */
const areBirths = (years: readonly number[], timed: number): boolean =>
  timed < 0.2 && percentile(years, 0.95) - percentile(years, 0.05) >= 18 && percentile(years, 0.5) >= 1870

const isPhone = (value: string): boolean => {
  const digits = value.replaceAll(/\D/g, '').length
  if (!between(7, digits, 15) || !phoneLike.test(value) || strictPostcodes.test(value) || nationalIds.test(value)) return false // prettier-ignore
  if (/^\d+$/.test(value)) return /^0\d{8,11}$/.test(value)
  return !/^\d{1,4}([-/. ])\d{1,2}\1\d{1,4}$/.test(value) && !/^\d{1,3}(\.\d{1,3}){3}$/.test(value) && !/^-?\d+[.,]\d+$/.test(value) // prettier-ignore
}

/** Numbers of a column of whole numbers, ascending; undefined for others. */
function wholeNumbers(profile: Profile): number[] | undefined {
  if (profile.share(/^-?\d{1,12}(?:\.0)?$/) < 0.98) return undefined
  return profile.values.map(Number).filter(Number.isFinite).toSorted((a, b) => a - b) // prettier-ignore
}

/** How the contents alone speak for each field. */
export function contentEvidence(profile: Profile): Evidence {
  if (profile.values.length === 0) return {}
  return { ...ofPatterns(profile), ...ofNames(profile), ...ofPlaces(profile), ...ofNumbers(profile), ...ofIds(profile) }
}

function ofPatterns(profile: Profile): Evidence {
  const { dates } = profile
  const dated = dates !== undefined && dates.share >= 0.7
  const births = dated && areBirths(dates.years, dates.timed)
  const postcodes = profile.share(strictPostcodes)
  return {
    email: profile.share(emailLike) * 0.97,
    phone: Math.max(profile.share(isPhone) * 0.93, profile.share(/^1?[2-9]\d{2}[2-9]\d{6}$/) > 0.95 ? 0.6 : 0),
    dob: births ? dates.share * 0.92 : 0,
    postcode: dated ? 0 : postcodes * 0.95,
    gender: areGenders(profile) ? 0.93 : 0,
    ignore: ignored(profile, dated && !births),
    exact: profile.wordy > 0.5 || profile.distinct < profile.values.length * 0.5 ? 0.3 : 0.2,
    fuzzy: profile.distinct > profile.values.length * 0.5 && profile.share(/\p{L}{2}/u) > 0.6 ? 0.32 : 0.15,
  }
}

const isGender = (value: string): boolean =>
  male.has(fold(value)) || female.has(fold(value)) || neither.has(fold(value))

function areGenders({ cells, distinct, share }: Profile): boolean {
  if (distinct < 2 || distinct > 6) return false
  const kinds = [...new Set(cells)].filter((cell) => cell !== null)
  return kinds.some((kind) => male.has(kind)) && kinds.some((kind) => female.has(kind)) && share(isGender) >= 0.95 // prettier-ignore
}

function ignored(profile: Profile, recordDates: boolean): number {
  if (recordDates) return 0.8
  if (profile.share(/^-?[\d.,]+[.,]\d{1,6}$/) > 0.8) return 0.6
  if (profile.share((value) => value.length > 60 || value.split(' ').length > 9) > 0.5) return 0.7
  if (profile.share(/^(?:https?:\/\/|www\.)/i) > 0.8) return 0.6
  return 0.1
}

function ofNames(profile: Profile): Evidence {
  const { given, family, several, wordy, namesPerson, onlyGiven, values } = profile
  // Three words in a thousand rows are no names of people, even if some people have them: cooper, smith, weaver.
  const many = ramp(profile.distinct, 1, Math.min(12, values.length / 2 + 1))
  const single = wordy * many * (1 - several * 0.8)
  const share = several > 0.5 ? onlyGiven : given
  return {
    given: share > family * 0.8 ? (several > 0.5 ? many : single) * (share >= 0.35 ? 0.5 + 0.45 * share : share >= 0.15 ? share : 0) : 0, // prettier-ignore
    family: family >= 0.06 ? single * Math.min(0.88, 0.42 + family) * (given > 0.35 && given > family ? 0.35 : 1) : 0,
    full: several >= 0.5 && profile.city < 0.3 ? Math.min(0.93, several * wordy * many * ramp(namesPerson, 0.1, 0.6)) * (1 - ramp(onlyGiven, 0.4, 0.8) * 0.6) : 0, // prettier-ignore
  }
}

function ofPlaces(profile: Profile): Evidence {
  const { city, state, values } = profile
  const repeats = profile.distinct <= Math.max(3, values.length * 0.6)
  const country = repeats ? profile.share((value) => countryCode(value) !== undefined) : 0
  const street = profile.share((value) => streetWords.test(value) && /\p{L}{3}/u.test(value) && !value.includes('@'))
  const numbered = profile.share(
    /^(?:\d{1,5}[a-z]?,? \p{L}[\p{L}\p{M}.' -]{3,}|\p{L}[\p{L}\p{M}.' -]{3,} \d{1,5} ?[a-z]?)(?:$|[ ,])/iu,
  )
  return {
    city: city >= 0.1 ? Math.min(0.93, 0.4 + city * 0.6) * (profile.distinct > 2 ? 1 : 0.7) : 0,
    state: repeats && state >= 0.7 && state >= country && profile.distinct >= 2 && state > city ? state * 0.9 : 0,
    country: country >= 0.8 && country > state && profile.distinct <= 250 ? country * 0.9 : 0,
    street: Math.max(street * 0.95, numbered >= 0.5 ? numbered * 0.85 : 0),
  }
}

/** Numbers: most house numbers are low, some are high, postcodes have one length, years lie in two centuries. */
function ofNumbers(profile: Profile): Evidence {
  const numbers = wholeNumbers(profile)
  const houses = profile.share(/^\d{1,4} ?[a-z]?(?:[-/] ?\d{1,4} ?[a-z]?)?$/i)
  if (numbers === undefined) {
    const lettered = profile.share(/^\d{1,4} ?[a-z](?:[-/].*)?$/i)
    return houses > 0.9 && lettered > 0.02 ? { 'house-number': 0.75 } : {}
  }
  const repeats = profile.distinct < profile.values.length * 0.97
  const length = (digits: number): number => profile.share((value) => value.length === digits)
  const [least, middle, most] = [percentile(numbers, 0.02), percentile(numbers, 0.5), percentile(numbers, 0.98)]
  const years = least >= 1860 && most <= 2030 && most - least >= 15
  const low =
    middle <= 250 && middle < most * 0.4 && most > 110 && most < 20_000 && least >= 0 && profile.distinct >= 15
  const fixed = length(5) > 0.85 || (length(5) + length(4) > 0.98 && length(5) > 0.5)
  return {
    'birth-year': years ? 0.78 : 0,
    'house-number': low && repeats ? 0.6 : 0,
    ...(repeats && !years && !low ? { postcode: fixed ? 0.6 : length(4) > 0.85 ? 0.5 : length(6) > 0.97 ? 0.38 : 0 } : {}),
  } // prettier-ignore
}

/** Codes: unique ones are the records' own, those that come back are somebody's. Numbers in groups are anybody's guess. */
function ofIds(profile: Profile): Evidence {
  const { values, distinct, unique, dates } = profile
  const coded = profile.share(
    (value) => /\d/.test(value) && /^[\w.:/-]{1,64}$/.test(value) && !/^-?\d+[.,]\d+$/.test(value),
  )
  if (coded < 0.95 || (dates?.share ?? 0) > 0.7) return {}
  const ascending = isAscending(values)
  if (unique) return { 'record-id': profile.place === 0 ? 0.8 : ascending ? 0.72 : 0.36, 'user-id': 0.34, ignore: 0.35 }
  if (profile.share(nationalIds) > 0.8) return { 'user-id': 0.92 }
  if (ascending) return { ignore: 0.65 }
  if (distinct <= values.length * 0.3) return {}
  const { length } = values[0]!
  const fixed = length >= 6 && profile.share((value) => value.length === length) > 0.9
  const mixed = length >= 5 && profile.share(/[a-z]/i) > 0.9
  return fixed || mixed ? { 'user-id': 0.5 } : { ignore: 0.42 }
}

const isAscending = (values: readonly string[]): boolean =>
  values.every((value, index) => index === 0 || Number(value) >= Number(values[index - 1]))

/** How far the contents can be what the name says, from 0 to 1: a column `name` full of e-mail addresses holds no names. */
export function fit(profile: Profile, field: Field): number {
  if (profile.values.length === 0) return 0
  const rule = fits[field]
  return rule === undefined ? 1 : Math.min(1, Math.max(0, rule(profile)))
}

const lettered = (profile: Profile): number => ramp(profile.wordy, 0.3, 0.8)
const noAddress = (profile: Profile): number => 1 - profile.share(emailLike)

const fits: Partial<Record<Field, (profile: Profile) => number>> = {
  'record-id': (profile) => (profile.unique ? 1 : 0),
  'user-id': (profile) =>
    noAddress(profile) * (1 - (profile.dates?.share ?? 0)) * (profile.several > 0.6 && profile.wordy > 0.6 ? 0 : 1),
  truth: (profile) => (profile.several > 0.6 && profile.wordy > 0.6 ? 0 : noAddress(profile) * (1 - (profile.dates?.share ?? 0))), // prettier-ignore
  given: (profile) =>
    lettered(profile) * (profile.several > 0.7 && profile.namesPerson > 0.3 && profile.onlyGiven < 0.4 ? 0.45 : 1),
  middle: lettered,
  family: (profile) => lettered(profile) * (profile.several > 0.8 && profile.namesPerson > 0.5 ? 0.45 : 1),
  full: (profile) => lettered(profile) * (profile.several >= 0.3 ? 1 : 0.5),
  dob: (profile) => ramp(profile.dates?.share ?? 0, 0.3, 0.7),
  'birth-year': (profile) => ramp(profile.share(/^(?:1[89]|20)\d{2}(?:\.0)?$|^\d{2}$/), 0.5, 0.9),
  email: (profile) => ramp(profile.share(/@/), 0.05, 0.4),
  phone: (profile) => ramp(profile.share((value) => between(5, value.replaceAll(/\D/g, '').length, 16) && !/\p{L}{4}/u.test(value)), 0.3, 0.7) * (1 - (profile.dates?.share ?? 0)), // prettier-ignore
  street: (profile) =>
    ramp(profile.share(/\p{L}{2}/u), 0.3, 0.8) * noAddress(profile) * (1 - (profile.dates?.share ?? 0)),
  'house-number': (profile) => ramp(profile.share((value) => /\d/.test(value) && value.length <= 12), 0.3, 0.8) * (profile.unique ? 0.3 : 1), // prettier-ignore
  unit: noAddress,
  city: (profile) => ramp(profile.share(/\p{L}{2}/u), 0.3, 0.8) * noAddress(profile),
  postcode: (profile) => ramp(profile.share((value) => /\d/.test(value) && value.length <= 11), 0.3, 0.8) * (1 - (profile.dates?.share ?? 0)), // prettier-ignore
  state: (profile) =>
    noAddress(profile) * (profile.distinct <= 400 ? 1 : 0.4) * (profile.share(/\d{4}/) > 0.3 ? 0.2 : 1),
  country: (profile) => ramp(profile.share(/^[\p{L}\p{M}.,'() -]{2,45}$/u), 0.4, 0.9) * (profile.distinct <= 300 ? 1 : 0.4), // prettier-ignore
  gender: (profile) => (profile.distinct <= Math.max(8, profile.values.length * 0.02) ? 1 : 0),
  exact: (profile) => (profile.share(emailLike) > 0.5 ? 0 : 1),
  ignore: () => 1,
}
