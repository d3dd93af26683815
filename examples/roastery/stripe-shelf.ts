import { type Aftermath, type Aftermaths, disputeFeeMinor } from './aftermath.ts'
import type { Appearance } from './appearance.ts'
import type { SourceRecord } from './export-file.ts'
import type { Person } from './people.ts'
import { type Random, vendorId } from './random.ts'
import type { Payment } from './sales.ts'
import type { Currency } from './shop.ts'
import type { StripeObject } from './stripe-objects.ts'
import { balanceObject, type ChargeParts, chargeObject, disputeObject, refundObject } from './stripe-payments.ts'

/** Everything Stripe holds, by object type, in the order it happened. */
export type Shelf = Record<
  'customers' | 'subscriptions' | 'invoices' | 'charges' | 'refunds' | 'disputes' | 'balance_transactions',
  StripeObject[]
>

export type Known = { customer: string; person: Person; seen: Appearance; currency: Currency }
export type Writing = {
  shelf: Shelf
  records: SourceRecord[]
  payments: ReadonlyMap<string, Payment>
  aftermaths: Aftermaths
  shared: Random
  random: Random
}

type BareCharge = Omit<ChargeParts, 'balanceTransaction' | 'refundedMinor' | 'disputed'>

/** A charge, tried or taken, and what followed: its movement of the balance, refunds, a dispute. */
export function writeCharge(to: Writing, known: Known, bare: BareCharge, key: string | undefined): void {
  const payment = key === undefined ? undefined : to.payments.get(key)
  const after: Aftermath = (key === undefined ? undefined : to.aftermaths.get(key)) ?? { refunds: [] }
  const charge: ChargeParts = {
    ...bare,
    balanceTransaction: payment ? vendorId(to.random, 'txn_3', 23) : null,
    refundedMinor: after.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    disputed: after.dispute !== undefined,
  }
  to.shelf.charges.push(chargeObject(charge, known.person, known.seen))
  if (!payment || charge.balanceTransaction === null) return
  const { currency } = charge
  to.shelf.balance_transactions.push(
    balanceObject({
      id: charge.balanceTransaction,
      source: charge.id,
      at: charge.at,
      currency,
      amountMinor: charge.amountMinor,
      feeMinor: payment.feeMinor,
      type: 'charge',
      category: 'charge',
      description: charge.description,
    }),
  )
  writeAftermath(to, charge, after)
}

function writeAftermath(to: Writing, charge: ChargeParts, after: Aftermath): void {
  const { currency } = charge
  for (const refund of after.refunds) {
    const [id, movement] = [vendorId(to.random, 're_3', 23), vendorId(to.random, 'txn_3', 23)]
    to.shelf.refunds.push(refundObject(id, charge, refund, movement))
    to.shelf.balance_transactions.push(
      balanceObject({
        id: movement,
        source: id,
        at: refund.at,
        currency,
        amountMinor: -refund.amountMinor,
        feeMinor: 0,
        type: 'refund',
        category: 'refund',
        description: 'REFUND FOR CHARGE',
      }),
    )
  }
  const { dispute } = after
  if (!dispute) return
  const id = vendorId(to.random, 'du_1', 23)
  const move = (at: Date, sign: 1 | -1, category: string) =>
    balanceObject({
      id: vendorId(to.random, 'txn_1', 23),
      source: id,
      at,
      currency,
      amountMinor: sign * dispute.amountMinor,
      feeMinor: -sign * disputeFeeMinor[currency],
      type: 'adjustment',
      category,
      description: `Chargeback ${sign < 0 ? 'withdrawal' : 'reversal'} for ${charge.id}`,
    })
  const taken = move(dispute.at, -1, 'dispute')
  const returned =
    dispute.outcome === 'won' && dispute.settledAt ? [move(dispute.settledAt, 1, 'dispute_reversal')] : []
  to.shelf.balance_transactions.push(taken, ...returned)
  to.shelf.disputes.push(disputeObject(id, charge, dispute, [taken, ...returned]))
}
