import type { Appearance } from './appearance.ts'
import { dayMs, plus, seconds } from './calendar.ts'
import type { Person } from './people.ts'
import type { Currency } from './shop.ts'
import { fullName, stripeAddress, stripeList, type StripeObject } from './stripe-objects.ts'

export type InvoiceParts = {
  id: string
  number: string
  customer: string
  subscription: string | null
  charge: string | null
  paymentIntent: string | null
  reason: 'subscription_create' | 'subscription_cycle' | 'manual'
  status: 'paid' | 'open' | 'uncollectible'
  label: string
  price: string | null
  currency: Currency
  totalMinor: number
  taxMinor: number
  taxPercent: number
  at: Date
  until: Date
  paidAt: Date | null
  attempts: number
}

/** An invoice with one line. Carries both the older (`tax`, `charge`, `subscription`) and the newer (`total_taxes`, `parent`, `payments`) fields. */
export function invoiceObject(parts: InvoiceParts, person: Person, seen: Appearance): StripeObject {
  const { totalMinor, taxMinor, status } = parts
  const paid = status === 'paid' ? totalMinor : 0
  const excluding = totalMinor - taxMinor
  return {
    id: parts.id,
    object: 'invoice',
    account_country: 'NL',
    account_name: 'Alder & Ash Coffee Roasters',
    amount_due: totalMinor,
    amount_paid: paid,
    amount_remaining: totalMinor - paid,
    amount_shipping: 0,
    attempt_count: parts.attempts,
    attempted: true,
    auto_advance: false,
    billing_reason: parts.reason,
    charge: parts.charge,
    collection_method: 'charge_automatically',
    created: seconds(parts.at),
    currency: parts.currency.toLowerCase(),
    customer: parts.customer,
    customer_address: stripeAddress(person, seen),
    customer_email: seen.email,
    customer_name: fullName(seen),
    customer_phone: seen.phone === '' ? null : seen.phone,
    discounts: [],
    due_date: null,
    effective_at: seconds(parts.at),
    ending_balance: 0,
    lines: stripeList(`/v1/invoices/${parts.id}/lines`, [lineObject(parts)]),
    livemode: true,
    metadata: {},
    number: parts.number,
    parent: invoiceParent(parts.subscription),
    payment_intent: parts.paymentIntent,
    payments: stripeList(`/v1/invoice_payments?invoice=${parts.id}`, invoicePayments(parts)),
    period_end: seconds(parts.until),
    period_start: seconds(parts.at),
    starting_balance: 0,
    status,
    status_transitions: {
      finalized_at: seconds(parts.at),
      marked_uncollectible_at: status === 'uncollectible' ? seconds(plus(parts.at, 8 * dayMs)) : null,
      paid_at: parts.paidAt ? seconds(parts.paidAt) : null,
      voided_at: null,
    },
    subscription: parts.subscription,
    subtotal: totalMinor,
    subtotal_excluding_tax: excluding,
    tax: taxMinor,
    total: totalMinor,
    total_discount_amounts: [],
    total_excluding_tax: excluding,
    total_taxes: taxes(parts),
  }
}

const invoiceParent = (subscription: string | null) =>
  subscription === null
    ? null
    : { quote_details: null, subscription_details: { metadata: {}, subscription }, type: 'subscription_details' }

const taxes = ({ totalMinor, taxMinor, taxPercent }: InvoiceParts) => [
  {
    amount: taxMinor,
    tax_behavior: 'inclusive',
    tax_rate_details: { tax_rate: `txr_1AlderAshVat${taxPercent}` },
    taxability_reason: taxPercent === 0 ? 'zero_rated' : 'standard_rated',
    taxable_amount: totalMinor - taxMinor,
    type: 'tax_rate_details',
  },
]

const invoicePayments = ({ id, paymentIntent, status, totalMinor, currency, at }: InvoiceParts) =>
  paymentIntent === null
    ? []
    : [
        {
          id: `inpay_${id.slice(3)}`,
          object: 'invoice_payment',
          amount_paid: status === 'paid' ? totalMinor : 0,
          amount_requested: totalMinor,
          created: seconds(at),
          currency: currency.toLowerCase(),
          invoice: id,
          is_default: true,
          livemode: true,
          payment: { payment_intent: paymentIntent, type: 'payment_intent' },
          status: status === 'paid' ? 'paid' : 'open',
        },
      ]

const lineObject = (parts: InvoiceParts) => ({
  id: `il_${parts.id.slice(3)}`,
  object: 'line_item',
  amount: parts.totalMinor,
  currency: parts.currency.toLowerCase(),
  description: parts.label,
  discount_amounts: [],
  discountable: true,
  discounts: [],
  invoice: parts.id,
  livemode: true,
  metadata: {},
  parent: parts.subscription
    ? {
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: null,
          proration: false,
          subscription: parts.subscription,
          subscription_item: `si_${parts.subscription.slice(-14)}`,
        },
        type: 'subscription_item_details',
      }
    : {
        invoice_item_details: { invoice_item: `ii_${parts.id.slice(3)}`, proration: false, subscription: null },
        subscription_item_details: null,
        type: 'invoice_item_details',
      },
  period: { end: seconds(parts.until), start: seconds(parts.at) },
  pricing: {
    price_details: { price: parts.price, product: null },
    type: 'price_details',
    unit_amount_decimal: String(parts.totalMinor),
  },
  quantity: 1,
  subtotal: parts.totalMinor,
  taxes: taxes(parts),
})
