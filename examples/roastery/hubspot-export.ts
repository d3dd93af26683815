import { appear, type Appearance } from './appearance.ts'
import type { Life } from './behaviour.ts'
import { dayMs, hubspotTime, plus, year } from './calendar.ts'
import { campaignOf } from './campaigns.ts'
import { type Cell, row, strayByte } from './csv.ts'
import {
  type BadReason,
  csvFile,
  type Entry,
  type Export,
  good,
  repeatSome,
  scatter,
  type SourceRecord,
} from './export-file.ts'
import { plain } from './names.ts'
import { type Consent, type Person, trackingTextVersion } from './people.ts'
import type { Random } from './random.ts'
import type { Country } from './shop.ts'

const hubspotHeader = [
  'Record ID',
  'First Name',
  'Last Name',
  'Email',
  'Phone Number',
  'Mobile Phone Number',
  'Company Name',
  'Street Address',
  'City',
  'Postal Code',
  'Country/Region',
  'Preferred language',
  'Time Zone',
  'Create Date',
  'Last Modified Date',
  'Lifecycle Stage',
  'Original Traffic Source',
  'Original Traffic Source Drill-Down 1',
  'Original Traffic Source Drill-Down 2',
  'Additional email addresses',
  'Merged Contact IDs',
  'Marketing email consent',
  'Marketing email consent date',
  'Marketing email consent text version',
  'Email tracking consent',
  'WhatsApp consent',
  'WhatsApp consent date',
  'Unsubscribed from all email',
] as const

const countries: Record<Country, string> = {
  NL: 'Netherlands',
  BE: 'Belgium',
  DE: 'Germany',
  GB: 'United Kingdom',
  JP: 'Japan',
}

type Contact = { record: SourceRecord; cells: Cell[] }

/** Contacts as HubSpot exports them: one address belongs to one contact, so the second of a couple is not here. */
export function exportHubspot(lives: readonly Life[], random: Random): Export {
  const addresses = new Set<string>()
  const contacts = lives
    .toSorted((a, b) => a.person.knownFrom.getTime() - b.person.knownFrom.getTime())
    .flatMap((life, index) => contactsOf(life, index, addresses, random.fork(`contact ${life.person.id}`)))
  const entries = contacts.map(({ record, cells }) => good([cells], record.id))
  const file = csvFile(
    'hubspot/contacts.csv',
    hubspotHeader,
    scatter(repeatSome(entries, 3, random), badContacts(), random),
  )
  return { files: [file], records: contacts.map(({ record }) => record) }
}

function contactsOf(life: Life, index: number, addresses: Set<string>, random: Random): Contact[] {
  const { person } = life
  const known =
    person.kind === 'reader' ||
    person.kind === 'giveaway' ||
    person.kind === 'trial' ||
    random.chance(person.counter ? 0.35 : 0.9)
  if (!known && !person.newEmail && !person.plainlyWritten) return []
  const seen = appear(person, person.knownFrom, 0.5, random)
  if (addresses.has(plain(seen.email))) return []
  addresses.add(plain(seen.email))
  const contact = writeContact(life, seen, String(51_001 + index * 7), person.knownFrom, random)
  const again = plus(person.knownFrom, random.int(10, 60) * dayMs)
  const twice = random.chance(0.09) && !person.plainlyWritten && again < year.end
  return twice ? [contact, ...secondContact(life, index, again, addresses, random)] : [contact]
}

/** A second contact of the same person, made by another form with another address. */
function secondContact(life: Life, index: number, at: Date, addresses: Set<string>, random: Random): Contact[] {
  const { person } = life
  const local = `${plain(person.firstName).slice(0, 1)}.${plain(person.lastName)}`
  const email = random.chance(0.6) ? `${local}.${person.id.slice(-3)}@werk.example` : ''
  addresses.add(plain(email))
  const seen = { ...appear(person, at, 0.9, random), email }
  return [writeContact(life, seen, String(51_004 + index * 7), at, random)]
}

function writeContact(life: Life, seen: Appearance, id: string, createdAt: Date, random: Random): Contact {
  const { person } = life
  const moved = person.newEmail?.known === 'hubspot' ? person.newEmail : undefined
  const modifiedAt = modified(person, createdAt, random)
  const mobile = random.chance(0.6)
  const cells = row(hubspotHeader, {
    'Record ID': id,
    'First Name': seen.firstName,
    'Last Name': seen.lastName,
    Email: seen.email,
    [mobile ? 'Mobile Phone Number' : 'Phone Number']: seen.phone,
    'Company Name': person.company ?? '',
    ...(life.orders.length > 0 || random.chance(0.3)
      ? { 'Street Address': seen.street, City: seen.city, 'Postal Code': seen.postalCode }
      : {}),
    'Country/Region': countries[person.country],
    'Preferred language': person.language,
    'Time Zone': person.zone,
    'Create Date': hubspotTime(createdAt),
    'Last Modified Date': hubspotTime(modifiedAt),
    'Lifecycle Stage': stage(life),
    ...trafficSource(person),
    'Additional email addresses': moved?.address ?? '',
    'Merged Contact IDs': moved ? String(Number(id) + 1) : '',
    ...consents(person, createdAt > person.knownFrom),
  })
  const record = { source: 'hubspot' as const, id, personId: person.id }
  const emails = [seen.email, moved?.address ?? ''].filter((email) => email !== '')
  return { record: { ...record, emails, ...(seen.phoneNumber ? { phone: seen.phoneNumber } : {}) }, cells }
}

