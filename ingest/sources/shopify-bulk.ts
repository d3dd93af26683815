import { z } from 'zod'
import { UsageError } from '#kernel/errors.ts'
import { download } from '#kernel/http.ts'
import type { Feed, Page } from '../feed.ts'
import type { Source } from '../source.ts'
import { orderGroups, type OrderGroup } from './shopify-bulk-groups.ts'
import { shopifyClient, type Outcome, type ShopifyClient, type ShopifySettings } from './shopify-bulk-client.ts'
import { shopifyOrders } from './shopify-orders.ts'

/** The file of a bulk operation, JSON lines. */
export const shopifyBulk = (): Source => ({ ...shopifyOrders(), endings: ['.jsonl'], layout: 'bulk' })

/** What was changed so shortly before is gathered again: Shopify's index learns of a change a little late. */
const overlapMs = 10 * 60_000
const ordersPerPage = 250
const mostAttempts = 3
const busyPauseMs = 10_000
const mostBusy = 360

/** Where a pull stands: everything changed before `since` is in; of the operation under way, so many orders. */
const cursorShape = z.object({
  since: z.iso.datetime().optional(),
  operation: z.object({ id: z.string(), createdAt: z.iso.datetime(), done: z.int().nonnegative() }).optional(),
})
type Cursor = z.infer<typeof cursorShape>
type Operation = NonNullable<Cursor['operation']>

/**
 * Orders of Shopify by bulk operations of its Admin API: all of them once, then those that were changed since. The
 * operation is kept before it is waited for, so that a pull that was killed goes on with it.
 */
export function shopifyFeed(settings: ShopifySettings): Feed {
  const client = shopifyClient(settings)
  return { source: shopifyBulk(), streams: ['orders'], pages: (_, cursor) => orders(client, cursor) }
}

async function* orders(client: ShopifyClient, cursor: unknown): AsyncGenerator<Page> {
  const { since, operation: kept } = cursorShape.parse(cursor ?? {})
  let operation = kept
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    operation ??= await begun(client, since)
    yield { objects: [], cursor: { since, operation }, more: true }
    const outcome = await client.outcome(operation.id)
    yield* taken(client, outcome, { since, operation })
    if (outcome.kind === 'complete') {
      yield { objects: [], cursor: { since: operation.createdAt }, more: false }
      return
    }
    // Not to be met again by the next pull.
    yield { objects: [], cursor: { since }, more: true }
    if (outcome.kind === 'broken' && outcome.code === 'ACCESS_DENIED') throw new UsageError('Shopify does not let the token read orders: give its app read_orders and read_customers') // prettier-ignore
    operation = undefined
  }
  throw new Error(`Shopify broke off ${mostAttempts} bulk operations in a row: try again later`)
}

async function begun(client: ShopifyClient, since: string | undefined): Promise<Operation> {
  const from = since === undefined ? null : new Date(Date.parse(since) - overlapMs)
  for (let busy = 0; busy < mostBusy; busy += 1) {
    const operation = await client.begin(from)
    if (operation) return { id: operation.id, createdAt: operation.createdAt.toISOString(), done: 0 }
    await client.pause(busyPauseMs)
  }
  throw new Error('Another bulk operation of the app has been under way at Shopify for an hour: try again later')
}

/** The orders of an operation's file, behind those that are in. The last of a file that was broken off may be cut. */
async function* taken(
  client: ShopifyClient,
  outcome: Outcome,
  { since, operation }: { since: string | undefined; operation: Operation },
): AsyncGenerator<Page> {
  if (outcome.kind === 'gone' || outcome.url === null) return
  const length = outcome.kind === 'complete' ? outcome.length : undefined
  const bytes = download({ url: outcome.url, length, pause: client.pause })
  const whole = outcome.kind === 'complete'
  let { done } = operation
  let behind = done
  let objects: Buffer[] = []
  let last: Buffer | null = null
  try {
    for await (const found of orderGroups({ file: 'bulk', bytes })) {
      if (last !== null) objects.push(last)
      last = behind > 0 ? null : bytesOf(found)
      behind = Math.max(0, behind - 1)
      if (objects.length < ordersPerPage) continue
      done += objects.length
      yield { objects, cursor: { since, operation: { ...operation, done } }, more: true }
      objects = []
    }
  } catch (fault) {
    // An address that is no longer good: the next pull gathers anew.
    if (fault instanceof UsageError) yield { objects: [], cursor: { since }, more: true }
    throw fault
  }
  if (last !== null && whole) objects.push(last)
  done += objects.length
  yield { objects, cursor: { since, operation: { ...operation, done } }, more: true }
}

/** What is too large to be held says so where it is read. */
const bytesOf = (found: OrderGroup | { raw: Buffer | null; reason: string }): Buffer =>
  found.raw ?? Buffer.from(JSON.stringify({ id: '', leftOut: 'reason' in found ? found.reason : '' }))
