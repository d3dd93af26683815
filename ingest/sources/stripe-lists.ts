import { z } from 'zod'
import type { StripeApi, StripeObject } from './stripe-api.ts'

/** A list of the API: where it is and what is asked of it. */
export type StripeListing = { path: string; query?: Readonly<Record<string, string>> }

/** The lists that are taken in, by the type of their objects; in this order people come before their money. */
export const stripeListings: Readonly<Record<string, StripeListing>> = {
  customer: { path: '/v1/customers' },
  subscription: { path: '/v1/subscriptions', query: { status: 'all' } },
  invoice: { path: '/v1/invoices' },
  invoice_payment: { path: '/v1/invoice_payments' },
  charge: { path: '/v1/charges' },
  refund: { path: '/v1/refunds' },
  dispute: { path: '/v1/disputes' },
  balance_transaction: { path: '/v1/balance_transactions' },
}

/**
 * How far a list was read: everything up to `since` (seconds, the vendor's clock). In the middle of a round also the
 * newest moment it has met, and the object it stands at.
 */
export const listCursor = z.object({
  since: z.int().nullable(),
  newest: z.int().optional(),
  at: z.object({ id: z.string(), created: z.int() }).optional(),
})
export type ListCursor = z.infer<typeof listCursor>

export type ListPage = { objects: StripeObject[]; cursor: ListCursor; more: boolean }

export const fromTheStart: ListCursor = { since: null }
const pageSize = 100

/**
 * One round over a list, which Stripe gives newest first: down to the oldest object in the first round, later to what
 * the round before had met, and `overlapSeconds` further, for whatever became visible late. What is made while the
 * round goes on is newer than the newest it met, so the next round meets it.
 */
export async function* listRound(
  api: StripeApi,
  { path, query }: StripeListing,
  from: ListCursor,
  overlapSeconds: number,
): AsyncGenerator<ListPage> {
  let cursor = from
  let beside = false
  for (;;) {
    const page = await api.list(path, { limit: String(pageSize), ...query, ...rangeOf(cursor, overlapSeconds, beside) })
    if (page.kind === 'gone') {
      // The object the round stands at was deleted: it goes on beside it, by its date.
      if (beside || !cursor.at) throw new Error(`Stripe has no ${path} any more`)
      beside = true
      continue
    }
    beside = false
    cursor = cursorAfter(cursor, page.objects, page.more)
    const more = cursor.at !== undefined
    yield { objects: page.objects, cursor, more }
    if (!more) return
  }
}

function rangeOf({ since, at }: ListCursor, overlapSeconds: number, beside: boolean): Record<string, string> {
  return {
    ...(since === null ? {} : { 'created[gte]': String(Math.max(0, since - overlapSeconds)) }),
    ...(at && beside ? { 'created[lte]': String(at.created) } : {}),
    ...(at && !beside ? { starting_after: at.id } : {}),
  }
}

function cursorAfter({ since, newest }: ListCursor, objects: readonly StripeObject[], more: boolean): ListCursor {
  const moments = objects.flatMap(({ created }) => (created === undefined ? [] : [created]))
  const met = moments.reduce<number | undefined>((top, one) => Math.max(top ?? one, one), newest)
  const last = objects.at(-1)
  if (more && last) return { since, ...(met === undefined ? {} : { newest: met }), at: { id: last.id, created: last.created ?? met ?? 0 } } // prettier-ignore
  return { since: met === undefined ? since : Math.max(met, since ?? met) }
}
