import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeScores } from '#graph/scores/compute.ts'
import { firstScoring, releaseScoring } from '#graph/scores/scoring.ts'
import { nextBest, scoresOf } from '#graph/scores/scores-of.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import * as rows from './canonical-rows.ts'
import { aDeed, daysAgo, person, start } from './scores-rows.ts'

const db = testDatabase()
const clock = stoppedClock(start)

/** Person n buys with identifier n; order numbers are n · 100 + nth. */
async function buys(
  nth: number,
  orders: readonly { days: number; skus?: readonly string[]; minor?: number }[],
): Promise<void> {
  await rows.aMembership(db, nth, nth)
  for (const [index, { days, skus = [], minor = 1000 }] of orders.entries())
    await rows.anOrder(db, nth * 100 + index, { identifier: nth, orderedAt: daysAgo(days), skus, grossMinor: minor })
}

type Digits = { recency: number; frequency: number; monetary: number }
const digits = (): Promise<Digits[]> =>
  db.query<Digits>(sql`select recency, frequency, monetary from graph.scores order by person_id`)

describe('the digits of buyers', () => {
  it('are fifths, 5 the best, and equal for equals', async () => {
    await rows.aRecord(db)
    // The later a person comes the longer ago they bought and the more they spent; six of ten bought once.
    for (let nth = 1; nth <= 10; nth += 1) {
      const once = { days: nth, minor: nth * 1000 }
      await buys(nth, nth <= 6 ? [once] : [once, { days: 100 }])
    }
    await computeScores({ db, clock })
    const found = await digits()
    expect(found.map(({ recency }) => recency)).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 1, 1])
    expect(found.map(({ frequency }) => frequency)).toEqual([1, 1, 1, 1, 1, 1, 4, 4, 4, 4])
    expect(found.map(({ monetary }) => monetary)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  })

  it('count what is left of an order, and nobody of whose orders nothing is left', async () => {
    await rows.aRecord(db)
    await buys(1, [{ days: 1, minor: 5000 }])
    await buys(2, [{ days: 2, minor: 3000 }])
    await rows.aRefund(db, 1, 100, 4000)
    await computeScores({ db, clock })
    expect((await scoresOf(db, person(1), start))!.rfm).toMatchObject({ recency: 3, monetary: 1, orders: 1, spentMinor: 1000 }) // prettier-ignore
    await rows.aRefund(db, 1, 100, 5000)
    const later = stoppedClock(start)
    later.advance(3_600_000)
    await computeScores({ db, clock: later })
    expect((await scoresOf(db, person(1), start))!.rfm).toBeNull()
    expect((await scoresOf(db, person(2), start))!.rfm).toEqual({
      recency: 1, frequency: 1, monetary: 1, words: 'a buyer of long ago', orders: 1, spentMinor: 3000,
      lastOrderAt: daysAgo(2), evidence: [{ kind: 'order', id: rows.uuid('ord', 200) }],
    }) // prettier-ignore
  })

  it('never split equals, whatever was bought', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 12 }), async (bought) => {
        await db.query(sql`truncate graph.scores, graph.score_states, ingest.orders, ingest.order_lines, ingest.runs, ingest.records cascade`)
        await rows.aRecord(db)
        for (const [index, [days, hundreds]] of bought.entries()) await buys(index + 1, [{ days, minor: hundreds * 100 }])
        await computeScores({ db, clock })
        const found = await digits()
        for (const [one, [days, spent]] of bought.entries())
          for (const [other, [otherDays, otherSpent]] of bought.entries()) {
            if (days <= otherDays) expect(found[one]!.recency).toBeGreaterThanOrEqual(found[other]!.recency)
            if (spent >= otherSpent) expect(found[one]!.monetary).toBeGreaterThanOrEqual(found[other]!.monetary)
          }
      }),
      { numRuns: 12 },
    ) // prettier-ignore
  })
})

describe('products bought by the same people', () => {
  const pairs = (): Promise<object[]> =>
    db.query(
      sql`select product, other, people, support, confidence, lift, gone from graph.co_purchases order by product, other`,
    )

  it('have support, confidence and lift, people counted once however often they bought', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2, 3])
      await buys(nth, [
        { days: 5, skus: ['A', 'B'] },
        { days: 4, skus: ['A'] },
      ])
    await buys(4, [{ days: 3, skus: ['A'] }])
    for (const nth of [5, 6]) await buys(nth, [{ days: 2, skus: ['C'] }])
    await computeScores({ db, clock })
    const both = { people: 3, support: 0.5, lift: 1.5, gone: false }
    expect(await pairs()).toEqual([
      { product: 'A', other: 'B', confidence: 0.75, ...both },
      { product: 'B', other: 'A', confidence: 1, ...both },
    ])
  })

  it('are marked gone when too few people are left', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2, 3]) await buys(nth, [{ days: 5, skus: ['A', 'B'] }])
    await computeScores({ db, clock })
    await rows.anOrder(db, 100, { identifier: 1, orderedAt: daysAgo(5), skus: ['A', 'B'], status: 'cancelled' })
    const later = stoppedClock(start)
    later.advance(3_599_999)
    expect(await computeScores({ db, clock: later })).toMatchObject({ buyers: { reckoned: false } })
    later.advance(1)
    expect(await computeScores({ db, clock: later })).toMatchObject({ buyers: { reckoned: true, pairs: 2 } })
    expect(await pairs()).toMatchObject([{ gone: true }, { gone: true }])
  })

  it('do not multiply by a buyer of everything', async () => {
    await rows.aRecord(db)
    const everything = Array.from({ length: 2_000 }, (_, nth) => `SKU-${nth}`)
    const scoring = { ...firstScoring, pairs: { minPeople: 2, perPerson: 5, perProduct: 50 } }
    await releaseScoring({ db, clock }, { scoring, by: 'anna', reason: 'test' })
    for (const nth of [1, 2])
      await buys(nth, [
        { days: 9, skus: everything },
        { days: 1, skus: ['SKU-7', 'SKU-8'] },
      ])
    await computeScores({ db, clock })
    const found = (await pairs()) as { product: string }[]
    expect(found.length).toBe(5 * 4)
    expect(new Set(found.map(({ product }) => product))).toContain('SKU-7')
  })
})

