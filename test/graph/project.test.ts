import fc from 'fast-check'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import type { Census, GraphStore } from '#graph/port.ts'
import { project, type Projection } from '#graph/project.ts'
import { firstSurvivorship, releaseSurvivorship } from '#ingest/identity/survivorship.ts'
import { stoppedClock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import { takeLease } from '#kernel/leases.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import * as rows from './canonical-rows.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-04-01T00:00:00Z'))
const at = clock()
const store = postgresGraph(db)

beforeEach(() => rows.aRecord(db))

async function projected(
  input: { rebuild?: boolean } = {},
  into: GraphStore = store,
): Promise<Extract<Projection, { kind: 'projected' }>> {
  const done = await project({ db, clock, store: into }, input)
  if (done.kind !== 'projected') throw new Error(done.why)
  return done
}

/**
 * Waits until no transaction is older than what is committed now. On a server with others at work the watermark may
 * stay behind them, and then rows are applied again, which changes nothing but the count.
 */
async function horizonPassed(): Promise<void> {
  const [now] = await db.query<{ xact: string }>(sql`select pg_current_xact_id()::text as xact`)
  const passed = () => db.query(sql`select pg_snapshot_xmin(pg_current_snapshot()) > ${now?.xact}::xid8 as passed`)
  await expect.poll(passed, { timeout: 30_000 }).toEqual([{ passed: true }])
}

const census = async (): Promise<Census> => store.census((await store.live())!.number)

async function smallShop(): Promise<void> {
  await rows.aMembership(db, 1, 1)
  await rows.aMembership(db, 2, 1)
  await rows.aProfile(db, 1, 'customer')
  await rows.aProduct(db, 1, { sku: 'ARI-250', title: 'Ethiopia Aricha, 250 g', tags: ['filter', 'washed'] })
  await rows.anOrder(db, 1, { identifier: 1, skus: ['ARI-250', 'ARI-250', 'GONE-1'], grossMinor: 2640 })
  await rows.aRefund(db, 1, 1, 640)
  await rows.anEvent(db, 1, {
    identifier: 2,
    kind: 'page',
    properties: { path: '/coffee/aricha' },
    campaignRef: 'spring',
  })
  await rows.aConsent(db, 1, 2, 'granted')
  await rows.aChunk(db, 1, 1, 'If it is steady, try Ethiopia Aricha at home.')
  await rows.aFact(db, 1, 'product:ARI-250')
  await rows.aCost(db, 1, 'spring', 'Spring coffees')
}

describe('projecting the canonical tables', () => {
  it('gives a person whole: identifiers, orders with products, totals, events, consents, interests', async () => {
    await smallShop()
    await projected()
    const context = await store.personContext(rows.uuid('per', 1), { at, limit: 10 })
    expect(context).toMatchObject({
      person: { label: 'Anna Number 1', properties: { lifecycle: 'customer', visitor: false } },
      identifiers: [{ label: 'person1@example.test' }, { label: 'person2@example.test' }],
      totals: { orders: 1, spentMinor: 2000 },
      orders: [
        {
          label: 'o1',
          products: [
            { id: 'ARI-250', label: 'Ethiopia Aricha, 250 g', quantity: 4 },
            { id: 'GONE-1', label: 'GONE-1', quantity: 2 },
          ],
        },
      ],
      events: [{ properties: { event: 'page', path: '/coffee/aricha' } }],
      consents: [{ properties: { channel: 'email', state: 'granted' } }],
      interests: [
        { node: { id: 'filter' }, weight: 1 },
        { node: { id: 'washed' }, weight: 1 },
      ],
    })
  })

  it('ties a product to the facts about it and to the texts that name it', async () => {
    await smallShop()
    await projected()
    const content = await store.contentFor([{ kind: 'topic', id: 'filter' }], { at, limit: 5 })
    expect(content.facts.map(({ label }) => label)).toEqual(['Fact 1 of product:ARI-250.'])
    expect(content.chunks.map(({ node }) => node.id)).toEqual([rows.uuid('chk', 1)])
  })

  it('names the record and the run behind each node', async () => {
    await smallShop()
    await projected()
    expect(await store.lineage({ kind: 'order', id: rows.uuid('ord', 1) })).toEqual([
      { recordId: rows.uuid('rec', 1), runId: rows.uuid('run', 1), via: 'contains' },
      { recordId: rows.uuid('rec', 1), runId: rows.uuid('run', 1), via: 'itself' },
      { recordId: rows.uuid('rec', 1), runId: rows.uuid('run', 1), via: 'placed' },
    ])
  })

  it('finds the way from a person to the text about what they bought', async () => {
    await smallShop()
    await projected()
    const way = await store.path(
      { kind: 'person', id: rows.uuid('per', 1) },
      { kind: 'chunk', id: rows.uuid('chk', 1) },
      { at, maxSteps: 6 },
    )
    expect(way?.kinds).toEqual(['known-as', 'placed', 'contains', 'described-by'])
  })

  it('applies nothing when nothing changed', async () => {
    await smallShop()
    await horizonPassed()
    const first = await projected()
    const second = await projected()
    expect(second).toMatchObject({
      changes: 0,
      rebuilt: false,
      generation: first.generation,
      nodes: first.nodes,
      edges: first.edges,
    })
  })

  it('applies only what changed since', async () => {
    await smallShop()
    await horizonPassed()
    await projected()
    await rows.aRefund(db, 2, 1, 1000)
    const { changes } = await projected()
    const context = await store.personContext(rows.uuid('per', 1), { at, limit: 1 })
    expect({ changes, spent: context?.totals.spentMinor }).toEqual({ changes: 1, spent: 1000 })
  })

  it('follows a merge and its undoing', async () => {
    await rows.aMembership(db, 1, 1)
    await rows.aMembership(db, 2, 2)
    await rows.anOrder(db, 1, { identifier: 2 })
    await projected()
    const before = await census()
    await rows.aMembership(db, 2, 1)
    await projected()
    expect(await store.personContext(rows.uuid('per', 2), { at, limit: 1 })).toBeNull()
    expect((await store.personContext(rows.uuid('per', 1), { at, limit: 1 }))?.totals.orders).toBe(1)
    await rows.aMembership(db, 2, 2)
    await projected()
    expect(await census()).toEqual(before)
  })

  it('sees chunks that were written after their document was projected', async () => {
    await rows.aDocument(db, 1)
    await rows.aProduct(db, 1, { sku: 'ARI-250', title: 'Ethiopia Aricha, 250 g' })
    await projected()
    await rows.aChunk(db, 1, 1, 'Ethiopia Aricha is washed.')
    await projected()
    const content = await store.contentFor([{ kind: 'product', id: 'ARI-250' }], { at, limit: 5 })
    expect(content.chunks).toHaveLength(1)
  })

  // The embedded engine runs one transaction at a time, so there it cannot happen.
  it.skipIf(inject('engine') === 'embedded')(
    'misses nothing of a transaction that began before a projection and ended after it',
    async () => {
      await rows.aMembership(db, 1, 1)
      await db.transaction(async (slow) => {
        await rows.anOrder(slow, 1, { identifier: 1 })
        await rows.anOrder(db, 2, { identifier: 1 })
        await projected()
      })
      await projected()
      const context = await store.personContext(rows.uuid('per', 1), { at, limit: 5 })
      expect(context?.orders.map(({ label }) => label)).toEqual(['o1', 'o2'])
    },
  )

  it('gives the same graph step by step as at once, whatever happened in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(happening, fc.constant(null)), { minLength: 5, maxLength: 30 }),
        async (happenings) => {
          await emptied()
          for (const happen of happenings) await (happen === null ? projected() : happen(db))
          await projected()
          const stepwise = await census()
          await projected({ rebuild: true })
          expect(stepwise).toEqual(await census())
        },
      ),
      { numRuns: 25 },
    )
  }, 120_000)
})

