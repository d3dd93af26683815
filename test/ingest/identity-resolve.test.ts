import { describe, expect, it } from 'vitest'
import { readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { json, sql } from '#kernel/sql.ts'
import { liveVersion } from '#kernel/versions.ts'
import { recordConsents } from '#ingest/consent.ts'
import { recordEvents } from '#ingest/events.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { explainPerson } from '#ingest/identity/explain.ts'
import { findPeople, peopleCount, personProfile, personTimeline } from '#ingest/identity/people.ts'
import { identityLease, resolveIdentities } from '#ingest/identity/resolve.ts'
import { remerge, unmerge } from '#ingest/identity/unmerge.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-01T10:00:00Z'))
const resolve = () => resolveIdentities({ db, clock }, { by: 'test' })
const day = (n: number) => new Date(Date.UTC(2026, 1, n))

type Known = { id: string; given?: string; family?: string; claims: string[]; at?: Date }

/** Writes profiles and links as a source would: `kind:value` names an identifier. Returns the id of each. */
async function known(...profiles: Known[]): Promise<Map<string, IdentifierId>> {
  const names = [...new Set(profiles.flatMap(({ id, claims }) => [id, ...claims]))]
  const refs = names.map((name) => ({ kind: name.slice(0, name.indexOf(':')), value: name.slice(name.indexOf(':') + 1) })) // prettier-ignore
  const list = await db.transaction((tx) => identifierIds(tx, clock, refs))
  const ids = new Map(names.map((name, index) => [name, list[index]!]))
  const record = newId<'record'>(clock)
  const rows = profiles.map((row) => ({ ...row, identifier: ids.get(row.id), source: row.id.split(':')[0], at: row.at ?? day(1) })) // prettier-ignore
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, created_at, updated_at)
    select identifier, source, ${record}, given, family, at, at from jsonb_to_recordset(${json(rows)}::jsonb)
      as r (identifier uuid, source text, given text, family text, at timestamptz) on conflict (identifier_id)
      do update set given_name = excluded.given_name`)
  const links = rows.flatMap((row) => row.claims.map((claim) => ({ ...row, right: ids.get(claim) })))
  await db.query(sql`insert into ingest.links (left_id, right_id, source, kind, record_id, at)
    select identifier, "right", source, 'profile', ${record}, at from jsonb_to_recordset(${json(links)}::jsonb)
      as r (identifier uuid, "right" uuid, source text, at timestamptz) on conflict do nothing`)
  return ids
}

const personOf = async (id: IdentifierId | undefined) =>
  (await db.query<{ person: string }>(sql`select person_id as person from ingest.people where identifier_id = ${id}`))[0]?.person // prettier-ignore

const anna = { id: 'hubspot:1', given: 'Anna', family: 'Bos', claims: ['email:anna@y.example', 'phone:+31612345678'] }
const annaAgain = { id: 'stripe:cus_1', given: 'A.', family: 'Bos', claims: ['email:anna@y.example'] }

describe('resolving identities', () => {
  it('finds people, says why and how many, and writes nothing when nothing is new', async () => {
    const ids = await known(anna, annaAgain, { id: 'stripe:cus_2', given: 'Ben', claims: ['email:noreply@y.example'] })
    const report = await resolve()
    expect(report).toMatchObject({ identifiers: 6, people: 2, merges: 1, written: { edges: 3, memberships: 6 } })
    expect(report.refusals).toMatchObject([{ rule: 'blocked-value', count: 1 }])
    expect(report.refusals[0]?.why).toContain('placeholder')
    expect(await personOf(ids.get('hubspot:1'))).toBe(await personOf(ids.get('stripe:cus_1')))
    expect((await resolve()).written).toEqual({ edges: 0, withdrawals: 0, memberships: 0 })
    expect((await liveVersion(db, 'identity', 'rules'))?.hash).toBe(report.model)
  })

  it('keeps the id of the larger part when two people turn out to be one, and the history of the other', async () => {
    const ids = await known(anna, { id: 'shopify:9', given: 'Anna', family: 'Bos', claims: ['email:a.bos@y.example'] })
    await resolve()
    const [large, small] = [await personOf(ids.get('hubspot:1')), await personOf(ids.get('shopify:9'))]
    expect(large).not.toBe(small)
    clock.advance(1000)
    await known({ ...anna, claims: ['email:a.bos@y.example'] })
    expect(await resolve()).toMatchObject({ people: 1, written: { edges: 1, memberships: 2 } })
    expect(await personOf(ids.get('shopify:9'))).toBe(large)
    const past = await db.query(sql`select person_id as person, until from ingest.memberships where until is not null`)
    expect(past).toEqual([{ person: small, until: clock() }, { person: small, until: clock() }]) // prettier-ignore
  })

  it('takes an edge back when a second name shows that the address is shared, and brings it back when that was a slip', async () => {
    const ids = await known(anna)
    await resolve()
    await known({ id: 'stripe:cus_9', given: 'Ben', family: 'Bos', claims: ['email:anna@y.example'] })
    const shared = await resolve()
    expect(shared).toMatchObject({ people: 2, written: { edges: 0, withdrawals: 1 } })
    expect(shared.refusals).toMatchObject([{ rule: 'shared-email', count: 1 }])
    expect(await personOf(ids.get('email:anna@y.example'))).not.toBe(await personOf(ids.get('hubspot:1')))
    await known({ id: 'stripe:cus_9', given: 'Anna', family: 'Bos', claims: [] })
    expect(await resolve()).toMatchObject({ people: 1, refusals: [] })
    await known({ id: 'stripe:cus_9', given: 'Ben', family: 'Bos', claims: [] })
    expect(await resolve()).toMatchObject({ people: 2, written: { edges: 0, withdrawals: 2 } })
    expect((await resolve()).written).toEqual({ edges: 0, withdrawals: 0, memberships: 0 })
  })

  it('counts a device that never said who it is as a visitor', async () => {
    await db.transaction((tx) => identifierIds(tx, clock, [{ kind: 'device', value: 'd1' }]))
    await resolve()
    expect(await peopleCount(db)).toEqual({ people: 0, visitors: 1 })
  })

  it('refuses to run beside another resolution', async () => {
    await known(anna)
    const beside = () => expect(resolve()).rejects.toThrow('being resolved by another process')
    await underLease({ db, clock }, identityLease, 60_000, beside)
    await resolve()
  })
})

describe('an unmerge', () => {
  const wrong = {
    id: 'shopify:7',
    given: 'Anna',
    family: 'Bos',
    claims: ['phone:+31612345678', 'email:other@y.example'],
  }

  it('takes two people apart again under their former ids, and no later run joins them', async () => {
    const ids = await known(anna, { ...wrong, claims: ['email:other@y.example'] })
    await resolve()
    const [first, second] = [await personOf(ids.get('hubspot:1')), await personOf(ids.get('shopify:7'))]
    await known(wrong)
    await resolve()
    expect(await personOf(ids.get('shopify:7'))).toBe(first)
    const input = { left: ids.get('hubspot:1')!, right: ids.get('shopify:7')!, by: 'marketer', reason: 'mother and daughter' } // prettier-ignore
    const apart = await unmerge({ db, clock }, input)
    expect(apart).toEqual({ kind: 'apart', leftPerson: first, rightPerson: second, moved: 2 })
    expect(await personOf(ids.get('email:other@y.example'))).toBe(second)
    expect(await personOf(ids.get('phone:+31612345678'))).toBe(first)
    expect(await resolve()).toMatchObject({ people: 2, refusals: [{ rule: 'kept-apart', count: 1 }], written: { memberships: 0 } }) // prettier-ignore
    expect(await readAudit(db, 0, 9)).toMatchObject([
      { actor: 'marketer', action: 'identity-unmerge', subject: `person:${first}`, detail: { moved: 2 } },
    ])
  })

  it('can itself be taken back', async () => {
    const ids = await known(anna, wrong)
    await resolve()
    const input = { left: ids.get('hubspot:1')!, right: ids.get('shopify:7')!, by: 'marketer', reason: 'sure' }
    const person = await personOf(input.left)
    expect(await unmerge({ db, clock }, input)).toMatchObject({ kind: 'apart', leftPerson: person })
    expect(await unmerge({ db, clock }, input)).toMatchObject({ kind: 'apart', moved: 0 })
    expect(await remerge({ db, clock }, input)).toEqual({ kind: 'together', person, moved: 2 })
    expect(await resolve()).toMatchObject({ people: 1, written: { edges: 0, withdrawals: 0, memberships: 0 } })
    expect(await unmerge({ db, clock }, input)).toMatchObject({ kind: 'apart', leftPerson: person, moved: 2 })
  })

  it('of an identifier nobody has resolved is refused with what to do', async () => {
    const ids = await known(anna, wrong)
    const input = { left: ids.get('hubspot:1')!, right: ids.get('shopify:7')!, by: 'marketer', reason: 'sure' }
    const refused = await unmerge({ db, clock }, input)
    expect(refused.kind === 'refused' && refused.why).toContain('resolve')
  })

  it('touches nobody else', async () => {
    const others = Array.from({ length: 20 }, (_, n) => ({ id: `hubspot:x${n}`, given: 'Eva', claims: [`email:${n}@y.example`] })) // prettier-ignore
    const ids = await known(anna, wrong, ...others)
    await resolve()
    const before = await db.query(sql`select max(seq) as seq from ingest.memberships`)
    await unmerge({ db, clock }, { left: ids.get('hubspot:1')!, right: ids.get('shopify:7')!, by: 'm', reason: 'r' })
    const written = await db.query(sql`select 1 from ingest.memberships where seq > ${before[0]!['seq']}`)
    expect(written).toHaveLength(2)
  })
})

describe('a person', () => {
  it('has golden values that name the source that won, and can be found by name and address', async () => {
    const ids = await known(anna, { ...annaAgain, at: day(5) }, { id: 'shopify:3', given: 'ANNA', family: 'Bsos', claims: ['email:anna@y.example'], at: day(3) }) // prettier-ignore
    await resolve()
    const [found] = await findPeople(db, { search: 'nna B', limit: 5 })
    expect(found).toMatchObject({ identifiers: 5, orders: 0, spentMinor: 0, email: 'anna@y.example' })
    expect(await findPeople(db, { search: ' mailto:Anna@Y.example ', limit: 5 })).toHaveLength(1)
    expect(await findPeople(db, { search: 'ANNA@', limit: 5 })).toHaveLength(1)
    expect(await findPeople(db, { search: '%', limit: 5 })).toEqual([])
    const profile = await personProfile(db, found!.personId)
    expect(profile?.golden).toMatchObject({
      givenName: { value: 'Anna', source: 'hubspot', why: 'most sources agree' },
      familyName: { value: 'Bos', why: 'most sources agree' },
    })
    expect(profile?.identifiers.map((row) => row.id)).toEqual(expect.arrayContaining([...ids.values()]))
    expect(await personProfile(db, newId<'person'>(clock))).toBeNull()
  })

  it('has a story, newest first, over all identifiers', async () => {
    const ids = await known(anna, annaAgain)
    await resolve()
    await db.transaction(async (tx) => {
      const event = { source: 'web', kind: 'page-view', properties: { path: '/' } }
      await recordEvents(tx, clock, [
        { ...event, externalId: '1', identifierId: ids.get('hubspot:1')!, occurredAt: day(1) },
        { ...event, externalId: '2', identifierId: ids.get('stripe:cus_1')!, occurredAt: day(9) },
      ])
      await recordConsents(tx, clock, [
        { source: 'hubspot', externalId: '1', identifierId: ids.get('email:anna@y.example')!, channel: 'email', state: 'granted', basis: 'form', occurredAt: day(4) },
      ]) // prettier-ignore
    })
    const [person] = await findPeople(db, { limit: 1 })
    const story = await personTimeline(db, person!.personId, 10)
    expect(story.map((line) => [line.type, line.what, line.at.getUTCDate()])).toEqual([
      ['event', 'page-view', 9],
      ['consent', 'granted', 4],
      ['event', 'page-view', 1],
    ])
    expect(await personTimeline(db, person!.personId, 1)).toHaveLength(1)
  })

  it('is explained in words, with whom it was kept apart from', async () => {
    const ids = await known(anna, annaAgain, { id: 'shopify:7', given: 'Anna', family: 'Bos', claims: ['email:anna@y.example'] }) // prettier-ignore
    await resolve()
    await unmerge({ db, clock }, { left: ids.get('hubspot:1')!, right: ids.get('shopify:7')!, by: 'Mia', reason: 'namesakes' }) // prettier-ignore
    const [person] = await findPeople(db, { search: 'a.', limit: 1 })
    const told = await explainPerson(db, person!.personId)
    expect(told.because.map((reason) => reason.words)).toContain('stripe names anna@y.example and stripe cus_1 as one person\'s.') // prettier-ignore
    expect(told.apartFrom.map((reason) => reason.words)).toEqual([
      expect.stringMatching(/^Mia said that hubspot 1 and shopify 7 are different people\.$/),
    ])
    expect(told.history.map((row) => row.reason)).toContain('resolved')
  })
})
