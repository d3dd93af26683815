import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { runSource } from '#ingest/run.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { trainLinkage } from '#ingest/identity/train.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { sql } from '#kernel/sql.ts'
import { writeTrapExports, type HouseTruth } from '../../bench/identity/traps-house.ts'
import { testDatabase } from '../support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()
const inputs = [
  ['hubspot/contacts.csv', hubspotContacts()],
  ['stripe/customers.json', stripe()],
  ['shopify/orders.csv', shopifyOrders()],
  ['web/events.jsonl', webEvents()],
] as const

describe('twins, namesakes, families, shared addresses and recycled numbers', () => {
  const db = testDatabase({ keep: true })
  let truth: HouseTruth

  /** The records of one person, by the human each is of. */
  async function homes(): Promise<{ record: string; human: string; trap: string; person: string }[]> {
    const rows = await db.query<{ record: string; person: string }>(sql`
      select case i.kind when 'device' then 'web' else i.kind end || ':' || i.value as record, p.person_id as person
      from ingest.identifiers i join ingest.people p on p.identifier_id = i.id where i.kind in ('hubspot', 'stripe', 'device')
      union all
      select 'shopify:' || o.external_id, p.person_id from ingest.orders o join ingest.people p using (identifier_id) where o.source = 'shopify'`)
    return rows.flatMap(({ record, person }) => (truth[record] ? [{ record, person, ...truth[record] }] : []))
  }

  const joinedWrongly = async () =>
    [...Map.groupBy(await homes(), (one) => one.person).values()]
      .filter((group) => new Set(group.map((one) => one.human)).size > 1)
      .map((group) => group.map((one) => `${one.record} is ${one.human} (${one.trap})`))

  beforeAll(async () => {
    truth = writeTrapExports(folder.path, { each: 12, seed: '3' })
    for (const [path, source] of inputs) await runSource(deps(db), source, { path: join(folder.path, path) })
    await resolveIdentities(deps(db), { by: 'test' })
  })

  it('are never one person by likeness, either: a person is asked', async () => {
    expect((await homes()).length).toBeGreaterThan(200)
    expect(await joinedWrongly()).toEqual([])
    const trained = await trainLinkage(deps(db), { by: 'test' })
    expect(trained.kind).toBe('trained')
    const report = await resolveIdentities(deps(db), { by: 'test' })
    expect(report.linkage).not.toBeNull()
    expect(await joinedWrongly()).toEqual([])
    expect(report.reviews).toBeGreaterThan(0)
  })
})
