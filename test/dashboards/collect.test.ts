import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '#kernel/clock.ts'
import { openPayload } from '#kernel/keys.ts'
import type { RecordId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { replayQuarantine } from '#ingest/quarantine.ts'
import { recordById } from '#ingest/queries/records.ts'
import { runSource } from '#ingest/run.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { originsOf } from '#dashboards/routes/collect.ts'
import { testDatabase } from '../support/database.ts'
import { served, type Served } from '../support/served.ts'
import { openSite, recordsKey, shopOrigin, type Site } from '../support/website.ts'
import { deps, testFolder } from '../ingest/ingest-support.ts'
import { anEvent } from './a-web-event.ts'

const db = testDatabase()
const folder = testFolder()
const noon = new Date('2026-03-02T12:00:00Z')
let now = noon
const clock: Clock = () => now
let site: Site
let server: Served
let url: string

beforeEach(async () => {
  now = noon
  site = await openSite(db, clock)
  server = await served(site.app)
  url = `${server.url}/collect`
})
afterEach(async () => {
  await server.close()
  await site.close()
})

const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    // As `sendBeacon` sends a text.
    headers: { origin: shopOrigin, 'content-type': 'text/plain;charset=UTF-8', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const batch = (...events: object[]) => ({ sentAt: '2026-03-02T12:00:00.000Z', events })
const eventRows = () =>
  db.query<{ kind: string; at: Date; channel: string | null; campaign: string | null; properties: object }>(sql`
    select kind, occurred_at as at, channel, campaign_ref as campaign, properties from ingest.events
    where source = 'web' order by occurred_at, external_id`)
const runs = () => db.query(sql`select input, received, accepted, unchanged, quarantined from ingest.runs where source = 'web'`) // prettier-ignore
const waiting = () => db.query<{ reason: string }>(sql`select reason from ingest.quarantine where source = 'web' and resolved_at is null`) // prettier-ignore

describe('/collect', () => {
  it('has an event in before it answers, by its device, without what the address says of people', async () => {
    const answer = await post(batch(anEvent()))
    expect(answer.status).toBe(202)
    expect(await answer.json()).toEqual({ received: 1, quarantined: 0 })
    expect(await eventRows()).toEqual([
      { kind: 'page', at: new Date('2026-03-02T11:59:59.500Z'), channel: 'google-ads', campaign: 'winter', properties: { path: '/beans' } }, // prettier-ignore
    ])
    expect(await db.query(sql`select kind, value from ingest.identifiers where kind = 'device'`)).toEqual([{ kind: 'device', value: 'device-1' }]) // prettier-ignore
  })

  it('says the same of an event as a file of it does', async () => {
    const event = anEvent({ type: 'signup', properties: { plan: 'monthly' }, clickId: { gclid: 'x' } })
    await post(batch(event))
    const collected = await eventRows()
    const path = folder.write('same.jsonl', `${JSON.stringify(event)}\n`)
    expect(await runSource(deps(db, { recordsKey }), webEvents(), { path })).toMatchObject({ received: 1, unchanged: 1 }) // prettier-ignore
    expect(await eventRows()).toEqual(collected)
  })

  it('takes what is sent again for what it is, however long the second sending took', async () => {
    const events = [anEvent(), anEvent({ type: 'signup' })]
    await post(batch(...events))
    now = new Date('2026-03-02T12:00:07Z')
    const again = await post({ sentAt: '2026-03-02T12:00:06.000Z', events })
    expect(await again.json()).toEqual({ received: 2, quarantined: 0 })
    expect(await runs()).toEqual([{ input: 'push:collect', received: 4, accepted: 2, unchanged: 2, quarantined: 0 }])
    expect(await eventRows()).toHaveLength(2)
  })

  it('ties the device to the account, address and number that the page names', async () => {
    await post(batch(anEvent({ type: 'identify', email: 'Anna@Example.com', phone: '06 12345678', userId: 'u7' })))
    const links =
      await db.query(sql`select r.kind, r.value from ingest.links l join ingest.identifiers r on r.id = l.right_id
      join ingest.identifiers d on d.id = l.left_id where l.source = 'web' and d.kind = 'device' order by 1`)
    expect(links).toEqual([
      { kind: 'email', value: 'anna@example.com' },
      { kind: 'phone', value: '+31612345678' },
      { kind: 'user', value: 'u7' },
    ])
  })

  it('sets aside a bad event with its reason, and takes the good ones beside it', async () => {
    const { id: _dropped, ...nameless } = anEvent()
    const sent = batch(anEvent(), nameless, anEvent({ timestamp: 'yesterday' }), anEvent({ timestamp: '2031-01-01T00:00:00Z' })) // prettier-ignore
    const answer = await post({ ...sent, events: [...sent.events, 'no event', null] })
    expect(await answer.json()).toEqual({ received: 6, quarantined: 5 })
    const reasons = (await waiting()).map(({ reason }) => reason).toSorted()
    expect(reasons).toEqual([
      '"id" is missing', '"timestamp" is no date', 'The row is dated in the future', 'The row is not of type object', 'The row is not of type object',
    ]) // prettier-ignore
  })

  it.each([
    ['no JSON', '<html>', 400],
    ['no text', '\uD800', 400],
    ['no events', { sentAt: '2026-03-02T12:00:00Z' }, 400],
    ['an empty list', [], 400],
    ['more events than a batch has', Array.from({ length: 101 }, () => anEvent()), 400],
    ['more bytes than a beacon holds', 'x'.repeat(70_000), 413],
  ])('refuses %s and writes nothing', async (_, body, status) => {
    expect((await post(body)).status).toBe(status)
    expect(await db.query(sql`select id from ingest.runs where source = 'web'`)).toEqual([])
  })

  it('listens to the pages of the site alone', async () => {
    const foreign = await post(batch(anEvent()), { origin: 'https://elsewhere.example' })
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null])
    const nameless = await fetch(url, { method: 'POST', body: JSON.stringify(batch(anEvent())) })
    expect(nameless.status).toBe(403)
    const own = await post(batch(anEvent()))
    expect(own.headers.get('access-control-allow-origin')).toBe(shopOrigin)
    expect(own.headers.get('access-control-allow-credentials')).toBeNull()
    const asked = { method: 'OPTIONS', headers: { origin: shopOrigin, 'access-control-request-method': 'POST' } }
    expect((await fetch(url, asked)).headers.get('access-control-allow-methods')).toBe('POST')
    expect(originsOf('https://www.alder.example/shop')).toEqual(['https://alder.example', 'https://www.alder.example'])
  })

  it('takes nothing from a browser that says it may not', async () => {
    const answer = await post(batch(anEvent()), { 'sec-gpc': '1' })
    expect([answer.status, await answer.json()]).toMatchObject([202, { received: 0 }])
    expect(await eventRows()).toEqual([])
  })

  it('keeps no network address, in the record neither', async () => {
    await post(batch(anEvent()), { 'x-forwarded-for': '203.0.113.77' })
    const [row] = await db.query<{ id: RecordId; place: object }>(sql`select id, place from ingest.records where source = 'web'`) // prettier-ignore
    const record = (await recordById(db, row!.id))!
    const opened = openPayload(recordsKey, { ...record, wrapped: record.wrapped! }).toString()
    expect(opened).toContain('device-1')
    expect(`${opened} ${JSON.stringify(row)}`).not.toMatch(/203\.0\.113|127\.0\.0\.1/)
  })

  it('puts right a clock that is wrong, and keeps what it said', async () => {
    const event = anEvent({ timestamp: '2025-12-24T08:00:00.000Z' })
    await post({ sentAt: '2025-12-24T08:00:30.000Z', events: [event] })
    const [row] = await eventRows()
    expect(Math.abs(row!.at.getTime() - noon.getTime())).toBeLessThan(90_000)
  })

  it('loses none of what many pages send at once', async () => {
    const page = (n: number) => batch(anEvent({ anonymousId: `d${n}` }), anEvent({ anonymousId: `d${n}`, ...(n % 4 === 0 ? { type: '' } : {}) })) // prettier-ignore
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => post(page(n))))
    const told = await Promise.all(answers.map(async (answer) => ({ status: answer.status, ...((await answer.json()) as object) }))) // prettier-ignore
    expect(told).toEqual(told.map((_, n) => ({ status: 202, received: 2, quarantined: n % 4 === 0 ? 1 : 0 })))
    expect(await eventRows()).toHaveLength(70)
    expect(await runs()).toEqual([{ input: 'push:collect', received: 80, accepted: 70, unchanged: 0, quarantined: 10 }])
  })

  it('tells a device that says too much to wait, and listens to the others', async () => {
    const flood = () => post(batch(...Array.from({ length: 60 }, () => anEvent())))
    expect([(await flood()).status, (await flood()).status]).toEqual([202, 202])
    const third = await flood()
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '60'])
    expect((await post(batch(anEvent({ anonymousId: 'device-2' })))).status).toBe(202)
    now = new Date(noon.getTime() + 60_000)
    expect((await post(batch(anEvent({ timestamp: now.toISOString() })))).status).toBe(202)
  })

  it('sets aside what one device says of more people than it has, until a person takes it', async () => {
    const naming = (n: number) => anEvent({ type: 'identify', email: `p${n}@example.com` })
    const answer = await post(batch(...Array.from({ length: 13 }, (_, n) => naming(n)), naming(0)))
    expect(await answer.json()).toEqual({ received: 14, quarantined: 3 })
    expect(new Set((await waiting()).map(({ reason }) => reason))).toEqual(
      new Set(['The device names more people than one has, or the name is given by more devices than one has']),
    )
    expect(await replayQuarantine(deps(db, { recordsKey, clock }), webEvents())).toMatchObject({ accepted: 3 })
  })

  it('sets aside a name that devices without number claim', async () => {
    const claims = Array.from({ length: 25 }, (_, n) => anEvent({ type: 'identify', anonymousId: `bot-${n}`, userId: 'u7' })) // prettier-ignore
    expect(await (await post(batch(...claims))).json()).toEqual({ received: 25, quarantined: 5 })
  })

  it('answers with a fault where it could not commit, and takes the same events later', async () => {
    const events = [anEvent()]
    await db.query(sql`alter table ingest.records rename to records_away`)
    expect((await post(batch(...events))).status).toBe(500)
    await db.query(sql`alter table ingest.records_away rename to records`)
    expect(await (await post(batch(...events))).json()).toEqual({ received: 1, quarantined: 0 })
    expect(await eventRows()).toHaveLength(1)
  })
})

describe('/collect.js', () => {
  it('is a script that other sites may load, under 2 KB as it travels and without remarks', async () => {
    const answer = await fetch(url.replace('/collect', '/collect.js'), { headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers.get('content-type')).toContain('text/javascript')
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    const script = await answer.text()
    expect(script).not.toMatch(/^\s|\/\/ /m)
    expect(gzipSync(script).length).toBeLessThan(2048)
    expect(() => new Script(script)).not.toThrow()
    expect(readFileSync('dashboards/assets/collect.js', 'utf8').length).toBeGreaterThan(script.length)
  })
})
