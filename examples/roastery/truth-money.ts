import { type Aftermaths, disputeFeeMinor } from './aftermath.ts'
import type { Payment } from './sales.ts'

/** Minor units of one currency. An open dispute is no loss yet. */
export type Money = {
  gross: number
  refunded: number
  disputesLost: number
  /** Tax inside `gross`, and the part of it that left again with refunds and lost disputes. */
  tax: number
  taxReturned: number
  /** Stripe's fees: payments, and disputes not won. Shopify's export shows none. */
  fees: number
  /** gross - refunded - disputesLost - (tax - taxReturned); before fees. */
  net: number
}

/** What became of one payment; the tax returned is the tax times the share returned, rounded half up once a payment. */
export function moneyOf(payment: Payment, aftermaths: Aftermaths): Money {
  const { refunds = [], dispute } = aftermaths.get(payment.key) ?? {}
  const refunded = refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
  const disputesLost = dispute?.outcome === 'lost' ? dispute.amountMinor : 0
  const taxReturned = Math.round((payment.taxMinor * (refunded + disputesLost)) / payment.grossMinor)
  const disputeFee = dispute && dispute.outcome !== 'won' ? disputeFeeMinor[payment.currency] : 0
  return {
    gross: payment.grossMinor,
    refunded,
    disputesLost,
    tax: payment.taxMinor,
    taxReturned,
    fees: payment.feeMinor + disputeFee,
    net: payment.grossMinor - refunded - disputesLost - (payment.taxMinor - taxReturned),
  }
}

export const netMinor = (payment: Payment, aftermaths: Aftermaths): number => moneyOf(payment, aftermaths).net

const none: Money = { gross: 0, refunded: 0, disputesLost: 0, tax: 0, taxReturned: 0, fees: 0, net: 0 }

export const addMoney = (a: Money = none, b: Money = none): Money => ({
  gross: a.gross + b.gross,
  refunded: a.refunded + b.refunded,
  disputesLost: a.disputesLost + b.disputesLost,
  tax: a.tax + b.tax,
  taxReturned: a.taxReturned + b.taxReturned,
  fees: a.fees + b.fees,
  net: a.net + b.net,
})
