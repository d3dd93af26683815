import { createRandom, type Random } from '#examples/roastery/random.ts'
import { abbreviated, mistyped, nicknameOf, wrongDate } from './corrupt.ts'
import { country, household, somebody, type Country, type Home, type Person } from './people.ts'
import { surnamePool, titled } from './pool.ts'
import { csvLine, csvWriter } from './write-csv.ts'

const header = ['record_id', 'first_name', 'surname', 'dob', 'street', 'city', 'postcode', 'phone', 'email']
const noNumber = ['unknown', 'n/a', '-']

/**
 * A nation's customers: people of Zipf-distributed names, one in six in a household that shares surname, address and
 * landline; one to five records a person (about two on average), mistyped, incomplete and out of date. Rows are in random
 * order and record ids say nothing; the truth is written beside them.
 */
export function writeHouseholds(to: { data: string; truth: string }, input: { records: number; seed: string }): void {
  const random = createRandom(`households ${input.seed}`)
  const rows: string[] = []
  const people: number[] = []
  let person = 0
  for (const who of population(input.records, random)) {
    const count = random.weighted(recordCounts)
    for (let nth = 0; nth < count && rows.length < input.records; nth += 1) {
      rows.push(csvLine(recordOf(who, random)))
      people.push(person)
    }
    person += 1
    if (rows.length === input.records) break
  }
  writeShuffled(to, rows, people, random)
}

const recordCounts = [[1, 42], [2, 30], [3, 16], [4, 8], [5, 4]] as const // prettier-ignore

/** Endless: singles and households, so that about one person in six lives with others. */
function* population(records: number, random: Random): Generator<Person> {
  const land = country(records / 2, random)
  for (;;) {
    if (random.chance(0.055)) yield* household(land, random)
    else yield single(land, random)
  }
}

const single = (land: Country, random: Random): Person =>
  somebody({ home: land.homes(random), surname: surnamePool(random), years: [1930, 2004] }, land, random)

function writeShuffled(
  to: { data: string; truth: string },
  rows: readonly string[],
  people: readonly number[],
  random: Random,
): void {
  const order = Uint32Array.from(rows.keys())
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.int(0, last)
    const held = order[last]!
    order[last] = order[other]!
    order[other] = held
  }
  const data = csvWriter(to.data, header)
  const truth = csvWriter(to.truth, ['record_id', 'person'])
  for (const [place, index] of order.entries()) {
    const id = `r${String(place + 1).padStart(7, '0')}`
    data.line(`${id},${rows[index]!}`)
    truth.line(`${id},p${people[index]!}`)
  }
  data.close()
  truth.close()
}

/** One record of a person, as some form or clerk wrote it. */
function recordOf(person: Person, random: Random): string[] {
  const home = person.formerHome !== null && random.chance(0.4) ? person.formerHome : person.home
  const capitals = random.next()
  const write = (text: string): string =>
    capitals < 0.86 ? text : capitals < 0.93 ? text.toUpperCase() : text.toLowerCase()
  let given = givenOf(person, random)
  let surname = person.maiden !== null && random.chance(0.4) ? person.maiden : person.surname
  if (random.chance(0.07)) surname = mistyped(surname, random)
  if (random.chance(0.012)) [given, surname] = [surname, given]
  return [
    random.chance(0.1) ? '' : write(titled(given)),
    random.chance(0.1) ? '' : write(titled(surname)),
    random.chance(0.2) ? '' : random.chance(0.06) ? wrongDate(person.born, random) : person.born,
    random.chance(0.18) ? '' : write(streetOf(home, random)),
    random.chance(0.15) ? '' : write(random.chance(0.04) ? mistyped(home.town, random) : home.town),
    random.chance(0.2) ? '' : postcodeOf(home, random),
    random.chance(0.35) ? (random.chance(0.02) ? random.pick(noNumber) : '') : phoneOf(person, random),
    random.chance(0.4) ? '' : emailFor(person, random),
  ]
}

function givenOf(person: Person, random: Random): string {
  const drawn = random.next()
  if (drawn < 0.06) return nicknameOf(person.given, random)
  if (drawn < 0.09) return person.given.charAt(0)
  return drawn < 0.16 ? mistyped(person.given, random) : person.given
}

function streetOf(home: Home, random: Random): string {
  let street = random.chance(0.2) ? abbreviated(home.street) : home.street
  if (random.chance(0.07)) street = mistyped(street, random)
  return random.chance(0.06) ? street : `${home.number} ${street}`
}

function postcodeOf({ postcode }: Home, random: Random): string {
  const written = random.chance(0.04) ? mistyped(postcode, random).toUpperCase() : postcode
  return random.chance(0.15) ? written.replaceAll(' ', '') : written
}

function phoneOf(person: Person, random: Random): string {
  const own = person.formerMobile !== null && random.chance(0.4) ? person.formerMobile : person.mobile
  const number = own === null || random.chance(0.35) ? person.home.landline : own
  const typed = random.chance(0.02) ? mistyped(number.replaceAll(' ', ''), random) : number
  const form = random.next()
  if (form < 0.55) return typed
  return form < 0.8 ? typed.replaceAll(' ', '') : `+44 ${typed.slice(1)}`
}

function emailFor(person: Person, random: Random): string {
  const drawn = person.otherEmail !== null && random.chance(0.4) ? person.otherEmail : person.email
  if (drawn === null) return ''
  return random.chance(0.04) ? mistyped(drawn, random) : drawn
}
