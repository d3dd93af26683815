import { z } from 'zod'
import type { Canonical, Consent, Profile } from '../canon.ts'
import type { Channel } from '../cleanse/channel.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { instant, optionalInstant, optionalText, readShape, requiredText } from '../cleanse/shape.ts'
import { cleanText } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { csvTable, rejected } from '../reading/csv-table.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'contact'
const needed = ['Record ID', 'Email', 'Create Date', 'Last Modified Date']
const moments = ['yyyy-MM-dd HH:mm', 'yyyy-MM-dd HH:mm:ss', 'iso']

/** The contacts export of HubSpot (CSV); its times are wall-clock times of the portal, taken to be in the business zone. */
export function hubspotContacts(): Source {
  return { name: 'hubspot', endings: ['.csv'], read: readContacts }
}

async function* readContacts(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const shape = contactShape(setting.zone)
  for await (const found of csvTable(input, { kind, needed })) {
    if (found.is !== 'cells') {
      yield found
      continue
    }
    const { raw, place } = found
    const read = readShape(shape, found.row)
    if (read.kind === 'unreadable') yield rejected(kind, raw, place, read)
    else yield { is: 'row', kind, externalId: read.value['Record ID'], raw, place, canon: canonOf(read.value, setting) }
  }
}

const contactShape = (zone: string) =>
  z.object({
    'Record ID': requiredText,
    'First Name': optionalText, 'Last Name': optionalText, Email: optionalText, 'Phone Number': optionalText,
    'Mobile Phone Number': optionalText, 'Street Address': optionalText, City: optionalText, 'Postal Code': optionalText,
    'Country/Region': optionalText, 'Preferred language': optionalText, 'Time Zone': optionalText,
    'Create Date': instant(zone, moments), 'Last Modified Date': instant(zone, moments),
    'Lifecycle Stage': optionalText, 'Original Traffic Source': optionalText,
    'Original Traffic Source Drill-Down 1': optionalText, 'Original Traffic Source Drill-Down 2': optionalText,
    'Additional email addresses': optionalText, 'Merged Contact IDs': optionalText,
    'Marketing email consent': optionalText, 'Marketing email consent date': optionalInstant(zone, moments),
    'Marketing email consent text version': optionalText, 'Email tracking consent': optionalText,
    'WhatsApp consent': optionalText, 'WhatsApp consent date': optionalInstant(zone, moments), 'Unsubscribed from all email': optionalText,
  }) // prettier-ignore

type Contact = z.infer<ReturnType<typeof contactShape>>

function canonOf(contact: Contact, setting: Setting): Canonical[] {
  const country = countryCode(contact['Country/Region'])
  const dialledFrom = country ?? setting.country
  const email = canonicalEmail(contact.Email)
  const phones = [contact['Mobile Phone Number'], contact['Phone Number']].flatMap((typed) => canonicalPhone(typed, dialledFrom) ?? []) // prettier-ignore
  const profile: Profile = {
    is: 'profile',
    of: { kind: 'hubspot', value: contact['Record ID'] },
    links: linksOf(contact, email, phones),
    givenName: cleanText(contact['First Name']),
    familyName: cleanText(contact['Last Name']),
    email,
    phone: phones[0],
    street: cleanText(contact['Street Address']),
    city: cleanText(contact.City),
    postcode: cleanText(contact['Postal Code']),
    country,
    language: contact['Preferred language']?.toLowerCase().slice(0, 2),
    zone: contact['Time Zone'],
    lifecycle: contact['Lifecycle Stage']?.toLowerCase().replaceAll(' ', '-'),
    channel: channelOfContact(contact),
    campaignRef: campaignOfContact(contact),
    createdAt: contact['Create Date'],
    updatedAt: contact['Last Modified Date'],
  }
  return [profile, ...consentsOf(contact, email, phones[0])]
}

const listOf = (text: string | undefined): string[] => (text ?? '').split(/[;,]/).map((one) => one.trim()).filter((one) => one !== '') // prettier-ignore

