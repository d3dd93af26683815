import { z } from 'zod'
import type { Canonical, Happening } from '../canon.ts'
import { amountIn, currency, instant, readShape, requiredText, type Reading } from '../cleanse/shape.ts'
import { rejected } from '../reading/csv-table.ts'
import { jsonEntries, type JsonRow } from '../reading/json-rows.ts'
import type { Item, Setting, SourceInput } from '../source.ts'
import { contactSays, type Contact } from './hubspot-contact.ts'

const utc = instant('utc', ['iso', 'unix-ms'])

/** What every object of HubSpot's API has. Properties are texts, empty ones null; which there are is for the asker to say. */
const objectShape = z.object({
  id: requiredText,
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: utc,
  updatedAt: utc,
  archived: z.boolean().nullish(),
  archivedAt: utc.nullish(),
  associations: z
    .object({ contacts: z.object({ results: z.array(z.object({ id: z.string() })) }).nullish() })
    .nullish(),
})
type HubspotObject = z.infer<typeof objectShape>

/** Contacts and deals as the API gives them, in a list or one after another. Only deals have a stage. */
export async function* readObjects(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  for await (const found of jsonEntries(input, 'contact')) {
    yield found.is === 'json' ? objectItem(found, setting) : found
  }
}

function objectItem({ value, raw, place }: JsonRow, setting: Setting): Item {
  const read = readShape(objectShape, value)
  if (read.kind === 'unreadable') return rejected('contact', raw, place, read)
  const object = read.value
  const isDeal = object.properties['dealstage'] !== undefined
  const kind = isDeal ? 'deal' : 'contact'
  const said = isDeal ? dealSays(object, setting) : personSays(object, setting)
  if (said.kind === 'unreadable') return rejected(kind, raw, place, said)
  return { is: 'row', kind, externalId: object.id, raw, place, canon: said.value }
}

/** Stages a contact has passed, and the property that dates each; a portal has the older or the newer one, or both. */
const stages: readonly (readonly [name: string, key: string])[] = [
  ['subscriber', 'subscriber'],
  ['lead', 'lead'],
  ['marketing-qualified-lead', 'marketingqualifiedlead'],
  ['sales-qualified-lead', 'salesqualifiedlead'],
  ['opportunity', 'opportunity'],
  ['customer', 'customer'],
  ['evangelist', 'evangelist'],
  ['other', 'other'],
]
const datesOf = (key: string): string[] => [`hs_lifecyclestage_${key}_date`, `hs_v2_date_entered_${key}`]

const consentProperties = [
  'marketing_email_consent', 'marketing_email_consent_date', 'marketing_email_consent_text_version',
  'email_tracking_consent', 'whatsapp_consent', 'whatsapp_consent_date',
] // prettier-ignore

/** The properties of a contact that are asked for; those a portal does not have are left out by HubSpot. */
export const contactProperties: readonly string[] = [
  'firstname', 'lastname', 'email', 'hs_additional_emails', 'phone', 'mobilephone', 'address', 'city', 'zip', 'country',
  'hs_language', 'hs_timezone', 'company', 'lifecyclestage', 'hs_analytics_source', 'hs_analytics_source_data_1',
  'hs_analytics_source_data_2', 'hs_email_optout', 'hs_merged_object_ids', 'hs_object_id', 'createdate',
  'lastmodifieddate', ...consentProperties, ...stages.flatMap(([, key]) => datesOf(key)),
] // prettier-ignore

const propertyMoment = z.string().nullish().transform((text) => (text === '' ? null : text)).pipe(utc.nullish()) // prettier-ignore
const contactMoments = z.object({
  createdate: propertyMoment,
  lastmodifieddate: propertyMoment,
  marketing_email_consent_date: propertyMoment,
  whatsapp_consent_date: propertyMoment,
  ...Object.fromEntries(stages.flatMap(([, key]) => datesOf(key).map((name) => [name, propertyMoment]))),
})

/**
 * A contact says what its row of an export says, and when it reached each stage. One that was archived says so too: what
 * was known of it stays, but its lifecycle is `archived`.
 */
function personSays(object: HubspotObject, setting: Setting): Reading<Canonical[]> {
  const read = readShape(contactMoments.catchall(z.string().nullish()), object.properties)
  if (read.kind === 'unreadable') return read
  const moments: Record<string, unknown> = read.value
  const at = (name: string): Date | undefined => (moments[name] instanceof Date ? moments[name] : undefined)
  const by = { kind: 'hubspot', value: object.id }
  const event = (kind: string, occurredAt: Date): Happening => ({
    is: 'event', kind, externalId: `${object.id}:${kind}`, by, occurredAt, properties: {},
  }) // prettier-ignore
  const reached = stages.flatMap(([stage, key]) => {
    const date = datesOf(key)
      .map(at)
      .find((found) => found !== undefined)
    return date === undefined ? [] : [event(`became-${stage}`, date)]
  })
  const archived = object.archived === true && object.archivedAt ? [event('contact-archived', object.archivedAt)] : []
  return { kind: 'read', value: [...contactSays(contactOf(object, at), setting), ...reached, ...archived] }
}

