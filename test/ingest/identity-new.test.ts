import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { sql } from '#kernel/sql.ts'
import { firstModel, type IdentityModel } from '#ingest/identity/model.ts'
import { identityLease, resolveIdentities } from '#ingest/identity/resolve.ts'
import { resolveNew } from '#ingest/identity/resolve-new.ts'
import { decideReview } from '#ingest/identity/review.ts'
import { unmerge } from '#ingest/identity/unmerge.ts'
import { testDatabase } from '../support/database.ts'
import { forgetPeople, known, peopleIn, releaseIdentity, smallModel, type SaidOf } from './identity-support.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-01T10:00:00Z'))
const resolveAll = () => resolveIdentities({ db, clock }, { by: 'test' })
const resolve = () => resolveNew({ db, clock }, { by: 'test' })

/** Resolves until nothing is new: what other databases of the same server are at holds the watermark back. */
async function settled(): Promise<void> {
  for (;;) {
    const done = await resolve()
    if (done.kind === 'new' && done.touched === 0) return
  }
}

const release = (model: IdentityModel) => releaseIdentity(db, clock, 'rules', model)

const anna = { id: 'hubspot:1', given: 'Anna', family: 'Bos', claims: ['email:anna@y.example', 'phone:+31612345678'] }

describe('resolving what is new', () => {
  it('resolves everything the first time, then only what is new, then nothing', async () => {
    await known(db, clock, anna, { id: 'stripe:far', given: 'Eva', family: 'Vos', claims: ['email:eva@y.example'] })
    expect(await resolve()).toMatchObject({ kind: 'all', report: { people: 2 } })
    await settled()
    await known(db, clock, { id: 'stripe:1', given: 'A.', family: 'Bos', claims: ['email:anna@y.example'] })
    expect(await resolve()).toMatchObject({ kind: 'new', touched: 2, read: 4, written: { edges: 1, memberships: 1 } })
    await settled()
    expect(await resolve()).toEqual({ kind: 'new', touched: 0, read: 0, refusals: [], impact: [], written: { edges: 0, withdrawals: 0, memberships: 0 } }) // prettier-ignore
    expect((await peopleIn(db)).people).toContainEqual([
      'email:anna@y.example',
      'hubspot:1',
      'phone:+31612345678',
      'stripe:1',
    ])
  })

  it('resolves everything again when another model is released', async () => {
    await known(db, clock, anna)
    await resolve()
    await release({ ...firstModel, largest: 7 })
    expect(await resolve()).toMatchObject({ kind: 'all', report: { written: { edges: 2, withdrawals: 2 } } })
    expect((await resolve()).kind).toBe('new')
  })

  it('leaves what is new for the next time while another process is at it', async () => {
    await known(db, clock, anna)
    const beside = async () => expect(await resolve()).toMatchObject({ kind: 'busy' })
    await underLease({ db, clock }, identityLease, 60_000, beside)
    expect((await resolve()).kind).toBe('all')
  })

  it('does not read the people behind an identifier that too many share', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({ id: `stripe:c${n}`, given: `G${n}`, claims: ['phone:+31600112233'] })) // prettier-ignore
    await known(db, clock, ...many)
    expect(await resolve()).toMatchObject({
      kind: 'all',
      report: { refusals: [{ rule: 'too-many-claims', count: 1 }] },
    })
    await settled()
    await known(db, clock, { id: 'stripe:new', given: 'Eva', claims: ['phone:+31600112233', 'email:e@y.example'] })
    expect(await resolve()).toMatchObject({ kind: 'new', touched: 3, read: 3, refusals: [{ rule: 'too-many-claims' }] })
  })

  it('lets go of everybody when one more shares an identifier than one person would', async () => {
    await release({ ...firstModel, rules: firstModel.rules.map((rule) => ({ ...rule, limit: { perSource: 2, total: 2 } })) }) // prettier-ignore
    const one = (n: number): SaidOf => ({ id: `stripe:${n}`, given: 'Eva', family: 'Bos', claims: ['email:e@y.example'] }) // prettier-ignore
    await known(db, clock, one(1), one(2))
    await resolve()
    expect((await peopleIn(db)).people).toHaveLength(1)
    await known(db, clock, one(3))
    expect(await resolve()).toMatchObject({ kind: 'new', written: { withdrawals: 2 } })
    expect((await peopleIn(db)).people).toHaveLength(4)
  })

  it('comes to the same people as resolving everything, in whatever order things arrive and whatever persons say', async () => {
    const small = { ...firstModel, perPerson: { email: 2, device: 2 }, rules: firstModel.rules.map((rule) => ({ ...rule, limit: { perSource: 3, total: 4 } })) } // prettier-ignore
    const claim = fc.constantFrom('email:1@x.example', 'email:info@x.example', 'email:2@x.example', 'phone:+31612345670', 'phone:+31000000000', 'device:d1', 'device:d2', 'hubspot:0', 'hubspot:1', 'user:1', 'user:2') // prettier-ignore
    const arrival = fc.record({
      id: fc.constantFrom('hubspot:0', 'hubspot:1', 'hubspot:2', 'stripe:0', 'stripe:1', 'stripe:2', 'stripe:3', 'user:1', 'user:2', 'device:d1'), // prettier-ignore
      given: fc.constantFrom('Anna', 'Ben', 'B.', 'Benjamin', ''),
      family: fc.constantFrom('Bos', 'Vos', ''),
      claims: fc.uniqueArray(claim, { maxLength: 3 }), // prettier-ignore
      word: fc.constantFrom(null, null, null, 'same', 'different' as const),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 2, maxLength: 9 }), async (arrivals) => {
        await sameAsAll(small, arrivals)
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  it('comes to the same people where likeness joins, too: one by one by keys, or all at once in DuckDB', async () => {
    await releaseIdentity(db, clock, 'linkage', smallModel())
    const arrival = fc.record({
      id: fc.constantFrom('hubspot:a', 'hubspot:b', 'stripe:a', 'stripe:b', 'stripe:c', 'shopify:a', 'user:1', 'user:2'),
      given: fc.constantFrom('Anna', 'Anna', 'Anne', 'Ben'), family: fc.constantFrom('van den Berg', 'Bergh'),
      street: fc.constantFrom('1 Mill Lane', '1 Mill Lane', '12 Mill Lane', undefined), city: fc.constantFrom('Leeds', 'Leeds', 'Hull'), postcode: fc.constantFrom('LS7 3AB', 'LS7 3AC'), // prettier-ignore
      born: fc.constantFrom('1980-05-17', '1980-05-17', '1980-05-18', '1955-11-02', undefined), email: fc.constantFrom('a@x.example', 'anna@x.example', undefined), // prettier-ignore
      claims: fc.constantFrom([], [], ['email:1@x.example'], ['email:2@x.example']),
      word: fc.constantFrom(null, null, null, 'same', 'different' as const),
    }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 2, maxLength: 7 }), async (arrivals) => {
        await sameAsAll(firstModel, arrivals)
      }),
      { numRuns: 8, endOnFailure: true },
    )
  }, 240_000)

  it('joins by likeness who comes later to who was there, and asks where it must', async () => {
    await releaseIdentity(db, clock, 'linkage', smallModel({ merge: 6, review: -5 }))
    const one = { given: 'Anna', family: 'van den Berg', street: '1 Mill Lane', city: 'Leeds', postcode: 'LS7 3AB', born: '1980-05-17', claims: [], word: null } // prettier-ignore
    const { ties, people, waiting } = await sameAsAll(firstModel, [
      { ...one, id: 'hubspot:a' },
      { ...one, id: 'stripe:a' },
      { ...one, id: 'shopify:a', given: 'Anne', born: undefined },
    ])
    expect(ties).toEqual(['hubspot:a stripe:a linkage'])
    expect(people).toEqual([['hubspot:a', 'stripe:a'], ['shopify:a']])
    expect(waiting).toMatchObject([{ reason: 'in-doubt' }])
  })
})

