import { createRandom, type Random } from '#examples/roastery/random.ts'
import { country, emailOf, somebody, type Country, type Person } from './people.ts'
import { surnamePool, titled } from './pool.ts'
import { csvWriter } from './write-csv.ts'

const header = ['record_id', 'first_name', 'surname', 'dob', 'street', 'city', 'postcode', 'phone', 'email', 'user_id']

/** What the row says instead of what the person would. */
type Bad = (person: Person, index: number, random: Random) => Record<string, string>

/** Files that break linkers, by what is wrong with them. None of them holds many records of one person, but for the last. */
export const badSets: Readonly<Record<string, Bad>> = {
  /** Three columns are always empty. */
  'null-columns': () => ({ dob: '', phone: '', email: '' }),
  /** Nothing but ids. */
  'all-null': () => Object.fromEntries(header.slice(1).map((column) => [column, ''])),
  /** Everybody has one surname, one postcode, one street, one day of birth. */
  'one-block': () => ({ surname: 'Smith', dob: '1980-01-01', street: '1 High Street', city: 'London', postcode: 'E1 6AN' }),
  /** Ten thousand people gave the number of the shop. */
  'one-phone': (_person, index) => (index < 10_000 ? { phone: '020 7946 0000' } : {}),
  /** Placeholders where nothing was known. */
  placeholders: (_person, _index, random) => ({
    dob: random.pick(['1900-01-01', '1970-01-01', '9999-12-31']),
    phone: random.pick(['0000000000', '1234567890', 'n/a']),
    email: random.pick(['none@none.com', 'test@test.com', 'noreply@shop.example', 'n/a']),
  }),
  /** A user id that many people share, and people with many user ids. */
  'user-ids': (_person, index) => ({ user_id: index % 3 === 0 ? 'u-1' : `u-${index % 50}` }),
  /** One record, again and again. */
  identical: () => ({
    first_name: 'Anna', surname: 'Smith', dob: '1980-05-17', street: '12 Church Lane', city: 'Leeds', postcode: 'LS7 3AB',
    phone: '0113 496 0123', email: 'anna.smith@example.org', user_id: 'u-77',
  }),
} // prettier-ignore

/** Writes one of the bad files; each row is a person of their own unless the set says otherwise. */
export function writeBad(to: { data: string; truth: string }, set: string, input: { records: number; seed: string }): void {
  const spoil = badSets[set]
  if (spoil === undefined) throw new Error(`There is no bad set "${set}": choose one of ${Object.keys(badSets).join(', ')}`)
  const random = createRandom(`bad ${set} ${input.seed}`)
  const land = country(input.records, random)
  const data = csvWriter(to.data, header)
  const truth = csvWriter(to.truth, ['record_id', 'person'])
  for (let index = 0; index < input.records; index += 1) {
    const person = somebody({ home: land.homes(random), surname: surnamePool(random), years: [1930, 2004] }, land, random)
    const cells: Record<string, string> = { record_id: `b${index + 1}`, ...goodRow(person, land, random), ...spoil(person, index, random) }
    data.row(header.map((column) => cells[column] ?? ''))
    truth.row([`b${index + 1}`, set === 'identical' ? 'p0' : `p${index}`])
  }
  data.close()
  truth.close()
} // prettier-ignore

const goodRow = (person: Person, land: Country, random: Random): Record<string, string> => ({
  first_name: titled(person.given),
  surname: titled(person.surname),
  dob: person.born,
  street: `${person.home.number} ${person.home.street}`,
  city: person.home.town,
  postcode: person.home.postcode,
  phone: person.mobile ?? person.home.landline,
  email: person.email ?? emailOf(person, land, random),
  user_id: '',
})
