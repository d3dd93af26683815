import { createRandom, type Random } from '#examples/roastery/random.ts'
import { mistyped, nicknameOf } from './corrupt.ts'
import { bornBetween } from './people.ts'
import { surnamesOf, townsOf, zipfPool } from './pool.ts'
import { csvWriter } from './write-csv.ts'
import { femaleNames, maleNames } from './words.ts'

const header = [
  'unique_id', 'cluster', 'full_name', 'first_and_surname', 'first_name', 'surname', 'dob', 'birth_place', 'postcode_fake',
  'gender', 'occupation',
] // prettier-ignore

/** Before 1900 three men in ten were called John, William or Thomas. */
const men = zipfPool(maleNames.slice(0, 110), 1.1, 1.5)
const women = zipfPool(femaleNames.slice(0, 110), 1.1, 1.5)
const families = zipfPool(surnamesOf(6000), 0.95, 5)
const places = zipfPool(townsOf(700), 1, 3)
const occupations =
  `politician,cricketer,painter,writer,soldier,clergyman,footballer,actor,lawyer,botanist,engineer,architect,physician,
  poet,composer,banker,journalist,historian,diplomat,naval officer,merchant,singer,sculptor,chemist,explorer,geologist,printer,rower,
  mathematician,photographer,theologian,astronomer,brewer,surgeon,musician,novelist,judge,landowner,philanthropist,engraver`
    .split(',')
    .map((word) => word.trim())
const occupation = zipfPool(occupations, 0.9, 2)
const oldShort: Record<string, string> = {
  william: 'wm', thomas: 'thos', george: 'geo', charles: 'chas', james: 'jas', john: 'jno', robert: 'robt', joseph: 'jos', samuel: 'saml', edward: 'edw',
} // prettier-ignore

type Historical = {
  given: string
  second: string | null
  surname: string
  /** `1st baron clifford of chudleigh`, and the name it ends in. */
  title: { words: string; name: string } | null
  prefix: string | null
  born: string
  place: string
  postcode: string
  gender: string
  work: string[]
}

/**
 * Notable people of four centuries as catalogues have them, about ten records each: aliases, titles, second forenames,
 * years for dates, other postcodes. Two records of one person may agree in little but a surname and part of a date.
 */
export function writeHistorical(to: { data: string }, input: { records: number; seed: string }): void {
  const random = createRandom(`historical ${input.seed}`)
  const rows: string[][] = []
  for (let nth = 0; rows.length < input.records; nth += 1) {
    const cluster = `q${100_000 + nth * 37}`
    const who = notable(random)
    const count = Math.min(1 + Math.round(random.wait(4.2) + random.wait(4.2)), input.records - rows.length)
    const careless = random.next() ** 0.6
    for (let copy = 0; copy < count; copy += 1) {
      const cells = copy === 0 ? asWritten(who, nameOf(who)) : recordOf(who, careless, random)
      rows.push([`${cluster}-${copy + 1}`, cluster, ...cells])
    }
  }
  const file = csvWriter(to.data, header)
  for (const row of random.shuffle(rows)) file.row(row)
  file.close()
}

function notable(random: Random): Historical {
  const male = random.chance(0.82)
  const names = male ? men : women
  const surname = families(random)
  const place = places(random)
  const rank = random.next()
  const nth = random.pick(['1st', '1st', '2nd', '3rd', '4th', '5th'])
  const lordship = random.chance(0.5) ? places(random) : surname
  return {
    given: names(random),
    second: random.chance(0.5) ? (random.chance(0.75) ? names(random) : families(random)) : null,
    surname,
    title: !male ? null
      : rank < 0.12 ? { words: `${nth} ${random.pick(['baron', 'earl', 'viscount', 'marquess'])} ${random.chance(0.2) ? 'of ' : ''}${lordship}`, name: lordship }
      : rank < 0.24 ? { words: `${nth} baronet`, name: surname }
      : null, // prettier-ignore
    prefix: male && rank > 0.12 && rank < 0.32 ? 'sir' : rank > 0.95 ? random.pick(male ? ['rev', 'dr'] : ['lady', 'dame']) : null,
    born: birthday(random),
    place,
    postcode: `${areaOf(place)}${1 + (place.length % 7) + random.int(0, 2)} ${inward(random)}`,
    gender: male ? 'male' : 'female',
    work: Array.from({ length: random.int(1, 3) }, () => occupation(random)),
  } // prettier-ignore
}

/** Of the oldest often only the year is known. */
function birthday(random: Random): string {
  const [first, last] = random.weighted([[[1580, 1750], 15], [[1750, 1850], 40], [[1850, 1910], 35], [[1910, 1975], 10]] as const) // prettier-ignore
  const born = bornBetween(first, last, random)
  return random.chance(first < 1800 ? 0.12 : 0.03) ? `${born.slice(0, 4)}-01-01` : born
}

