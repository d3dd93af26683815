import { beforeEach, describe, expect, inject, it } from 'vitest'
import type { Census, GraphStore } from '#graph/port.ts'
import { project, type Projection } from '#graph/project.ts'
import { firstSurvivorship, releaseSurvivorship } from '#ingest/identity/survivorship.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { takeLease } from '#kernel/leases.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { horizonPassed } from '../support/horizon.ts'
import * as rows from './canonical-rows.ts'
import { modelStore } from './model-store.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-04-01T00:00:00Z'))
const at = clock()
let store: GraphStore

beforeEach(async () => {
  store = modelStore()
  await rows.aRecord(db)
})

async function projected(
  input: { rebuild?: boolean } = {},
  into = store,
): Promise<Extract<Projection, { kind: 'projected' }>> {
  const done = await project({ db, clock, store: into }, input)
  if (done.kind !== 'projected') throw new Error(done.why)
  return done
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
    expect(await store.lineage({ kind: 'order', id: rows.uuid('ord', 1) }, 10)).toEqual([
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
    expect(way?.edges.map(({ kind }) => kind)).toEqual(['known-as', 'placed', 'contains', 'described-by'])
  })

  it('knows where people work, written as the newest profile writes it', async () => {
    for (const nth of [1, 2]) await rows.aMembership(db, nth, 1)
    await rows.aProfile(db, 1, 'lead', 'ÉCOLE Noire')
    await rows.aProfile(db, 2, 'lead', 'École Noire')
    await projected()
    const context = await store.personContext(rows.uuid('per', 1), { at, limit: 5 })
    expect(context?.organisations).toMatchObject([{ id: 'école noire', label: 'ÉCOLE Noire' }])
    expect(await census()).toMatchObject({ nodes: { organisation: 1 }, edges: { 'works-at': 2 } })
  })

  it('follows a subscription from its trial to its end, with its plan and the product behind it', async () => {
    await rows.aMembership(db, 1, 1)
    const said = ['trial-started', 'subscription-started', 'subscription-canceled']
    for (const [nth, kind] of said.entries()) {
      const occurredAt = new Date(Date.UTC(2026, 1, 1 + 7 * nth))
      const properties = { subscription: 'sub_1', price: 'CLUB', amountMinor: 1500, currency: 'EUR' }
      await rows.anEvent(db, nth, { identifier: 1, kind, properties, occurredAt })
    }
    await projected()
    const held = async (day: number) =>
      (await store.personContext(rows.uuid('per', 1), { at: new Date(Date.UTC(2026, 1, day)), limit: 5 }))
        ?.subscriptions
    expect(await held(10)).toMatchObject([
      { id: 'test:sub_1', label: 'CLUB', properties: { status: 'canceled', plan: 'CLUB', amountMinor: 1500 } },
    ])
    expect(await held(20)).toEqual([])
    const from = { kind: 'subscription', id: 'test:sub_1' } as const
    const way = await store.path(
      from,
      { kind: 'product', id: 'CLUB' },
      { at: new Date(Date.UTC(2026, 1, 10)), maxSteps: 1 },
    )
    expect(way?.edges).toMatchObject([{ kind: 'contains' }])
  })

  it('leads from an event of a delivery over message and step to the campaign', async () => {
    await rows.anEvent(db, 1, {
      identifier: 1,
      kind: 'message_sent',
      properties: { deliveryId: 'd1', stepKey: 'welcome' },
      campaignRef: 'spring',
    })
    await projected()
    const message = { kind: 'message', id: 'd1' } as const
    const near = await store.neighbourhood(message, { at, limit: 9, depth: 2, fanOut: 9, kinds: ['step', 'campaign'] })
    expect(near.nodes.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['message d1', 'step spring/welcome', 'campaign spring']) // prettier-ignore
  })

  it('ties an event to nothing by a name that is none, whatever a visitor writes into it', async () => {
    const long = 'x'.repeat(9_000)
    const properties = { sku: long, deliveryId: long, stepKey: long, subscription: long, [long]: 1, nested: { a: 1 } }
    await rows.anEvent(db, 1, { identifier: 1, kind: 'subscription-started', properties, campaignRef: 'spring' })
    await projected()
    expect(await census()).toMatchObject({ nodes: { event: 1 }, edges: { did: 1, 'part-of': 1 } })
    const { nodes } = await store.neighbourhood({ kind: 'event', id: rows.uuid('evt', 1) }, { at, limit: 1, depth: 1, fanOut: 1 }) // prettier-ignore
    expect(nodes[0]?.properties).toEqual({ event: 'subscription-started', source: 'test', subscription: 'on' })
  })

  it('shows what a product cost when, and what it is bought with', async () => {
    await rows.aProduct(db, 1, { sku: 'A', title: 'Kettle' })
    await rows.aFact(db, 1, 'product:A', new Date('2026-03-05T00:00:00Z'))
    await rows.aCoPurchase(db, { product: 'A', other: 'B', gone: false })
    await projected()
    const near = async (day: number) => {
      const question = { at: new Date(Date.UTC(2026, 2, day)), limit: 9, depth: 1, fanOut: 9 }
      return (await store.neighbourhood({ kind: 'product', id: 'A' }, question)).edges.map(({ kind }) => kind)
    }
    expect(await near(3)).toEqual(['about', 'bought-with', 'offered-as'])
    expect(await near(6)).toEqual(['bought-with'])
    await rows.aCoPurchase(db, { product: 'A', other: 'B', gone: true })
    await projected()
    expect(await near(6)).toEqual([])
  })

  it('counts people to segments while they are in them, and carries what the house reckons of them', async () => {
    await rows.aMembership(db, 1, 1)
    await rows.aMember(db, 1, 1, new Date('2026-03-10T00:00:00Z'))
    await rows.aScore(db, 1, 40)
    await projected()
    const context = async (day: number) =>
      store.personContext(rows.uuid('per', 1), { at: new Date(Date.UTC(2026, 2, day)), limit: 5 })
    expect(await context(5)).toMatchObject({
      person: { properties: { leadScore: 40, engagement: 5, recency: 3 } },
      segments: [{ label: 'segment 1' }],
    })
    expect((await context(11))?.segments).toEqual([])
  })

  it('knew of an order since the first version of its record came', async () => {
    await rows.aMembership(db, 1, 1)
    await rows.anOrder(db, 1, { identifier: 1, orderedAt: new Date('2026-01-01T00:00:00Z') })
    await projected()
    const orders = async (knownAt: Date) =>
      (await store.personContext(rows.uuid('per', 1), { at, knownAt, limit: 5 }))?.orders.length
    expect(await orders(new Date('2026-02-01T00:00:00Z'))).toBe(0)
    expect(await orders(new Date('2026-03-02T00:00:00Z'))).toBe(1)
  })

  it('forgets what was deleted, and the chunks of a document with it', async () => {
    await smallShop()
    await rows.aTopic(db, 1, 'brewing')
    await projected()
    for (const what of ['order', 'event', 'consent', 'document', 'fact', 'product', 'cost'] as const) await rows.deleted(db, what, 1) // prettier-ignore
    await projected()
    expect((await census()).nodes).toEqual({ person: 1, identifier: 2 })
  })

  it('applies nothing when nothing changed', async () => {
    await smallShop()
    await horizonPassed(db)
    const first = await projected()
    const second = await projected()
    expect(second).toMatchObject({
      changes: 0,
      rebuilt: false,
      generation: first.generation,
    })
  })

  it('applies only what changed since', async () => {
    await smallShop()
    await horizonPassed(db)
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
      expect(context?.orders.map(({ label }) => label).toSorted()).toEqual(['o1', 'o2'])
    },
  )
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
    await expect(store.census(first.generation)).rejects.toThrow('rebuild it')
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
