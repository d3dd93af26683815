import { describe, expect, it } from 'vitest'
import { engagementLevel } from '#graph/engagement.ts'
import { computeScores } from '#graph/scores/compute.ts'
import { scoresOf } from '#graph/scores/scores-of.ts'
import { firstScoring, releaseScoring } from '#graph/scores/scoring.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import * as rows from './canonical-rows.ts'
import { aDeed, dayMs, daysAgo, person, start } from './scores-rows.ts'

const db = testDatabase()
const clock = (): ReturnType<typeof stoppedClock> => stoppedClock(start)
const score = async (nth: number, at = start): Promise<Awaited<ReturnType<typeof scoresOf>>> =>
  scoresOf(db, person(nth), at)
const rowCount = async (): Promise<number> => (await db.query(sql`select from graph.scores`)).length

describe('engagement', () => {
  it('adds up weighted deeds, each of which counts half after every half-life', async () => {
    await rows.aRecord(db)
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'page', at: start })
    await aDeed(db, 2, { identifier: 1, kind: 'message_clicked', at: daysAgo(60) })
    await rows.anOrder(db, 1, { identifier: 1, orderedAt: daysAgo(30) })
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.engagement!.points).toBeCloseTo(1 + 3 / 4 + 10 / 2, 4)
    const later = new Date(start.getTime() + 30 * dayMs)
    expect((await score(1, later))!.engagement!.points).toBeCloseTo((1 + 3 / 4 + 10 / 2) / 2, 4)
  })

  it('shows the deeds that weigh most', async () => {
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'page', at: start })
    await aDeed(db, 2, { identifier: 1, kind: 'message_clicked', at: daysAgo(30) })
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.engagement!.deeds).toEqual([
      { kind: 'event', id: rows.uuid('evt', 2), what: 'message_clicked', at: daysAgo(30), points: 1.5 },
      { kind: 'event', id: rows.uuid('evt', 1), what: 'page', at: start, points: 1 },
    ])
  })

  it('is a level that time does not change', async () => {
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'page', at: daysAgo(45) })
    const now = clock()
    await computeScores({ db, clock: now })
    const [before] = await db.query<{ engagement: number }>(sql`select engagement from graph.scores`)
    expect(before!.engagement).toBeCloseTo(engagementLevel(1, daysAgo(45)), 5)
    now.advance(400 * dayMs)
    expect(await computeScores({ db, clock: now })).toMatchObject({ full: true, people: 1 })
    expect(await db.query(sql`select engagement from graph.scores`)).toEqual([before])
  })

  it('leaves out what machines did, what lies ahead, and visitors', async () => {
    await rows.aMembership(db, 1, 1)
    await rows.anIdentifier(db, 2, 'device')
    await rows.aMembership(db, 2, 2)
    await aDeed(db, 1, { identifier: 1, kind: 'message_opened', at: daysAgo(1), machine: 'image proxy of Gmail' })
    await aDeed(db, 2, { identifier: 1, kind: 'page', at: new Date(start.getTime() + dayMs) })
    await aDeed(db, 3, { identifier: 2, kind: 'page', at: daysAgo(1) })
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.engagement).toBeNull()
    expect(await score(2)).toBeNull()
  })

  it('does not overflow on a deed of another century', async () => {
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'page', at: new Date('1900-01-01') })
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.engagement!.points).toBe(0)
  })
})

