import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import type { Db } from '#kernel/db.ts'
import { runFeed } from '#ingest/feed.ts'
import { runSource, type IngestDeps } from '#ingest/run.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'
import { anna, start, world } from './hubspot-world.ts'

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
