import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { RoasteryExports } from '#examples/roastery/generate.ts'

const bytesOf = ({ files }: RoasteryExports, path: string): Uint8Array => {
  const bytes = files.get(path)
  if (!bytes) throw new Error(`the exports have no ${path}`)
  return bytes
}

export const textOf = (exports: RoasteryExports, path: string): string =>
  new TextDecoder().decode(bytesOf(exports, path))

const badRows = ({ truth }: RoasteryExports, path: string): Set<number> =>
  new Set(truth.badRows.filter(({ file }) => file === path).map(({ row }) => row))

/** The good lines of a CSV by column name, repeated ones once. */
export function goodLines(exports: RoasteryExports, path: string, titleLines = 0): Record<string, string>[] {
  const bad = badRows(exports, path)
  const lines = z.array(z.array(z.string())).parse(parse(textOf(exports, path), { from_line: titleLines + 1 }))
  const [header = [], ...rest] = lines
  const good = rest.filter((line, index) => !bad.has(titleLines + 2 + index) && !(line[0] ?? '').startsWith('Total:'))
  const distinct = new Map(good.map((line) => [JSON.stringify(line), line]))
  return [...distinct.values()].map((line) =>
    Object.fromEntries(header.map((column, index) => [column, line[index] ?? ''])),
  )
}

/** The good objects of a Stripe list, repeated ones once. */
export function goodObjects<T extends { id: string }>(
  exports: RoasteryExports,
  type: string,
  shape: z.ZodType<T>,
): T[] {
  const path = `stripe/${type}.json`
  const bad = badRows(exports, path)
  const list = z.object({
    object: z.literal('list'),
    url: z.literal(`/v1/${type}`),
    has_more: z.literal(false),
    data: z.array(z.unknown()),
  })
  const { data } = list.parse(JSON.parse(textOf(exports, path)))
  const good = data.filter((_, index) => !bad.has(index + 1)).map((object) => shape.parse(object))
  return [...new Map(good.map((object) => [object.id, object])).values()]
}

export const minor = (decimal: string, currency: string): number =>
  Math.round(Number(decimal) * (currency === 'JPY' ? 1 : 100))

const event = z.object({
  id: z.string(),
  type: z.string(),
  anonymousId: z.string().min(1),
  userId: z.string().optional(),
  email: z.string().optional(),
  timestamp: z.iso.datetime(),
  url: z.url(),
  referrer: z.string(),
  utm: z
    .object({ source: z.string(), medium: z.string(), campaign: z.string(), content: z.string().optional() })
    .optional(),
  clickId: z.union([z.object({ gclid: z.string() }), z.object({ fbclid: z.string() })]).optional(),
  properties: z.record(z.string(), z.unknown()),
})

/** The good events in the order of their time, repeated ones once. */
export function goodEvents(exports: RoasteryExports): z.infer<typeof event>[] {
  const bad = badRows(exports, 'web/events.jsonl')
  const lines = textOf(exports, 'web/events.jsonl').trimEnd().split('\n')
  const good = lines.filter((_, index) => !bad.has(index + 1)).map((line) => event.parse(JSON.parse(line)))
  return [...new Map(good.map((one) => [one.id, one])).values()].toSorted((a, b) =>
    a.timestamp.localeCompare(b.timestamp),
  )
}

export const stripeShapes = {
  customers: z.object({
    id: z.string(),
    email: z.string(),
    phone: z.string().nullable(),
    metadata: z.object({ user_id: z.string().optional() }),
  }),
  charges: z.object({
    id: z.string(),
    amount: z.int(),
    amount_refunded: z.int(),
    currency: z.string(),
    customer: z.string(),
    invoice: z.string(),
    created: z.int(),
    status: z.enum(['succeeded', 'failed']),
    livemode: z.literal(true),
    balance_transaction: z.string().nullable(),
    refunded: z.boolean(),
    disputed: z.boolean(),
  }),
  invoices: z.object({
    id: z.string(),
    amount_paid: z.int(),
    total: z.int(),
    total_excluding_tax: z.int(),
    tax: z.int(),
    currency: z.string(),
    customer: z.string(),
    status: z.string(),
    billing_reason: z.string(),
    charge: z.string().nullable(),
  }),
  refunds: z.object({ id: z.string(), amount: z.int(), charge: z.string(), currency: z.string(), created: z.int() }),
  disputes: z.object({
    id: z.string(),
    amount: z.int(),
    charge: z.string(),
    currency: z.string(),
    status: z.enum(['lost', 'won', 'needs_response']),
  }),
  subscriptions: z.object({ id: z.string(), customer: z.string(), status: z.string(), trial_end: z.int().nullable() }),
  balance_transactions: z.object({
    id: z.string(),
    amount: z.int(),
    fee: z.int(),
    net: z.int(),
    currency: z.string(),
    source: z.string(),
  }),
}
