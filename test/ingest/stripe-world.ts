import type { IngestDeps } from '#ingest/run.ts'
import type { StripeSettings } from '#ingest/sources/stripe-api.ts'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { FakeStripe, StripeGiven } from '../support/fake-stripe.ts'
import { deps } from './ingest-support.ts'

/** The clock of the house, kept with the vendor's. */
export const depsOf = (db: Db, vendor: FakeStripe): IngestDeps => deps(db, { clock: vendor.clock })

/** Settings under which waiting passes at once, for both sides; how long is noted. */
export function settingsOf(vendor: FakeStripe, waits: number[] = []): StripeSettings {
  const pause = (ms: number): Promise<void> => {
    waits.push(ms)
    vendor.advance(ms / 1000)
    return Promise.resolve()
  }
  return { apiKey: vendor.key, baseUrl: vendor.url, clock: vendor.clock, pause, timeoutMs: 400 }
}

/** One customer with a subscription, paid by an invoice and a charge; ids end with `who`. */
export function aCustomer(who: string, change: { email?: string; cents?: number } = {}): StripeGiven[] {
  const { email = `${who}@example.com`, cents = 1450 } = change
  const customer = `cus_${who}`
  const of = { livemode: true, currency: 'eur', customer }
  return [
    { id: customer, object: 'customer', livemode: true, name: `Anna ${who}`, email },
    { id: `sub_${who}`, object: 'subscription', ...of, status: 'active', items: { data: [{ quantity: 1, price: { id: 'price_1', lookup_key: 'SUB-M', unit_amount: cents, currency: 'eur' } }] } },
    { id: `in_${who}`, object: 'invoice', ...of, status: 'paid', billing_reason: 'subscription_create', total: cents, total_taxes: [{ amount: 120 }], lines: { object: 'list', has_more: false, data: [aLine(who, 1, cents)] } },
    { id: `inpay_${who}`, object: 'invoice_payment', livemode: true, currency: 'eur', status: 'paid', invoice: `in_${who}`, payment: { type: 'payment_intent', payment_intent: `pi_${who}` } },
    { id: `ch_${who}`, object: 'charge', ...of, amount: cents, amount_captured: cents, amount_refunded: 0, captured: true, disputed: false, payment_intent: `pi_${who}`, status: 'succeeded' },
    { id: `txn_${who}`, object: 'balance_transaction', amount: cents, fee: 47, currency: 'eur', source: `ch_${who}` },
  ] // prettier-ignore
}

export const aLine = (who: string, nth: number, amount: number): StripeGiven => ({
  id: `il_${who}_${nth}`,
  object: 'line_item',
  amount,
  quantity: 1,
  description: `Line ${nth}`,
})

export const aRefund = (who: string, cents: number, status = 'succeeded'): StripeGiven[] => [
  { ...aCustomer(who).find(({ object }) => object === 'charge')!, amount_refunded: cents },
  { id: `re_${who}`, object: 'refund', amount: cents, currency: 'eur', charge: `ch_${who}`, status },
]

export const aDispute = (who: string, status: string): StripeGiven => ({
  id: `dp_${who}`, object: 'dispute', livemode: true, amount: 1450, currency: 'eur', charge: `ch_${who}`, status,
}) // prettier-ignore

/** What the rows of the house say of the vendor's objects; ids that do not end with `who` are left out. */
export async function stripeRows(db: Db, who = ''): Promise<Record<string, unknown>> {
  const mine = `%${who}`
  return {
    orders: await db.query(sql`select o.external_id as id, o.kind, o.status, o.gross_minor, o.tax_minor, i.value as by,
        o.ordered_at, (select array_agg(l.title order by l.line) from ingest.order_lines l where l.order_id = o.id) as lines
      from ingest.orders o join ingest.identifiers i on i.id = o.identifier_id where o.external_id like ${mine} order by 1`),
    adjustments: await db.query(sql`select external_id as id, kind, status, order_external_id, amount_minor, occurred_at
      from ingest.adjustments where external_id like ${mine} order by 1, 2`),
    events: await db.query(sql`select e.kind, i.value as by, e.occurred_at, e.properties from ingest.events e
      join ingest.identifiers i on i.id = e.identifier_id where i.value like ${mine} order by 1, 2, 3`),
    profiles: await db.query(sql`select i.value as id, p.email, p.given_name, p.family_name from ingest.profiles p
      join ingest.identifiers i on i.id = p.identifier_id where i.value like ${mine} order by 1`),
  }
}
