import type { Random } from '#examples/roastery/random.ts'
import { femalePool, malePool, streetPool, surnamePool, titled, townsOf, zipfPool } from './pool.ts'
import { mailDomains } from './words.ts'

export type Home = { street: string; number: number; town: string; postcode: string; landline: string }

export type Person = {
  given: string
  surname: string
  /** The surname before a marriage. */
  maiden: string | null
  female: boolean
  /** YYYY-MM-DD. */
  born: string
  home: Home
  /** Where a person who moved lived before. */
  formerHome: Home | null
  mobile: string | null
  formerMobile: string | null
  email: string | null
  otherEmail: string | null
}

/** What a country of so many people looks like: 30 to 60 people a postcode. */
export type Country = {
  homes: (random: Random) => Home
  /** E-mail addresses that somebody has already. */
  taken: Set<string>
}

const districts = 'AB AL B BA BB BD BH BL BN BR BS CA CB CF CH CM CO CR CT CV DA DD DE DH DL DN DT DY E EC EH EN EX FY G GL GU HA HD HG HP HR HU HX IG IP KT KY LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PE PH PL PO PR RG RH RM S SA SE SG SK SL SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO'.split(' ') // prettier-ignore
const letters = 'ABDEFGHJLNPQRSTUWXYZ'

/** Streets, postcodes and towns for `people` people; big towns hold many more than small ones. */
export function country(people: number, random: Random): Country {
  const towns = townsOf(Math.max(12, Math.min(900, Math.round(people / 600))))
  const townPool = zipfPool(towns, 0.9, 4)
  const areaOf = new Map(towns.map((town, index) => [town, index]))
  const count = Math.max(3, Math.round(people / 45))
  const corners = Array.from({ length: count }, () => {
    const town = townPool(random)
    const index = areaOf.get(town) ?? 0
    const area = `${districts[index % districts.length]!}${1 + ((index * 7 + random.int(0, 3)) % 28)}`
    const postcode = `${area} ${random.int(1, 9)}${random.text(2, letters)}`
    const streets = random.chance(0.7) ? [streetPool(random)] : [streetPool(random), streetPool(random)]
    return { town: titled(town), postcode, streets, prefix: `01${200 + (index % 700)}` }
  })
  return {
    taken: new Set(),
    homes: (draw) => {
      const { town, postcode, streets, prefix } = draw.pick(corners)
      return {
        street: draw.pick(streets),
        number: draw.int(1, 90),
        town,
        postcode,
        landline: `${prefix} ${digits(6, draw)}`,
      }
    },
  }
}

export const digits = (count: number, random: Random): string =>
  String(random.int(0, 10 ** count - 1)).padStart(count, '0')

const two = (value: number): string => String(value).padStart(2, '0')

/** A day of a year between, both included. */
export const bornBetween = (first: number, last: number, random: Random): string =>
  `${random.int(first, last)}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`

const mobile = (random: Random): string => `07${random.int(4, 9)}${digits(2, random)} ${digits(6, random)}`

/** An address as people make one of their name, and nobody else has; seldom it says nothing of it. */
export function emailOf(person: Pick<Person, 'given' | 'surname' | 'born'>, land: Country, random: Random): string {
  const [given, surname] = [person.given, person.surname].map((name) => name.replaceAll(/[^a-z]/g, '')) as [string, string] // prettier-ignore
  const number = random.chance(0.5) ? digits(2, random) : person.born.slice(2, 4)
  const locals = [
    `${given}.${surname}`,
    `${given}${surname}${number}`,
    `${given.charAt(0)}${surname}${number}`,
    `${given}${number}`,
    `${surname}.${given.charAt(0)}`,
    `${given}_${surname}${number}`,
    `${random.text(6, 'abcdefghijklmnopqrstuvwxyz')}${number}`,
  ]
  let local = random.pick(locals)
  const domain = random.weighted(mailDomains)
  while (land.taken.has(`${local}@${domain}`)) local += random.int(0, 9)
  land.taken.add(`${local}@${domain}`)
  return `${local}@${domain}`
}

