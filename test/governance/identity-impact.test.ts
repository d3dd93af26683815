import { describe, expect, it } from 'vitest'
import { readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { newId, type IdentifierId } from '#kernel/ids.ts'
import { verifyAudit } from '#governance/audit.ts'
import { mayReceive } from '#governance/consent.ts'
import { impactInWords, recordIdentityImpact } from '#governance/metrics/identity-impact.ts'
import { ownerReport } from '#governance/metrics/owner-report.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { project } from '#graph/project.ts'
import { recordConsents } from '#ingest/consent.ts'
import { recentChanges } from '#ingest/identity/changes.ts'
import { decideReview } from '#ingest/identity/review.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { personTimeline } from '#ingest/identity/people.ts'
import { unmerge } from '#ingest/identity/unmerge.ts'
import { testDatabase } from '../support/database.ts'
import { known } from '../ingest/identity-support.ts'
import { addSales, addSpends } from './ledger.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-03-01T10:00:00Z'))
const business = { zone: 'Europe/Amsterdam', currency: 'EUR' }
const impact = async () => impactInWords(await recordIdentityImpact({ db, clock, business }))
const deps = { db, clock, onPeopleChanged: impact }
const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

/** Two customers, one in January and one in February, with 100 euros of ads in each month. */
async function shop(): Promise<{ left: IdentifierId; right: IdentifierId }> {
  const ids = await known(
    db,
    clock,
    { id: 'stripe:a', given: 'Anna', family: 'Bos', claims: ['email:anna@y.example'] },
    { id: 'stripe:b', given: 'Anna', family: 'Bos', claims: ['email:bos@y.example'] },
  )
  await addSales(db, ids, [
    { id: '1', by: 'stripe:a', at: '2026-01-05T10:00Z', gross: 5000 },
    { id: '2', by: 'stripe:b', at: '2026-02-05T10:00Z', gross: 4000 },
    { id: '3', by: 'stripe:b', at: '2026-02-06T10:00Z', gross: 4000 },
  ])
  await addSpends(db, [
    { day: '2026-01-01', amount: 10_000, channel: 'google-ads' },
    { day: '2026-02-01', amount: 10_000, channel: 'google-ads' },
  ])
  await resolveIdentities(deps, { by: 'test' })
  return { left: ids.get('stripe:a')!, right: ids.get('stripe:b')! }
}

const word = { by: 'Mia', reason: 'she told me' }

describe('a merge', () => {
  it('changes who is new, and says what that did to new customers and CAC, month by month', async () => {
    const pair = await shop()
    expect(await recordIdentityImpact({ db, clock, business })).toBeNull()
    const merged = await decideReview(deps, { pair, verdict: 'same', ...word })
    expect(merged).toMatchObject({ kind: 'together', impact: ['2026-02: new customers 1 → 0, CAC €100.00 → none'] })
    const [change] = await recentChanges(db, 1)
    expect(change).toMatchObject({ actor: 'Mia', reason: 'merge', moved: 2 })
    expect(change?.impact).toMatchObject({
      months: [
        { month: '2026-02', before: { newCustomers: 1, cac: euros(10_000) }, after: { newCustomers: 0, cac: null } },
      ],
    })
    const report = await ownerReport({ db, clock }, { from: '2026-01-01', to: '2026-03-01', ...business })
    expect(report.months.map((month) => month.newCustomers.value)).toEqual([1, 0])
  })

  it('is accounted for in the audit chain, and the unmerge gives back what it took', async () => {
    const pair = await shop()
    await decideReview(deps, { pair, verdict: 'same', ...word })
    const apart = await unmerge(deps, { ...pair, ...word })
    expect(apart).toMatchObject({ kind: 'apart', impact: ['2026-02: new customers 0 → 1, CAC none → €100.00'] })
    const entries = await readAudit(db, 0, 99)
    expect(entries.map((entry) => entry.action).filter((action) => action.startsWith('identity'))).toEqual([
      'identity-merge', 'identity-impact', 'identity-unmerge', 'identity-impact',
    ]) // prettier-ignore
    expect(await verifyAudit(db)).toMatchObject({ kind: 'intact' })
  })

  it('that was undone before anybody asked comes to nothing', async () => {
    const pair = await shop()
    const quiet = { db, clock }
    await decideReview(quiet, { pair, verdict: 'same', ...word })
    await unmerge(quiet, { ...pair, ...word })
    expect(await recordIdentityImpact({ db, clock, business })).toMatchObject({ changes: 2, months: [] })
    expect(await recordIdentityImpact({ db, clock, business })).toBeNull()
  })

  it('moves nothing: orders, consents and the graph follow the person, and come apart again', async () => {
    const pair = await shop()
    const emails = await known(db, clock, { id: 'stripe:a', given: 'Anna', family: 'Bos', claims: ['email:anna@y.example'] }) // prettier-ignore
    const bos = (await known(db, clock, { id: 'stripe:b', given: 'Anna', family: 'Bos', claims: ['email:bos@y.example'] })).get('email:bos@y.example')! // prettier-ignore
    const anna = emails.get('email:anna@y.example')!
    const said = { source: 'web', channel: 'email', basis: 'form', occurredAt: clock() }
    await db.transaction((tx) =>
      recordConsents(tx, clock, [
        { ...said, externalId: '1', identifierId: anna, state: 'granted' },
        { ...said, externalId: '2', identifierId: bos, state: 'withdrawn' },
      ]),
    )
    const may = async () =>
      (await mayReceive(db, { channel: 'email', purpose: 'marketing', at: clock() }, [anna])).get(anna)?.kind
    const graph = postgresGraph(db)
    const ordersInGraph = async (personId: string) => {
      await project({ db, clock, store: graph })
      const near = await graph.neighbourhood(
        { kind: 'person', id: personId },
        { depth: 2, fanOut: 100, limit: 40, at: clock() },
      )
      return near.nodes.filter((node) => node.kind === 'order').length
    }
    expect(await may()).toBe('allowed')
    const merged = await decideReview(deps, { pair, verdict: 'same', ...word })
    const person = merged.kind === 'together' ? merged.person : newId<'person'>(clock)
    expect(await may()).toBe('blocked')
    expect((await personTimeline(db, person, 20)).filter((line) => line.type === 'order')).toHaveLength(3)
    expect(await ordersInGraph(person)).toBe(3)
    const apart = await unmerge(deps, { ...pair, ...word })
    expect(await may()).toBe('allowed')
    expect(apart.kind === 'apart' && (await ordersInGraph(apart.leftPerson))).toBe(1)
    expect(apart.kind === 'apart' && (await ordersInGraph(apart.rightPerson))).toBe(2)
  })
})
