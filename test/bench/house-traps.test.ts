import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { runSource, type RunReport } from '#ingest/run.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { sql } from '#kernel/sql.ts'
import { deps, testFolder } from '#test/ingest/ingest-support.ts'
import { testDatabase } from '#test/support/database.ts'
import { writeTrapExports, type HouseTruth } from '../../bench/identity/traps-house.ts'

const folder = testFolder()
const inputs = [
  ['hubspot/contacts.csv', hubspotContacts()],
  ['stripe/customers.json', stripe()],
  ['shopify/orders.csv', shopifyOrders()],
  ['web/events.jsonl', webEvents()],
] as const

type Placed = { record: string; person: string; human: string; trap: string }

const pairsIn = (groups: Iterable<readonly unknown[]>): number =>
  [...groups].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)

describe('a business full of people who look alike', () => {
  const db = testDatabase({ keep: true })
  let truth: HouseTruth
  let reports: RunReport[]
  let placed: Placed[]

  beforeAll(async () => {
    truth = writeTrapExports(folder.path, { each: 12, seed: '11' })
    reports = []
    for (const [path, source] of inputs)
      reports.push(await runSource(deps(db), source, { path: join(folder.path, path) }))
    await resolveIdentities(deps(db), { by: 'test' })
    const rows = await db.query<{ record: string; person: string }>(sql`
      select case i.kind when 'device' then 'web' else i.kind end || ':' || i.value as record, p.person_id as person
      from ingest.identifiers i join ingest.people p on p.identifier_id = i.id where i.kind in ('hubspot', 'stripe', 'device')
      union all
      select 'shopify:' || o.external_id, p.person_id from ingest.orders o join ingest.people p using (identifier_id) where o.source = 'shopify'`)
    placed = rows.flatMap(({ record, person }) => {
      const known = truth[record]
      return known === undefined ? [] : [{ record, person, ...known }]
    })
  })

  it('is taken in whole', () => {
    expect(reports.map((report) => report.quarantined)).toEqual([0, 0, 0, 0])
    expect(placed).toHaveLength(Object.keys(truth).length)
  })

  it('never has two of them for one: twins, families, offices, namesakes, whoever had the phone before', () => {
    const joined = [...Map.groupBy(placed, (one) => one.person).values()].filter(
      (group) => new Set(group.map((one) => one.human)).size > 1,
    )
    expect(joined.map((group) => group.map((one) => `${one.trap}: ${one.record} is ${one.human}`))).toEqual([])
  })

  it('still finds most records of each of them', () => {
    const same = pairsIn(Map.groupBy(placed, (one) => one.human).values())
    const found = pairsIn(Map.groupBy(placed, (one) => `${one.human} ${one.person}`).values())
    expect(found / same).toBeGreaterThan(0.5)
  })
})
