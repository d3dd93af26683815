import { describe, expect, it } from 'vitest'
import { readAudit } from '#kernel/audit.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { explainPair } from '#ingest/identity/explain-pair.ts'
import { explainPerson } from '#ingest/identity/explain.ts'
import { personProfile } from '#ingest/identity/people.ts'
import { decideReview, reviewQueue } from '#ingest/identity/review.ts'
import { firstSurvivorship, liveSurvivorship, releaseSurvivorship } from '#ingest/identity/survivorship.ts'
import { neverMerge, remerge, unmerge } from '#ingest/identity/unmerge.ts'
import { day, known } from './identity-support.ts'
import { anna, annaAgain, anne, clock, db, deps, like, resolve, word } from './alike-world.ts'

describe('the review queue', () => {
  /** Anna and Anne wait for a person's word. */
  async function waiting(): Promise<{ left: IdentifierId; right: IdentifierId }> {
    await like({ merge: 40, review: -5 })
    const ids = await known(db, clock, anna, anne)
    expect(await resolve()).toMatchObject({ people: 2, reviews: 1, refusals: [{ rule: 'in-doubt', count: 1 }] })
    return { left: ids.get('hubspot:a')!, right: ids.get('stripe:b')! }
  }

  it('holds pairs in doubt with both sides as we know them', async () => {
    await waiting()
    const queue = await reviewQueue(db, { limit: 10 })
    expect(queue).toMatchObject({ open: 1, putOff: 0, reviews: [{ reason: 'in-doubt' }] })
    expect(queue.reviews[0]?.sides.map((side) => side.golden.givenName?.value).toSorted()).toEqual(['Anna', 'Anne'])
    expect(queue.reviews[0]?.probability).toBeGreaterThan(0)
  })

  it('joins two by a person’s word, which no resolution takes back', async () => {
    const pair = await waiting()
    expect(await decideReview(deps, { pair, verdict: 'same', ...word })).toMatchObject({ kind: 'together', moved: 2 })
    expect(await reviewQueue(db, { limit: 10 })).toMatchObject({ open: 0, reviews: [] })
    expect(await resolve()).toMatchObject({ people: 1, reviews: 0, written: { edges: 0, withdrawals: 0, memberships: 0 } }) // prettier-ignore
    const [edge] = await db.query(sql`select actor, evidence from ingest.edges where rule = 'by-hand'`)
    expect(edge).toEqual({ actor: 'Mia', evidence: { reason: 'asked her' } })
    const told = await explainPair(deps, pair)
    expect(told?.words).toContain('Mia said that')
  })

  it('keeps two apart for good, and does not ask again', async () => {
    const pair = await waiting()
    expect(await decideReview(deps, { pair, verdict: 'different', ...word })).toMatchObject({ kind: 'apart', moved: 0 })
    expect(await resolve()).toMatchObject({ people: 2, reviews: 0 })
    await like({ merge: -5, review: -9 })
    expect(await resolve()).toMatchObject({ people: 2, reviews: 0 })
    const told = await explainPair(deps, pair)
    expect(told).toMatchObject({ isOnePerson: false, apart: [{ actor: 'Mia' }] })
    expect(told?.words).toMatch(/^Two people: Mia said that .* are different people\.$/)
  })

  it('counts only pairs of two people, as it shows them', async () => {
    const { left, right } = await waiting()
    await db.query(sql`update ingest.memberships set person_id = (select person_id from ingest.people where identifier_id = ${left})
      where identifier_id = ${right} and until is null`)
    expect(await reviewQueue(db, { limit: 10 })).toEqual({ open: 0, putOff: 0, reviews: [] })
  })

  it('puts a pair last, and lets nobody decide what waits no more', async () => {
    const pair = await waiting()
    expect(await decideReview(deps, { pair, verdict: 'later', ...word })).toEqual({ kind: 'put-off' })
    expect(await reviewQueue(db, { limit: 10 })).toMatchObject({ open: 0, putOff: 1, reviews: [{ putOffAt: clock() }] })
    await resolve()
    expect(await reviewQueue(db, { limit: 10 })).toMatchObject({ putOff: 1 })
    await decideReview(deps, { pair, verdict: 'same', ...word })
    expect(await decideReview(deps, { pair, verdict: 'later', ...word })).toMatchObject({ kind: 'refused' })
  })

  it('takes a no back when the same two are said to be one after all', async () => {
    const pair = await waiting()
    await neverMerge(deps, { ...pair, ...word })
    expect(await decideReview(deps, { pair, verdict: 'same', ...word })).toMatchObject({ kind: 'together' })
    expect(await unmerge(deps, { ...pair, ...word })).toMatchObject({ kind: 'apart' })
    expect(await remerge(deps, { ...pair, ...word })).toMatchObject({ kind: 'together' })
    expect((await readAudit(db, 0, 9)).map((entry) => entry.action)).toEqual(['identity-never-merge', 'identity-merge', 'identity-unmerge', 'identity-remerge']) // prettier-ignore
  })
})