function linksOf(contact: Contact, email: string | undefined, phones: readonly string[]): IdentifierRef[] {
  const emails = [email, ...listOf(contact['Additional email addresses']).map((one) => canonicalEmail(one))]
  const merged = listOf(contact['Merged Contact IDs']).filter((id) => id !== contact['Record ID'])
  return [
    ...emails.flatMap((value) => (value === undefined ? [] : [{ kind: 'email', value }])),
    ...phones.map((value) => ({ kind: 'phone', value })),
    ...merged.map((value) => ({ kind: 'hubspot', value })),
  ]
}

const isGoogle = (text: string | undefined): boolean => /google|^g?ads|search|performance max/i.test(text ?? '')

/** HubSpot's traffic sources in the words of the house; paid search is Google's and paid social Meta's unless it says otherwise. */
function channelOfContact(contact: Contact): Channel | undefined {
  const detail = contact['Original Traffic Source Drill-Down 1']
  switch (contact['Original Traffic Source']?.toLowerCase()) {
    case 'paid search':
      return /bing|microsoft|yahoo/i.test(detail ?? '') ? 'other' : 'google-ads'
    case 'paid social':
      return /linkedin|twitter|tiktok|pinterest|reddit/i.test(detail ?? '') ? 'other' : isGoogle(detail) ? 'google-ads' : 'meta-ads' // prettier-ignore
    case 'organic search':
      return 'organic'
    case 'organic social':
    case 'social media':
      return 'social'
    case 'referrals':
      return 'referral'
    case 'email marketing':
      return 'email'
    case 'direct traffic':
    case 'offline sources':
      return 'direct'
    case undefined:
      return undefined
    default:
      return 'other'
  }
}

/** The campaign of a paid source: its id, which exports give in the second drill-down. */
const campaignOfContact = (contact: Contact): string | undefined =>
  /^paid /i.test(contact['Original Traffic Source'] ?? '')
    ? (contact['Original Traffic Source Drill-Down 2'] ?? contact['Original Traffic Source Drill-Down 1'])
    : undefined

/** A consent without a date of its own counts from when the contact was last changed. */
function consentsOf(contact: Contact, email: string | undefined, phone: string | undefined): Canonical[] {
  const id = contact['Record ID']
  const changedAt = contact['Last Modified Date']
  const say = (
    channel: string,
    to: IdentifierRef,
    word: string | undefined,
    at: Date,
    rest: Pick<Consent, 'basis' | 'textVersion'>,
  ): Consent[] => {
    const state = stateOf(word)
    if (state === undefined) return []
    return [{ is: 'consent', externalId: `${id}:${channel}:${state}:${at.toISOString()}`, by: to, channel, state, occurredAt: at, ...rest }] // prettier-ignore
  }
  const toEmail = email === undefined ? [] : [{ kind: 'email', value: email }]
  const toPhone = phone === undefined ? [] : [{ kind: 'phone', value: phone }]
  const version = contact['Marketing email consent text version']
  const unsubscribed = stateOf(contact['Unsubscribed from all email']) === 'granted' && stateOf(contact['Marketing email consent']) !== 'withdrawn' // prettier-ignore
  return [
    ...toEmail.flatMap((to) => say('email', to, contact['Marketing email consent'], contact['Marketing email consent date'] ?? changedAt, { basis: 'consent', textVersion: version })), // prettier-ignore
    ...toEmail.flatMap((to) => (unsubscribed ? say('email', to, 'withdrawn', changedAt, { basis: 'unsubscribed from all email' }) : [])), // prettier-ignore
    ...toEmail.flatMap((to) => say('tracking', to, contact['Email tracking consent'], contact['Marketing email consent date'] ?? changedAt, { basis: 'consent', textVersion: version })), // prettier-ignore
    ...toPhone.flatMap((to) => say('whatsapp', to, contact['WhatsApp consent'], contact['WhatsApp consent date'] ?? changedAt, { basis: 'consent' })), // prettier-ignore
  ]
}

function stateOf(word: string | undefined): Consent['state'] | undefined {
  const said = word?.toLowerCase()
  if (said === 'granted' || said === 'true' || said === 'yes') return 'granted'
  return said === 'withdrawn' || said === 'revoked' || said === 'no' ? 'withdrawn' : undefined
}
