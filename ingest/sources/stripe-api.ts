import { Stripe } from 'stripe'
import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { UsageError } from '#kernel/errors.ts'
import { httpClient, type HttpAnswer, type HttpClient } from '#kernel/http.ts'

export type StripeSettings = {
  apiKey: string
  /** https://api.stripe.com, or a server that speaks as it does. */
  baseUrl: string
  clock: Clock
  pause: (ms: number) => Promise<void>
  /** How often one call is tried; 6 unless told. */
  attempts?: number
  /** Until the last byte of an answer; 30 s unless told. */
  timeoutMs?: number
}

/** An object exactly as the API gave it. `created` is in seconds. */
export type StripeObject = { id: string; object: string; created?: number }

/** A page of a list, newest first. Gone: the object that `starting_after` names is there no more. */
export type StripeList = { kind: 'page'; objects: StripeObject[]; more: boolean } | { kind: 'gone' }

/** What is asked of Stripe: reading, and nothing else. */
export type StripeApi = {
  list: (path: string, query: Readonly<Record<string, string>>) => Promise<StripeList>
  /** One object; null when there is none of this id. */
  find: (path: string, id: string) => Promise<StripeObject | null>
}

/** The version that objects are asked in, whatever the account's own: our shapes are made for it. */
const apiVersion = '2026-10-28.endive'
/** Stripe allows 100 reads a second in live mode and 25 in test mode, to all that use the account together. */
const perSecond = 20

const head = z.object({ id: z.string(), object: z.string(), created: z.int().optional() })
const stripeObject = z.custom<StripeObject>((value) => head.safeParse(value).success)
const listShape = z.object({ data: z.array(stripeObject), has_more: z.boolean() })

/**
 * The Stripe API through Stripe's own SDK, which signs, versions and reads the answers; how often and how fast it asks
 * is up to `kernel/http.ts`. Throws a UsageError for a key that is refused or may not read something, and an Error,
 * without key or content, for any other answer that is no object.
 */
export function stripeApi(settings: StripeSettings): StripeApi {
  const get = getter(settings)
  return {
    list: async (path, query) => {
      const answer = await get(`${path}?${new URLSearchParams(query).toString()}`)
      if (answer.kind === 'missing') return { kind: 'gone' }
      const { data, has_more: more } = parsed(listShape, answer.json, path)
      const objects: StripeObject[] = []
      for (const object of data) objects.push(await withAllLines(get, object))
      return { kind: 'page', objects, more }
    },
    find: async (path, id) => {
      const answer = await get(`${path}/${encodeURIComponent(id)}`)
      return answer.kind === 'missing' ? null : withAllLines(get, parsed(stripeObject, answer.json, path))
    },
  }
}

type Get = (path: string) => Promise<{ kind: 'found'; json: unknown } | { kind: 'missing' }>

function getter({ apiKey, baseUrl, clock, pause, attempts, timeoutMs = 30_000 }: StripeSettings): Get {
  const http = httpClient({
    baseUrl, headers: { authorization: `Bearer ${apiKey}` }, clock, pause, perSecond, timeoutMs,
    ...(attempts === undefined ? {} : { attempts }),
  }) // prettier-ignore
  const { hostname, port, protocol } = new URL(baseUrl)
  const secure = protocol === 'https:'
  const sdk = new Stripe(apiKey, {
    apiVersion, host: hostname, port: port || (secure ? 443 : 80), protocol: secure ? 'https' : 'http',
    httpClient: politely(http), maxNetworkRetries: 0, telemetry: false,
  }) // prettier-ignore
  return async (path) => {
    try {
      const json: unknown = await sdk.rawRequest('GET', path)
      return { kind: 'found', json }
    } catch (fault) {
      if (fault instanceof Stripe.errors.StripeError && fault.code === 'resource_missing') return { kind: 'missing' }
      throw inWords(fault, path.split('?')[0]!)
    }
  }
}

/** The SDK's way out: it has no say in how often it is tried. */
function politely(http: HttpClient): Stripe.HttpClient {
  return {
    getClientName: () => 'millrace',
    makeRequest: async (_host, _port, target, _method, headers) => {
      const [path, query] = target.split('?')
      const sent = Object.entries(headers).filter(([name, value]) => value != null && !/^content-/i.test(name))
      return answered(
        await http({
          path: path!,
          query: Object.fromEntries(new URLSearchParams(query)),
          headers: Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
        }),
      )
    },
  }
}

const answered = ({ status, headers, json, text }: HttpAnswer): Stripe.HttpClientResponse => ({
  getStatusCode: () => status,
  getHeaders: () => Object.fromEntries(headers),
  getRawResponse: () => ({}),
  toStream: () => text,
  toJSON: () => (json === undefined ? Promise.reject(new Error('The answer is no JSON')) : Promise.resolve(json)),
})

function inWords(fault: unknown, path: string): unknown {
  if (fault instanceof Stripe.errors.StripeAuthenticationError)
    return new UsageError('Stripe refused the key: set STRIPE_API_KEY to one that is valid')
  if (fault instanceof Stripe.errors.StripePermissionError)
    return new UsageError(`The key may not read ${path}: allow it to, at Stripe, under the restricted key`)
  // The fault beneath says how often it was tried and why.
  if (fault instanceof Stripe.errors.StripeConnectionError && fault.detail instanceof Error) return fault.detail
  if (!(fault instanceof Stripe.errors.StripeError)) return fault
  return new Error(`Stripe answered ${fault.statusCode ?? 'nothing readable'} to ${path} (${fault.code ?? fault.type})`)
}

function parsed<T>(shape: z.ZodType<T>, json: unknown, path: string): T {
  const read = shape.safeParse(json)
  if (read.success) return read.data
  throw new Error(`Stripe answered ${path} with something that is no object of the API: is STRIPE_BASE_URL right?`)
}

const withLines = z.looseObject({ lines: z.looseObject({ data: z.array(stripeObject), has_more: z.literal(true) }) })

/** An invoice comes with its first lines only: the others are asked for, so that none is missing. */
async function withAllLines(get: Get, object: StripeObject): Promise<StripeObject> {
  const cut = object.object === 'invoice' ? withLines.safeParse(object) : null
  if (!cut?.success) return object
  const { lines } = cut.data
  const data = [...lines.data]
  const path = `/v1/invoices/${encodeURIComponent(object.id)}/lines`
  for (let more = true; more;) {
    const after = data.at(-1)?.id
    const answer = await get(`${path}?limit=100${after === undefined ? '' : `&starting_after=${after}`}`)
    if (answer.kind === 'missing') break
    const page = parsed(listShape, answer.json, path)
    data.push(...page.data)
    more = page.has_more && page.data.length > 0
  }
  return Object.assign({ ...object }, { lines: { ...lines, data, has_more: false } })
}
