import { dayMs, localInstant, minuteMs, plus, weekday, year } from './calendar.ts'
import { campaignOf, campaigns, type Channel, giveawayId, ukSearchId } from './campaigns.ts'
import { type Entanglement, entangle } from './households.ts'
import { cities, firstNames, lastNames, mailDomains, plain, streets } from './names.ts'
import type { Random } from './random.ts'
import type { Country } from './shop.ts'

export type Kind = 'subscriber' | 'buyer' | 'both' | 'workshop' | 'trial' | 'giveaway' | 'reader'
export type Consent = {
  status: 'granted' | 'withdrawn' | 'none'
  grantedAt?: Date
  withdrawnAt?: Date
  textVersion?: string
}

/** The form since March 2026: it asks for the newsletter, and whether opens and clicks may be followed. */
export const trackingTextVersion = 'newsletter-2026-03'

/** One real human, as only the generator knows them. */
export type Person = {
  id: string
  firstName: string
  lastName: string
  company?: string
  country: Country
  street: string
  city: string
  postalCode: string
  email: string
  /** They moved to another address on that day; `known` is how the change can be seen. */
  newEmail?: { address: string; from: Date; known: 'hubspot' | 'phone' | 'never' }
  /** E.164. */
  phone?: string
  /** Written always and without slips: an identifier of theirs must be seen, or never be taken for another's. */
  plainlyWritten: boolean
  oneOrderOnly: boolean
  language: 'nl' | 'en' | 'de'
  zone: string
  kind: Kind
  channel: Channel
  campaignId?: string
  arrivedAt: Date
  /** When they first left their address: a sign-up, a trial or a first purchase. */
  knownFrom: Date
  /** Met at the counter: no web visit exists. */
  counter: boolean
  /** The ad was seen on a device that never said who it was. */
  firstDeviceLost: boolean
  emailConsent: Consent
  whatsappConsent: Consent
}

export type Population = { people: readonly Person[]; entanglements: readonly Entanglement[] }

/** How many people of each kind each channel brought: 600 in all. */
const plan: Record<Channel, Record<Kind, number>> = {
  google: { subscriber: 62, buyer: 64, both: 10, workshop: 8, trial: 13, giveaway: 0, reader: 9 },
  meta: { subscriber: 38, buyer: 42, both: 4, workshop: 4, trial: 22, giveaway: 42, reader: 10 },
  organic: { subscriber: 34, buyer: 54, both: 8, workshop: 10, trial: 8, giveaway: 0, reader: 26 },
  referral: { subscriber: 24, buyer: 18, both: 8, workshop: 4, trial: 2, giveaway: 0, reader: 6 },
  direct: { subscriber: 6, buyer: 34, both: 3, workshop: 10, trial: 3, giveaway: 0, reader: 14 },
}

const monthWeights = [0.8, 0.9, 1.2, 1.4, 0.9, 0.9, 1, 1, 1, 0.9, 0.7, 0.6]
const zones: Record<Country, string> = {
  NL: 'Europe/Amsterdam',
  BE: 'Europe/Brussels',
  DE: 'Europe/Berlin',
  GB: 'Europe/London',
  JP: 'Asia/Tokyo',
}

/** The address they use at an instant. */
export const emailAt = ({ email, newEmail }: Person, instant: Date): string =>
  newEmail && instant >= newEmail.from ? newEmail.address : email

export function populate(random: Random): Population {
  const slots = Object.entries(plan).flatMap(([channel, kinds]) =>
    Object.entries(kinds).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, nth) => slot(channel as Channel, kind as Kind, nth)),
    ),
  )
  const taken = new Set<string>()
  const people = random.shuffle(slots).map((from, index) => person(index, from, taken, random.fork(`person ${index}`)))
  return { people, entanglements: entangle(people, random.fork('entangle')) }
}

type Slot = { channel: Channel; kind: Kind; country?: Country }

/** Two visitors from Japan are always there, one for each shop system: yen have no decimals. */
const slot = (channel: Channel, kind: Kind, nth: number): Slot =>
  channel === 'organic' && nth === 0 && (kind === 'workshop' || kind === 'buyer')
    ? { channel, kind, country: 'JP' }
    : { channel, kind }

function person(index: number, from: Slot, taken: Set<string>, random: Random): Person {
  const { channel, kind } = from
  const country = from.country ?? countryOf(from, random)
  const firstName = random.pick(firstNames[country])
  const lastName = random.pick(lastNames[country])
  const counter = channel === 'direct' && country === 'NL' && kind === 'buyer' && random.chance(0.7)
  const campaignId = campaignFor(from, country, random)
  const arrivedAt = arrival(campaignId, random)
  // Long enough after the first touch that no purchase can seem to come before it.
  const lag = random.chance(0.45) ? random.int(9, 35) * minuteMs : (0.1 + Math.min(17.9, random.wait(4))) * dayMs
  const knownFrom = plus(arrivedAt, lag)
  const phone = phoneOf(index, country, random)
  return {
    id: `person-${String(index + 1).padStart(3, '0')}`,
    firstName,
    lastName,
    country,
    ...address(country, random),
    email: mailbox(firstName, lastName, taken, random),
    ...(phone ? { phone } : {}),
    plainlyWritten: false,
    oneOrderOnly: false,
    language: country === 'DE' ? 'de' : country === 'GB' || country === 'JP' || random.chance(0.12) ? 'en' : 'nl',
    zone: zones[country],
    kind,
    channel,
    ...(campaignId ? { campaignId } : {}),
    arrivedAt: counter ? knownFrom : arrivedAt,
    knownFrom,
    counter,
    firstDeviceLost: !counter && channel !== 'direct' && random.chance(0.03),
    emailConsent: emailConsent(kind, knownFrom, random),
    whatsappConsent:
      phone && random.chance(0.16) ? granted(plus(knownFrom, dayMs), 'whatsapp-2025-09') : { status: 'none' },
  }
}

