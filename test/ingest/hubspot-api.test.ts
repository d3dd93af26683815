import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import type { Db } from '#kernel/db.ts'
import { runFeed } from '#ingest/feed.ts'
import { runSource, type IngestDeps } from '#ingest/run.ts'
import { hubspotFeed } from '#ingest/sources/hubspot-api.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { testDatabase } from '#test/support/database.ts'
import { fakeHubspot, hubspotToken, type FakeHubspot, type HubspotPortal } from '#test/support/fake-hubspot.ts'
import type { Trouble } from '#test/support/flaky-server.ts'
import { feedStart, pagesOf, pull } from './feed-support.ts'
import { deps, testFolder } from './ingest-support.ts'

const portals: FakeHubspot[] = []
afterEach(async () => {
  for (const portal of portals.splice(0)) await portal.stop()
})

const start = feedStart

async function world(portal: HubspotPortal = {}) {
  const clock = stoppedClock(start)
  const hubspot = await fakeHubspot(clock, portal)
  portals.push(hubspot)
  const pauses: number[] = []
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms)
    clock.advance(ms)
    return Promise.resolve()
  }
  const feed = hubspotFeed({ token: hubspotToken, baseUrl: hubspot.url, clock, pause, timeoutMs: 500 })
  return { clock, hubspot, pauses, feed }
}

const idsOf = (objects: readonly Buffer[]): string[] =>
  objects.map((one) => (JSON.parse(one.toString()) as { id: string }).id)

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)].toSorted((a, b) => Number(a) - Number(b))
const numbered = (count: number, from = 1): string[] => Array.from({ length: count }, (_, n) => String(from + n))

const anna = {
  firstname: 'Anna', lastname: 'de Vries', email: 'Anna.deVries+shop@gmail.com', hs_additional_emails: 'a.devries@work.example;anna@old.example',
  phone: '06-12345001', address: 'Dorpsstraat 1', city: 'Utrecht', zip: '3511 AA', country: 'Netherlands', hs_language: 'nl-nl',
  hs_timezone: 'europe_slash_amsterdam', lifecyclestage: 'marketingqualifiedlead', hs_analytics_source: 'PAID_SEARCH',
  hs_analytics_source_data_1: 'google', hs_analytics_source_data_2: 'cmp-7', hs_merged_object_ids: '17;18', hs_email_optout: null,
  marketing_email_consent: 'granted', marketing_email_consent_date: '2026-08-01T10:00:00Z', marketing_email_consent_text_version: 'v2',
} // prettier-ignore

