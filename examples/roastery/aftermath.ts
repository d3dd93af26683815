import { dayMs, plus, year } from './calendar.ts'
import type { Random } from './random.ts'
import type { Payment } from './sales.ts'

export type Refund = { at: Date; amountMinor: number; reason: 'requested_by_customer' | 'duplicate' }
export type Dispute = {
  at: Date
  amountMinor: number
  outcome: 'lost' | 'won' | 'needs_response'
  settledAt?: Date
  reason: 'fraudulent' | 'product_not_received' | 'subscription_canceled'
}
export type Aftermath = { refunds: readonly Refund[]; dispute?: Dispute }
/** What happened to a payment afterwards, by payment key. */
export type Aftermaths = ReadonlyMap<string, Aftermath>

/** What the bank takes when a charge is disputed; given back when the dispute is won. */
export const disputeFeeMinor = { EUR: 2000, GBP: 2000, JPY: 2500 } as const

/** Refunds (whole, in part, months later; some of a customer's only payment) and disputes of every outcome. */
export function decideAftermaths(payments: readonly Payment[], random: Random): Aftermaths {
  const decided = new Map<string, Aftermath>()
  const perPerson = Map.groupBy(payments, ({ person }) => person.id)
  const only = payments.filter(({ person }) => perPerson.get(person.id)?.length === 1)
  const draw = (from: readonly Payment[], count: number, decide: (payment: Payment) => Aftermath): void => {
    const open = from.filter((payment) => payment.currency !== 'JPY' && !decided.has(payment.key))
    for (const payment of random.sample(open, count)) decided.set(payment.key, decide(payment))
  }
  const cards = payments.filter(({ method, at }) => method === 'card' && at < before(90))
  draw(cards, 3, (payment) => ({ refunds: [], dispute: dispute(payment, 'lost', random) }))
  draw(cards, 3, (payment) => ({ refunds: [], dispute: dispute(payment, 'won', random) }))
  const recent = payments.filter(({ method, at }) => method === 'card' && at > before(40) && at < before(12))
  draw(recent, 1, (payment) => ({ refunds: [], dispute: dispute(payment, 'needs_response', random) }))
  draw(
    only.filter(({ at }) => at < before(30)),
    6,
    (payment) => refund(payment, 1, random.int(2, 20), random),
  )
  const settled = payments.filter(({ at }) => at < before(160))
  draw(settled, 6, (payment) => refund(payment, random.pick([1, 0.5]), random.int(60, 150), random))
  draw(
    payments.filter(({ at }) => at < before(25)),
    22,
    (payment) => refund(payment, 1, random.int(1, 20), random),
  )
  draw(
    payments.filter(({ at }) => at < before(25)),
    26,
    (payment) => refund(payment, random.pick([0.25, 0.4, 0.5]), random.int(1, 20), random),
  )
  draw(settled, 2, (payment) => inTwoParts(payment))
  return decided
}

const before = (days: number): Date => plus(year.end, -days * dayMs)

const refund = (payment: Payment, share: number, afterDays: number, random: Random): Aftermath => ({
  refunds: [
    {
      at: plus(payment.at, afterDays * dayMs + random.int(0, 300) * 60_000),
      amountMinor: share === 1 ? payment.grossMinor : Math.round(payment.grossMinor * share),
      reason: share === 1 && random.chance(0.2) ? 'duplicate' : 'requested_by_customer',
    },
  ],
})

function inTwoParts(payment: Payment): Aftermath {
  const first = Math.round(payment.grossMinor * 0.3)
  return {
    refunds: [
      { at: plus(payment.at, 5 * dayMs), amountMinor: first, reason: 'requested_by_customer' },
      { at: plus(payment.at, 70 * dayMs), amountMinor: payment.grossMinor - first, reason: 'requested_by_customer' },
    ],
  }
}

function dispute(payment: Payment, outcome: Dispute['outcome'], random: Random): Dispute {
  const opened = plus(payment.at, random.int(6, 10) * dayMs)
  return {
    at: opened,
    amountMinor: payment.grossMinor,
    outcome,
    ...(outcome === 'needs_response' ? {} : { settledAt: plus(opened, random.int(30, 70) * dayMs) }),
    reason: random.pick(['fraudulent', 'product_not_received', 'subscription_canceled']),
  }
}
