import type { Clock } from '#kernel/clock.ts'
import { flakyServer, jsonAnswer, type Answer, type Asked, type FlakyServer } from './flaky-server.ts'

type Type = 'contacts' | 'deals'
type Properties = Record<string, string | null>
type Version = { at: number; properties: Properties; archivedAt: number | null }
type Stored = { id: string; createdAt: number; versions: Version[]; contacts: string[] }

export type HubspotPortal = {
  /** How long the search takes to learn of a change; 0 unless told. */
  indexDelayMs?: number
  /** How far a search goes; 10,000 at HubSpot. */
  searchCap?: number
  /** Calls in 10 seconds; 190 unless told. */
  perInterval?: number
  /** Gives the last object of each page again at the beginning of the next. */
  repeats?: boolean
}

export type FakeHubspot = FlakyServer & {
  /** Makes or changes an object, now by the clock. */
  put: (type: Type, id: string, properties: Properties, contacts?: string[]) => void
  archive: (type: Type, id: string) => void
  /** Merges two contacts as HubSpot does since 2025: both ids live on in a new contact. */
  merge: (primary: string, other: string, into: string) => void
}

export const hubspotToken = 'pat-eu1-test'
const intervalMs = 10_000
const modified = { contacts: 'lastmodifieddate', deals: 'hs_lastmodifieddate' }

