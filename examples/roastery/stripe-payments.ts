import type { Dispute, Refund } from './aftermath.ts'
import type { Appearance } from './appearance.ts'
import { dayMs, plus, seconds } from './calendar.ts'
import type { Person } from './people.ts'
import type { Payment } from './sales.ts'
import type { Currency } from './shop.ts'
import { fullName, stripeAddress, type StripeObject } from './stripe-objects.ts'

export type ChargeParts = {
  id: string
  paymentIntent: string
  balanceTransaction: string | null
  customer: string
  invoice: string
  description: string
  amountMinor: number
  currency: Currency
  at: Date
  succeeds: boolean
  method: Payment['method']
  refundedMinor: number
  disputed: boolean
}

export function chargeObject(parts: ChargeParts, person: Person, seen: Appearance): StripeObject {
  const { amountMinor, succeeds } = parts
  return {
    id: parts.id,
    object: 'charge',
    amount: amountMinor,
    amount_captured: succeeds ? amountMinor : 0,
    amount_refunded: parts.refundedMinor,
    application_fee_amount: null,
    balance_transaction: parts.balanceTransaction,
    billing_details: {
      address: stripeAddress(person, seen),
      email: seen.email,
      name: fullName(seen),
      phone: seen.phone === '' ? null : seen.phone,
      tax_id: null,
    },
    calculated_statement_descriptor: 'ALDER ASH COFFEE',
    captured: succeeds,
    created: seconds(parts.at),
    currency: parts.currency.toLowerCase(),
    customer: parts.customer,
    description: parts.description,
    disputed: parts.disputed,
    failure_balance_transaction: null,
    failure_code: succeeds ? null : 'card_declined',
    failure_message: succeeds ? null : 'Your card has insufficient funds.',
    fraud_details: {},
    invoice: parts.invoice,
    livemode: true,
    metadata: {},
    outcome: {
      network_status: succeeds ? 'approved_by_network' : 'declined_by_network',
      reason: succeeds ? null : 'insufficient_funds',
      risk_level: 'normal',
      type: succeeds ? 'authorized' : 'issuer_declined',
    },
    paid: succeeds,
    payment_intent: parts.paymentIntent,
    payment_method: `pm_${parts.id.slice(3)}`,
    payment_method_details: { type: parts.method, [parts.method]: {} },
    receipt_email: seen.email,
    refunded: parts.refundedMinor === amountMinor,
    refunds: null,
    shipping: null,
    status: succeeds ? 'succeeded' : 'failed',
  }
}

export const refundObject = (
  id: string,
  charge: ChargeParts,
  refund: Refund,
  balanceTransaction: string,
): StripeObject => ({
  id,
  object: 'refund',
  amount: refund.amountMinor,
  balance_transaction: balanceTransaction,
  charge: charge.id,
  created: seconds(refund.at),
  currency: charge.currency.toLowerCase(),
  destination_details: { type: charge.method },
  metadata: {},
  payment_intent: charge.paymentIntent,
  reason: refund.reason,
  receipt_number: null,
  status: 'succeeded',
})

export const disputeObject = (
  id: string,
  charge: ChargeParts,
  dispute: Dispute,
  balanceTransactions: readonly StripeObject[],
): StripeObject => ({
  id,
  object: 'dispute',
  amount: dispute.amountMinor,
  balance_transactions: balanceTransactions,
  charge: charge.id,
  created: seconds(dispute.at),
  currency: charge.currency.toLowerCase(),
  evidence_details: {
    due_by: seconds(plus(dispute.at, 10 * dayMs)),
    has_evidence: dispute.outcome !== 'needs_response',
    past_due: false,
    submission_count: dispute.outcome === 'needs_response' ? 0 : 1,
  },
  is_charge_refundable: false,
  livemode: true,
  metadata: {},
  payment_intent: charge.paymentIntent,
  payment_method_details: {
    card: { brand: 'visa', case_type: 'chargeback', network_reason_code: '10.4' },
    type: 'card',
  },
  reason: dispute.reason,
  status: dispute.outcome,
})

type Movement = {
  id: string
  source: string
  at: Date
  currency: Currency
  amountMinor: number
  feeMinor: number
  type: 'charge' | 'refund' | 'adjustment'
  category: string
  description: string
}

/** A movement of the balance. Pounds and yen settle in their own balances, so amount and fee keep the charge's currency. */
export const balanceObject = (movement: Movement): StripeObject => ({
  id: movement.id,
  object: 'balance_transaction',
  amount: movement.amountMinor,
  available_on: seconds(plus(movement.at, 3 * dayMs)),
  balance_type: 'payments',
  created: seconds(movement.at),
  currency: movement.currency.toLowerCase(),
  description: movement.description,
  exchange_rate: null,
  fee: movement.feeMinor,
  fee_details:
    movement.feeMinor === 0
      ? []
      : [
          {
            amount: movement.feeMinor,
            application: null,
            currency: movement.currency.toLowerCase(),
            description: 'Stripe processing fees',
            type: 'stripe_fee',
          },
        ],
  net: movement.amountMinor - movement.feeMinor,
  reporting_category: movement.category,
  source: movement.source,
  status: 'available',
  type: movement.type,
})
