import type { Clock } from '#kernel/clock.ts'
import { flakyServer, jsonAnswer, type Answer, type Asked, type FlakyServer } from './flaky-server.ts'

/** An order as the Admin API has it, with its items in place. */
export type FakeOrder = Record<string, unknown> & {
  id: string
  updatedAt: string
  lineItems: Record<string, unknown>[]
}

type Operation = { id: string; createdAt: number; lines: string[]; fails: string | null; gone: boolean }

export type FakeShopify = FlakyServer & {
  orders: Map<string, FakeOrder>
  /** How the next operations end, one each: complete (null) or with this error code and the first half of the data. */
  ends: (...next: (string | null)[]) => void
  /** How many of the next calls are told that they cost more than is left. */
  throttles: (calls: number) => void
  /** Another operation of the app is under way until then. */
  busyUntil: (at: Date) => void
  /** Addresses of files given so far are no longer good. */
  expire: () => void
  /** How many operations were started. */
  started: () => number
}

export const shopifyToken = 'shpat_test'
const takesMs = 20_000

/** A server that speaks Shopify's Admin API as far as bulk operations go: run, poll by id, download, throttle, break off. */
export async function fakeShopify(clock: Clock): Promise<FakeShopify> {
  const orders = new Map<string, FakeOrder>()
  const operations = new Map<string, Operation>()
  const state = { ends: [] as (string | null)[], throttles: 0, busyUntil: 0, epoch: 0 }
  const now = (): number => clock().getTime()

  const run = ({ query, groupObjects }: { query: string; groupObjects: boolean }): unknown => {
    const running = [...operations.values()].find((one) => one.createdAt + takesMs > now())
    if (now() < state.busyUntil || running) {
      const message =
        'A bulk query operation for this app and shop is already in progress: gid://shopify/BulkOperation/1.'
      return { bulkOperation: null, userErrors: [{ field: null, message, code: 'OPERATION_IN_PROGRESS' }] }
    }
    const since = Date.parse(/updated_at:>='([^']+)'/.exec(query)?.[1] ?? '1970-01-01T00:00:00Z')
    const id = `gid://shopify/BulkOperation/${operations.size + 100}`
    const found = [...orders.values()].filter((order) => Date.parse(order.updatedAt) >= since)
    operations.set(id, { id, createdAt: now(), lines: linesOf(found, selectionOf(query), groupObjects), fails: state.ends.shift() ?? null, gone: false }) // prettier-ignore
    return { bulkOperation: { id, createdAt: new Date(now()).toISOString() }, userErrors: [] }
  }

  const poll = (id: string): unknown => {
    const operation = operations.get(id)
    if (!operation) return null
    const node = { status: 'RUNNING', errorCode: null, url: null, partialDataUrl: null, fileSize: null }
    if (now() < operation.createdAt + takesMs) return node
    const url = `${server.url}/files/${encodeURIComponent(id)}?epoch=${state.epoch}`
    if (operation.fails !== null) return { ...node, status: 'FAILED', errorCode: operation.fails, partialDataUrl: url }
    const fileSize = String(Buffer.byteLength(fileOf(operation)))
    return { ...node, status: 'COMPLETED', url: operation.lines.length === 0 ? null : url, fileSize }
  }

  const file = ({ path, query, headers }: Asked): Answer => {
    const operation = operations.get(decodeURIComponent(path.slice('/files/'.length)))
    if (!operation || query.get('epoch') !== String(state.epoch))
      return { status: 403, body: '<Error>ExpiredToken</Error>' }
    const body = Buffer.from(fileOf(operation))
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    const type = { 'content-type': 'application/jsonl' }
    return from === 0 ? { status: 200, body, headers: type } : { status: 206, body: body.subarray(from), headers: type }
  }

  const graphql = (asked: Asked): Answer => {
    if (asked.headers['x-shopify-access-token'] !== shopifyToken)
      return jsonAnswer(401, { errors: '[API] Invalid API key' })
    const { query, variables } = JSON.parse(asked.body) as { query: string; variables: { query: string; groupObjects: boolean; id: string } } // prettier-ignore
    const left = state.throttles > 0 ? 4 : 1990
    const cost = { requestedQueryCost: 10, actualQueryCost: left === 4 ? null : 10, throttleStatus: { maximumAvailable: 2000, currentlyAvailable: left, restoreRate: 100 } } // prettier-ignore
    if (state.throttles > 0) {
      state.throttles -= 1
      return jsonAnswer(200, { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: { cost } }) // prettier-ignore
    }
    const data = query.includes('bulkOperationRunQuery') ? { bulkOperationRunQuery: run(variables) } : { node: poll(variables.id) } // prettier-ignore
    return jsonAnswer(200, { data, extensions: { cost } })
  }

  const server = await flakyServer((asked) => {
    if (asked.path.startsWith('/files/')) return file(asked)
    return /^\/admin\/api\/20\d\d-\d\d\/graphql\.json$/.test(asked.path) ? graphql(asked) : jsonAnswer(404, { errors: 'Not Found' }) // prettier-ignore
  })
  return {
    ...server,
    orders,
    ends: (...next) => void state.ends.push(...next),
    throttles: (calls) => void (state.throttles = calls),
    busyUntil: (at) => void (state.busyUntil = at.getTime()),
    expire: () => void (state.epoch += 1),
    started: () => operations.size,
  }
}

/** A broken operation has the first half of its data, cut where it may. */
function fileOf({ lines, fails }: Operation): string {
  const text = lines.map((line) => `${line}\n`).join('')
  return fails === null ? text : lines.slice(0, lines.length >> 1).map((line) => `${line}\n`).join('') // prettier-ignore
}

type Selection = Map<string, Selection>

/** The fields that a query selects; nothing else is given. */
function selectionOf(query: string): Selection {
  const tokens = query.replaceAll(/\([^)]*\)/g, '').match(/[{}]|\w+/g) ?? []
  let at = 0
  const block = (): Selection => {
    const fields: Selection = new Map()
    for (let token = tokens[at++]; token !== undefined && token !== '}'; token = tokens[at++]) {
      if (tokens[at] === '{') {
        at += 1
        fields.set(token, block())
      } else fields.set(token, new Map())
    }
    return fields
  }
  at = 1
  return block().get('orders')!.get('edges')!.get('node')!
}

function selected(value: unknown, fields: Selection): unknown {
  if (Array.isArray(value)) return value.map((one) => selected(one, fields))
  if (typeof value !== 'object' || value === null || fields.size === 0) return value
  const given = value as Record<string, unknown>
  return Object.fromEntries([...fields].map(([name, inner]) => [name, selected(given[name] ?? null, inner)]))
}

/** The lines of a result: items behind their order or, ungrouped, anywhere behind it. */
function linesOf(orders: readonly FakeOrder[], fields: Selection, grouped: boolean): string[] {
  const itemFields = fields.get('lineItems')!.get('edges')!.get('node')!
  const own = new Map([...fields].filter(([name]) => name !== 'lineItems'))
  const written = orders.map((order) => ({
    order: JSON.stringify(selected(order, own)),
    items: order.lineItems.map((item) => JSON.stringify({ ...(selected(item, itemFields) as object), __parentId: order.id })), // prettier-ignore
  }))
  if (grouped) return written.flatMap(({ order, items }) => [order, ...items])
  return [...written.map(({ order }) => order), ...written.flatMap(({ items }) => items).toReversed()]
}
