import type { Appearance } from './appearance.ts'
import type { Subscription } from './behaviour.ts'
import { dayMs, monthsAfter, plus, seconds, year } from './calendar.ts'
import { variantOf } from './catalogue.ts'
import type { Person } from './people.ts'
import { cycleMinor } from './sales.ts'
import type { Currency } from './shop.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type StripeObject = { readonly id: string; readonly created: number; readonly [key: string]: Json }

export const stripeList = (url: string, data: readonly Json[]): Json => ({ object: 'list', data, has_more: false, url })

export const stripeAddress = (person: Person, seen: Appearance): Json => ({
  city: seen.city,
  country: person.country,
  line1: seen.street,
  line2: null,
  postal_code: seen.postalCode,
  state: null,
})

export const fullName = ({ firstName, lastName }: Appearance): string => `${firstName} ${lastName}`

/** A customer as Stripe keeps it; `metadata.user_id` is the shop account that web events also carry. */
export function customerObject(
  id: string,
  person: Person,
  seen: Appearance,
  createdAt: Date,
  currency: Currency,
  userId: string | undefined,
): StripeObject {
  return {
    id,
    object: 'customer',
    address: stripeAddress(person, seen),
    balance: 0,
    created: seconds(createdAt),
    currency: currency.toLowerCase(),
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: seen.email,
    invoice_prefix: id.slice(-8).toUpperCase(),
    livemode: true,
    metadata: userId === undefined ? {} : { user_id: userId },
    name: fullName(seen),
    next_invoice_sequence: 1,
    phone: seen.phone === '' ? null : seen.phone,
    preferred_locales: [person.language],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}

/** A subscription with its one item; period bounds stand on the item, as in current API versions. */
export function subscriptionObject(
  id: string,
  customer: string,
  plan: Subscription,
  currency: Currency,
  latestInvoice: string,
): StripeObject {
  const period = currentPeriod(plan)
  const ended = plan.endedAt ? seconds(plan.endedAt) : null
  return {
    id,
    object: 'subscription',
    application: null,
    automatic_tax: { enabled: true, liability: { type: 'self' }, disabled_reason: null },
    billing_cycle_anchor: seconds(plan.trialEndsAt ?? plan.startedAt),
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: ended,
    cancellation_details: { comment: null, feedback: null, reason: plan.endedBecause ?? null },
    collection_method: 'charge_automatically',
    created: seconds(plan.startedAt),
    currency: currency.toLowerCase(),
    customer,
    default_payment_method: null,
    description: null,
    discounts: [],
    ended_at: ended,
    items: stripeList(`/v1/subscription_items?subscription=${id}`, [itemObject(id, plan, currency, period)]),
    latest_invoice: latestInvoice,
    livemode: true,
    metadata: {},
    start_date: seconds(plan.startedAt),
    status: plan.status,
    test_clock: null,
    trial_end: plan.trialEndsAt ? seconds(plan.trialEndsAt) : null,
    trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
    trial_start: plan.trialEndsAt ? seconds(plan.startedAt) : null,
  }
}

function itemObject(
  subscription: string,
  plan: Subscription,
  currency: Currency,
  [start, end]: readonly [Date, Date],
): Json {
  return {
    id: `si_${subscription.slice(-14)}`,
    object: 'subscription_item',
    created: seconds(plan.startedAt),
    current_period_end: seconds(end),
    current_period_start: seconds(start),
    discounts: [],
    metadata: {},
    price: priceObject(plan, currency),
    quantity: 1,
    subscription,
    tax_rates: [],
  }
}

export const priceId = (sku: string, currency: Currency): string =>
  `price_1AlderAsh${sku.replaceAll('-', '')}${currency}`

function priceObject(plan: Subscription, currency: Currency): Json {
  const { product, variant } = variantOf(plan.sku)
  const amount = cycleMinor(plan, currency)
  return {
    id: priceId(plan.sku, currency),
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: seconds(year.start),
    currency: currency.toLowerCase(),
    livemode: true,
    lookup_key: variant.sku,
    metadata: {},
    nickname: `${product.title} ${variant.option.toLowerCase()}`,
    product: `prod_${product.handle.replaceAll('-', '')}`,
    recurring: {
      interval: plan.sku.endsWith('-Y') ? 'year' : 'month',
      interval_count: 1,
      meter: null,
      usage_type: 'licensed',
      trial_period_days: null,
    },
    tax_behavior: 'inclusive',
    type: 'recurring',
    unit_amount: amount,
    unit_amount_decimal: String(amount),
  }
}

function currentPeriod(plan: Subscription): readonly [Date, Date] {
  const last = plan.cycles.at(-1)
  if (last) return [last.at, last.until]
  return [plan.startedAt, plan.trialEndsAt ?? plus(monthsAfter(plan.startedAt, 1), dayMs)]
}