describe('the HubSpot feed', () => {
  it('loads all contacts once, and afterwards those that were changed', async () => {
    const { clock, hubspot, feed } = await world()
    for (const id of numbered(250)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    clock.advance(3_600_000)
    const first = await pull(feed, 'contacts')
    expect(idsOf(first.objects)).toEqual(numbered(250))
    clock.advance(3_600_000)
    hubspot.put('contacts', '7', { firstname: 'Eva' })
    hubspot.put('contacts', '300', { email: 'new@y.example' })
    const second = await pull(feed, 'contacts', first.cursor)
    expect(idsOf(second.objects)).toEqual(['7', '300'])
    expect(idsOf((await pull(feed, 'contacts', second.cursor)).objects)).toEqual(['7', '300'])
    clock.advance(3_600_000)
    hubspot.put('contacts', '8', {})
    expect(idsOf((await pull(feed, 'contacts', second.cursor)).objects)).toEqual(['7', '300', '8'])
  })

  it('finds what was changed while it loaded', async () => {
    const { clock, hubspot, feed } = await world()
    for (const id of numbered(250)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    clock.advance(3_600_000)
    const seen: string[] = []
    for await (const page of pagesOf(feed, 'contacts', undefined)) {
      seen.push(...page.objects.map((one) => one.toString()))
      clock.advance(60_000)
      if (seen.length === 100) hubspot.put('contacts', '3', { firstname: 'Changed' })
    }
    expect(seen.at(-1)).toContain('Changed')
  })

  it('goes on from the cursor of any page', async () => {
    const { clock, hubspot, feed } = await world()
    for (const id of numbered(350)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    clock.advance(3_600_000)
    for await (const page of pagesOf(feed, 'contacts', undefined)) {
      const before = JSON.parse(page.objects.at(-1)!.toString()) as { id: string }
      const rest = await pull(feed, 'contacts', page.cursor)
      expect(idsOf(rest.objects)).toEqual(numbered(350).filter((id) => Number(id) > Number(before.id)))
      if (before.id === '300') break
    }
  })

  it('reads more changes than a search gives, even those of one and the same moment', async () => {
    const { clock, hubspot, feed } = await world({ searchCap: 400 })
    const { cursor } = await pull(feed, 'contacts')
    clock.advance(3_600_000)
    for (const id of numbered(900)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    for (const id of numbered(600, 1000)) {
      clock.advance(Number(id) % 3)
      hubspot.put('contacts', id, { email: `p${id}@y.example` })
    }
    expect(distinct(idsOf((await pull(feed, 'contacts', cursor)).objects))).toEqual([
      ...numbered(900),
      ...numbered(600, 1000),
    ])
  })

  it('misses no change that the search learns of late', async () => {
    const { clock, hubspot, feed } = await world({ indexDelayMs: 5 * 60_000 })
    hubspot.put('contacts', '1', { email: 'a@y.example' })
    clock.advance(3_600_000)
    let { cursor } = await pull(feed, 'contacts')
    const seen: string[] = []
    for (const id of numbered(30, 100)) {
      clock.advance(100_000)
      hubspot.put('contacts', id, { email: `${id}@y.example` })
      const next = await pull(feed, 'contacts', cursor)
      cursor = next.cursor
      seen.push(...idsOf(next.objects))
    }
    clock.advance(600_000)
    seen.push(...idsOf((await pull(feed, 'contacts', cursor)).objects))
    expect(distinct(seen)).toEqual(['1', ...numbered(30, 100)].filter((id) => seen.includes(id)))
    expect(distinct(seen)).toEqual(expect.arrayContaining(numbered(30, 100)))
  })

  it('writes an object the same, whether it was listed or searched', async () => {
    const { clock, hubspot, feed } = await world()
    hubspot.put('contacts', '1', anna)
    hubspot.put('deals', '9', { dealstage: 'closedwon', amount: '12.50' }, ['200', '31'])
    for (const stream of ['contacts', 'deals']) {
      const listed = await pull(feed, stream)
      const searched = await pull(feed, stream, { since: clock().toISOString() })
      expect(searched.objects.map(String)).toEqual([String(listed.objects[0])])
    }
  })

  it('slows down as the calls of an interval run out, and never meets the limit', async () => {
    const { hubspot, pauses, feed } = await world({ perInterval: 10 })
    for (const id of numbered(2500)) hubspot.put('contacts', id, { email: `p${id}@y.example` })
    expect(distinct(idsOf((await pull(feed, 'contacts')).objects))).toHaveLength(2500)
    const lists = hubspot.asked.filter(({ method }) => method === 'GET')
    expect(lists).toHaveLength(25)
    expect(pauses.filter((ms) => ms === 10_000).length).toBeGreaterThanOrEqual(2)
  })

  it('says what is wrong with the token, and never the token', async () => {
    const { hubspot, clock } = await world()
    const feed = hubspotFeed({ token: 'wrong-key', baseUrl: hubspot.url, clock, pause: () => Promise.resolve() })
    const told = await pull(feed, 'contacts').catch(String)
    expect(told).toMatch(/does not accept the token/)
    expect(told).not.toMatch(/wrong-key/)
  })

  it('gives the same objects whatever fails on the way', async () => {
    const troubles: (Trouble | null)[] = [null, { status: 429, headers: { 'retry-after': '3' } }, { status: 502 }, 'cut', 'cut-unnoticed', 'dropped'] // prettier-ignore
    const clean = await sample(await world())
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...troubles), { maxLength: 15 }),
        fc.boolean(),
        async (next, repeats) => {
          const flaky = await world({ repeats, searchCap: 400 })
          expect(await sample(flaky, next)).toEqual(clean)
        },
      ),
      { numRuns: 25 },
    )
  })
})