describe('the next best product', () => {
  it('is one not bought yet, with what speaks for it, the strongest first', async () => {
    await rows.aRecord(db)
    await rows.aProduct(db, 1, { sku: 'A', title: 'Arabica' })
    await rows.aProduct(db, 2, { sku: 'B', title: 'Brewer' })
    for (const nth of [1, 2, 3, 4]) await buys(nth, [{ days: 5, skus: ['A', 'B'] }])
    for (const nth of [5, 6, 7]) await buys(nth, [{ days: 5, skus: ['A', 'C'] }])
    for (const nth of [8, 9, 10]) await buys(nth, [{ days: 5, skus: ['X'] }])
    await buys(11, [{ days: 1, skus: ['A'] }])
    await computeScores({ db, clock })
    const next = await nextBest(db, person(11), 10)
    expect(next.map(({ product, label }) => [product, label])).toEqual([['B', 'Brewer'], ['C', 'C']]) // prettier-ignore
    expect(next[0]!.because).toEqual([
      { product: 'A', label: 'Arabica', people: 4, support: 4 / 11, confidence: 0.5, lift: (4 * 11) / (8 * 4) },
    ])
    expect(next[0]!.strength).toBeCloseTo(0.5 * Math.log(11 / 8), 10)
    expect(await nextBest(db, person(11), 1)).toHaveLength(1)
    await db.query(sql`update ingest.products set available = 0 where sku = 'B'`)
    expect((await nextBest(db, person(11), 10)).map(({ product }) => product)).toEqual(['C'])
  })
})

describe('scores kept up to date', () => {
  type Step = { kind: 'deed' | 'order' | 'refund' | 'move' | 'consent'; nth: number; who: number; days: number }
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('deed', 'order', 'refund', 'move', 'consent'),
    nth: fc.integer({ min: 1, max: 6 }),
    who: fc.integer({ min: 1, max: 4 }),
    days: fc.integer({ min: 0, max: 100 }),
  })
  const kinds = [
    'page',
    'view_item',
    'message_bounced',
    'subscription-started',
    'subscription-canceled',
    'begin_checkout',
  ]

  async function take({ kind, nth, who, days }: Step): Promise<void> {
    if (kind === 'deed') await aDeed(db, nth * 10 + who, { identifier: who, kind: kinds[days % 6]!, at: daysAgo(days) })
    if (kind === 'order')
      await rows.anOrder(db, nth * 10 + who, { identifier: who, orderedAt: daysAgo(days), skus: ['A', 'B'] })
    if (kind === 'refund') await rows.aRefund(db, nth, nth * 10 + who, days * 10)
    if (kind === 'move') await rows.aMembership(db, who, nth)
    if (kind === 'consent') await rows.aConsent(db, nth * 10 + who, who, days % 2 === 0 ? 'granted' : 'withdrawn')
  }

  it('are those of a computation of everything, after any changes', async () => {
    const all = (): Promise<object[]> =>
      db.query(sql`
      select person_id, engagement, lead_score, recency, frequency, monetary, reasons from graph.scores order by person_id`)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 4 }), async (rounds) => {
        const tables = sql`graph.scores, graph.score_states, ingest.memberships, ingest.orders, ingest.order_lines, ingest.events,
          ingest.consents, ingest.adjustments, ingest.runs, ingest.records, ingest.tombstones`
        await db.query(sql`truncate ${tables} cascade`)
        await rows.aRecord(db)
        const now = stoppedClock(start)
        for (const who of [1, 2, 3, 4]) await rows.aMembership(db, who, who)
        for (const round of rounds) {
          for (const one of round) await take(one)
          now.advance(3_600_000)
          await computeScores({ db, clock: now })
        }
        const kept = rounds.length === 0 ? [] : await all()
        await db.query(sql`truncate graph.scores, graph.score_states`)
        if (rounds.length > 0) await computeScores({ db, clock: now })
        const spoken = (list: object[]): object[] => list.filter((row) => JSON.stringify(row).match(/"engagement":[^n]|"reasons":\[\{|"recency":\d/))
        expect(spoken(kept)).toEqual(spoken(await all()))
      }),
      { numRuns: 15 },
    ) // prettier-ignore
  })
})
