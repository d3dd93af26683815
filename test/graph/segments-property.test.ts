import fc from 'fast-check'
import { expect, it } from 'vitest'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { project } from '#graph/project.ts'
import { membersOf } from '#graph/queries/segments.ts'
import { computeScores } from '#graph/scores/compute.ts'
import { maintainSegments } from '#graph/segments/maintain.ts'
import { listSegments, saveSegment } from '#graph/segments/registry.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import * as rows from './canonical-rows.ts'
import { aDeed, daysAgo, start } from './scores-rows.ts'

const db = testDatabase()
const store = postgresGraph(db)

const rules: readonly unknown[] = [
  { all: [{ bought: {} }, { not: { bought: { withinDays: 30 } } }] },
  { bought: { topic: 'espresso' } },
  { spent: { atLeastMinor: 1500 } },
  { any: [{ subscribed: true }, { consent: { channel: 'email' } }] },
  { not: { lifecycle: 'customer' } },
  { did: { event: 'page', withinDays: 40, beforeDays: 10 } },
  { engagement: { atLeast: 3 } },
  { any: [{ rfm: { monetary: { atLeast: 4 } } }, { property: { name: 'leadScore', atLeast: 10 } }] },
  { not: { reaches: { by: [{ edge: 'known-as' }, { edge: 'did' }], kind: 'event' } } },
  { reaches: { by: [{ edge: 'known-as' }, { edge: 'placed' }, { edge: 'contains' }, { edge: 'tagged' }], kind: 'topic', id: 'filter' } },
] // prettier-ignore

const kinds = ['page', 'subscription-started', 'subscription-canceled']
const step = fc.record({
  what: fc.constantFrom(
    'deed',
    'order',
    'cancel',
    'refund',
    'move',
    'consent',
    'profile',
    'product',
    'delete',
    'hand-on',
    'score',
  ),
  nth: fc.integer({ min: 1, max: 4 }),
  who: fc.integer({ min: 1, max: 4 }),
  days: fc.integer({ min: 0, max: 60 }),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
const round = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  projects: fc.boolean(),
  hours: fc.constantFrom(0, 0, 0, 0, 0.5, 1, 24 * 31),
})

async function take({ what, nth, who, days }: Step, now: () => Date): Promise<void> {
  const id = nth * 10 + who
  const sku = days % 2 === 0 ? 'A' : 'B'
  const order = { identifier: who, orderedAt: daysAgo(days), skus: [sku] }
  if (what === 'deed') await aDeed(db, id, { identifier: who, kind: kinds[days % kinds.length]!, at: daysAgo(days) })
  if (what === 'order') await rows.anOrder(db, id, order)
  if (what === 'cancel') await rows.anOrder(db, id, { ...order, status: 'cancelled' })
  if (what === 'refund') await rows.aRefund(db, id, id, days * 20)
  if (what === 'move') await rows.aMembership(db, who, nth)
  if (what === 'consent') await rows.aConsent(db, id, who, days % 3 === 0 ? 'withdrawn' : 'granted')
  if (what === 'profile') await rows.aProfile(db, who, days % 2 === 0 ? 'customer' : 'lead')
  if (what === 'product') await rows.aProduct(db, nth % 2, { sku: nth % 2 === 0 ? 'A' : 'B', title: 'Coffee', tags: [days % 2 === 0 ? 'espresso' : 'filter'] }) // prettier-ignore
  if (what === 'delete') await db.query(sql`delete from ingest.events where id = ${rows.uuid('evt', id)}`)
  if (what === 'hand-on') await handOn(id, await rows.anIdentifier(db, (days % 4) + 1))
  if (what === 'score') await computeScores({ db, clock: now })
}

/** What one identifier did, a later version of its record says of another. */
async function handOn(nth: number, to: string): Promise<void> {
  await db.query(sql`update ingest.orders set identifier_id = ${to} where id = ${rows.uuid('ord', nth)}`)
  await db.query(sql`update ingest.events set identifier_id = ${to} where id = ${rows.uuid('evt', nth)}`)
  await db.query(sql`update ingest.consents set identifier_id = ${to} where id = ${rows.uuid('con', nth)}`)
}

async function empty(): Promise<void> {
  const tables = sql`graph.segments, graph.scores, graph.score_states, graph.co_purchases,
    ingest.memberships, ingest.profiles, ingest.orders, ingest.order_lines, ingest.adjustments, ingest.events,
    ingest.consents, ingest.products, ingest.tombstones, ingest.runs, ingest.records, kernel.leases`
  await db.query(sql`truncate ${tables} cascade`)
}

/** Until the graph has seen the members and no row is news any more: what follows is looked at person by person. */
async function settle(now: () => Date): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    await maintainSegments({ db, clock: now, store })
    await project({ db, clock: now, store })
  }
}

it('the members of every segment are those of a full evaluation, after any changes, projections and time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 3 }), async (rounds) => {
      await empty()
      await rows.aRecord(db)
      const now = stoppedClock(start)
      for (const who of [1, 2, 3, 4]) await rows.aMembership(db, who, who)
      for (const [index, rule] of rules.entries())
        await saveSegment({ db, clock: now }, { name: `Rule ${index}`, description: '', rule, by: 'test' })
      await project({ db, clock: now, store }, { rebuild: true })
      await settle(now)
      for (const { steps, projects, hours } of rounds) {
        for (const one of steps) await take(one, now)
        if (projects) await project({ db, clock: now, store })
        now.advance(hours * 3_600_000)
        await maintainSegments({ db, clock: now, store })
      }
      await project({ db, clock: now, store })
      now.advance(3_600_000)
      await maintainSegments({ db, clock: now, store })
      for (const { id, name, rule } of await listSegments(db)) {
        const members = (await membersOf(db, id, { after: '', limit: 100 })).map(({ personId }) => personId)
        expect([name, members]).toEqual([name, await store.segment(rule, { at: now() })])
      }
    }),
    { numRuns: 8 },
  )
}, 240_000)
