import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Feed, Page } from '../feed.ts'
import type { Source } from '../source.ts'
import { associationsOf, bytesOfObject, hubspotClient, modifiedProperty, searchLimit, type Filter, type HubspotClient, type HubspotObject, type HubspotSettings, type ObjectType } from './hubspot-api-client.ts' // prettier-ignore
import { contactProperties, dealProperties } from './hubspot-api-objects.ts'
import { hubspotContacts } from './hubspot-contacts.ts'

/** Objects of HubSpot's API, as the feed or a file has them. */
const hubspotObjects = (): Source => ({ ...hubspotContacts(), endings: ['.json', '.jsonl'], layout: 'api' })

/** What was changed so shortly before is read again: the search learns of a change seconds to minutes late. */
const overlapMs = 10 * 60_000

/**
 * Contacts and deals of HubSpot (CRM v3): all of them once, then those that were changed since. Archived contacts, which
 * the search does not know, are listed anew by each pull.
 */
export function hubspotFeed(settings: HubspotSettings): Feed {
  const client = hubspotClient(settings)
  const { clock } = settings
  return {
    source: hubspotObjects(),
    streams: ['contacts', 'deals', 'archived-contacts'],
    pages: (stream, cursor) => {
      if (stream === 'archived-contacts') return archived(client, cursor)
      return changesAfterAll(client, stream === 'deals' ? 'deals' : 'contacts', cursor, clock)
    },
  }
}

const propertiesOf = { contacts: contactProperties, deals: dealProperties }

/** Everything changed before `since` is in; while all of them are loaded first, those behind `after` are not. */
const cursorShape = z.object({ since: z.string(), loading: z.object({ after: z.string().nullable() }).optional() })

async function* changesAfterAll(
  client: HubspotClient,
  type: ObjectType,
  cursor: unknown,
  clock: Clock,
): AsyncGenerator<Page> {
  const { since, loading } = cursorShape.parse(cursor ?? { loading: { after: null }, since: clock().toISOString() })
  for (let place = loading; place;) {
    const page = await client.list(type, { properties: propertiesOf[type], after: place.after, archived: false })
    place = page.after === null ? undefined : { after: page.after }
    yield { objects: page.objects.map(bytesOfObject), cursor: { since, loading: place }, more: true }
  }
  yield* changes(client, type, since)
}

/**
 * Reads what was changed since, oldest first, a page at a time: always the first page behind the last change that was
 * read, so that neither the 10,000 results a search gives at most nor changes made while it is read lose any.
 */
async function* changes(client: HubspotClient, type: ObjectType, since: string): AsyncGenerator<Page> {
  const sortedBy = modifiedProperty(type)
  const search = (filters: readonly Filter[], by: string): Promise<HubspotObject[]> =>
    client.search(type, { properties: propertiesOf[type], filters, sortedBy: by })
  let from = instantOf(since) - overlapMs
  let reached = instantOf(since)
  for (;;) {
    const found = await search([{ propertyName: sortedBy, operator: 'GTE', value: String(from) }], sortedBy)
    const last = found.reduce((newest, { modified }) => Math.max(newest, instantOf(modified)), from)
    const full = found.length >= searchLimit
    if (full && last === from) {
      yield* changedAt(search, client, type, { at: from, sortedBy, since: reached })
      from += 1
      continue
    }
    from = last
    reached = Math.max(reached, last)
    const cursor = { since: new Date(reached).toISOString() }
    yield { objects: await complete(client, type, found), cursor, more: full }
    if (!full) return
  }
}

/** All that was changed in one and the same millisecond (an import), by id. */
async function* changedAt(
  search: (filters: readonly Filter[], by: string) => Promise<HubspotObject[]>,
  client: HubspotClient,
  type: ObjectType,
  { at, sortedBy, since }: { at: number; sortedBy: string; since: number },
): AsyncGenerator<Page> {
  const then: Filter = { propertyName: sortedBy, operator: 'EQ', value: String(at) }
  for (let behind = '0', more = true; more;) {
    const found = await search([then, { propertyName: 'hs_object_id', operator: 'GT', value: behind }], 'hs_object_id')
    const cursor = { since: new Date(since).toISOString() }
    yield { objects: await complete(client, type, found), cursor, more: true }
    behind = found.at(-1)?.id ?? behind
    more = found.length >= searchLimit
  }
}

/** The search leaves associations out. */
async function complete(client: HubspotClient, type: ObjectType, found: readonly HubspotObject[]): Promise<Buffer[]> {
  if (type === 'contacts') return found.map(bytesOfObject)
  const contacts = await client.contactsOfDeals(found.map(({ id }) => id))
  return found.map((deal) => {
    const ids = contacts.get(deal.id)
    return bytesOfObject(ids ? { ...deal, object: { ...deal.object, associations: associationsOf(ids) } } : deal)
  })
}

const listing = z.object({ after: z.string().nullable() })

/** A pull that ends begins the next one anew: which contacts are archived has no order in time. */
async function* archived(client: HubspotClient, cursor: unknown): AsyncGenerator<Page> {
  let { after } = listing.parse(cursor ?? { after: null })
  do {
    const page: Awaited<ReturnType<HubspotClient['list']>> = await client.list('contacts', { properties: contactProperties, after, archived: true }) // prettier-ignore
    after = page.after
    yield { objects: page.objects.map(bytesOfObject), cursor: { after }, more: after !== null }
  } while (after !== null)
}

/** Milliseconds of a moment as HubSpot writes it: ISO 8601, in some places milliseconds. */
const instantOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Date.parse(text))
