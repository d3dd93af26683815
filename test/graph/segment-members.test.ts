import { describe, expect, it } from 'vitest'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { project } from '#graph/project.ts'
import { membersOf } from '#graph/queries/segments.ts'
import { computeScores } from '#graph/scores/compute.ts'
import { maintainSegments, type Maintained } from '#graph/segments/maintain.ts'
import { retireSegment } from '#graph/segments/registry.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { testDatabase } from '../support/database.ts'
import { horizonPassed } from '../support/horizon.ts'
import { aDeed, dayMs, daysAgo, person, start } from './scores-rows.ts'
import { by, saveSegmentIn } from './a-segment.ts'
import * as rows from './canonical-rows.ts'

const db = testDatabase()
const clock = stoppedClock(start)
const save = (name: string, rule: unknown) => saveSegmentIn({ db, clock }, name, rule)

describe('the members of a segment', () => {
  const store = postgresGraph(db)
  const maintain = async (now = clock): Promise<Maintained[]> => {
    const done = await maintainSegments({ db, clock: now, store })
    if (done.kind !== 'maintained') throw new Error(done.why)
    return done.segments
  }

  it('wait for a graph', async () => {
    await save('All', { all: [] })
    expect(await maintainSegments({ db, clock, store })).toMatchObject({ kind: 'no-graph' })
  })

  it('follow what people do, looking at those only, once the graph has seen it', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2, 3]) await rows.aMembership(db, nth, nth)
    const { id } = await save('Buyers', { bought: {} })
    await project({ db, clock, store })
    expect(await maintain()).toEqual([{ segment: 'Buyers', lookedAt: null, entered: 0, left: 0 }])
    await rows.anOrder(db, 1, { identifier: 2, orderedAt: daysAgo(1) })
    expect(await maintain()).toMatchObject([{ entered: 0 }])
    await project({ db, clock, store })
    const [moved] = await maintain()
    expect(moved).toMatchObject({ entered: 1, left: 0 })
    expect(moved!.lookedAt).not.toBeNull()
    expect(await membersOf(db, id, { after: '', limit: 10 })).toEqual([{ personId: person(2), since: start }])
    await rows.anOrder(db, 1, { identifier: 2, orderedAt: daysAgo(1), status: 'cancelled' })
    await project({ db, clock, store })
    expect(await maintain()).toMatchObject([{ entered: 0, left: 1 }])
  })

  it('follow every kind of row that is news of a person, looking at that person only', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2, 3]) await rows.aMembership(db, nth, nth)
    const settled = async (): Promise<Maintained[]> => {
      await horizonPassed(db)
      await project({ db, clock, store })
      return maintain()
    }
    const news: [unknown, () => Promise<unknown>][] = [
      [{ lifecycle: 'lead' }, () => rows.aProfile(db, 1, 'lead')],
      [{ bought: {} }, () => rows.anOrder(db, 1, { identifier: 1, orderedAt: daysAgo(1), grossMinor: 5000 })],
      [{ not: { spent: { atLeastMinor: 2000 } } }, () => rows.aRefund(db, 1, 1, 4000)],
      [{ did: { event: 'page' } }, () => aDeed(db, 1, { identifier: 1, kind: 'page', at: daysAgo(1) })],
      [{ consent: { channel: 'email' } }, () => rows.aConsent(db, 1, 1, 'granted')],
      [{ property: { name: 'leadScore', atLeast: 1 } }, () => computeScores({ db, clock })],
      [
        { reaches: { by: [{ edge: 'known-as' }, { edge: 'works-at' }], kind: 'organisation', id: 'acme' } },
        () => rows.aProfile(db, 1, 'lead', 'Acme'),
      ],
    ]
    for (const [index, [rule, happens]] of news.entries()) {
      const { id, name } = await save(`News ${index}`, rule)
      for (let round = 0; round < 3; round += 1) await settled()
      await happens()
      const moved = (await settled()).find(({ segment }) => segment === name)!
      expect([rule, moved.lookedAt !== null]).toEqual([rule, true])
      expect((await membersOf(db, id, { after: '', limit: 10 })).map(({ personId }) => personId)).toContain(person(1))
    }
  })

  it('follow who is in another segment, looking at whoever came or left', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2]) await rows.aMembership(db, nth, nth)
    const { id } = await save('Buyers', { bought: {} })
    const both = await save('Copy', { reaches: { by: [{ edge: 'in' }], kind: 'segment', id } })
    const round = async (): Promise<Maintained | undefined> => {
      await horizonPassed(db)
      await project({ db, clock, store })
      return (await maintain()).find(({ segment }) => segment === 'Copy')
    }
    for (let times = 0; times < 3; times += 1) await round()
    await rows.anOrder(db, 1, { identifier: 1, orderedAt: daysAgo(1) })
    await round()
    expect(await round()).toMatchObject({ entered: 1, lookedAt: 1 })
    expect(await membersOf(db, both.id, { after: '', limit: 10 })).toMatchObject([{ personId: person(1) }])
    await retireSegment({ db, clock }, { name: 'Buyers', by })
    expect(await round()).toMatchObject({ left: 1, lookedAt: 1 })
  })

  it('follow time, once an hour', async () => {
    await rows.aRecord(db)
    await rows.aMembership(db, 1, 1)
    await rows.anOrder(db, 1, { identifier: 1, orderedAt: daysAgo(29) })
    await save('Recent', { bought: { withinDays: 30 } })
    await project({ db, clock, store })
    const now = stoppedClock(start)
    expect(await maintain(now)).toMatchObject([{ entered: 1 }])
    now.advance(dayMs - 3_600_000)
    expect(await maintain(now)).toMatchObject([{ lookedAt: null, left: 0 }])
    now.advance(3_599_999)
    expect((await maintain(now))[0]!.lookedAt).not.toBeNull()
    now.advance(1)
    expect(await maintain(now)).toMatchObject([{ lookedAt: null, left: 1 }])
  })

  it('are looked at anew when the rule or what is said of products changes, and follow deletions and what changes hands', async () => {
    await rows.aRecord(db)
    await rows.aMembership(db, 1, 1)
    await rows.aProduct(db, 1, { sku: 'A', title: 'Arabica', tags: ['espresso'] })
    await rows.anOrder(db, 1, { identifier: 1, orderedAt: daysAgo(1), skus: ['A'] })
    await save('Espresso', { bought: { topic: 'espresso' } })
    await project({ db, clock, store })
    expect(await maintain()).toMatchObject([{ entered: 1 }])
    await rows.aProduct(db, 1, { sku: 'A', title: 'Arabica', tags: ['filter'] })
    await project({ db, clock, store })
    expect(await maintain()).toMatchObject([{ lookedAt: null, left: 1 }])
    await save('Espresso', { bought: { topic: 'filter' } })
    expect(await maintain()).toMatchObject([{ lookedAt: null, entered: 1 }])
    await db.query({ text: 'delete from ingest.orders', values: [] })
    await project({ db, clock, store })
    expect(await maintain()).toMatchObject([{ left: 1 }])
    await rows.aMembership(db, 2, 2)
    await rows.anOrder(db, 2, { identifier: 1, orderedAt: daysAgo(1), skus: ['A'] })
    await project({ db, clock, store })
    expect(await maintain()).toMatchObject([{ entered: 1 }])
    await rows.anOrder(db, 2, { identifier: 2, orderedAt: daysAgo(1), skus: ['A'] })
    await project({ db, clock, store })
    expect(await maintain()).toMatchObject([{ entered: 1, left: 1 }])
  })

  it('come back under the same name, with a new day', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2]) await rows.aMembership(db, nth, nth)
    const { id } = await save('All', { all: [] })
    await project({ db, clock, store })
    await maintain()
    await rows.aMembership(db, 2, 1)
    await project({ db, clock, store })
    expect(await maintain()).toMatchObject([{ left: 1 }])
    await rows.aMembership(db, 2, 2)
    await project({ db, clock, store })
    const now = stoppedClock(daysAgo(-0.01))
    expect(await maintain(now)).toMatchObject([{ entered: 1 }])
    expect(await membersOf(db, id, { after: '', limit: 10 })).toEqual([
      { personId: person(1), since: start },
      { personId: person(2), since: now() },
    ])
  })
})