function countryOf({ channel, kind }: Slot, random: Random): Country {
  if (kind === 'giveaway' || kind === 'workshop') return 'NL'
  const british = channel === 'google' ? 0.14 : channel === 'organic' || channel === 'referral' ? 0.09 : 0
  return random.weighted<Country>([
    ['GB', british],
    ['BE', 0.04],
    ['DE', 0.02],
    ['NL', 0.94 - british],
  ])
}

function campaignFor({ channel, kind }: Slot, country: Country, random: Random) {
  if (channel !== 'google' && channel !== 'meta') return undefined
  if (kind === 'giveaway') return giveawayId
  if (channel === 'google' && country === 'GB') return ukSearchId
  return random.weighted(campaigns.filter(({ platform }) => platform === channel).map(({ id, share }) => [id, share]))
}

/** A first touch: waking hours, any day until mid-August, while the ad that brought them was running. */
function arrival(campaignId: string | undefined, random: Random): Date {
  const ad = campaignId === undefined ? undefined : campaignOf(campaignId)
  for (;;) {
    const month = random.weighted(monthWeights.map((weight, index) => [index, weight]))
    const base = new Date(Date.UTC(2025, 8 + month, random.int(1, 28)))
    const day = base.toISOString().slice(0, 10)
    const running = ad === undefined || (day >= ad.firstDay && day <= ad.lastDay)
    const weekendQuiet = weekday(day) === 0 && random.chance(0.3)
    if (running && !weekendQuiet && day <= '2026-08-12')
      return plus(localInstant(day, random.int(7 * 60, 23 * 60 + 50)), random.int(0, 59) * 1000)
  }
}

function address(country: Country, random: Random): { street: string; city: string; postalCode: string } {
  const [city, start] = random.weighted(cities[country])
  const house = random.int(1, 180)
  const road = random.pick(streets[country])
  if (country === 'GB')
    return { street: `${house} ${road}`, city, postalCode: `${start} ${random.int(1, 9)}${letters(random)}` }
  const digits = (length: number) => random.text(length, '123456789')
  if (country === 'NL')
    return { street: `${road} ${house}`, city, postalCode: `${start}${digits(2)} ${letters(random)}` }
  if (country === 'JP') return { street: road, city, postalCode: `${start}-00${digits(2)}` }
  return { street: `${road} ${house}`, city, postalCode: `${start}${digits(2)}` }
}

const letters = (random: Random): string => random.text(2, 'ABDEHJLNPRTXZ')

function mailbox(firstName: string, lastName: string, taken: Set<string>, random: Random): string {
  const [first, last] = [plain(firstName), plain(lastName)]
  const domain = random.weighted(mailDomains)
  const shapes = [
    `${first}.${last}`,
    `${first}${last}`,
    `${first.slice(0, 1)}.${last}`,
    `${first}.${last}${random.int(70, 99)}`,
  ]
  // Compared without dots, so that no two people differ only by what Gmail ignores.
  const free = [...shapes, `${first}.${last}.${random.int(100, 999)}`, `${first}${random.int(1000, 9999)}`].find(
    (local) => !taken.has(`${local.replaceAll('.', '')}@${domain}`),
  )
  if (free === undefined) throw new Error(`no free mailbox for ${first} ${last}: add a shape`)
  taken.add(`${free.replaceAll('.', '')}@${domain}`)
  return `${free}@${domain}`
}

/** Ofcom keeps +44 7700 900xxx for fiction; the Dutch plan keeps no range, so the customary 06 1234 5xxx. */
function phoneOf(index: number, country: Country, random: Random): string | undefined {
  if (!random.chance(0.78)) return undefined
  if (country === 'NL') return `+3161234${5001 + index}`
  return country === 'GB' ? `+447700900${String(index).padStart(3, '0')}` : undefined
}

const granted = (grantedAt: Date, textVersion: string): Consent => ({ status: 'granted', grantedAt, textVersion })

function emailConsent(kind: Kind, knownFrom: Date, random: Random): Consent {
  const wants = kind === 'giveaway' || kind === 'reader' ? 0.94 : kind === 'trial' ? 0.7 : 0.64
  if (!random.chance(wants)) return { status: 'none' }
  const textVersion = knownFrom < new Date('2026-03-01T00:00:00Z') ? 'newsletter-2025-09' : trackingTextVersion
  const consent = granted(knownFrom, textVersion)
  if (!random.chance(kind === 'giveaway' ? 0.3 : 0.08)) return consent
  const withdrawnAt = plus(knownFrom, (20 + random.wait(60)) * dayMs)
  return withdrawnAt < year.end ? { ...consent, status: 'withdrawn', withdrawnAt } : consent
}