const areaOf = (place: string): string => place.slice(0, 1) + (place.charAt(2) || 'x')
const inward = (random: Random): string => `${random.int(1, 9)}${random.text(2, 'abdefghjlnpqrstuwxyz')}`

type Name = { full: string; first: string; last: string }

const nameOf = (who: Historical): Name => ({
  full: [who.prefix, who.given, who.second, who.surname].filter((word) => word !== null).join(' ') + (who.title === null ? '' : `, ${who.title.words}`),
  first: who.given,
  last: who.surname,
}) // prettier-ignore

const asWritten = (who: Historical, name: Name): string[] => [
  name.full, `${name.first} ${name.last}`.trim(), name.first, name.last, who.born, who.place, who.postcode, who.gender, who.work[0] ?? '',
] // prettier-ignore

/** `careless` is 0 for somebody well recorded and 1 for somebody whom every catalogue writes otherwise. */
function recordOf(who: Historical, careless: number, random: Random): string[] {
  const name = alias(who, careless, random)
  const place = random.next()
  return asWritten(
    {
      ...who,
      born: datedAs(who.born, careless, random),
      place:
        place < 0.2 ? '' : place < 0.2 + careless * 0.2 ? places(random) : place < 0.46 ? mistyped(who.place, random) : who.place, // prettier-ignore
      postcode: postcodeAs(who, careless, random),
      gender: random.chance(0.12) ? '' : random.chance(0.01) ? 'female' : who.gender,
      work: random.chance(0.3) ? [''] : [random.pick(who.work)],
    },
    name,
  )
}

function alias(who: Historical, careless: number, random: Random): Name {
  let first = forename(who, careless, random)
  let last = who.title !== null && random.chance(0.1 + careless * 0.4) ? who.title.name : who.surname
  if (random.chance(0.06 + careless * 0.2)) first = mistyped(first, random)
  if (random.chance(0.08 + careless * 0.22)) last = mistyped(last, random)
  if (random.chance(0.02)) [first, last] = [last, first]
  if (random.chance(0.03)) first = ''
  if (random.chance(0.02)) last = ''
  const prefix = who.prefix !== null && random.chance(0.4) ? `${who.prefix} ` : ''
  const middle = who.second !== null && random.chance(0.4) ? `${random.chance(0.3) ? who.second.charAt(0) : who.second} ` : '' // prettier-ignore
  const title = who.title !== null && random.chance(0.4) ? `, ${who.title.words}` : ''
  const full = `${prefix}${first} ${middle}${last}${title}`.trim()
  return { full, first: prefix !== '' && random.chance(0.15) ? prefix.trim() : first, last }
}

function forename(who: Historical, careless: number, random: Random): string {
  const drawn = random.next() / (0.35 + careless * 0.9)
  if (drawn < 0.14) return nicknameOf(who.given, random)
  if (drawn < 0.26) return who.second ?? who.given
  if (drawn < 0.33) return who.given.charAt(0)
  if (drawn < 0.4) return oldShort[who.given] ?? nicknameOf(who.given, random)
  if (drawn < 0.45) return (who.gender === 'male' ? men : women)(random)
  return who.given
}

const changed = (text: string, at: number, put: string): string => text.slice(0, at) + put + text.slice(at + put.length)

function datedAs(born: string, careless: number, random: Random): string {
  const drawn = random.next() / (0.5 + careless)
  if (drawn < 0.12) return ''
  if (drawn < 0.25) return `${born.slice(0, 4)}-01-01`
  if (drawn < 0.33) return `${Number(born.slice(0, 4)) + random.int(-3, 3)}-01-01`
  if (drawn < 0.45) return changed(born, random.pick([2, 3, 6, 9]), String(random.int(1, 9)))
  if (drawn < 0.5) return bornBetween(Number(born.slice(0, 4)), Number(born.slice(0, 4)), random)
  return born
}

function postcodeAs(who: Historical, careless: number, random: Random): string {
  const drawn = random.next() / (0.4 + careless)
  const district = who.postcode.split(' ')[0] ?? ''
  if (drawn < 0.12) return ''
  if (drawn < 0.4) return `${district} ${inward(random)}`
  if (drawn < 0.52) return `${areaOf(who.place)}${random.int(1, 9)} ${inward(random)}`
  if (drawn < 0.6) return `${areaOf(places(random))}${random.int(1, 9)} ${inward(random)}`
  if (drawn < 0.68) return mistyped(who.postcode, random)
  return who.postcode
}
