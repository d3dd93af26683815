import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type StripeJson = { id: string; object: string; created: number } & Record<string, unknown>
/** An object as a test makes it; without a date it is made now. */
export type StripeGiven = { id: string; object: string; created?: number; [field: string]: unknown }
export type StripeEventJson = StripeJson & { type: string; data: { object: StripeJson } }

/**
 * What the next call meets instead of success: 429, 500 in Stripe's words, 503 in a proxy's, silence, a connection that
 * breaks, a body that ends early (with its length said, or without), or a page that repeats what the last one ended with.
 */
export type StripeTrouble = 'rate-limited' | 'fault' | 'unavailable' | 'hangs' | 'drops' | 'cut' | 'half' | 'repeats'

export type FakeStripe = {
  url: string
  key: string
  /** Seconds since 1970, as this server counts them. */
  now: () => number
  /** The same, to the millisecond. */
  clock: () => Date
  advance: (seconds: number) => void
  /** Keeps an object that is new or has changed, and has an event tell of it. */
  put: (...objects: StripeGiven[]) => void
  /** Deletes a customer. */
  remove: (id: string) => void
  /** Done before the answers to come, one each; later ones are answered at once. */
  meanwhile: (...done: (() => void)[]) => void
  trouble: (...next: StripeTrouble[]) => void
  /** The calls that were answered well, as path and query. */
  asked: string[]
  events: StripeEventJson[]
  /** Sends events to a webhook, in this order; gives the statuses it was answered with. */
  send: (url: string, secret: string, events: readonly StripeEventJson[]) => Promise<number[]>
  stop: () => Promise<void>
}

const paths: Readonly<Record<string, string>> = {
  customers: 'customer', subscriptions: 'subscription', invoices: 'invoice', invoice_payments: 'invoice_payment',
  charges: 'charge', refunds: 'refund', disputes: 'dispute', balance_transactions: 'balance_transaction',
} // prettier-ignore

type Answer = { status: number; body: unknown }
const apiError = (status: number, type: string, code: string | null, more: object = {}): Answer => ({
  status,
  body: { error: { type, ...(code === null ? {} : { code }), message: 'As Stripe would say it', ...more } },
})
const listed = (url: string, data: readonly unknown[], more: boolean): Answer => ({
  status: 200,
  body: { object: 'list', url, has_more: more, data },
})

/** A server that speaks the Stripe API, remembers what it is given, and can fail in every way the real one can. */
export async function fakeStripe(start = Date.parse('2026-08-01T00:00:00Z') / 1000): Promise<FakeStripe> {
  const key = 'rk_live_fake'
  let elapsedMs = start * 1000
  const now = (): number => Math.floor(elapsedMs / 1000)
  const kept = new Map<string, StripeJson>()
  const events: StripeEventJson[] = []
  const asked: string[] = []
  let [troubles, meanwhile]: [StripeTrouble[], (() => void)[]] = [[], []]

  const tell = (object: StripeJson, what: string): void => {
    if (object.object === 'balance_transaction') return
    const id = `evt_${String(events.length + 1).padStart(6, '0')}`
    events.push({ id, object: 'event', created: now(), livemode: true, type: `${object.object}.${what}`, data: { object: structuredClone(object) } }) // prettier-ignore
  }
  const put: FakeStripe['put'] = (...objects) => {
    for (const given of objects) {
      const known = kept.get(given.id)
      const object = { ...given, created: given.created ?? known?.created ?? now() }
      kept.set(object.id, structuredClone(object))
      tell(shown(object), known ? 'updated' : 'created')
    }
  }
  const remove = (id: string): void => {
    const customer = kept.get(id)
    if (!customer) throw new Error(`There is no ${id}`)
    kept.set(id, { id, object: 'customer', created: customer.created, deleted: true })
    tell(customer, 'deleted')
  }

  const answerTo = (url: URL, repeats: boolean): Answer => {
    const [, version, path = '', id, part] = url.pathname.split('/')
    const query = url.searchParams
    if (version !== 'v1') return apiError(404, 'invalid_request_error', null)
    if (path === 'events') return id ? found(events.find((one) => one.id === id)) : page(url, events, repeats)
    const type = paths[path]
    if (type === undefined) return apiError(404, 'invalid_request_error', null)
    const object = id === undefined ? undefined : kept.get(decodeURIComponent(id))
    if (part === 'lines' && object) return page(url, linesOf(object), false)
    if (id !== undefined) return found(object?.object === type ? shown(object) : undefined)
    const ended = type === 'subscription' && query.get('status') !== 'all'
    const all = [...kept.values()].filter(
      (one) => one.object === type && one['deleted'] !== true && !(ended && one['status'] === 'canceled'),
    )
    return page(url, all.map(shown), repeats)
  }

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'http://stripe')
    const trouble = troubles.shift()
    if (trouble === 'hangs') return
    if (trouble === 'drops') return void response.destroy()
    if (trouble === 'unavailable') return void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>503</h1>') // prettier-ignore
    if (request.headers.authorization !== `Bearer ${key}`) return say(response, apiError(401, 'invalid_request_error', null)) // prettier-ignore
    if (trouble === 'rate-limited') return say(response, apiError(429, 'invalid_request_error', 'rate_limit'), { 'retry-after': '2' }) // prettier-ignore
    if (trouble === 'fault') return say(response, apiError(500, 'api_error', null))
    meanwhile.shift()?.()
    const answer = answerTo(url, trouble === 'repeats')
    if (trouble === 'cut' || trouble === 'half') return cutShort(response, answer, trouble === 'cut')
    if (answer.status === 200) asked.push(url.pathname + url.search)
    say(response, answer)
  }

  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    now,
    clock: () => new Date(elapsedMs),
    advance: (seconds) => void (elapsedMs += seconds * 1000),
    put,
    remove,
    meanwhile: (...done) => void (meanwhile = done),
    trouble: (...next) => void (troubles = next),
    asked,
    events,
    send: (url, secret, sent) => send(url, secret, sent, now()),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const found = (object: unknown): Answer =>
  object === undefined ? apiError(404, 'invalid_request_error', 'resource_missing', { param: 'id' }) : { status: 200, body: object } // prettier-ignore