describe('a projection that goes wrong', () => {
  it('says of a person what the live rules of survivorship say, and is built anew when these change', async () => {
    await smallShop()
    await rows.aProfile(db, 2, 'lead')
    await db.query(sql`update ingest.profiles set source = 'trusted', updated_at = updated_at - interval '1 day'
      where lifecycle = 'lead'`)
    const lifecycle = async () => (await store.personContext(rows.uuid('per', 1), { at, limit: 1 }))?.person.properties['lifecycle'] // prettier-ignore
    await projected()
    expect(await lifecycle()).toBe('customer')
    const rules = { ...firstSurvivorship, sources: ['trusted'], otherwise: ['source' as const] }
    await releaseSurvivorship({ db, clock }, { rules, by: 'test', reason: 'trust' })
    expect(await projected()).toMatchObject({ rebuilt: true })
    expect(await lifecycle()).toBe('lead')
    expect(await projected()).toMatchObject({ rebuilt: false })
  })

  it('is continued by the next one after a kill in the middle', async () => {
    await smallShop()
    await projected()
    const calm = await census()
    await rows.anOrder(db, 2, { identifier: 2, skus: ['ARI-250'] })
    await rows.anEvent(db, 2, { identifier: 1, kind: 'page' })
    await expect(projected({}, failing({ afterBatches: 1 }))).rejects.toThrow('the store went away')
    expect((await store.live())?.number).toBeDefined()
    await projected()
    const continued = await census()
    expect(continued).not.toEqual(calm)
    await projected({ rebuild: true })
    expect(await census()).toEqual(continued)
  })

  it('leaves the live graph alone when a rebuild is broken off, and cleans up at the next', async () => {
    await smallShop()
    const first = await projected()
    await expect(projected({ rebuild: true }, failing({ afterBatches: 2 }))).rejects.toThrow('the store went away')
    expect((await store.live())?.number).toBe(first.generation)
    await projected({ rebuild: true })
    const generations = await db.query(sql`select number from graph.generations`)
    expect(generations).toHaveLength(1)
  })

  it('does not publish a rebuilt graph that lost something', async () => {
    await smallShop()
    const first = await projected()
    const lossy: GraphStore = {
      ...store,
      apply: (generation, { put, gone }) => store.apply(generation, { put: put.slice(1), gone }),
    }
    await expect(projected({ rebuild: true }, lossy)).rejects.toThrow('old one stays live')
    expect((await store.live())?.number).toBe(first.generation)
  })

  it('stands back while another process is at it', async () => {
    await takeLease(db, clock, 'graph-projection', 60_000)
    expect(await project({ db, clock, store })).toMatchObject({ kind: 'busy' })
  })

  it('rebuilds when the watermark is of another database', async () => {
    await smallShop()
    const { generation } = await projected()
    await store.publish(generation, '999999999999')
    expect(await projected()).toMatchObject({ rebuilt: true })
  })
})

