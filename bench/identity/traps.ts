import { createRandom, type Random } from '#examples/roastery/random.ts'
import { mistyped, nicknameOf } from './corrupt.ts'
import { country, emailOf, somebody, type Country, type Home, type Person } from './people.ts'
import { femalePool, malePool, surnamePool, titled } from './pool.ts'
import { csvWriter } from './write-csv.ts'
import { nicknames } from './words.ts'

/** One record of a human: what a form or a till wrote down of them. */
export type Trace = {
  human: string
  trap: string
  given: string
  surname: string
  born: string
  home: Home
  phone: string | null
  email: string | null
  /** The account of the shop, one for each human who has one. */
  userId: string | null
  device: string | null
  at: Date
}

/** What differs from who the human is. */
type Change = Partial<Pick<Trace, 'given' | 'surname' | 'phone' | 'email' | 'userId' | 'device' | 'home' | 'at'>>

type Scene = {
  land: Country
  random: Random
  person: (more?: { home?: Home; surname?: string; years?: readonly [number, number]; female?: boolean; given?: string }) => Person
  /** Writes records of one human; everything they share with others is passed in. */
  write: (person: Person, changes: readonly Change[]) => void
} // prettier-ignore

const start = Date.UTC(2025, 0, 6)
const day = 86_400_000

/** The traps by name; each is set `each` times. In none of them are two humans the same, however alike they look. */
const traps: Readonly<Record<string, (scene: Scene) => void>> = {
  'one person': ({ person, write, random }) => {
    const who = person()
    write(who, [{}, { given: nicknameOf(who.given, random) }, { surname: mistyped(who.surname, random) }, { phone: null }])
  },
  couple: ({ person, write, random }) => {
    const one = person({ years: [1950, 1985], female: false })
    const other = person({ home: one.home, surname: one.surname, years: [1950, 1985], female: true })
    for (const who of [one, other]) write(who, [{ phone: one.home.landline }, { phone: random.chance(0.5) ? one.home.landline : null }])
  },
  'family e-mail': ({ person, write, land, random }) => {
    const [one, other, child] = family(person)
    const email = emailOf({ ...one, given: 'family' }, land, random)
    for (const who of [one, other, child]) write(who, [{ email }, { email, phone: one.home.landline }])
  },
  'children on the phone of their mother': ({ person, write }) => {
    const [, mother, child, second] = family(person)
    for (const who of [mother, child, second]) write(who, [{ phone: mother.mobile, email: mother.email }, { phone: mother.mobile, email: null }])
  },
  'info@ address': ({ person, write, random }) => {
    const email = `info@${surnamePool(random)}.example`
    const office = person().home
    for (let nth = random.int(5, 10); nth > 0; nth -= 1) write(person({ home: office }), [{ email, phone: office.landline }, {}])
  },
  'recycled phone': ({ person, write }) => {
    const [before, after] = [person(), person()]
    write(before, [{ at: new Date(start) }, { at: new Date(start + 60 * day) }])
    write(after, [{ phone: before.mobile, at: new Date(start + 300 * day) }, { phone: before.mobile, at: new Date(start + 400 * day) }])
  },
  'shared or recycled device': ({ person, write, random }) => {
    const device = `d-${random.text(12, '0123456789abcdef')}`
    const later = new Date(start + random.int(0, 300) * day)
    for (const who of [person(), person()]) write(who, [{}, { device, at: later }])
  },
  twins: ({ person, write, random }) => {
    const one = person({ years: [1980, 2004] })
    const other = person({ home: one.home, surname: one.surname, female: one.female, given: twinOf(one, random) })
    other.born = one.born
    for (const who of [one, other]) write(who, [{ phone: one.home.landline }, { phone: one.home.landline }])
  },
  'twins with names alike': ({ person, write, random }) => {
    const [given, twin] = random.pick(likeNames)
    const one = person({ years: [1980, 2004], given })
    const other = { ...person({ home: one.home, surname: one.surname, given: twin }), born: one.born }
    for (const who of [one, other]) write(who, [{ phone: one.home.landline }, { phone: one.home.landline }])
  },
  'married name': ({ person, write, random }) => {
    const who = person({ female: true, years: [1960, 1998] })
    write(who, [{}, {}, { surname: surnamePool(random) }])
  },
  'father and son of one name': ({ person, write, random }) => {
    const father = person({ female: false, years: [1945, 1965] })
    const son = person({ home: father.home, surname: father.surname, female: false, given: father.given, years: [1975, 1995] })
    const phone = random.chance(0.5) ? father.home.landline : null
    for (const who of [father, son]) write(who, [{ phone }, {}])
  },
  namesakes: ({ person, write, random }) => {
    const [given, surname] = [random.pick(['john', 'mary', 'james', 'sarah']), random.pick(['smith', 'jones', 'patel', 'brown'])]
    for (let nth = 0; nth < 4; nth += 1) write(person({ given, surname }), [{}, {}])
  },
} // prettier-ignore

