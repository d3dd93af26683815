import { beforeEach, describe, expect, inject, it } from 'vitest'
import type { Census, GraphStore } from '#graph/port.ts'
import { project } from '#graph/project.ts'
import { firstSurvivorship, releaseSurvivorship } from '#ingest/identity/survivorship.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { takeLease } from '#kernel/leases.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { horizonPassed } from '../support/horizon.ts'
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

describe('a projection that goes on from the last', () => {
  it('applies nothing when nothing changed', async () => {
    await rows.aSmallShop(db)
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
    await rows.aSmallShop(db)
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
    await rows.aSmallShop(db)
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
    await rows.aSmallShop(db)
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
    await rows.aSmallShop(db)
    const first = await projected()
    await expect(projected({ rebuild: true }, failing({ afterBatches: 2 }))).rejects.toThrow('the store went away')
    expect((await store.live())?.number).toBe(first.generation)
    await projected({ rebuild: true })
    await expect(store.census(first.generation)).rejects.toThrow('rebuild it')
  })

  it('does not publish a rebuilt graph that lost something', async () => {
    await rows.aSmallShop(db)
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
    await rows.aSmallShop(db)
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
