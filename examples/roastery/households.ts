import { dayMs, plus } from './calendar.ts'
import { companies, plain } from './names.ts'
import type { Person } from './people.ts'
import { at, type Random } from './random.ts'

/** Two people who share something that looks like one person. They must never be joined by it. */
export type Entanglement = {
  people: readonly [string, string]
  why: 'shared_email' | 'role_address' | 'recycled_phone' | 'shared_phone' | 'same_name'
  value: string
}

type Pair = readonly [Person, Person]

/** Ties some people together as households, offices and phone numbers do, and moves some to new addresses. */
export function entangle(people: readonly Person[], random: Random): Entanglement[] {
  const free = new Set(random.shuffle(people.filter(({ country, counter }) => country === 'NL' && !counter)))
  const take = (fits: (person: Person) => boolean): Person => {
    for (const person of free) {
      if (fits(person)) {
        free.delete(person)
        return person
      }
    }
    throw new Error('too few people to entangle: raise the numbers of the plan')
  }
  const couple = (firstFits: (p: Person) => boolean, secondFits: (p: Person) => boolean): Pair => {
    const one = take(firstFits)
    const other = take((person) => secondFits(person) && differ(one, person))
    return [one, other]
  }
  const many = (count: number, tie: () => Entanglement): Entanglement[] => Array.from({ length: count }, tie)
  const found = [
    ...many(8, () => shareEmail(couple(pays, pays))),
    ...companies.map((company) => shareOffice(couple(buys, buys), company)),
    ...many(2, () => recyclePhone(couple(early(reads), late(pays)))),
    ...many(2, () => recyclePhone(couple(early(buys), late(pays)))),
    ...many(3, () => sharePhone(couple(pays, pays))),
    ...many(2, () => shareName(couple(pays, pays))),
  ]
  moveAddresses([...free].filter(pays), random)
  return found
}

const pays = (person: Person): boolean => person.kind === 'subscriber' || person.kind === 'buyer'
const buys = (person: Person): boolean => person.kind === 'buyer'
const reads = (person: Person): boolean => person.kind === 'reader' || person.kind === 'giveaway'
const early = (fits: (p: Person) => boolean) => (p: Person) => fits(p) && p.knownFrom < new Date('2026-02-15T00:00:00Z')
const late = (fits: (p: Person) => boolean) => (p: Person) => fits(p) && p.arrivedAt > new Date('2026-05-10T00:00:00Z')

/** First names nobody could take for one another. */
function differ(one: Person, other: Person): boolean {
  const [a, b] = [plain(one.firstName), plain(other.firstName)]
  const shared = a.split('').filter((letter) => b.includes(letter)).length
  return a[0] !== b[0] && plain(one.lastName) !== plain(other.lastName) && shared <= Math.min(a.length, b.length) / 2
}

function liveTogether([one, other]: Pair): void {
  Object.assign(other, { street: one.street, city: one.city, postalCode: one.postalCode })
}

function writePlainly(pair: Pair): void {
  for (const person of pair) person.plainlyWritten = true
}

const tied = ([one, other]: Pair, why: Entanglement['why'], value: string): Entanglement => {
  writePlainly([one, other])
  return { people: [one.id, other.id], why, value }
}

/** A couple with one address for both, half of them under one surname. */
function shareEmail(pair: Pair): Entanglement {
  const [one, other] = pair
  liveTogether(pair)
  const sameName = one.id < other.id
  if (sameName) other.lastName = one.lastName
  const local = sameName ? `familie.${plain(one.lastName)}` : `${plain(one.firstName)}.en.${plain(other.firstName)}`
  one.email = `${local}.${one.id.slice(-3)}@ziggo.example`
  other.email = one.email
  return tied(pair, 'shared_email', one.email)
}

/** Two people of one office who both order as info@. */
function shareOffice(pair: Pair, company: string): Entanglement {
  const email = `info@${company.toLowerCase().replace(' ', '-')}.example`
  liveTogether(pair)
  for (const person of pair) {
    Object.assign(person, { email, company })
    dropPhone(person)
  }
  return tied(pair, 'role_address', email)
}

/** The second got the number after the first had given it up; the first does nothing afterwards. */
function recyclePhone(pair: Pair): Entanglement {
  const [before, after] = pair
  const phone = before.phone ?? after.phone ?? `+3161234${5601 + Number(before.id.slice(-3))}`
  before.phone = phone
  after.phone = phone
  before.oneOrderOnly = true
  return tied(pair, 'recycled_phone', phone)
}

function dropPhone(person: Person): void {
  delete person.phone
  person.whatsappConsent = { status: 'none' }
}

function sharePhone(pair: Pair): Entanglement {
  const [one, other] = pair
  const phone = one.phone ?? `+3161234${5601 + Number(one.id.slice(-3))}`
  one.phone = phone
  other.phone = phone
  liveTogether(pair)
  return tied(pair, 'shared_phone', phone)
}

/** A parent and a child of one name in one house. */
function shareName(pair: Pair): Entanglement {
  const [parent, child] = pair
  liveTogether(pair)
  Object.assign(child, { firstName: parent.firstName, lastName: parent.lastName })
  child.email = `${plain(parent.lastName)}.junior${child.id.slice(-3)}@kpn.example`
  return tied(pair, 'same_name', `${parent.firstName} ${parent.lastName}`)
}

/** Eighteen people change their address; a third tell HubSpot, a third keep their phone, a third leave no trace but name and street. */
function moveAddresses(people: readonly Person[], random: Random): void {
  const movers = random.sample(
    people.filter(({ knownFrom }) => knownFrom < new Date('2026-03-01T00:00:00Z')),
    18,
  )
  for (const [index, person] of movers.entries()) {
    const known = at(['hubspot', 'phone', 'never'] as const, index % 3)
    const address = `${plain(person.firstName)}.${plain(person.lastName)}.nieuw${person.id.slice(-3)}@example.org`
    person.newEmail = { address, from: plus(person.knownFrom, random.int(30, 90) * dayMs), known }
    if (known === 'phone' && person.phone === undefined) person.phone = `+3161234${5601 + Number(person.id.slice(-3))}`
    if (known === 'never') dropPhone(person)
    person.plainlyWritten = known !== 'never'
  }
}
