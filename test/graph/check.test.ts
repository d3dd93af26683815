import { beforeEach, describe, expect, it } from 'vitest'
import { checkGraph, type Checked, type KindChecked } from '#graph/check.ts'
import type { NodeKind } from '#graph/kinds.ts'
import { graphLag } from '#graph/lag.ts'
import type { GraphStore } from '#graph/port.ts'
import { project } from '#graph/project.ts'
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
let store: GraphStore

beforeEach(async () => {
  store = modelStore()
  await rows.aRecord(db)
  for (const nth of [1, 2, 3]) await rows.anOrder(db, nth, { identifier: 1, skus: ['A'] })
  await horizonPassed(db)
  await project({ db, clock, store })
})

const live = async (): Promise<number> => (await store.live())!.number

async function checked(input: { repair?: boolean } = {}): Promise<Extract<Checked, { kind: 'checked' }>> {
  const done = await checkGraph({ db, clock, store }, input)
  if (done.kind !== 'checked') throw new Error(done.why)
  return done
}

const ofKind = (done: Extract<Checked, { kind: 'checked' }>, kind: NodeKind): KindChecked =>
  done.kinds.find((one) => one.kind === kind)!

describe('checking the graph', () => {
  it('finds nothing where the graph is what the tables say', async () => {
    expect(ofKind(await checked(), 'order')).toMatchObject({ same: 3, waiting: 0 })
    expect((await checked()).differences).toBe(0)
  })

  it('names what is missing, what is too much and what is different, also in edges, and repairs it', async () => {
    const order = { kind: 'order', id: rows.uuid('ord', 1) } as const
    const [first] = (await store.neighbourhood({ ...order, id: rows.uuid('ord', 2) }, { at: clock(), limit: 1, depth: 1, fanOut: 1 })).nodes // prettier-ignore
    const { distance: _distance, ...node } = first!
    const stranger = { ...node, id: rows.uuid('ord', 9) }
    await store.apply(await live(), {
      put: [
        { node: stranger, edges: [] },
        { node, edges: [] },
      ],
      gone: [order],
    })
    const found = await checked()
    expect(found.differences).toBe(3)
    expect(ofKind(found, 'order')).toMatchObject({
      same: 1,
      missing: { count: 1, first: [order.id] },
      extra: { count: 1, first: [stranger.id] },
      different: { count: 1, first: [node.id] },
    })
    expect(await checked({ repair: true })).toMatchObject({ differences: 3, repaired: true })
    expect(await checked()).toMatchObject({ differences: 0, repaired: false })
  })

  it('takes what changed since the last projection for waiting, not for different', async () => {
    await rows.aRefund(db, 1, 1, 100)
    await rows.deleted(db, 'order', 2)
    await rows.anOrder(db, 4, { identifier: 1 })
    const found = await checked()
    expect(found.differences).toBe(0)
    expect(ofKind(found, 'order').waiting).toBeGreaterThanOrEqual(3)
  })

  it('does not compare with rules of another day, nor during a projection, nor before the first', async () => {
    expect(await checkGraph({ db, clock, store: modelStore() })).toMatchObject({ kind: 'unchecked' })
    await takeLease(db, clock, 'graph-projection', 60_000)
    expect(await checkGraph({ db, clock, store })).toMatchObject({ kind: 'unchecked' })
    clock.advance(120_000)
    const rules = { ...firstSurvivorship, otherwise: ['source' as const] }
    await releaseSurvivorship({ db, clock }, { rules, by: 'test', reason: 'trust' })
    expect(await checkGraph({ db, clock, store })).toMatchObject({ kind: 'unchecked' })
  })

  it('names the first hundred of very many, and counts them all', async () => {
    await db.query(sql`insert into ingest.consents (id, source, external_id, identifier_id, channel, state, basis, occurred_at)
      select gen_random_uuid(), 'test', n::text, ${rows.uuid('idf', 1)}, 'email', 'granted', 'form', ${clock()}
      from generate_series(1, 5000) n`)
    await project({ db, clock, store: { ...store, apply: async () => {} } })
    const { missing } = ofKind(await checked(), 'consent')
    expect([missing.count, missing.first.length]).toEqual([5000, 100])
  }, 60_000)
})

describe('how far the graph is behind', () => {
  it('counts the changes that wait, and says since when the first does', async () => {
    await expect(graphLag({ db, clock, store: modelStore() })).resolves.toMatchObject({ kind: 'unbuilt' })
    expect(await graphLag({ db, clock, store })).toMatchObject({ changes: 0, oldestAt: null, isCurrent: true })
    await rows.anEvent(db, 1, { identifier: 1, kind: 'page' })
    expect(await graphLag({ db, clock, store })).toMatchObject({
      changes: 1,
      oldestAt: new Date('2026-03-01T09:00:00Z'),
    })
    await horizonPassed(db)
    await project({ db, clock, store })
    expect(await graphLag({ db, clock, store })).toMatchObject({ changes: 0, behindMs: null })
  })
})
