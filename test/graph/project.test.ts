import { beforeEach, describe, expect, it } from 'vitest'
import type { Census, GraphStore } from '#graph/port.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { testDatabase } from '../support/database.ts'
import * as rows from './canonical-rows.ts'
import { modelStore } from './model-store.ts'
import { projectedInto } from './projected.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-04-01T00:00:00Z'))
const at = clock()
let store: GraphStore

beforeEach(async () => {
  store = modelStore()
  await rows.aRecord(db)
})

const projected = (input: { rebuild?: boolean } = {}, into = store) => projectedInto({ db, clock, store: into }, input)

const census = async (): Promise<Census> => store.census((await store.live())!.number)

describe('projecting the canonical tables', () => {
  it('gives a person whole: identifiers, orders with products, totals, events, consents, interests', async () => {
    await rows.aSmallShop(db)
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
    await rows.aSmallShop(db)
    await projected()
    const content = await store.contentFor([{ kind: 'topic', id: 'filter' }], { at, limit: 5 })
    expect(content.facts.map(({ label }) => label)).toEqual(['Fact 1 of product:ARI-250.'])
    expect(content.chunks.map(({ node }) => node.id)).toEqual([rows.uuid('chk', 1)])
  })

  it('names the record and the run behind each node', async () => {
    await rows.aSmallShop(db)
    await projected()
    expect(await store.lineage({ kind: 'order', id: rows.uuid('ord', 1) }, 10)).toEqual([
      { recordId: rows.uuid('rec', 1), runId: rows.uuid('run', 1), via: 'contains' },
      { recordId: rows.uuid('rec', 1), runId: rows.uuid('run', 1), via: 'itself' },
      { recordId: rows.uuid('rec', 1), runId: rows.uuid('run', 1), via: 'placed' },
    ])
  })

  it('finds the way from a person to the text about what they bought', async () => {
    await rows.aSmallShop(db)
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
    await rows.aSmallShop(db)
    await rows.aTopic(db, 1, 'brewing')
    await projected()
    for (const what of ['order', 'event', 'consent', 'document', 'fact', 'product', 'cost'] as const) await rows.deleted(db, what, 1) // prettier-ignore
    await projected()
    expect((await census()).nodes).toEqual({ person: 1, identifier: 2 })
  })
})