type Arrival = SaidOf & { word: 'same' | 'different' | null }

/** Resolves arrivals one by one, then everything anew from what they left: both must come to the same. */
async function sameAsAll(model: IdentityModel, arrivals: readonly Arrival[]) {
  await forgetPeople(db)
  await db.query(
    sql`truncate ingest.identifiers, ingest.links, ingest.profiles, ingest.consents, ingest.memberships, ingest.edges, ingest.events cascade`,
  )
  await release(model)
  const ids: IdentifierId[] = []
  for (const { word, ...said } of arrivals) {
    clock.advance(1000)
    ids.push((await known(db, clock, said)).get(said.id)!)
    expect((await resolve()).kind).not.toBe('busy')
    if (word) await speak(word, ids)
  }
  await resolve()
  const oneByOne = await standing()
  expect((await resolveAll()).written).toEqual({ edges: 0, withdrawals: 0, memberships: 0 })
  expect(await standing()).toEqual(oneByOne)
  await forgetPeople(db)
  await resolveAll()
  expect(await standing()).toEqual(oneByOne)
  return oneByOne
}

/** Everything a resolution leaves behind, by names. */
async function standing() {
  const waiting =
    await db.query(sql`select l.kind || l.value as "left", r.kind || r.value as "right", reason, round(weight::numeric, 6) as weight
    from ingest.reviews join ingest.identifiers l on l.id = left_id join ingest.identifiers r on r.id = right_id
    where closed_at is null order by 1, 2`)
  const alike = await db.query(sql`select l.kind || l.value as "left", r.kind || r.value as "right", round(weight::numeric, 6) as weight
    from ingest.alike join ingest.identifiers l on l.id = left_id join ingest.identifiers r on r.id = right_id order by 1, 2`) // prettier-ignore
  return { ...(await peopleIn(db)), waiting, alike }
}

/** A person says of the first and the latest who came that they are one, or are not. */
async function speak(word: 'same' | 'different', ids: readonly IdentifierId[]): Promise<void> {
  const [left, right] = [ids[0]!, ids.at(-1)!]
  if (left === right) return
  if (word === 'same')
    await decideReview({ db, clock }, { pair: { left, right }, verdict: 'same', by: 'Mia', reason: 'known' })
  else await unmerge({ db, clock }, { left, right, by: 'Mia', reason: 'seen both' })
}
