import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { canonicalJson } from '#kernel/crypto.ts'
import { UsageError } from '#kernel/errors.ts'
import { httpClient, type HttpAnswer, type HttpRequest } from '#kernel/http.ts'

export type HubspotSettings = {
  /** The token of a private app with the scopes `crm.objects.contacts.read` and `crm.objects.deals.read`. */
  token: string
  /** `https://api.hubapi.com` unless told. */
  baseUrl?: string | undefined
  clock: Clock
  pause: (ms: number) => Promise<void>
  timeoutMs?: number
}

export type ObjectType = 'contacts' | 'deals'
export type HubspotObject = { id: string; modified: string; object: Record<string, unknown> }
export type HubspotPage = { objects: HubspotObject[]; after: string | null }
export type Filter = { propertyName: string; operator: 'EQ' | 'GT' | 'GTE'; value: string }

/** The calls the feed makes. They obey HubSpot's limits: of the account by its headers, of the search by 4 calls a second. */
export type HubspotClient = {
  list: (
    type: ObjectType,
    ask: { properties: readonly string[]; after: string | null; archived: boolean },
  ) => Promise<HubspotPage>
  /** The first objects that pass the filters, by one property; HubSpot sorts by no more than one. */
  search: (
    type: ObjectType,
    ask: { properties: readonly string[]; filters: readonly Filter[]; sortedBy: string },
  ) => Promise<HubspotObject[]>
  contactsOfDeals: (ids: readonly string[]) => Promise<Map<string, string[]>>
}

export const searchLimit = 200
const listLimit = 100

export function hubspotClient({ token, baseUrl = 'https://api.hubapi.com', ...rest }: HubspotSettings): HubspotClient {
  const settings = { ...rest, baseUrl, headers: { authorization: `Bearer ${token}`, accept: 'application/json' } }
  const anyCall = httpClient(settings)
  const searchCall = httpClient({ ...settings, perSecond: 4 })
  const asked = async (request: HttpRequest): Promise<unknown> => {
    const answer = await anyCall(request)
    await slowDown(answer.headers, rest.pause)
    return contentOf(request, answer)
  }
  return {
    list: async (type, { properties, after, archived }) => {
      const query = {
        limit: String(listLimit), archived: String(archived), properties: properties.join(','),
        ...(after === null ? {} : { after }), ...(type === 'deals' ? { associations: 'contacts' } : {}),
      } // prettier-ignore
      const page = listShape.parse(await asked({ path: `/crm/v3/objects/${type}`, query }))
      return { objects: page.results.map((result) => written(type, result)), after: page.paging?.next?.after ?? null }
    },
    search: async (type, { properties, filters, sortedBy }) => {
      const sorts = [{ propertyName: sortedBy, direction: 'ASCENDING' }]
      const body = { limit: searchLimit, properties, filterGroups: [{ filters }], sorts }
      const request: HttpRequest = { method: 'POST', path: `/crm/v3/objects/${type}/search`, body }
      const page = listShape.parse(contentOf(request, await searchCall(request)))
      return page.results.map((result) => written(type, result))
    },
    contactsOfDeals: async (ids) => {
      if (ids.length === 0) return new Map()
      const body = { inputs: ids.map((id) => ({ id })) }
      const answer = await asked({ method: 'POST', path: '/crm/v4/associations/deals/contacts/batch/read', body })
      const found = associationsShape.parse(answer).results
      return new Map(found.map(({ from, to }) => [from.id, to.map(({ toObjectId }) => String(toObjectId))]))
    },
  }
}

const listShape = z.object({
  results: z.array(
    z.looseObject({ id: z.string(), updatedAt: z.string(), properties: z.record(z.string(), z.string().nullable()) }),
  ),
  paging: z.object({ next: z.object({ after: z.string() }).nullish() }).nullish(),
})

const associationsShape = z.object({
  results: z.array(
    z.object({
      from: z.object({ id: z.string() }),
      to: z.array(z.object({ toObjectId: z.union([z.string(), z.number()]) })),
    }),
  ),
})

const idsShape = z.object({ contacts: z.object({ results: z.array(z.object({ id: z.string() })) }) })

/** The property that dates the last change of an object. */
export const modifiedProperty = (type: ObjectType): string =>
  type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate'

/** Lists, searches and their versions add properties of their own accord and order them as they like: only what was asked is kept. */
function written(type: ObjectType, result: z.infer<typeof listShape>['results'][number]): HubspotObject {
  const { id, properties, createdAt, updatedAt, archived, archivedAt, associations } = result
  const told = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null && value !== ''))
  const contacts = idsShape.safeParse(associations)
  const object = {
    id, properties: told, createdAt, updatedAt, archived, archivedAt,
    ...(contacts.success ? { associations: associationsOf(contacts.data.contacts.results.map((one) => one.id)) } : {}),
  } // prettier-ignore
  return { id, modified: properties[modifiedProperty(type)] ?? updatedAt, object }
}

/** Each contact once, in the order they were made: a labelled association is named once for each of its labels. */
export const associationsOf = (ids: readonly string[]) => ({
  contacts: { results: [...new Set(ids)].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)).map((id) => ({ id })) }, // prettier-ignore
})

/** The bytes of an object: the same for the same object, whichever call it came by. */
export const bytesOfObject = ({ object }: HubspotObject): Buffer => Buffer.from(canonicalJson(object))

const errorShape = z.object({ category: z.string().max(60) })

function contentOf(request: HttpRequest, { status, json }: HttpAnswer): unknown {
  if (status < 300) return json
  if (status === 401) throw new UsageError('HubSpot does not accept the token: make one in Settings, Integrations, Private apps') // prettier-ignore
  if (status === 403) throw new UsageError(`HubSpot does not let the token read ${request.path}: give its app the scopes crm.objects.contacts.read and crm.objects.deals.read`) // prettier-ignore
  const category = errorShape.safeParse(json).data?.category
  throw new Error(`HubSpot answered ${status}${category === undefined ? '' : ` (${category})`} to ${request.path}`)
}

/**
 * Spreads the last tenth of what the account may ask in an interval over that interval, since other apps share it. The
 * search says nothing of limits in its headers.
 */
async function slowDown(headers: Headers, pause: (ms: number) => Promise<void>): Promise<void> {
  const said = (name: string): number => Number(headers.get(`x-hubspot-ratelimit-${name}`) ?? Number.NaN)
  const [remaining, most, intervalMs] = [said('remaining'), said('max'), said('interval-milliseconds')]
  if (!(remaining < most / 10) || !(intervalMs > 0)) return
  await pause(Math.round(intervalMs / Math.max(1, remaining)))
}