const likeNames = [['anna', 'anne'], ['marc', 'mark'], ['emma', 'emmy'], ['joan', 'jean'], ['tina', 'tine'], ['eric', 'erik'], ['lisa', 'lise']] as const // prettier-ignore

type Casting = Scene['person']

/** Parents and two children, no two of one name: who shares name, address and everything else cannot be told apart. */
function family(person: Casting): [Person, Person, Person, Person] {
  const father = person({ female: false, years: [1960, 1975] })
  const at = { home: father.home, surname: father.surname }
  const mother = person({ ...at, female: true, years: [1960, 1975] })
  const children = [person({ ...at, years: [1995, 1999] }), person({ ...at, years: [2000, 2004] })] as const
  const all: [Person, Person, Person, Person] = [father, mother, ...children]
  return new Set(all.map((one) => one.given)).size === all.length ? all : family(person)
}

/** Another name than the first twin's, and no short form of it. */
function twinOf(one: Person, random: Random): string {
  const short = nicknames.get(one.given) ?? []
  for (;;) {
    const name = (one.female ? femalePool : malePool)(random)
    if (name !== one.given && !short.includes(name) && !(nicknames.get(name) ?? []).includes(one.given)) return name
  }
}

/** Every trap, set `each` times among the others, in a small country where names repeat. */
export function setTraps(input: { each: number; seed: string }): Trace[] {
  const random = createRandom(`traps ${input.seed}`)
  const land = country(input.each * 200, random)
  const traces: Trace[] = []
  let humans = 0
  for (const [trap, set] of Object.entries(traps)) {
    for (let nth = 0; nth < input.each; nth += 1) {
      set({
        land,
        random,
        person: (more = {}) => whole(somebody({ home: land.homes(random), surname: surnamePool(random), years: [1950, 2004], ...more }, land, random), random),
        write: (person, changes) => {
          const human = `h${humans++}`
          const userId = `u-${random.text(10, '0123456789abcdef')}`
          for (const [copy, change] of changes.entries()) traces.push({ ...traceOf(person, human, trap, random), userId: copy % 2 === 0 ? userId : null, ...change })
        },
      }) // prettier-ignore
    }
  }
  return traces
}

/** Who is trapped has a mobile phone and an address of their own, so that there is something to be wrong about. */
const whole = (person: Person, random: Random): Person => ({
  ...person,
  mobile: person.mobile ?? `07${random.int(400, 999)} ${random.int(100_000, 999_999)}`,
  email: `${person.given}.${person.surname}.${random.text(4, '0123456789')}@${random.pick(['gmail.example', 'example.org'])}`.replaceAll(' ', ''),
}) // prettier-ignore

const traceOf = (person: Person, human: string, trap: string, random: Random): Trace => ({
  human,
  trap,
  given: person.given,
  surname: person.surname,
  born: person.born,
  home: person.home,
  phone: person.mobile,
  email: person.email,
  userId: null,
  device: random.chance(0.25) ? `d-${random.text(12, '0123456789abcdef')}` : null,
  at: new Date(start + random.int(0, 500) * day),
})

/** The traps as one table of people, and the truth of each record: the human, and which trap it stands in. */
export function writeTraps(to: { data: string; truth: string }, input: { each: number; seed: string }): void {
  const random = createRandom(`traps table ${input.seed}`)
  const data = csvWriter(to.data, ['id', 'given_name', 'family_name', 'birthdate', 'email', 'phone', 'street', 'city', 'postal_code']) // prettier-ignore
  const truth = csvWriter(to.truth, ['id', 'human', 'trap'])
  for (const [index, trace] of random.shuffle(setTraps(input)).entries()) {
    const id = String(10_001 + index)
    data.row([
      id, titled(trace.given), titled(trace.surname), random.chance(0.12) ? '' : trace.born, trace.email ?? '', trace.phone ?? '',
      `${trace.home.number} ${trace.home.street}`, trace.home.town, trace.home.postcode,
    ]) // prettier-ignore
    truth.row([id, trace.human, trace.trap])
  }
  data.close()
  truth.close()
}