describe('a pair', () => {
  it('is explained by a waterfall that adds up to its weight', async () => {
    await like({ merge: 10, review: 5 })
    const ids = await known(db, clock, anna, anne)
    await resolve()
    const told = await explainPair(deps, { left: ids.get('email:anna@y.example')!, right: ids.get('stripe:b')! })
    const { waterfall } = told!
    expect(waterfall?.steps[0]).toMatchObject({ comparison: 'start' })
    expect(waterfall?.steps.map((step) => step.comparison)).toEqual(
      expect.arrayContaining(['given', 'family', 'street']),
    )
    expect(waterfall?.steps.reduce((sum, step) => sum + step.weight, 0)).toBeCloseTo(waterfall!.weight, 9)
    expect(waterfall?.steps.find((step) => step.comparison === 'given')).toMatchObject({ left: 'anna', right: 'anne' })
  })

  it('is explained by the ties that lead from one to the other', async () => {
    const ids = await known(db, clock, anna, { id: 'stripe:a', given: 'A.', family: 'Berg', claims: ['email:anna@y.example'] }) // prettier-ignore
    await resolve()
    const told = await explainPair(deps, { left: ids.get('hubspot:a')!, right: ids.get('stripe:a')! })
    expect(told).toMatchObject({ isOnePerson: true, because: [{ rule: 'same-email' }, { rule: 'same-email' }], waterfall: null }) // prettier-ignore
    expect(told?.words).toContain("stripe names anna@y.example and stripe a as one person's.")
  })

  it('is told what it shares in vain', async () => {
    const ids = await known(db, clock, anna, { id: 'stripe:b', given: 'Ben', family: 'Berg', claims: ['email:anna@y.example'] }) // prettier-ignore
    await resolve()
    const told = await explainPair(deps, { left: ids.get('hubspot:a')!, right: ids.get('stripe:b')! })
    expect(told?.refused).toMatchObject([{ rule: 'shared-email', called: 'anna@y.example' }])
    expect(told?.words).toMatch(/^Two people: they share anna@y.example, but people with different names/)
    expect(await explainPair(deps, { left: ids.get('hubspot:a')!, right: newId<'identifier'>(clock) })).toBeNull()
  })

  it('among too many others is explained by its own two people', async () => {
    await like({ merge: 40, review: -5 })
    const shared = ['email:house@y.example']
    const ids = await known(db, clock, { ...anna, claims: shared }, { ...anne, given: 'Bea', claims: shared }, { ...anna, id: 'stripe:c', claims: shared }) // prettier-ignore
    await resolve()
    const pair = { left: ids.get('hubspot:a')!, right: ids.get('stripe:b')! }
    expect(await explainPair(deps, pair)).toMatchObject({ isCutShort: false, refused: [{ rule: 'shared-email' }] })
    const told = await explainPair(deps, { ...pair, limit: 2 })
    expect(told).toMatchObject({ isCutShort: true, isOnePerson: false, refused: [], apart: [], waterfall: { band: expect.any(String) as string } }) // prettier-ignore
    expect(await explainPair(deps, { ...pair, right: newId<'identifier'>(clock), limit: 2 })).toBeNull()
  })

  it('joined by likeness is told so in the words of the person', async () => {
    await like({ merge: 10, review: 5 })
    await known(db, clock, anna, annaAgain)
    await resolve()
    const [row] = await db.query<{ id: string }>(sql`select person_id as id from ingest.people limit 1`)
    const told = await explainPerson(db, row!.id as never)
    expect(told.because.map((reason) => reason.words)).toContainEqual(expect.stringMatching(/are alike beyond doubt \(\d+\.\d bits\)\.$/)) // prettier-ignore
  })
})

describe('survivorship', () => {
  it('is versioned: a trusted source or the fullest profile wins where the rules say so', async () => {
    await known(
      db, clock,
      { ...anna, at: day(1), city: 'Leeds' },
      { id: 'stripe:a', given: 'Anna', family: 'Berg', claims: ['email:anna@y.example'], city: 'Hull', at: day(5) },
    ) // prettier-ignore
    await resolve()
    const [row] = await db.query<{ id: string }>(sql`select person_id as id from ingest.people limit 1`)
    const city = async () => (await personProfile(db, row!.id as never))?.golden.city
    expect(await city()).toMatchObject({ value: 'Hull', source: 'stripe', why: 'newest' })
    expect((await liveSurvivorship(db)).hash).toBeNull()
    const rules = { ...firstSurvivorship, fields: { city: ['source' as const, 'newest' as const] } }
    await releaseSurvivorship(deps, { rules, ...word })
    expect(await city()).toMatchObject({ value: 'Leeds', source: 'hubspot', why: 'trusted source' })
    await releaseSurvivorship(deps, { rules: { ...rules, fields: { city: ['complete'] } }, ...word })
    expect(await city()).toMatchObject({ value: 'Leeds', why: 'fullest profile' })
  })
})
