import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { UsageError } from '#kernel/errors.ts'
import { httpClient } from '#kernel/http.ts'
import { askOperation, orderQuery, runOperation } from './shopify-bulk-query.ts'

export type ShopifySettings = {
  /** `https://NAME.myshopify.com` */
  shopUrl: string
  /** The Admin API token of an app with the scopes `read_orders` and `read_customers`; without `read_all_orders` Shopify gives the orders of 60 days. */
  token: string
  clock: Clock
  pause: (ms: number) => Promise<void>
  timeoutMs?: number
}

/** What became of an operation. `length` is that of its file in bytes. */
export type Outcome =
  | { kind: 'complete'; url: string | null; length: number | undefined }
  /** It broke off; what it had by then is in the file, if there is one. */
  | { kind: 'broken'; url: string | null; code: string }
  | { kind: 'gone' }

export type ShopifyClient = {
  /** Starts to gather the orders changed since; null where another operation of the app is under way. */
  begin: (since: Date | null) => Promise<{ id: string; createdAt: Date } | null>
  /** Waits until the operation has ended. */
  outcome: (id: string) => Promise<Outcome>
  pause: (ms: number) => Promise<void>
}

const apiVersion = '2026-07'
const mostThrottled = 20
const longestPollMs = 30_000
/** About six hours. */
const mostPolls = 720

/** The calls the feed makes, paced by what Shopify says they cost. */
export function shopifyClient({ shopUrl, token, ...settings }: ShopifySettings): ShopifyClient {
  const headers = { 'x-shopify-access-token': token, accept: 'application/json' }
  const http = httpClient({ ...settings, baseUrl: shopUrl, headers })
  const graphql = async (query: string, variables: Record<string, unknown>): Promise<unknown> => {
    for (let throttled = 0; ; throttled += 1) {
      const request = { method: 'POST' as const, path: `/admin/api/${apiVersion}/graphql.json`, body: { query, variables } } // prettier-ignore
      const { status, json } = await http(request)
      const reply = replyShape.safeParse(json)
      if (status >= 300 || !reply.success) throw refusal(status)
      const [fault] = reply.data.errors ?? []
      if (fault === undefined) return reply.data.data
      if (fault.extensions?.code !== 'THROTTLED' || throttled >= mostThrottled) throw new Error(`Shopify refuses the query: ${fault.message}`) // prettier-ignore
      await settings.pause(refillMs(reply.data.extensions))
    }
  }
  return {
    pause: settings.pause,
    begin: async (since) => {
      const variables = { query: orderQuery(since), groupObjects: true }
      const { bulkOperation, userErrors } = runShape.parse(await graphql(runOperation, variables)).bulkOperationRunQuery
      if (bulkOperation) return bulkOperation
      const [why] = userErrors
      if (why?.code === 'OPERATION_IN_PROGRESS' || why?.code === 'LIMIT_REACHED' || /already in progress/.test(why?.message ?? '')) return null // prettier-ignore
      throw new Error(`Shopify does not start the bulk operation: ${why?.message ?? 'it does not say why'}`)
    },
    outcome: async (id) => {
      for (let poll = 1; poll <= mostPolls; poll += 1) {
        const outcome = outcomeOf(pollShape.parse(await graphql(askOperation, { id })).node)
        if (outcome) return outcome
        await settings.pause(Math.min(longestPollMs, 1000 * 2 ** Math.min(poll, 10)))
      }
      throw new Error('The bulk operation at Shopify has not ended for hours: the next pull goes on waiting for it')
    },
  }
}

const replyShape = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() })).optional(), // prettier-ignore
  extensions: z
    .object({
      cost: z.object({
        requestedQueryCost: z.number(),
        throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
      }),
    })
    .optional()
    .catch(undefined),
})

/** How long until the bucket of query points holds what the query costs. */
function refillMs(extensions: z.infer<typeof replyShape>['extensions']): number {
  if (!extensions) return 1000
  const { requestedQueryCost, throttleStatus } = extensions.cost
  const missing = requestedQueryCost - throttleStatus.currentlyAvailable
  return Math.max(100, Math.ceil((missing / throttleStatus.restoreRate) * 1000))
}

function refusal(status: number): Error {
  if (status === 401)
    return new UsageError('Shopify does not accept the token: make one in Settings, Apps, Develop apps')
  if (status === 403) return new UsageError('Shopify does not let the token read orders: give its app read_orders and read_customers') // prettier-ignore
  if (status === 404) return new UsageError('There is no such shop: its address is https://NAME.myshopify.com')
  return new Error(`Shopify answered ${status}: its reply is none of GraphQL`)
}

const instantShape = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const runShape = z.object({
  bulkOperationRunQuery: z.object({
    bulkOperation: z.object({ id: z.string(), createdAt: instantShape }).nullable(),
    userErrors: z.array(z.object({ message: z.string(), code: z.string().nullish() })),
  }),
})

const pollShape = z.object({
  node: z
    .object({
      status: z.string(),
      errorCode: z.string().nullish(),
      url: z.string().nullish(),
      partialDataUrl: z.string().nullish(),
      fileSize: z.coerce.number().nullish(),
    })
    .nullable(),
})

function outcomeOf(node: z.infer<typeof pollShape>['node']): Outcome | null {
  if (node === null || node.status === 'EXPIRED') return { kind: 'gone' }
  const { status, url = null, partialDataUrl = null, errorCode, fileSize } = node
  if (status === 'COMPLETED') return { kind: 'complete', url, length: fileSize ?? undefined }
  if (status === 'FAILED' || status === 'CANCELED') return { kind: 'broken', url: partialDataUrl, code: errorCode ?? status } // prettier-ignore
  return null
}
