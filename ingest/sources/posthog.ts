import { z } from 'zod'
import type { Canonical, Happening, Profile } from '../canon.ts'
import { channelOf, hostOf } from '../cleanse/channel.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { plainProperties } from '../cleanse/properties.ts'
import { instant, readShape, refuse, requiredText } from '../cleanse/shape.ts'
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import { rejected } from '../reading/csv-table.ts'
import { exportRows } from '../reading/export-rows.ts'
import type { Item, Setting, Source, SourceInput } from '../source.ts'

const kind = 'event'

/**
 * Events of PostHog, as JSON lines or CSV (uuid, event, distinct_id, timestamp, properties as JSON). An identify event
 * ties the device to the account it names and tells what was set of the person. PostHog's own persons are not taken
 * over: they are what it concluded, and cannot be taken apart again.
 */
export function posthog(): Source {
  return { name: 'posthog', endings: ['.jsonl', '.ndjson', '.json', '.csv'], read: readEvents }
}

async function* readEvents(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const needed = ['uuid', 'event', 'distinct_id', 'timestamp', 'properties']
  for await (const found of exportRows(input, { kind, needed })) {
    if (found.is !== 'fields') {
      yield found
      continue
    }
    const { raw, place } = found
    const read = readShape(eventShape, found.fields)
    if (read.kind === 'unreadable') yield rejected(kind, raw, place, read)
    else yield { is: 'row', kind, externalId: read.value.uuid, raw, place, canon: canonOf(read.value, setting) }
  }
}

const someObject = z.record(z.string(), z.unknown())

/** An object, or the JSON of one, as tables hold it. */
const objectOrJson = z.union([z.string(), someObject]).nullish().transform((value, context): Record<string, unknown> => {
  if (typeof value !== 'string') return value ?? {}
  if (value.trim() === '') return {}
  const read = someObject.safeParse(parsed(value))
  return read.success ? read.data : refuse(context, undefined, 'is no JSON object', 'Export it as PostHog writes it')
}) // prettier-ignore

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const eventShape = z.object({
  uuid: requiredText,
  event: requiredText,
  distinct_id: requiredText,
  // ClickHouse writes a blank where ISO 8601 has a T; without an offset it is UTC.
  timestamp: z.string().transform((text) => text.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T').replace(/(\.\d+)? ?([+-]\d\d:?\d\d)$/, '$1$2')).pipe(instant('utc', ['iso'])), // prettier-ignore
  properties: objectOrJson,
  set: objectOrJson,
  set_once: objectOrJson,
})
type PosthogEvent = z.infer<typeof eventShape>

type Properties = Readonly<Record<string, unknown>>

const wordAt = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  return text === '' || text === '$direct' || text === '(none)' ? undefined : text
}
const objectAt = (properties: Properties, name: string): Properties => someObject.safeParse(properties[name]).data ?? {}

const joining = new Set(['$identify', '$create_alias', '$merge_dangerously'])

function canonOf(event: PosthogEvent, setting: Setting): Canonical[] {
  const told = { ...objectAt(event.properties, '$set_once'), ...event.set_once, ...objectAt(event.properties, '$set'), ...event.set } // prettier-ignore
  const { by, links } = whoOf(event)
  const person = [by, ...links].find(({ kind: known }) => known === 'user')
  const addresses = addressesIn(told, setting)
  const profile = person && profileOf(event, told, person, addresses)
  // With an account the addresses are tied to it; without one to whoever did it.
  const others = profile ? links : [...links, ...addresses]
  return [happeningOf(event, by, others), ...(profile ? [profile] : [])]
}

const uuid = /^[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}$/i
/** Ids of the older web library: five groups of hex digits of no fixed length. */
const olderDevice = /^[\da-f]{10,16}(-[\da-f]{6,16}){4}$/i

/**
 * True when the id is of a browser and not of somebody signed in. Both may be UUIDs: the library says which device it
 * runs on, and a server, which has none, speaks of accounts.
 */
function isDevice(id: string, properties: Properties): boolean {
  const device = wordAt(properties, '$device_id')
  if (device !== undefined) return id === device
  if (properties['$is_identified'] === true || wordAt(properties, '$user_id') === id) return false
  return (wordAt(properties, '$lib') ?? 'web') === 'web' && (uuid.test(id) || olderDevice.test(id))
}

const deviceRef = (value: string): IdentifierRef => ({ kind: 'device', value: `posthog:${value}` })