const linesOf = (invoice: StripeJson): StripeJson[] =>
  (invoice['lines'] as { data: StripeJson[] } | undefined)?.data ?? []

/** An invoice shows its first ten lines; the others are a list of their own. */
function shown(object: StripeJson): StripeJson {
  const lines = linesOf(object)
  if (object.object !== 'invoice' || lines.length <= 10) return object
  return { ...object, lines: { object: 'list', url: `/v1/invoices/${object.id}/lines`, data: lines.slice(0, 10), has_more: true } } // prettier-ignore
}

const understood = new Set([
  'limit', 'starting_after', 'ending_before', 'status', 'created[gt]', 'created[gte]', 'created[lt]', 'created[lte]',
]) // prettier-ignore

/** A page of a list: newest first, lines of an invoice as they stand. */
function page(url: URL, all: readonly StripeJson[], repeats: boolean): Answer {
  const query = url.searchParams
  const unknown = [...query.keys()].find((name) => !understood.has(name))
  if (unknown !== undefined) return apiError(400, 'invalid_request_error', 'parameter_unknown', { param: unknown })
  const limit = Number(query.get('limit') ?? 10)
  if (!(limit >= 1 && limit <= 100)) return apiError(400, 'invalid_request_error', null, { param: 'limit' })
  const newestFirst = url.pathname.endsWith('/lines') ? [...all] : all.toReversed().toSorted((a, b) => b.created - a.created) // prettier-ignore
  const bound = (name: string, otherwise: number): number => Number(query.get(`created[${name}]`) ?? otherwise)
  const within = newestFirst.filter(
    ({ created }) =>
      created === undefined ||
      (created >= bound('gte', 0) && created > bound('gt', -1) && created <= bound('lte', Infinity) && created < bound('lt', Infinity)), // prettier-ignore
  )
  const [after, before] = [query.get('starting_after'), query.get('ending_before')]
  for (const [name, id] of [
    ['starting_after', after],
    ['ending_before', before],
  ] as const)
    // prettier-ignore
    if (id !== null && !newestFirst.some((one) => one.id === id))
      return apiError(400, 'invalid_request_error', 'resource_missing', { param: name })
  if (before !== null) {
    const earlier = within.slice(
      0,
      within.findIndex((one) => one.id === before),
    )
    return listed(url.pathname, earlier.slice(-limit), earlier.length > limit)
  }
  const index = after === null ? 0 : newestFirst.findIndex((one) => one.id === after) + 1
  const rest = within.filter((one) => newestFirst.indexOf(one) >= index)
  const data = rest.slice(0, limit)
  return listed(url.pathname, repeats && index > 0 ? [newestFirst[index - 1], ...data] : data, rest.length > limit)
}

function say(response: ServerResponse, { status, body }: Answer, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_fake', ...headers })
  response.end(JSON.stringify(body))
}

function cutShort(response: ServerResponse, { body }: Answer, lengthSaid: boolean): void {
  const text = JSON.stringify(body)
  const half = text.slice(0, text.length >> 1)
  response.writeHead(200, { 'content-type': 'application/json', ...(lengthSaid ? { 'content-length': String(Buffer.byteLength(text)) } : {}) }) // prettier-ignore
  if (!lengthSaid) return void response.end(half)
  response.write(half, () => response.destroy())
}

async function send(
  url: string,
  secret: string,
  events: readonly StripeEventJson[],
  timestamp: number,
): Promise<number[]> {
  const statuses: number[] = []
  for (const event of events) {
    const body = JSON.stringify(event)
    const headers = { 'content-type': 'application/json', 'stripe-signature': stripeSignature(body, secret, timestamp) }
    statuses.push((await fetch(url, { method: 'POST', headers, body })).status)
  }
  return statuses
}

/** The header under which Stripe sends a body: HMAC-SHA256 of `timestamp.body`. */
export const stripeSignature = (body: string, secret: string, timestamp: number): string =>
  `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