function failing({ afterBatches }: { afterBatches: number }): GraphStore {
  let left = afterBatches
  return {
    ...store,
    apply: (generation, batch) => {
      if (left === 0) return Promise.reject(new Error('the store went away'))
      left -= 1
      return store.apply(generation, batch)
    },
  }
}

async function emptied(): Promise<void> {
  await db.query(sql`truncate ingest.identifiers, ingest.memberships, ingest.profiles, ingest.orders, ingest.order_lines,
    ingest.adjustments, ingest.events, ingest.consents, ingest.products, ingest.documents, ingest.chunks, ingest.facts,
    ingest.costs cascade`)
  await db.query(sql`truncate graph.generations, graph.names cascade`)
}

const few = fc.integer({ min: 1, max: 3 })
const sku = fc.constantFrom('A', 'B', 'C')
type Happen = (to: Queryable) => Promise<void>

const happening: fc.Arbitrary<Happen> = fc.oneof(
  fc.tuple(few, few).map(
    ([identifier, person]): Happen =>
      (to) =>
        rows.aMembership(to, identifier, person),
  ),
  fc.tuple(few, fc.constantFrom('lead', 'customer')).map(
    ([identifier, stage]): Happen =>
      (to) =>
        rows.aProfile(to, identifier, stage),
  ),
  fc.tuple(few, few, fc.array(sku, { maxLength: 3 }), fc.constantFrom('paid', 'open')).map(
    ([nth, identifier, skus, status]): Happen =>
      (to) =>
        rows.anOrder(to, nth, { identifier, skus, status }),
  ),
  fc.tuple(few, few, fc.integer({ min: 1, max: 900 })).map(
    ([nth, order, amount]): Happen =>
      (to) =>
        rows.aRefund(to, nth, order, amount),
  ),
  fc.tuple(few, few, sku).map(
    ([nth, identifier, about]): Happen =>
      (to) =>
        rows.anEvent(to, nth, { identifier, kind: 'page', properties: { sku: about, path: '/x' }, campaignRef: about }),
  ),
  fc.tuple(few, few, fc.constantFrom('granted', 'withdrawn')).map(
    ([nth, identifier, state]): Happen =>
      (to) =>
        rows.aConsent(to, nth, identifier, state),
  ),
  fc.tuple(few, fc.option(sku), fc.constantFrom('Red kettle, small', 'Blue cup'), fc.subarray(['x', 'y'])).map(
    ([nth, code, title, tags]): Happen =>
      (to) =>
        rows.aProduct(to, nth, { sku: code, title, tags }),
  ),
  few.map(
    (nth): Happen =>
      (to) =>
        rows.aDocument(to, nth),
  ),
  fc.tuple(few, few, fc.constantFrom('Take the red kettle.', 'A blue cup of tea.', 'Nothing.')).map(
    ([nth, document, text]): Happen =>
      (to) =>
        rows.aChunk(to, nth, document, text),
  ),
  fc.tuple(few, sku, fc.option(fc.constant(new Date('2026-03-05T00:00:00Z')))).map(
    ([nth, about, until]): Happen =>
      (to) =>
        rows.aFact(to, nth, `product:${about}`, until),
  ),
  fc.tuple(few, sku, fc.constantFrom('One', 'Two')).map(
    ([nth, campaign, name]): Happen =>
      (to) =>
        rows.aCost(to, nth, campaign, name),
  ),
)