/** The last version of each object after a load and a pull of changes. */
async function sample(
  { clock, hubspot, feed }: Awaited<ReturnType<typeof world>>,
  troubles: readonly (Trouble | null)[] = [],
): Promise<Record<string, string>> {
  for (const id of numbered(230)) hubspot.put('contacts', id, { email: `p${id}@y.example`, firstname: `N ${id}` })
  hubspot.put('deals', '5', { dealstage: 'closedwon', amount: '10' }, ['3'])
  clock.advance(3_600_000)
  const first = { contacts: await pull(feed, 'contacts'), deals: await pull(feed, 'deals') }
  clock.advance(7_200_000 - (clock().getTime() - start.getTime()))
  for (const id of numbered(205)) hubspot.put('contacts', id, { lastname: 'Later' })
  hubspot.put('deals', '5', { amount: '20' })
  hubspot.put('deals', '6', { dealstage: 'appointmentscheduled' })
  hubspot.trouble(...troubles)
  const second = { contacts: await pull(feed, 'contacts', first.contacts.cursor, 3), deals: await pull(feed, 'deals', first.deals.cursor, 3) } // prettier-ignore
  const all = [first, second].flatMap(({ contacts, deals }) => [...contacts.objects.map((one) => ['contact', one] as const), ...deals.objects.map((one) => ['deal', one] as const)]) // prettier-ignore
  return Object.fromEntries(all.map(([kind, one]) => [`${kind} ${(JSON.parse(one.toString()) as { id: string }).id}`, one.toString()])) // prettier-ignore
}

const profiles = (db: Db) =>
  db.query(sql`select i.kind || ':' || i.value as of, p.given_name as given, p.family_name as family, p.email, p.phone, p.street, p.city,
    p.postcode, p.country, p.language, p.zone, p.lifecycle, p.channel, p.campaign_ref as campaign, p.created_at as created, p.updated_at as updated
  from ingest.profiles p join ingest.identifiers i on i.id = p.identifier_id order by 1`)
const consents = (db: Db) =>
  db.query(sql`select i.value as by, c.channel, c.state, c.basis, c.text_version as text, c.occurred_at as at
  from ingest.consents c join ingest.identifiers i on i.id = c.identifier_id order by 1, 2, 3, 5`)
const links = (db: Db) =>
  db.query(sql`select a.kind || ':' || a.value as left, b.kind || ':' || b.value as right
  from ingest.links l join ingest.identifiers a on a.id = l.left_id join ingest.identifiers b on b.id = l.right_id order by 1, 2`)
const events = (db: Db) =>
  db.query(sql`select e.kind, i.value as by, e.occurred_at as at, e.properties
  from ingest.events e join ingest.identifiers i on i.id = e.identifier_id order by e.occurred_at, e.kind`)