/** A server that speaks HubSpot's CRM v3: lists, the search with its cap and delay, associations, limits, archived objects. */
export async function fakeHubspot(clock: Clock, portal: HubspotPortal = {}): Promise<FakeHubspot> {
  const { indexDelayMs = 0, searchCap = 10_000, perInterval = 190, repeats = false } = portal
  const objects: Record<Type, Map<string, Stored>> = { contacts: new Map(), deals: new Map() }
  const calls = { window: 0, count: 0, searches: [] as number[] }
  const now = (): number => clock().getTime()
  /** The properties the portal has: those anything was ever given. */
  const known: Record<Type, Set<string>> = { contacts: new Set(), deals: new Set() }

  const put: FakeHubspot['put'] = (type, id, properties, contacts) => {
    const one = objects[type].get(id) ?? { id, createdAt: now(), versions: [], contacts: [] }
    const merged = { ...one.versions.at(-1)?.properties, ...properties }
    one.versions.push({ at: now(), properties: merged, archivedAt: null })
    objects[type].set(id, { ...one, contacts: contacts ?? one.contacts })
    for (const name of Object.keys(properties)) known[type].add(name)
  }

  const written = (
    type: Type,
    { id, createdAt, contacts }: Stored,
    version: Version,
    asked: readonly string[],
    by: 'list' | 'search',
  ) => {
    const own: Properties = { createdate: iso(createdAt), hs_object_id: id, [modified[type]]: iso(version.at), ...version.properties } // prettier-ignore
    const wanted = [
      ...new Set(['createdate', 'hs_object_id', modified[type], ...asked.filter((name) => known[type].has(name))]),
    ]
    const names = by === 'list' ? wanted : wanted.toReversed()
    return {
      id,
      properties: Object.fromEntries(names.map((name) => [name, own[name] ?? null])),
      createdAt: iso(createdAt), updatedAt: iso(version.at), archived: version.archivedAt !== null,
      ...(version.archivedAt === null ? {} : { archivedAt: iso(version.archivedAt) }),
      ...(by === 'search' ? { url: `https://app.hubspot.com/record/${id}` } : {}),
      ...(by === 'list' && type === 'deals' && contacts.length > 0 ? {
        associations: { contacts: { results: contacts.flatMap((contact) => [{ id: contact, type: 'deal_to_contact' }, { id: contact, type: 'deal_to_contact_unlabeled' }]) } },
      } : {}),
    } // prettier-ignore
  }
  const list = (type: Type, query: URLSearchParams): Answer => {
    const limit = Number(query.get('limit') ?? 10)
    if (limit > 100) return refused('limit cannot be more than 100')
    const after = Number(query.get('after') ?? 0)
    const archived = query.get('archived') === 'true'
    const all = [...objects[type].values()].filter((one) => (one.versions.at(-1)!.archivedAt !== null) === archived)
    const sorted = all.toSorted((a, b) => Number(a.id) - Number(b.id))
    const rest = sorted.filter(({ id }) => Number(id) > after)
    const page = rest.slice(0, limit)
    const before = repeats ? sorted.filter(({ id }) => Number(id) <= after).slice(-1) : []
    const names = (query.get('properties') ?? '').split(',')
    const results = [...before, ...page].map((one) => written(type, one, one.versions.at(-1)!, names, 'list'))
    const next = page.at(-1)
    return jsonAnswer(200, {
      results,
      ...(rest.length > limit && next ? { paging: { next: { after: next.id, link: 'https://api.hubapi.com/' } } } : {}),
    })
  }

  const search = (type: Type, text: string): Answer => {
    const body = JSON.parse(text) as { limit?: number; after?: string; properties?: string[]; sorts?: { propertyName: string; direction: string }[]; filterGroups: { filters: Filter[] }[] } // prettier-ignore
    const [limit, after] = [body.limit ?? 10, Number(body.after ?? 0)]
    if (limit > 200 || (body.sorts ?? []).length > 1) return refused('too many results or sorts')
    if (after + limit > searchCap) return refused(`paging past ${searchCap} results is not supported`)
    // The index holds the last version it has learnt of, and no archived ones.
    const indexed = [...objects[type].values()].flatMap((one) => {
      const version = one.versions.findLast(({ at }) => at + indexDelayMs <= now())
      if (one.versions.at(-1)?.archivedAt !== null || version === undefined) return []
      return [{ one, version, object: written(type, one, version, body.properties ?? [], 'search') }]
    })
    const found = indexed.filter(({ object }) => body.filterGroups.some(({ filters }) => filters.every((filter) => passes(object.properties, filter)))) // prettier-ignore
    const by = body.sorts?.[0]?.propertyName ?? 'createdate'
    const sorted = found.toSorted((a, b) => numberOf(a.object.properties[by]) - numberOf(b.object.properties[by]))
    const page = sorted.slice(after, after + limit)
    const more = after + limit < sorted.length
    return jsonAnswer(200, {
      total: sorted.length,
      results: page.map(({ object }) => object),
      ...(more ? { paging: { next: { after: String(after + limit) } } } : {}),
    })
  }

  const associations = (text: string): Answer => {
    const { inputs } = JSON.parse(text) as { inputs: { id: string }[] }
    const found = inputs.map(({ id }) => ({ id, contacts: objects.deals.get(id)?.contacts ?? [] }))
    const [with_, without] = [found.filter((one) => one.contacts.length > 0), found.filter((one) => one.contacts.length === 0)] // prettier-ignore
    return jsonAnswer(without.length > 0 ? 207 : 200, {
      status: 'COMPLETE',
      results: with_.map(({ id, contacts }) => ({
        from: { id },
        to: contacts.map((contact) => ({
          toObjectId: Number(contact),
          associationTypes: [{ typeId: 3, label: null }],
        })),
      })),
      ...(without.length > 0 ? { numErrors: without.length, errors: [{ subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND' }] } : {}), // prettier-ignore
    })
  }

  const answer = (asked: Asked): Answer => {
    if (asked.headers.authorization !== `Bearer ${hubspotToken}`)
      return jsonAnswer(401, { status: 'error', category: 'INVALID_AUTHENTICATION' })
    const [, type, isSearch] = /^\/crm\/v3\/objects\/(contacts|deals)(\/search)?$/.exec(asked.path) ?? []
    if (isSearch !== undefined) {
      calls.searches = [...calls.searches.filter((at) => at > now() - 1000), now()]
      return calls.searches.length > 5 ? limited('SECONDLY') : search(type as Type, asked.body)
    }
    const window = Math.floor(now() / intervalMs)
    if (window !== calls.window) Object.assign(calls, { window, count: 0 })
    calls.count += 1
    if (calls.count > perInterval) return limited('TEN_SECONDLY_ROLLING')
    const limits = {
      'x-hubspot-ratelimit-max': String(perInterval),
      'x-hubspot-ratelimit-remaining': String(perInterval - calls.count),
      'x-hubspot-ratelimit-interval-milliseconds': String(intervalMs),
    }
    const said =
      type !== undefined
        ? list(type as Type, asked.query)
        : asked.path === '/crm/v4/associations/deals/contacts/batch/read'
          ? associations(asked.body)
          : jsonAnswer(404, { status: 'error', category: 'OBJECT_NOT_FOUND' })
    return { ...said, headers: { ...said.headers, ...limits } }
  }

  const server = await flakyServer(answer)
  const archive = (type: Type, id: string): void => {
    const { versions } = objects[type].get(id)!
    versions.push({ ...versions.at(-1)!, archivedAt: now() })
  }
  return {
    ...server,
    put,
    archive,
    merge: (primary, other, into) => {
      const [one, two] = [primary, other].map((id) => objects.contacts.get(id)!.versions.at(-1)!.properties)
      const emails = [two?.['email'], one?.['hs_additional_emails'], two?.['hs_additional_emails']].filter(Boolean)
      put('contacts', into, { ...two, ...one, hs_additional_emails: emails.join(';'), hs_merged_object_ids: `${primary};${other}` }) // prettier-ignore
      for (const id of [primary, other]) objects.contacts.delete(id)
    },
  }
}

type Filter = { propertyName: string; operator: string; value: string }

const iso = (at: number): string => new Date(at).toISOString()
const numberOf = (text: string | null | undefined): number =>
  /^\d+$/.test(text ?? '') ? Number(text) : Date.parse(text ?? '')

function passes(properties: Properties, { propertyName, operator, value }: Filter): boolean {
  const [have, want] = [numberOf(properties[propertyName]), numberOf(value)]
  return operator === 'EQ' ? have === want : operator === 'GT' ? have > want : operator === 'GTE' && have >= want
}

const refused = (message: string): Answer => jsonAnswer(400, { status: 'error', category: 'VALIDATION_ERROR', message })

const limited = (policyName: string): Answer =>
  jsonAnswer(429, { status: 'error', message: 'You have reached your limit.', errorType: 'RATE_LIMIT', policyName })