/** Somebody of a surname, at a home, born in these years. */
export function somebody(
  at: { home: Home; surname: string; years: readonly [number, number]; female?: boolean; given?: string },
  land: Country,
  random: Random,
): Person {
  const female = at.female ?? random.chance(0.5)
  const given = at.given ?? (female ? femalePool : malePool)(random)
  const born = bornBetween(at.years[0], at.years[1], random)
  const adult = Number(born.slice(0, 4)) < 2006
  const hasMobile = random.chance(adult ? 0.85 : 0.4)
  const person: Person = {
    given,
    surname: at.surname,
    maiden: female && adult && random.chance(0.07) ? surnamePool(random) : null,
    female,
    born,
    home: at.home,
    formerHome: random.chance(0.12) ? land.homes(random) : null,
    mobile: hasMobile ? mobile(random) : null,
    formerMobile: hasMobile && random.chance(0.1) ? mobile(random) : null,
    email: null,
    otherEmail: null,
  }
  if (random.chance(adult ? 0.85 : 0.35)) person.email = emailOf(person, land, random)
  if (person.email !== null && random.chance(0.25)) person.otherEmail = emailOf(person, land, random)
  return person
}

/** People who live together; most households share a surname, a landline and an address. */
export function household(land: Country, random: Random): Person[] {
  const home = land.homes(random)
  const surname = surnamePool(random)
  const member = (years: readonly [number, number], more: { female?: boolean; given?: string; name?: string } = {}) =>
    somebody({ home, surname: more.name ?? surname, years, ...more }, land, random)
  const kind = random.next()
  const start = random.int(1945, 1985)
  const parents = (): Person[] => [
    member([start, start + 6], { female: false }),
    member([start, start + 6], { female: true, ...(random.chance(0.2) ? { name: surnamePool(random) } : {}) }),
  ]
  const people =
    kind < 0.35 ? parents()
    : kind < 0.8 ? [...parents(), ...children(random.int(1, 3), start + 27, member, random)]
    : kind < 0.88 ? [member([start, start + 4]), ...children(random.int(1, 2), start + 25, member, random)]
    : kind < 0.95 ? [member([start - 30, start - 24]), ...parents(), ...children(random.int(1, 2), start + 27, member, random)]
    : [member([start, start + 3]), member([start + 3, start + 7])] // prettier-ignore
  shareNames(people, random)
  if (random.chance(0.06)) shareEmail(people)
  return people
}

type Member = (years: readonly [number, number], more?: { female?: boolean; given?: string }) => Person

/** Years apart, or on one day: about one family in forty has twins. */
function children(count: number, from: number, member: Member, random: Random): Person[] {
  const all = Array.from({ length: count }, (_, index) => member([from + index * 3, from + index * 3 + 2]))
  const [first] = all
  if (first === undefined || !random.chance(0.025)) return all
  const twin = member([from, from])
  twin.born = first.born
  return [...all, twin]
}

/** Now and then a son is called after his father. Two of one name and one day cannot be told apart, so there are none. */
function shareNames(people: readonly Person[], random: Random): void {
  const [father] = people
  const son = people.find((one) => one !== father && !one.female && Number(one.born.slice(0, 4)) - Number(father?.born.slice(0, 4)) > 18) // prettier-ignore
  if (father !== undefined && !father.female && son !== undefined && random.chance(0.02)) son.given = father.given
  for (const [index, one] of people.entries()) {
    const same = people.slice(0, index).some((other) => other.given === one.given && other.born === one.born)
    if (same) one.given = `${one.given}a`
  }
}

function shareEmail(people: readonly Person[]): void {
  const shared = people[0]?.email ?? null
  for (const one of people) one.email = shared ?? one.email
}
