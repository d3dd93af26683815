import fc from 'fast-check'
import type { Db, Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import * as rows from './canonical-rows.ts'

// Everything that can happen to the canonical tables, on few ids and names, so that happenings meet, and undo each other.

export type Happening = { words: string; happen: (to: Queryable) => Promise<void> }

const nth = fc.integer({ min: 1, max: 3 })
const sku = fc.constantFrom('A', 'B', 'C')
const later = new Date('2026-03-05T00:00:00Z')

const does = <Given extends unknown[]>(
  words: string,
  given: fc.Arbitrary<Given>,
  happen: (to: Queryable, ...values: Given) => Promise<void>,
): fc.Arbitrary<Happening> =>
  given.map((values) => ({ words: `${words} ${JSON.stringify(values)}`, happen: (to) => happen(to, ...values) }))

const ofPeople = [
  does('membership', fc.tuple(nth, nth), rows.aMembership),
  does(
    'profile',
    fc.tuple(nth, fc.constantFrom('lead', 'customer'), fc.constantFrom(null, 'Acme', 'ACME', 'École')),
    rows.aProfile,
  ),
  does('member of a segment', fc.tuple(nth, nth, fc.constantFrom(null, later)), rows.aMember),
  does('score', fc.tuple(nth, fc.integer({ min: 0, max: 100 })), rows.aScore),
]

const ofDealings = [
  does(
    'order',
    fc.tuple(nth, nth, fc.array(sku, { maxLength: 3 }), fc.constantFrom('paid', 'open')),
    (to, order, identifier, skus, status) => rows.anOrder(to, order, { identifier, skus, status }),
  ),
  does('refund', fc.tuple(nth, nth, fc.integer({ min: 1, max: 900 })), rows.aRefund),
  does('page', fc.tuple(nth, nth, sku), (to, event, identifier, about) =>
    rows.anEvent(to, event, { identifier, kind: 'page', properties: { sku: about, path: '/x' }, campaignRef: about }),
  ),
  does(
    'message',
    fc.tuple(nth, nth, fc.constantFrom('d1', 'd2'), fc.constantFrom('welcome', 'thanks'), sku),
    (to, event, identifier, deliveryId, stepKey, campaignRef) =>
      rows.anEvent(to, event, { identifier, kind: 'message_sent', properties: { deliveryId, stepKey }, campaignRef }),
  ),
  does(
    'subscription',
    fc.tuple(nth, nth, fc.constantFrom('s1', 's2'), fc.constantFrom('subscription-started', 'subscription-canceled')),
    (to, event, identifier, subscription, kind) =>
      rows.anEvent(to, event, { identifier, kind, properties: { subscription, price: 'A' } }),
  ),
  does('consent', fc.tuple(nth, nth, fc.constantFrom('granted', 'withdrawn')), rows.aConsent),
  does('cost', fc.tuple(nth, sku, fc.constantFrom('One', 'Two')), rows.aCost),
]

const ofContent = [
  does(
    'product',
    fc.tuple(nth, fc.option(sku), fc.constantFrom('Red kettle, small', 'Blue cup'), fc.subarray(['x', 'y'])),
    (to, product, code, title, tags) => rows.aProduct(to, product, { sku: code, title, tags }),
  ),
  does(
    'bought with',
    fc.tuple(fc.constantFrom('A', 'B'), fc.constantFrom('C', 'D'), fc.boolean()),
    (to, product, other, gone) => rows.aCoPurchase(to, { product, other, gone }),
  ),
  does('document', fc.tuple(nth), rows.aDocument),
  does('topic', fc.tuple(nth, fc.constantFrom('x', 'y')), rows.aTopic),
  does(
    'chunk',
    fc.tuple(nth, nth, fc.constantFrom('Take the red kettle.', 'A blue cup of tea.', 'Nothing.')),
    rows.aChunk,
  ),
  does('fact', fc.tuple(nth, sku, fc.constantFrom(null, later)), (to, fact, about, until) =>
    rows.aFact(to, fact, `product:${about}`, until),
  ),
  does('fact of a topic', fc.tuple(nth), (to, fact) => rows.aFact(to, fact, 'business')),
]

/** Something new or said otherwise. */
export const said: fc.Arbitrary<Happening> = fc.oneof(...ofPeople, ...ofDealings, ...ofContent)

/** The same, or something deleted. */
export const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: said },
  { weight: 1, arbitrary: does('deleted', fc.tuple(fc.constantFrom(...rows.deletable), nth), rows.deleted) },
)

/** As if nothing had happened. Row by row, so that whoever follows the tables hears of it. */
export async function forgotten(db: Db): Promise<void> {
  await db.query(sql`
    delete from graph.segment_members; delete from graph.segments; delete from graph.scores;
    delete from graph.co_purchases; delete from ingest.facts; delete from ingest.documents; delete from ingest.products;
    delete from ingest.costs; delete from ingest.consents; delete from ingest.events; delete from ingest.adjustments;
    delete from ingest.orders; delete from ingest.profiles; delete from ingest.memberships;
    delete from ingest.identifiers; delete from ingest.tombstones`)
}