describe('the lead score', () => {
  it('is the sum of its reasons, each with words, points and the rows that say so', async () => {
    await rows.aRecord(db)
    await rows.aMembership(db, 1, 1)
    await rows.aProfile(db, 1, 'lead')
    await rows.aConsent(db, 1, 1, 'granted')
    for (const nth of [1, 2, 3, 4, 5]) await aDeed(db, nth, { identifier: 1, kind: 'view_item', at: daysAgo(15 + nth) })
    await aDeed(db, 6, { identifier: 1, kind: 'begin_checkout', at: daysAgo(2) })
    await aDeed(db, 7, { identifier: 1, kind: 'message_bounced', at: daysAgo(300) })
    await computeScores({ db, clock: clock() })
    const { lead } = (await score(1))!
    expect(lead.reasons.map(({ words, points }) => `${points} ${words}`)).toEqual([
      '-30 A message came back, once',
      '20 Began a checkout in the last 14 days, once',
      '20 Agreed to e-mail',
      '12 Looked at products in the last 30 days, 5 times',
      '6 Details of the profile known: 3',
    ])
    expect(lead).toMatchObject({ score: 28, words: 'lukewarm lead' })
    const views = [1, 2, 3].map((nth) => ({ kind: 'event', id: rows.uuid('evt', nth) }))
    expect(lead.reasons[3]).toMatchObject({ name: 'views', times: 5, evidence: views })
    expect(lead.reasons[2]!.evidence).toEqual([{ kind: 'consent', id: rows.uuid('con', 1) }])
    expect(lead.reasons[4]!.evidence).toEqual([{ kind: 'identifier', id: rows.uuid('idf', 1) }])
  })

  it('stays within 0 and 100', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2]) await rows.aMembership(db, nth, nth)
    await aDeed(db, 1, { identifier: 1, kind: 'message_complained', at: daysAgo(1) })
    const kinds = ['begin_checkout', 'page', 'view_item', 'message_clicked', 'message_replied', 'signup', 'subscription-started'] // prettier-ignore
    await rows.aConsent(db, 2, 2, 'granted')
    for (const [index, kind] of kinds.entries())
      for (let nth = 0; nth < 6; nth += 1)
        await aDeed(db, 10 + index * 10 + nth, { identifier: 2, kind, at: daysAgo(nth) })
    for (const nth of [1, 2, 3]) await rows.anOrder(db, nth, { identifier: 2, orderedAt: daysAgo(nth) })
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.lead.score).toBe(0)
    expect((await score(2))!.lead.score).toBe(100)
  })

  it('counts a withdrawal above a consent of another address', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2]) await rows.aMembership(db, nth, 1)
    await rows.aConsent(db, 1, 1, 'granted')
    await rows.aConsent(db, 2, 2, 'withdrawn')
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.lead.reasons).toContainEqual({
      name: 'withdrawal', words: 'Does not want e-mail any more', points: -40, times: 1,
      evidence: [{ kind: 'consent', id: rows.uuid('con', 2) }],
    }) // prettier-ignore
  })

  it('does not count a consent before its day', async () => {
    await rows.aRecord(db)
    await rows.aMembership(db, 1, 1)
    await rows.aConsent(db, 1, 1, 'granted')
    await computeScores({ db, clock: stoppedClock(daysAgo(30)) })
    const [before] = await db.query<{ reasons: string }>(sql`select reasons::text from graph.scores`)
    expect(before?.reasons ?? '').not.toContain('"consent"')
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.lead.reasons).toContainEqual(expect.objectContaining({ times: 1, evidence: [{ kind: 'consent', id: rows.uuid('con', 1) }] })) // prettier-ignore
  })

  it('counts a subscription while it runs', async () => {
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'subscription-started', at: daysAgo(100) })
    await computeScores({ db, clock: clock() })
    const points = async (): Promise<number> => (await score(1))!.lead.score
    const before = await points()
    await aDeed(db, 2, { identifier: 1, kind: 'subscription-canceled', at: daysAgo(1) })
    await computeScores({ db, clock: clock() })
    expect([before, await points()]).toEqual([12, 2])
  })

  it('forgets what has left its window with the next day', async () => {
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'begin_checkout', at: daysAgo(13) })
    const now = clock()
    await computeScores({ db, clock: now })
    expect((await score(1))!.lead.score).toBe(22)
    now.advance(dayMs)
    await computeScores({ db, clock: now })
    expect((await score(1))!.lead.score).toBe(2)
  })
})

describe('computing scores', () => {
  it('looks at the touched only, and writes what is other than before', async () => {
    await rows.aRecord(db)
    for (const nth of [1, 2, 3]) await rows.aMembership(db, nth, nth)
    for (const nth of [1, 2, 3]) await aDeed(db, nth, { identifier: nth, kind: 'page', at: daysAgo(nth) })
    const now = clock()
    expect(await computeScores({ db, clock: now })).toMatchObject({ people: 3, full: true, written: 3 })
    await aDeed(db, 4, { identifier: 2, kind: 'message_clicked', at: daysAgo(0) })
    expect(await computeScores({ db, clock: now })).toMatchObject({ full: false, written: 1 })
    expect(await computeScores({ db, clock: now }, { full: true })).toMatchObject({ people: 3, full: true, written: 0 })
  })

  it('follows merges and unmerges', async () => {
    for (const nth of [1, 2]) await rows.aMembership(db, nth, nth)
    await aDeed(db, 1, { identifier: 1, kind: 'page', at: start })
    await aDeed(db, 2, { identifier: 2, kind: 'page', at: start })
    const now = clock()
    await computeScores({ db, clock: now })
    await rows.aMembership(db, 2, 1)
    await computeScores({ db, clock: now })
    expect(await score(2)).toBeNull()
    expect((await score(1))!.engagement!.points).toBeCloseTo(2, 4)
    await rows.aMembership(db, 2, 2)
    await computeScores({ db, clock: now })
    expect((await score(1))!.engagement!.points).toBeCloseTo(1, 4)
    expect((await score(2))!.engagement!.points).toBeCloseTo(1, 4)
  })

  it('hears of what was deleted', async () => {
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'page', at: start })
    await computeScores({ db, clock: clock() })
    await db.query(sql`delete from ingest.events`)
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.engagement).toBeNull()
    expect(await rowCount()).toBe(1)
  })

  it('goes by another scoring once it was released', async () => {
    await rows.aMembership(db, 1, 1)
    await aDeed(db, 1, { identifier: 1, kind: 'page', at: start })
    await computeScores({ db, clock: clock() })
    const scoring = { ...firstScoring, engagement: { page: 4 } }
    await releaseScoring({ db, clock: clock() }, { scoring, by: 'anna', reason: 'pages matter here' })
    await computeScores({ db, clock: clock() })
    expect((await score(1))!.engagement!.points).toBeCloseTo(4, 4)
  })
})
