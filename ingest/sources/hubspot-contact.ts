import type { Canonical, Consent, Profile } from '../canon.ts'
import type { Channel } from '../cleanse/channel.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { cleanText } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import type { Setting } from '../source.ts'

type Text = string | undefined

/** A contact of HubSpot as its export and its API both have it, in the words of either. */
export type Contact = {
  id: string
  givenName: Text
  familyName: Text
  email: Text
  phone: Text
  mobile: Text
  street: Text
  city: Text
  postcode: Text
  country: Text
  language: Text
  zone: Text
  organisation: Text
  lifecycle: Text
  /** The original traffic source and its two drill-downs. */
  traffic: { source: Text; first: Text; second: Text }
  /** Between semicolons or commas. */
  otherEmails: Text
  /** Ids of contacts that were merged into this one, between semicolons or commas. */
  mergedIds: Text
  consents: {
    email: Text
    emailAt: Date | undefined
    emailText: Text
    tracking: Text
    whatsapp: Text
    whatsappAt: Date | undefined
    unsubscribed: Text
  }
  createdAt: Date
  updatedAt: Date
}

/** What a contact says: one profile, tied to its addresses and to the ids of contacts merged into it, and its consents. */
export function contactSays(contact: Contact, setting: Setting): Canonical[] {
  const country = countryCode(contact.country)
  const dialledFrom = country ?? setting.country
  const email = canonicalEmail(contact.email)
  const phones = [contact.mobile, contact.phone].flatMap((typed) => canonicalPhone(typed, dialledFrom) ?? [])
  const profile: Profile = {
    is: 'profile',
    of: { kind: 'hubspot', value: contact.id },
    links: linksOf(contact, email, phones),
    givenName: cleanText(contact.givenName),
    familyName: cleanText(contact.familyName),
    email,
    phone: phones[0],
    street: cleanText(contact.street),
    city: cleanText(contact.city),
    postcode: cleanText(contact.postcode),
    country,
    language: contact.language?.toLowerCase().slice(0, 2),
    zone: contact.zone,
    organisation: cleanText(contact.organisation),
    lifecycle: contact.lifecycle?.toLowerCase().replaceAll(' ', '-'),
    channel: channelOfTraffic(contact.traffic),
    campaignRef: campaignOfTraffic(contact.traffic),
    createdAt: contact.createdAt,
    updatedAt: contact.updatedAt,
  }
  return [profile, ...consentsOf(contact, email, phones[0])]
}

const listOf = (text: Text): string[] => (text ?? '').split(/[;,]/).map((one) => one.trim()).filter((one) => one !== '') // prettier-ignore

function linksOf(contact: Contact, email: Text, phones: readonly string[]): IdentifierRef[] {
  const emails = [email, ...listOf(contact.otherEmails).map((one) => canonicalEmail(one))]
  const merged = listOf(contact.mergedIds).filter((id) => id !== contact.id)
  return [
    ...emails.flatMap((value) => (value === undefined ? [] : [{ kind: 'email', value }])),
    ...phones.map((value) => ({ kind: 'phone', value })),
    ...merged.map((value) => ({ kind: 'hubspot', value })),
  ]
}

const isGoogle = (text: Text): boolean => /google|^g?ads|search|performance max/i.test(text ?? '')

/**
 * HubSpot's traffic sources in the words of the house (`Paid search` in exports, `PAID_SEARCH` in the API); paid search
 * is Google's and paid social Meta's unless it says otherwise.
 */
function channelOfTraffic({ source, first }: Contact['traffic']): Channel | undefined {
  switch (wordsOf(source)) {
    case 'paid search':
      return /bing|microsoft|yahoo/i.test(first ?? '') ? 'other' : 'google-ads'
    case 'paid social':
      return /linkedin|twitter|tiktok|pinterest|reddit/i.test(first ?? '') ? 'other' : isGoogle(first) ? 'google-ads' : 'meta-ads' // prettier-ignore
    case 'organic search':
      return 'organic'
    case 'organic social':
    case 'social media':
      return 'social'
    case 'referrals':
    case 'ai referrals':
      return 'referral'
    case 'email marketing':
      return 'email'
    case 'direct traffic':
    case 'offline sources':
    case 'offline':
      return 'direct'
    case undefined:
      return undefined
    default:
      return 'other'
  }
}

const wordsOf = (source: Text): Text => source?.toLowerCase().replaceAll('_', ' ')

/** The campaign of a paid source: its id, which HubSpot gives in the second drill-down. */
const campaignOfTraffic = ({ source, first, second }: Contact['traffic']): Text =>
  wordsOf(source)?.startsWith('paid ') ? (second ?? first) : undefined

/** A consent without a date of its own counts from when the contact was last changed. */
function consentsOf({ id, consents, updatedAt }: Contact, email: Text, phone: Text): Canonical[] {
  const say = (
    channel: string,
    to: IdentifierRef,
    word: Text,
    at: Date,
    rest: Pick<Consent, 'basis' | 'textVersion'>,
  ): Consent[] => {
    const state = stateOf(word)
    if (state === undefined) return []
    return [{ is: 'consent', externalId: `${id}:${channel}:${state}:${at.toISOString()}`, by: to, channel, state, occurredAt: at, ...rest }] // prettier-ignore
  }
  const toEmail = email === undefined ? [] : [{ kind: 'email', value: email }]
  const toPhone = phone === undefined ? [] : [{ kind: 'phone', value: phone }]
  const { emailAt = updatedAt, whatsappAt = updatedAt } = consents
  const given = { basis: 'consent', textVersion: consents.emailText }
  const unsubscribed = stateOf(consents.unsubscribed) === 'granted' && stateOf(consents.email) !== 'withdrawn'
  return [
    ...toEmail.flatMap((to) => say('email', to, consents.email, emailAt, given)),
    ...toEmail.flatMap((to) => (unsubscribed ? say('email', to, 'withdrawn', updatedAt, { basis: 'unsubscribed from all email' }) : [])), // prettier-ignore
    ...toEmail.flatMap((to) => say('tracking', to, consents.tracking, emailAt, given)),
    ...toPhone.flatMap((to) => say('whatsapp', to, consents.whatsapp, whatsappAt, { basis: 'consent' })),
  ]
}

function stateOf(word: Text): Consent['state'] | undefined {
  const said = word?.toLowerCase()
  if (said === 'granted' || said === 'true' || said === 'yes') return 'granted'
  return said === 'withdrawn' || said === 'revoked' || said === 'no' ? 'withdrawn' : undefined
}
