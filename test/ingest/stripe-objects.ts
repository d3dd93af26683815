import { runSource, type RunReport } from '#ingest/run.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { deps, testFolder } from './ingest-support.ts'

export const second = (day: string): number => Date.parse(`${day}T12:00:00Z`) / 1000

export const customer = { id: 'cus_1', object: 'customer', created: second('2026-01-01'), livemode: true, name: 'Anna de Vries', email: 'Anna.deVries+shop@Gmail.com', phone: '06-12345001', address: { line1: 'Dorpsstraat 1', city: 'Utrecht', postal_code: '3511 AA', country: 'NL' }, metadata: { user_id: 'u-1' }, preferred_locales: ['nl-NL'] } // prettier-ignore
export const charge = { id: 'ch_1', object: 'charge', created: second('2026-01-02'), livemode: true, amount: 1450, amount_captured: 1450, amount_refunded: 0, captured: true, currency: 'eur', customer: 'cus_1', invoice: 'in_1', payment_intent: 'pi_1', status: 'succeeded', description: 'Subscription update' } // prettier-ignore
export const invoice = { id: 'in_1', object: 'invoice', created: second('2026-01-02'), livemode: true, currency: 'eur', customer: 'cus_1', status: 'paid', billing_reason: 'subscription_create', total: 1450, tax: 120, charge: 'ch_1', payment_intent: 'pi_1', subscription: 'sub_1', lines: { data: [{ amount: 1450, quantity: 1, description: 'Filter Explorer', price: { id: 'price_1', lookup_key: 'SUB-EXP-M' } }] } } // prettier-ignore
export const refund = {
  id: 're_1',
  object: 'refund',
  created: second('2026-02-01'),
  amount: 450,
  currency: 'eur',
  charge: 'ch_1',
  status: 'succeeded',
}
export const dispute = {
  id: 'dp_1',
  object: 'dispute',
  created: second('2026-02-02'),
  livemode: true,
  amount: 1000,
  currency: 'eur',
  charge: 'ch_1',
  status: 'lost',
}
export const fee = {
  id: 'txn_1',
  object: 'balance_transaction',
  created: second('2026-01-02'),
  amount: 1450,
  fee: 47,
  currency: 'eur',
  source: 'ch_1',
}
export const disputeFee = {
  ...fee,
  id: 'txn_2',
  amount: -1000,
  fee: 2000,
  source: 'dp_1',
  created: second('2026-02-02'),
}
export const subscription = { id: 'sub_1', object: 'subscription', created: second('2026-01-02'), start_date: second('2026-01-02'), livemode: true, customer: 'cus_1', status: 'active', items: { data: [{ quantity: 1, price: { id: 'price_1', lookup_key: 'SUB-EXP-M', unit_amount: 1450, currency: 'eur', recurring: { interval: 'month' } } }] } } // prettier-ignore

export type Stripe = Record<string, unknown>

/** Reads objects as a list that Stripe exported, each time as another file. */
export function stripeReader() {
  const folder = testFolder()
  let nth = 0
  return (db: Db, objects: readonly Stripe[], allowTestMode = false): Promise<RunReport> => {
    nth += 1
    const path = folder.write(`list-${nth}.json`, JSON.stringify({ object: 'list', data: objects, has_more: false }))
    return runSource(deps(db), stripe({ allowTestMode }), { path })
  }
}

export const orders = (db: Db) =>
  db.query(sql`select o.external_id as id, o.kind, o.status, o.currency, o.gross_minor as gross, o.tax_minor as tax,
    i.value as by, (select array_agg(l.sku || ' ' || l.title || ' ' || l.amount_minor) from ingest.order_lines l where l.order_id = o.id) as lines
  from ingest.orders o join ingest.identifiers i on i.id = o.identifier_id order by 1`)
export const adjustments = (db: Db) =>
  db.query(sql`select external_id as id, kind, status, order_external_id as order, amount_minor as amount
  from ingest.adjustments order by external_id`)
export const events = (db: Db) =>
  db.query(sql`select kind, occurred_at as at from ingest.events order by occurred_at, kind`)