function accountRef(value: string): IdentifierRef {
  const email = canonicalEmail(value)
  return email === undefined ? { kind: 'user', value } : { kind: 'email', value: email }
}

/** Who did it, and who else it says they are. */
function whoOf({ event, distinct_id: id, properties }: PosthogEvent): { by: IdentifierRef; links: IdentifierRef[] } {
  if (!joining.has(event)) return { by: isDevice(id, properties) ? deviceRef(id) : accountRef(id), links: [] }
  const account = accountRef(id)
  const before = wordAt(properties, event === '$identify' ? '$anon_distinct_id' : 'alias') ?? wordAt(properties, '$device_id') // prettier-ignore
  if (before === undefined || before === id) return { by: account, links: [] }
  // What an identify event was before is a browser; an alias may be a former account as well.
  const wasDevice = event === '$identify' || uuid.test(before) || olderDevice.test(before)
  return { by: wasDevice ? deviceRef(before) : accountRef(before), links: [account] }
}

function addressesIn(told: Properties, setting: Setting): IdentifierRef[] {
  const email = canonicalEmail(wordAt(told, 'email'))
  const phone = canonicalPhone(wordAt(told, 'phone'), setting.country)
  return [
    ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
    ...(phone === undefined ? [] : [{ kind: 'phone', value: phone }]),
  ]
}

/** What was set of a person with an account, and how they first came. */
function profileOf(event: PosthogEvent, told: Properties, of: IdentifierRef, links: IdentifierRef[]): Profile | null {
  const givenName = cleanText(wordAt(told, 'first_name') ?? wordAt(told, 'firstName'))
  const familyName = cleanText(wordAt(told, 'last_name') ?? wordAt(told, 'lastName'))
  const name = givenName === undefined && familyName === undefined ? splitName(wordAt(told, 'name')) : { givenName, familyName } // prettier-ignore
  const first = { ...event.properties, ...told }
  const initial = (what: string): string | undefined => wordAt(first, `$initial_${what}`)
  const knowsFirst = Object.keys(first).some((key) => key.startsWith('$initial_'))
  if (links.length === 0 && Object.values(name).every((part) => part === undefined) && !knowsFirst) return null
  const valueOf = (which: string): string | undefined => links.find((link) => link.kind === which)?.value
  const channel = knowsFirst ? channelOf({ utmSource: initial('utm_source'), utmMedium: initial('utm_medium'), clickIds: clickNames.filter((click) => initial(click) !== undefined), referrer: initial('referrer') }) : undefined // prettier-ignore
  return {
    is: 'profile', of, links, ...name, email: valueOf('email'), phone: valueOf('phone'), channel,
    campaignRef: initial('utm_campaign'), updatedAt: event.timestamp,
  } // prettier-ignore
}

const clickNames = ['gclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'ttclid']
const kinds: Readonly<Record<string, string>> = { $pageview: 'page', $identify: 'identify', $screen: 'screen' }

function happeningOf(event: PosthogEvent, by: IdentifierRef, links: IdentifierRef[]): Happening {
  const { properties } = event
  const word = (name: string): string | undefined => wordAt(properties, name)
  const page = word('$current_url')
  const address = page !== undefined && URL.canParse(page) ? new URL(page) : undefined
  const isPage = event.event === '$pageview'
  const clickIds = clickNames.filter((name) => word(name) !== undefined)
  const touch = { utmSource: word('utm_source'), utmMedium: word('utm_medium'), clickIds, referrer: word('$referrer'), ownHost: address?.hostname } // prettier-ignore
  const referrer = hostOf(touch.referrer ?? '')
  const own = Object.entries(properties).filter(([name]) => !name.startsWith('$') && !/^(utm_|token$|distinct_id$|alias$)/.test(name) && !clickNames.includes(name)) // prettier-ignore
  return {
    is: 'event',
    kind: kinds[event.event] ?? event.event.replace(/^\$/, ''),
    externalId: event.uuid,
    by,
    ...(links.length > 0 ? { links } : {}),
    occurredAt: event.timestamp,
    // PostHog repeats on every event how the visit began; only a page may be its beginning.
    channel: isPage ? channelOf(touch) : undefined,
    campaignRef: isPage ? word('utm_campaign') : undefined,
    properties: {
      ...plainProperties(Object.fromEntries(own)),
      ...(address ? { path: address.pathname } : {}),
      ...(referrer === undefined ? {} : { referrer }),
      ...(word('$session_id') === undefined ? {} : { sessionId: word('$session_id') }),
    },
  }
}