function contactOf(object: HubspotObject, at: (name: string) => Date | undefined): Contact {
  const text = (name: string): string | undefined => object.properties[name]?.trim() || undefined
  return {
    id: object.id,
    givenName: text('firstname'), familyName: text('lastname'), email: text('email'), phone: text('phone'),
    mobile: text('mobilephone'), street: text('address'), city: text('city'), postcode: text('zip'),
    country: text('country'), language: text('hs_language'), zone: zoneOf(text('hs_timezone')),
    organisation: text('company'),
    lifecycle: object.archived === true ? 'archived' : stageNamed(text('lifecyclestage')),
    traffic: { source: text('hs_analytics_source'), first: text('hs_analytics_source_data_1'), second: text('hs_analytics_source_data_2') },
    otherEmails: text('hs_additional_emails'), mergedIds: text('hs_merged_object_ids'),
    consents: {
      email: text('marketing_email_consent'), emailAt: at('marketing_email_consent_date'),
      emailText: text('marketing_email_consent_text_version'), tracking: text('email_tracking_consent'),
      whatsapp: text('whatsapp_consent'), whatsappAt: at('whatsapp_consent_date'), unsubscribed: text('hs_email_optout'),
    },
    createdAt: at('createdate') ?? object.createdAt, updatedAt: at('lastmodifieddate') ?? object.updatedAt,
  } // prettier-ignore
}

/** `marketingqualifiedlead` as exports write it; stages of a portal's own stay as they are. */
const stageNamed = (stage: string | undefined): string | undefined =>
  stages.find(([, key]) => key === stage?.toLowerCase())?.[0] ?? stage

/** HubSpot writes `europe_slash_amsterdam` for Europe/Amsterdam. Undefined for what is no zone. */
function zoneOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const timeZone = text.replaceAll('_slash_', '/').replaceAll('_hyphen_', '-')
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** The properties of a deal that are asked for. */
export const dealProperties: readonly string[] = [
  'dealstage', 'pipeline', 'amount', 'deal_currency_code', 'closedate', 'createdate', 'hs_is_closed',
  'hs_is_closed_won', 'hs_lastmodifieddate', 'hs_object_id',
] // prettier-ignore

const dealShape = z.object({
  dealstage: requiredText,
  pipeline: z.string().nullish(),
  deal_currency_code: z.string().nullish(),
  closedate: propertyMoment,
  createdate: propertyMoment,
  hs_is_closed: z.string().nullish(),
  hs_is_closed_won: z.string().nullish(),
  amount: z.string().nullish(),
})

/**
 * A deal is one event of its first contact, under one id whatever becomes of it: `deal-open` since it was made, or
 * `deal-won` or `deal-lost` when it was closed. It is no order: money is what the shop and Stripe have taken.
 */
function dealSays(object: HubspotObject, setting: Setting): Reading<Canonical[]> {
  const read = readShape(dealShape.transform((deal, context) => ({ ...deal, ...valueOf(deal, context, setting) })), object.properties) // prettier-ignore
  if (read.kind === 'unreadable') return read
  const deal = read.value
  const contacts = (object.associations?.contacts?.results ?? []).map(({ id }) => id)
  const [first] = contacts
  if (first === undefined || object.archived === true) return { kind: 'read', value: [] }
  const won = deal.hs_is_closed_won === 'true' || deal.dealstage === 'closedwon'
  const closed = won || deal.hs_is_closed === 'true' || deal.dealstage === 'closedlost'
  const made = deal.createdate ?? object.createdAt
  const event: Happening = {
    is: 'event', kind: won ? 'deal-won' : closed ? 'deal-lost' : 'deal-open', externalId: `deal:${object.id}`,
    by: { kind: 'hubspot', value: first }, occurredAt: closed ? (deal.closedate ?? object.updatedAt) : made,
    properties: { deal: object.id, stage: deal.dealstage, ...(deal.pipeline ? { pipeline: deal.pipeline } : {}), ...deal.value, contacts: contacts.length },
  } // prettier-ignore
  return { kind: 'read', value: [event] }
}

/** What it is worth, in its own currency or that of the business. */
function valueOf(
  deal: { amount?: string | null | undefined; deal_currency_code?: string | null | undefined },
  context: z.RefinementCtx,
  setting: Setting,
): { value: { amountMinor?: number; currency?: string } } {
  if (!deal.amount) return { value: {} }
  const code = currency.safeParse(deal.deal_currency_code || setting.currency)
  if (!code.success) {
    context.addIssue({ code: 'custom', message: 'is no currency', path: ['deal_currency_code'] })
    return z.NEVER
  }
  return { value: { amountMinor: amountIn(context, 'amount', deal.amount, code.data), currency: code.data } }
}
