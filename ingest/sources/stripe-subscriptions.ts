import { z } from 'zod'
import type { Canonical } from '../canon.ts'
import { requiredText } from '../cleanse/shape.ts'
import { isoMinor, moment, reference } from './stripe-fields.ts'

const seconds = z.int().nullish()

const itemShape = z.object({
  quantity: z.int().nullish(),
  current_period_end: seconds,
  price: z
    .object({
      id: z.string(),
      lookup_key: z.string().nullish(),
      unit_amount: z.int().nullish(),
      currency: z.string().nullish(),
      recurring: z.object({ interval: z.string(), interval_count: z.int().nullish() }).nullish(),
    })
    .nullish(),
})

export const subscriptionShape = z.object({
  id: requiredText,
  customer: reference,
  status: requiredText,
  created: moment,
  start_date: moment.nullish(),
  trial_start: moment.nullish(),
  trial_end: moment.nullish(),
  ended_at: moment.nullish(),
  /** Until 2025-03-31 of the whole, since then of each item. */
  current_period_end: seconds,
  cancel_at_period_end: z.boolean().nullish(),
  cancel_at: seconds,
  items: z.object({ data: z.array(itemShape) }).nullish(),
})
type Subscription = z.infer<typeof subscriptionShape>

/** It is paid for, or is to be. One that is `paused` ended its trial without a way to pay. */
const runs = new Set(['active', 'past_due', 'unpaid'])

/**
 * A subscription as events: `trial-started`, `subscription-started` (when a trial ends with it going on, or at once),
 * and `subscription-canceled` or, for a trial that came to nothing, `trial-ended`. An older state of the object says
 * fewer of them and unsays none. One that was never begun (incomplete) says nothing. While it goes on, they say when it
 * `renews`, in seconds since 1970, or when it `ends` where it was cancelled for later.
 */
export function subscriptionSays(subscription: Subscription): Canonical[] {
  const { id, customer, status } = subscription
  if (customer === null || status === 'incomplete' || status === 'incomplete_expired') return []
  const by = { kind: 'stripe', value: customer }
  const event = (kind: string, occurredAt: Date): Canonical => ({
    is: 'event', kind, externalId: `${id}:${kind}`, by, occurredAt, properties: { subscription: id, ...planOf(subscription), ...termOf(subscription) },
  }) // prettier-ignore
  const begins = startOf(subscription)
  const ended = subscription.ended_at
  return [
    ...(subscription.trial_start ? [event('trial-started', subscription.trial_start)] : []),
    ...(begins ? [event('subscription-started', begins)] : []),
    ...(status === 'canceled' && ended ? [event(begins ? 'subscription-canceled' : 'trial-ended', ended)] : []),
  ]
}

/** When it began to be paid for; null for a trial that is running or ended without going on. */
function startOf({
  status,
  trial_end: trialEnd,
  ended_at: ended,
  start_date: start,
  created,
}: Subscription): Date | null {
  if (!trialEnd) return start ?? created
  const outlived = ended ? ended.getTime() > trialEnd.getTime() : runs.has(status)
  return outlived ? trialEnd : null
}

function termOf(subscription: Subscription): { renews?: number; ends?: number } {
  const { status, items, cancel_at: endsAt, cancel_at_period_end: isLast } = subscription
  const periodEnd = items?.data[0]?.current_period_end ?? subscription.current_period_end
  if (status !== 'trialing' && !runs.has(status)) return {}
  const ends = endsAt ?? (isLast ? periodEnd : null)
  if (ends) return { ends }
  return periodEnd ? { renews: periodEnd } : {}
}

function planOf({ items }: Subscription): Record<string, unknown> {
  const item = items?.data[0]
  const price = item?.price
  if (!price) return {}
  const currency = price.currency?.toUpperCase()
  return {
    price: price.lookup_key ?? price.id,
    quantity: item.quantity ?? 1,
    ...(price.recurring ? { interval: price.recurring.interval } : {}),
    ...(price.unit_amount != null && currency ? { amountMinor: isoMinor(price.unit_amount, currency), currency } : {}),
  }
}
