import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { runSource } from '#ingest/run.ts'
import { ga4 } from '#ingest/sources/ga4.ts'
import { posthog } from '#ingest/sources/posthog.ts'
import { plainProperties } from '#ingest/cleanse/properties.ts'
import { testDatabase } from '#test/support/database.ts'
import { canonicalTotals, deps, testFolder } from './ingest-support.ts'

const db = testDatabase()
const folder = testFolder()
const lines = (events: readonly unknown[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')

const events = (source: string) =>
  db.query(sql`select e.kind, i.kind || ':' || i.value as by, e.occurred_at as at, e.channel, e.campaign_ref as campaign,
      e.properties from ingest.events e join ingest.identifiers i on i.id = e.identifier_id
    where e.source = ${source} order by e.occurred_at, e.kind`)
const links = (source: string) =>
  db.query<{
    pair: string
  }>(sql`select l.kind || ' ' || a.kind || ':' || a.value || ' ' || b.kind || ':' || b.value as pair
    from ingest.links l join ingest.identifiers a on a.id = l.left_id join ingest.identifiers b on b.id = l.right_id
    where l.source = ${source} order by 1`)

type Param = [string, { string_value?: string; int_value?: string; double_value?: number }]
const anEvent = (event_name: string, change: object = {}, params: readonly Param[] = []) => ({
  event_date: '20260302',
  event_timestamp: '1772452800123456',
  event_name,
  event_params: [
    ...params,
    ['page_location', { string_value: 'https://alder.example/beans?email=anna@example.com' }] as Param,
    ['ga_session_id', { int_value: '1772452800' }] as Param,
  ].map(([key, value]) => ({ key, value })),
  event_bundle_sequence_id: '7',
  user_pseudo_id: '1234567890.1700000000',
  user_id: null,
  privacy_info: { analytics_storage: 'Yes', ads_storage: 'Yes', uses_transient_token: 'No' },
  // How the person first came, months ago: nothing to do with this visit.
  traffic_source: { name: '(referral)', medium: 'referral', source: 'old.example' },
  ...change,
})

describe('a GA4 export', () => {
  it('of BigQuery gives events of devices, and the channel that brought the visit and not the person', async () => {
    const path = folder.write('ga4.jsonl', lines([
      anEvent('session_start', { collected_traffic_source: { manual_source: 'google', manual_medium: 'cpc', manual_campaign_name: 'winter', gclid: 'abc' } }, [['page_referrer', { string_value: 'https://www.google.com/search?q=beans' }]]),
      anEvent('page_view', { event_timestamp: '1772452801000000' }, [['page_title', { string_value: 'Beans' }]]),
      anEvent('purchase', { event_timestamp: '1772452900000000', user_id: 'u7', ecommerce: { transaction_id: 'T-1', purchase_revenue: 24.2 } }, [['currency', { string_value: 'EUR' }], ['value', { double_value: 24.2 }]]),
    ])) // prettier-ignore
    expect(await runSource(deps(db), ga4(), { path })).toMatchObject({ received: 3, accepted: 3, asides: {} })
    const by = 'device:ga4:1234567890.1700000000'
    expect(await events('ga4')).toEqual([
      { kind: 'session_start', by, at: new Date('2026-03-02T12:00:00.123Z'), channel: 'google-ads', campaign: 'winter', properties: { path: '/beans', referrer: 'www.google.com', sessionId: '1772452800' } },
      { kind: 'page', by, at: new Date('2026-03-02T12:00:01Z'), channel: null, campaign: null, properties: { path: '/beans', page_title: 'Beans', sessionId: '1772452800' } },
      { kind: 'purchase', by, at: new Date('2026-03-02T12:01:40Z'), channel: null, campaign: null, properties: { path: '/beans', sessionId: '1772452800', transactionId: 'T-1', amountMinor: 2420, currency: 'EUR' } },
    ]) // prettier-ignore
    expect(await links('ga4')).toEqual([{ pair: `identify ${by} user:u7` }])
  })

  it('flattened to CSV says the same', async () => {
    const nested = anEvent('session_start', { collected_traffic_source: { manual_source: 'google', manual_medium: 'cpc', manual_campaign_name: 'winter', gclid: 'abc' } }) // prettier-ignore
    const flat = [
      'event_date,event_timestamp,event_name,user_pseudo_id,user_id,event_bundle_sequence_id,event_params.page_location,ga_session_id,collected_traffic_source.manual_source,collected_traffic_source_manual_medium,manual_campaign_name,gclid,traffic_source.source,traffic_source_medium',
      '20260302,1772452800123456,session_start,1234567890.1700000000,,7,https://alder.example/beans?email=anna@example.com,1772452800,google,cpc,winter,abc,old.example,referral',
    ].join('\n')
    await runSource(deps(db), ga4(), { path: folder.write('flat.csv', flat) })
    const asTable = await events('ga4')
    await runSource(deps(db), ga4(), { path: folder.write('nested.jsonl', lines([nested])) })
    expect(asTable).toHaveLength(1)
    expect(await events('ga4')).toEqual(asTable)
  })

  it('that adds people up is refused before anything is written, with what to export instead', async () => {
    const report = '# ----------------------------------------\n# Traffic acquisition\n# Start date: 20260301\n\nSession source / medium,Sessions,Key events\ngoogle / cpc,120,4\n' // prettier-ignore
    const path = folder.write('report.csv', report)
    await expect(runSource(deps(db), ga4(), { path })).rejects.toThrow(
      /no column user_pseudo_id.*who did what.*BigQuery/,
    )
    expect(await canonicalTotals(db)).toMatchObject({ events: 0, records: 0, waiting: 0 })
  })

  it('keeps nothing of people who refused to be measured, and says how many events they were', async () => {
    const refused = [
      anEvent('page_view', { user_pseudo_id: null }),
      anEvent('page_view', { privacy_info: { analytics_storage: 'No' } }),
    ]
    const path = folder.write('refused.jsonl', lines([...refused, anEvent('scroll')]))
    const report = await runSource(deps(db), ga4(), { path })
    expect(report).toMatchObject({ received: 1, accepted: 1, asides: { 'event without consent': 2 } })
    expect(await canonicalTotals(db)).toMatchObject({ records: 1 })
  })

  it('sets bad rows aside, and is changed by nothing when it is read again in another order', async () => {
    const some = [
      anEvent('page_view', { batch_event_index: '1' }),
      anEvent('page_view', { batch_event_index: '2' }),
      anEvent('view_item', {}, [['item_id', { string_value: 'a' }]]),
      anEvent('view_item', {}, [['item_id', { string_value: 'b' }]]),
      anEvent('view_item', {}, [['item_id', { string_value: 'b' }]]),
    ]
    const bad = [anEvent('page_view', { event_timestamp: 'yesterday' }), { hello: 1 }, ['no', 'event']]
    const first = await runSource(deps(db), ga4(), { path: folder.write('a.jsonl', lines([...some, ...bad])) })
    expect(first).toMatchObject({ received: 8, accepted: 4, unchanged: 1, quarantined: 3 })
    const before = await canonicalTotals(db)
    const again = await runSource(deps(db), ga4(), { path: folder.write('b.jsonl', lines(some.toReversed())) })
    expect(again).toMatchObject({ received: 5, accepted: 0, unchanged: 5 })
    expect(await canonicalTotals(db)).toEqual(before)
  })
})

const hog = (event: string, distinct_id: string, properties: object = {}, change: object = {}) => ({
  uuid: `0195-${event}-${distinct_id}`,
  event,
  distinct_id,
  timestamp: '2026-03-02 12:00:00.123456+00:00',
  person_id: '11111111-1111-4111-8111-111111111111',
  properties,
  ...change,
})
const browser = '018f0000-0000-7000-8000-00000000000a'

describe('a PostHog export', () => {
  const visit = [
    hog('$pageview', browser, { $device_id: browser, $current_url: 'https://alder.example/beans?email=anna@example.com', $referrer: '$direct', $session_id: 's1', utm_source: 'newsletter', utm_medium: 'email', utm_campaign: 'march', $ip: '203.0.113.9' }),
    hog('$identify', 'u7', { $device_id: browser, $anon_distinct_id: browser, $set: { email: 'Anna@Example.com', name: 'Anna de Vries' }, $set_once: { $initial_referrer: 'https://www.google.com/', $initial_gclid: 'g' } }),
    hog('added to cart', 'u7', { $device_id: browser, sku: 'BEAN', price: 12.5, note: 'anna@example.com', page: 'https://alder.example/x?token=1' }),
  ] // prettier-ignore

  it('ties the browser to the account it named, and the account to what was set of it', async () => {
    const path = folder.write('posthog.jsonl', lines(visit))
    expect(await runSource(deps(db), posthog(), { path })).toMatchObject({ received: 3, accepted: 3 })
    const at = new Date('2026-03-02T12:00:00.123Z')
    const by = `device:posthog:${browser}`
    expect(await events('posthog')).toEqual([
      { kind: 'added to cart', by: 'user:u7', at, channel: null, campaign: null, properties: { sku: 'BEAN', price: 12.5, page: 'alder.example/x' } },
      { kind: 'identify', by, at, channel: null, campaign: null, properties: {} },
      { kind: 'page', by, at, channel: 'email', campaign: 'march', properties: { path: '/beans', sessionId: 's1' } },
    ]) // prettier-ignore
    expect((await links('posthog')).map(({ pair }) => pair)).toEqual(expect.arrayContaining([`identify ${by} user:u7`, 'profile user:u7 email:anna@example.com'])) // prettier-ignore
    expect(await db.query(sql`select given_name as given, family_name as family, email, channel from ingest.profiles where source = 'posthog'`)).toEqual([
      { given: 'Anna', family: 'de Vries', email: 'anna@example.com', channel: 'google-ads' },
    ]) // prettier-ignore
    expect(await db.query(sql`select value from ingest.identifiers where value like '1111%'`)).toEqual([])
  })

  it('as CSV, with its properties as JSON, says the same', async () => {
    const path = folder.write('posthog.jsonl', lines(visit))
    await runSource(deps(db), posthog(), { path })
    const before = [await events('posthog'), await links('posthog')]
    const cell = (value: unknown): string => `"${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('"', '""')}"` // prettier-ignore
    const columns = ['uuid', 'event', 'properties', 'timestamp', 'distinct_id', 'person_id'] as const
    const table = [columns.join(','), ...visit.map((event) => columns.map((name) => cell(event[name])).join(','))].join('\n') // prettier-ignore
    expect(await runSource(deps(db), posthog(), { path: folder.write('posthog.csv', table) })).toMatchObject({ received: 3, quarantined: 0 }) // prettier-ignore
    expect([await events('posthog'), await links('posthog')]).toEqual(before)
  })

  it('knows an account from a browser though both are UUIDs', async () => {
    const account = '018f0000-0000-7000-8000-0000000000aa'
    const path = folder.write('uuids.jsonl', lines([
      hog('paid', account, { $lib: 'posthog-node' }),
      hog('opened', account, { $device_id: browser }),
      hog('looked', browser, { $lib: 'web' }),
      hog('mailed', 'Ben@Example.com', { $lib: 'posthog-node' }),
    ])) // prettier-ignore
    await runSource(deps(db), posthog(), { path })
    expect((await events('posthog')).map(({ kind, by }) => `${String(kind)} ${String(by)}`)).toEqual([
      `looked device:posthog:${browser}`, 'mailed email:ben@example.com', `opened user:${account}`, `paid user:${account}`,
    ]) // prettier-ignore
  })

  it('sets aside what it cannot read, and a file without its columns is refused', async () => {
    const bad = [
      hog('x', 'u1', {}, { timestamp: 'soon' }),
      hog('x', '', {}),
      hog('x', 'u2', {}, { properties: '{"a":' }),
      '{',
    ]
    const path = folder.write('bad.jsonl', lines([hog('ok', 'u1'), ...bad]))
    expect(await runSource(deps(db), posthog(), { path })).toMatchObject({ received: 5, accepted: 1, quarantined: 4 })
    await expect(runSource(deps(db), posthog(), { path: folder.write('trend.csv', 'series,value\na,1\n') })).rejects.toThrow('has no column "uuid"') // prettier-ignore
  })
})

it('the path of a page beside an event says whose it is no more than its query does', () => {
  const noted = { page: 'https://shop.example/reset/anna@mail.example/done?t=1', mail: 'https://shop.example/u/anna%40mail.example' } // prettier-ignore
  expect(plainProperties(noted)).toEqual({ page: 'shop.example/reset/…/done', mail: 'shop.example/u/…' })
})

it('properties beside an event never hold an e-mail address, nor what follows the path of a page', () => {
  const value = fc.oneof(fc.emailAddress(), fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string(), fc.double(), fc.boolean()) // prettier-ignore
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (noted) => {
      const kept = Object.values(plainProperties(noted))
      for (const one of kept) {
        if (typeof one === 'string')
          expect(one).not.toMatch(/^https?:\/\/.*[?#]|^[^\s@"(),:;<>[\\\]]+@[^\s@]+\.[^\s@.]{2,}$/)
      }
    }),
  )
})
