import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateRoastery, writeRoastery } from '#examples/roastery/generate.ts'
import { runSource } from '#ingest/run.ts'
import { resolveIdentities, type IdentityReport } from '#ingest/identity/resolve.ts'
import { trainLinkage } from '#ingest/identity/train.ts'
import { fxCsv } from '#ingest/sources/fx-csv.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const exports = generateRoastery({ seed: 1 })
const { truth } = exports
const folder = testFolder()

const inputs = [
  ['fx.csv', fxCsv()],
  ['hubspot/contacts.csv', hubspotContacts()],
  ['stripe/customers.json', stripe()],
  ['shopify/orders.csv', shopifyOrders()],
  ['web/events.jsonl', webEvents()],
] as const

/** A record of a system, the person it was resolved to, and the one it is of. */
type Placed = { record: string; person: string; human: string }

const pairsIn = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0)

const sizesBy = (placed: readonly Placed[], key: (one: Placed) => string): number[] =>
  [...Map.groupBy(placed, key).values()].map((group) => group.length)

/** Records of several people that were taken for one person's. */
const joinedIn = (placed: readonly Placed[]): string[][] =>
  [...Map.groupBy(placed, (one) => one.person).values()]
    .filter((group) => new Set(group.map((one) => one.human)).size > 1)
    .map((group) => group.map((one) => `${one.record} is ${one.human}`))

/** The share of all pairs of records of one person that are joined. */
const foundIn = (placed: readonly Placed[]): number =>
  pairsIn(sizesBy(placed, (one) => `${one.human} ${one.person}`)) / pairsIn(sizesBy(placed, (one) => one.human))

describe('the people of the sample business', () => {
  const db = testDatabase({ keep: true })
  let report: IdentityReport
  let placed: Placed[]

  beforeAll(async () => {
    await writeRoastery(exports, folder.path)
    for (const [path, source] of inputs) await runSource(deps(db), source, { path: join(folder.path, path) })
    report = await resolveIdentities(deps(db), { by: 'test' })
    placed = await placedNow()
  })

  async function placedNow(): Promise<Placed[]> {
    const rows = await db.query<{ record: string; person: string }>(sql`
      select case i.kind when 'device' then 'web' else i.kind end || ':' || i.value as record, p.person_id as person
      from ingest.identifiers i join ingest.people p on p.identifier_id = i.id where i.kind in ('hubspot', 'stripe', 'device')
      union all
      select 'shopify:' || o.external_id, p.person_id from ingest.orders o join ingest.people p using (identifier_id) where o.source = 'shopify'`)
    const personOf = new Map(rows.map((row) => [row.record, row.person]))
    return truth.people.flatMap(({ id, records }) =>
      Object.entries(records).flatMap(([source, ids]) =>
        ids.flatMap((value) => {
          const person = personOf.get(`${source}:${value}`)
          return person === undefined ? [] : [{ record: `${source}:${value}`, person, human: id }]
        }),
      ),
    )
  }

  it('are never two people in one', () => {
    expect(joinedIn(placed)).toEqual([])
  })

  it('keep apart everybody who only looks like one: families, offices, old phone numbers, namesakes', () => {
    const homes = Map.groupBy(placed, (one) => one.human)
    for (const { people, why, value } of truth.identity.neverMerge) {
      const [one, other] = people.map((human) => new Set((homes.get(human) ?? []).map((row) => row.person)))
      expect(
        [...one!].filter((person) => other!.has(person)),
        `${why} ${value}`,
      ).toEqual([])
    }
  })

  it('are found whole: of all pairs of records of one person more than nine in ten are joined', () => {
    expect(placed.length).toBeGreaterThan(2000)
    expect(foundIn(placed)).toBeGreaterThan(0.93)
  })

  it('are missed only where no identifier tells, but for very few', () => {
    const untold = new Set(truth.identity.splitByIdentifiers.map((split) => split.person))
    const cards = placed.filter((one) => !one.record.startsWith('web:') && !untold.has(one.human))
    const missed = [...Map.groupBy(cards, (one) => one.human).values()].filter(
      (group) => new Set(group.map((one) => one.person)).size > 1,
    )
    expect(missed.length).toBeLessThanOrEqual(3)
  })

  it('are told with the rules that refused to join, and how often', () => {
    const counts = Object.fromEntries(report.refusals.map(({ rule, count }) => [rule, count]))
    expect(counts).toMatchObject({ 'shared-email': 8, 'shared-role-address': 3 })
    const phones = truth.identity.neverMerge.filter(({ why }) => why === 'recycled_phone' || why === 'shared_phone')
    expect((counts['recycled-phone'] ?? 0) + (counts['shared-phone'] ?? 0)).toBe(phones.length)
  })

  it('stay as they are when they are resolved again', async () => {
    const again = await resolveIdentities(deps(db), { by: 'test' })
    expect(again.written).toEqual({ edges: 0, withdrawals: 0, memberships: 0 })
  })

  // Last, since it changes who is who.
  it('are asked about where they look alike and no identifier tells, and still are never two people in one', async () => {
    expect((await trainLinkage(deps(db), { by: 'test' })).kind).toBe('trained')
    const learned = await resolveIdentities(deps(db), { by: 'test' })
    expect(learned.people).toBeLessThanOrEqual(report.people)
    expect(learned.reviews).toBeGreaterThan(20)
    const now = await placedNow()
    expect(joinedIn(now)).toEqual([])
    expect(foundIn(now)).toBeGreaterThanOrEqual(foundIn(placed))
  })
})
