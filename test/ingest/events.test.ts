import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { readAudit } from '#kernel/audit.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { liftSuppression, recordConsents, suppress } from '#ingest/consent.ts'
import { recordCosts } from '#ingest/costs.ts'
import { recordEvents } from '#ingest/events.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-01T10:00:00Z'))
const day = (n: number) => new Date(Date.UTC(2026, 1, n))

const anna = { kind: 'email', value: 'anna@example.com' }
const known = async (): Promise<IdentifierId> => (await db.transaction((tx) => identifierIds(tx, clock, [anna])))[0]!

describe('identifiers', () => {
  it('come back in the order asked for, each made once, however often it is asked', async () => {
    const ben = { kind: 'email', value: 'ben@example.com' }
    const first = await db.transaction((tx) => identifierIds(tx, clock, [ben, anna, ben]))
    const second = await db.transaction((tx) => identifierIds(tx, clock, [anna, ben]))
    expect(first[0]).toBe(first[2])
    expect(second).toEqual([first[1], first[0]])
    expect(await db.query(sql`select id from ingest.identifiers`)).toHaveLength(2)
  })

  it('of two kinds with one value are two identifiers', async () => {
    const refs = ['shopify', 'stripe'].map((kind) => ({ kind, value: '1' }))
    expect(new Set(await db.transaction((tx) => identifierIds(tx, clock, refs))).size).toBe(2)
  })

  it('are refused without a value', async () => {
    const empty = db.transaction((tx) => identifierIds(tx, clock, [{ kind: 'email', value: '' }]))
    await expect(empty).rejects.toThrow('quarantine')
  })

  it('are made once when many transactions ask for them at the same time', async () => {
    const refs = Array.from({ length: 40 }, (_, n) => ({ kind: 'device', value: String(n) }))
    const asked = [refs, refs.toReversed(), refs].map((order) =>
      db.transaction((tx) => identifierIds(tx, clock, order)),
    )
    const [a, b, c] = await Promise.all(asked)
    expect(b!.toReversed()).toEqual(a)
    expect(c).toEqual(a)
  })
})

describe('events', () => {
  const visit = (identifierId: IdentifierId, path: string) => ({
    source: 'web', externalId: 'e1', kind: 'page-view', identifierId, occurredAt: day(3), properties: { path },
  }) // prettier-ignore

  it('are written once, also twice in one batch, and a corrected one replaces what was known', async () => {
    const identifierId = await known()
    const write = (paths: string[]) =>
      db.transaction((tx) => recordEvents(tx, clock, paths.map((path) => visit(identifierId, path)))) // prettier-ignore
    expect(await write(['/a', '/b'])).toEqual({ written: 1 })
    expect(await write(['/b'])).toEqual({ written: 0 })
    expect(await write(['/c'])).toEqual({ written: 1 })
    expect(await db.query(sql`select properties, channel, recorded_at as at from ingest.events`)).toEqual([
      { properties: { path: '/c' }, channel: null, at: clock() },
    ])
  })
})

describe('consents', () => {
  it('keep every word of a person, and change nothing when read again', async () => {
    const identifierId = await known()
    const word = (state: 'granted' | 'withdrawn', n: number) => ({
      source: 'hubspot', externalId: `c${n}`, identifierId, channel: 'email', state, basis: 'form', occurredAt: day(n),
    }) // prettier-ignore
    const write = () => db.transaction((tx) => recordConsents(tx, clock, [word('granted', 1), word('withdrawn', 2)]))
    expect(await write()).toEqual({ written: 2 })
    expect(await write()).toEqual({ written: 0 })
  })
})

describe('a suppression', () => {
  const rows = (identifierId: IdentifierId, ...days: number[]) =>
    days.map((n) => ({ identifierId, channel: 'email', reason: `bounced ${n}`, occurredAt: day(n) }))

  it('keeps its first reason', async () => {
    const id = await known()
    expect(await db.transaction((tx) => suppress(tx, rows(id, 5, 4, 6)))).toEqual({ written: 1 })
    expect(await db.transaction((tx) => suppress(tx, rows(id, 3)))).toEqual({ written: 0 })
    expect(await db.query(sql`select reason from ingest.suppressions`)).toEqual([{ reason: 'bounced 4' }])
  })

  it('gives way to a stronger one: a wish to an address that is bad, and both to word against us', async () => {
    const id = await known()
    const standing = async (reason: string) => {
      await db.transaction((tx) => suppress(tx, [{ identifierId: id, channel: 'email', reason, occurredAt: day(1) }]))
      return (await db.query<{ reason: string }>(sql`select reason from ingest.suppressions`))[0]!.reason
    }
    const told = ['unsubscribed', 'bounced', 'unsubscribed', 'complained', 'bounced']
    const stood: string[] = []
    for (const reason of told) stood.push(await standing(reason))
    expect(stood).toEqual(['unsubscribed', 'bounced', 'bounced', 'complained', 'complained'])
  })

  it('is lifted by a person, with an audit entry, and comes back only for something newer', async () => {
    const id = await known()
    const lift = { identifierId: id, channel: 'email', by: 'marketer', reason: 'wrote to us' }
    const standing = () => db.query(sql`select reason from ingest.suppressions where lifted_at is null`)
    expect(await db.transaction((tx) => liftSuppression(tx, clock, lift))).toEqual({ kind: 'not-suppressed' })
    await db.transaction((tx) => suppress(tx, rows(id, 4)))
    expect(await db.transaction((tx) => liftSuppression(tx, clock, lift))).toEqual({ kind: 'lifted' })
    expect((await readAudit(db, 0, 9)).map((entry) => entry.action)).toEqual(['lift-suppression'])
    await db.transaction((tx) => suppress(tx, rows(id, 4)))
    expect(await standing()).toEqual([])
    const later = rows(id, 4).map((row) => ({ ...row, occurredAt: new Date(clock().getTime() + 1) }))
    await db.transaction((tx) => suppress(tx, later))
    expect(await standing()).toHaveLength(1)
  })
})

describe('costs', () => {
  it('are replaced when the platform restates them, never added', async () => {
    const cost = (amountMinor: number) => ({
      source: 'google-ads', externalId: 'c1|2026-02-03', kind: 'ads', channel: 'google-ads', day: '2026-02-03',
      currency: 'EUR', amountMinor, rateMinor: 1, clicks: 7,
    }) // prettier-ignore
    const write = (amount: number) => db.transaction((tx) => recordCosts(tx, clock, [cost(amount)]))
    expect([await write(100), await write(100), await write(120)]).toEqual([{ written: 1 }, { written: 0 }, { written: 1 }]) // prettier-ignore
    expect(await db.query(sql`select amount_minor as n, day, record_id as r from ingest.costs`)).toEqual([
      { n: 120, day: '2026-02-03', r: null },
    ])
  })
})

it('an event may hang only on an identifier that exists', async () => {
  const orphan = { source: 'web', externalId: 'x', kind: 'page-view', identifierId: newId<'identifier'>(clock), occurredAt: day(1) } // prettier-ignore
  const refused = { code: '23503' }
  await expect(db.transaction((tx) => recordEvents(tx, clock, [orphan]))).rejects.toMatchObject(refused)
  const named = { ...orphan, identifierId: await known() }
  await db.transaction((tx) => recordEvents(tx, clock, [named]))
  await expect(db.query(sql`update ingest.events set identifier_id = ${orphan.identifierId}`)).rejects.toMatchObject(
    refused,
  )
  await expect(db.query(sql`delete from ingest.identifiers`)).rejects.toMatchObject(refused)
})