describe('HubSpot objects, taken in', () => {
  const db = testDatabase()
  const folder = testFolder()
  const given = (clock: IngestDeps['clock']): IngestDeps => deps(db, { clock })

  it('say what the rows of an export say', async () => {
    const { clock, hubspot, feed } = await world()
    hubspot.put('contacts', '1', anna)
    hubspot.put('contacts', '2', { email: 'bob@y.example', hs_email_optout: 'true', lifecyclestage: 'lead', hs_analytics_source: 'OFFLINE', country: 'DE', mobilephone: '030 901820', whatsapp_consent: 'granted' }) // prettier-ignore
    await runFeed(given(clock), feed)
    const said = [await profiles(db), await links(db), await consents(db)]
    await db.query(sql`truncate ingest.profiles, ingest.links, ingest.consents, ingest.records cascade`)
    const columns = ['Record ID', 'First Name', 'Last Name', 'Email', 'Phone Number', 'Mobile Phone Number', 'Street Address', 'City', 'Postal Code', 'Country/Region', 'Preferred language', 'Time Zone', 'Create Date', 'Last Modified Date', 'Lifecycle Stage', 'Original Traffic Source', 'Original Traffic Source Drill-Down 1', 'Original Traffic Source Drill-Down 2', 'Additional email addresses', 'Merged Contact IDs', 'Marketing email consent', 'Marketing email consent date', 'Marketing email consent text version', 'WhatsApp consent', 'Unsubscribed from all email'] // prettier-ignore
    const rows = [
      ['1', 'Anna', 'de Vries', anna.email, anna.phone, '', 'Dorpsstraat 1', 'Utrecht', '3511 AA', 'Netherlands', 'nl', 'Europe/Amsterdam', '2026-09-01 10:00', '2026-09-01 10:00', 'Marketing Qualified Lead', 'Paid search', 'google', 'cmp-7', anna.hs_additional_emails, '17;18', 'granted', '2026-08-01 12:00', 'v2', '', ''],
      ['2', '', '', 'bob@y.example', '', '030 901820', '', '', '', 'Germany', '', '', '2026-09-01 10:00', '2026-09-01 10:00', 'Lead', 'Offline sources', '', '', '', '', '', '', '', 'granted', 'true'],
    ] // prettier-ignore
    const path = folder.write('contacts.csv', [columns, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n')) // prettier-ignore
    await runSource(given(clock), hubspotContacts(), { path })
    expect([await profiles(db), await links(db), await consents(db)]).toEqual(said)
    expect(said[0]).toMatchObject([{ channel: 'google-ads', campaign: 'cmp-7', lifecycle: 'marketing-qualified-lead', zone: 'Europe/Amsterdam' }, { lifecycle: 'lead' }]) // prettier-ignore
  })

  it('date the stages a contact has passed, and what became of a deal', async () => {
    const { clock, hubspot, feed } = await world()
    hubspot.put('contacts', '1', { email: 'a@y.example', hs_lifecyclestage_lead_date: '2026-01-02T00:00:00Z', hs_v2_date_entered_customer: '2026-03-01T00:00:00Z' }) // prettier-ignore
    hubspot.put('deals', '70', { dealstage: 'contractsent', amount: '1200.50', deal_currency_code: 'USD' }, ['1', '2'])
    hubspot.put('deals', '71', { dealstage: '98765', hs_is_closed: 'true', hs_is_closed_won: 'false', closedate: '2026-05-01T00:00:00Z' }, ['1']) // prettier-ignore
    hubspot.put('deals', '72', { dealstage: 'contractsent', amount: '5' })
    await runFeed(given(clock), feed)
    expect(await events(db)).toEqual([
      { kind: 'became-lead', by: '1', at: new Date('2026-01-02T00:00:00Z'), properties: {} },
      { kind: 'became-customer', by: '1', at: new Date('2026-03-01T00:00:00Z'), properties: {} },
      { kind: 'deal-lost', by: '1', at: new Date('2026-05-01T00:00:00Z'), properties: { deal: '71', stage: '98765', contacts: 1 } },
      { kind: 'deal-open', by: '1', at: start, properties: { deal: '70', stage: 'contractsent', amountMinor: 120_050, currency: 'USD', contacts: 2 } },
    ]) // prettier-ignore
    clock.advance(86_400_000)
    hubspot.put('deals', '70', { dealstage: 'closedwon', closedate: '2026-09-01T12:00:00Z' })
    await runFeed(given(clock), feed)
    expect((await events(db)).at(-1)).toMatchObject({ kind: 'deal-won', at: new Date('2026-09-01T12:00:00Z') })
    expect(await events(db)).toHaveLength(4)
  })

  it('tie the former ids of a merged contact to it, and mark what was archived', async () => {
    const { clock, hubspot, feed } = await world()
    for (const id of ['1', '2', '3']) hubspot.put('contacts', id, { email: `p${id}@y.example`, lifecyclestage: 'lead' })
    await runFeed(given(clock), feed)
    clock.advance(86_400_000)
    hubspot.merge('1', '2', '9')
    hubspot.archive('contacts', '3')
    const reports = await runFeed(given(clock), feed)
    expect(reports.map(({ input, received, accepted, unchanged }) => ({ input, received, accepted, unchanged }))).toEqual([
      { input: 'api:contacts', received: 1, accepted: 1, unchanged: 0 },
      { input: 'api:deals', received: 0, accepted: 0, unchanged: 0 },
      { input: 'api:archived-contacts', received: 1, accepted: 1, unchanged: 0 },
    ]) // prettier-ignore
    const of = (await links(db)).filter(({ left }) => left === 'hubspot:9').map(({ right }) => right)
    expect(of).toEqual(['email:p1@y.example', 'email:p2@y.example', 'hubspot:1', 'hubspot:2'])
    expect(await profiles(db)).toContainEqual(expect.objectContaining({ of: 'hubspot:3', lifecycle: 'archived' }))
    expect(await events(db)).toMatchObject([{ kind: 'contact-archived', by: '3' }])
  })

  it('set aside what cannot be read, with the reason', async () => {
    const { clock, hubspot, feed } = await world()
    hubspot.put('deals', '70', { dealstage: 'won', amount: 'a lot', deal_currency_code: 'EUR' }, ['1'])
    hubspot.put('deals', '71', { dealstage: 'won', amount: '1', deal_currency_code: 'XXQ' }, ['1'])
    clock.advance(3_600_000)
    const [, report] = await runFeed(given(clock), feed)
    expect(report).toMatchObject({ received: 2, accepted: 0, quarantined: 2 })
    expect(report?.problems.map(({ reason }) => reason).toSorted()).toEqual(['"amount" is no amount', '"deal_currency_code" is no currency']) // prettier-ignore
  })
})