/** Who gave up a number is not touched again after it went to somebody else. */
function modified(person: Person, createdAt: Date, random: Random): Date {
  const at = plus(createdAt, random.wait(person.oneOrderOnly ? 5 : 45) * dayMs)
  const latest = person.emailConsent.withdrawnAt
  const shown = latest && latest > at ? latest : at
  return shown < year.end ? shown : plus(year.end, -dayMs)
}

function stage({ person, orders, subscriptions, workshops }: Life): string {
  const pays =
    orders.length > 0 ||
    workshops.length > 0 ||
    subscriptions.some(({ cycles }) => cycles.some(({ attempts }) => attempts.some(({ succeeds }) => succeeds)))
  if (pays) return 'Customer'
  return person.kind === 'trial' || person.kind === 'subscriber'
    ? 'Marketing Qualified Lead'
    : person.kind === 'giveaway'
      ? 'Lead'
      : 'Subscriber'
}

const source = (name: string, one = '', two = ''): Record<string, string> => ({
  'Original Traffic Source': name,
  'Original Traffic Source Drill-Down 1': one,
  'Original Traffic Source Drill-Down 2': two,
})

/** HubSpot names a source by what its cookie saw: a lost first device looks like direct traffic. */
function trafficSource(person: Person): Record<string, string> {
  if (person.counter) return source('Offline Sources', 'CRM UI', 'Roastery counter')
  if (person.firstDeviceLost || person.channel === 'direct') return source('Direct Traffic', 'alderandash.example')
  if (person.channel === 'organic') return source('Organic Search', 'google', 'Unknown keywords (SSL)')
  if (person.channel === 'referral') return source('Referrals', 'vrienden.alderandash.example')
  const campaign = campaignOf(person.campaignId ?? '')
  return source(campaign.platform === 'google' ? 'Paid Search' : 'Paid Social', campaign.name, campaign.id)
}

const consentValue = ({ status }: Consent): string => (status === 'none' ? '' : status)

function consentDate({ status, grantedAt, withdrawnAt }: Consent): string {
  const at = status === 'withdrawn' ? withdrawnAt : grantedAt
  return at ? hubspotTime(at) : ''
}

/** The newer form also asks whether opens and clicks may be followed. */
const mayFollow = ({ status, textVersion }: Consent): boolean =>
  status === 'granted' && textVersion === trackingTextVersion

/** A second contact was never told of a withdrawal: the two contradict each other, and the stricter one counts. */
function consents({ emailConsent: latest, whatsappConsent }: Person, untold: boolean): Record<string, string> {
  const emailConsent: Consent = untold && latest.status === 'withdrawn' ? { ...latest, status: 'granted' } : latest
  return {
    'Marketing email consent': consentValue(emailConsent),
    'Marketing email consent date': consentDate(emailConsent),
    'Marketing email consent text version': emailConsent.textVersion ?? '',
    'Email tracking consent': mayFollow(emailConsent) ? 'granted' : '',
    'WhatsApp consent': consentValue(whatsappConsent),
    'WhatsApp consent date': consentDate(whatsappConsent),
    'Unsubscribed from all email': emailConsent.status === 'withdrawn' ? 'true' : 'false',
  }
}

const bad = (reason: BadReason, id: string, values: Record<string, string>): Entry<Cell[][]> => ({
  bad: reason,
  id,
  content: [
    row(hubspotHeader, {
      'Record ID': id,
      'First Name': 'Nobody',
      'Last Name': 'Known',
      Email: `nobody.${reason}@example.org`,
      'Country/Region': 'Netherlands',
      'Create Date': '2026-01-15 10:30',
      'Last Modified Date': '2026-01-15 10:30',
      'Lifecycle Stage': 'Lead',
      'Unsubscribed from all email': 'false',
      ...values,
    }),
  ],
})

function badContacts(): Entry<Cell[][]>[] {
  return [
    bad('missing_id', '', {}),
    bad('invalid_date', '99001', { 'Create Date': '31/02/2026 25:61' }),
    bad('future_date', '99002', { 'Create Date': '2031-01-01 09:00', 'Last Modified Date': '2031-01-01 09:00' }),
    bad('invalid_utf8', '99003', { 'First Name': `Zo${strayByte}` }),
  ]
}
