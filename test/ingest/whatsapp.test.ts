import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { RecordId } from '#kernel/ids.ts'
import { openPayload } from '#kernel/keys.ts'
import { sql } from '#kernel/sql.ts'
import { replayQuarantine } from '#ingest/quarantine.ts'
import { recordById } from '#ingest/queries/records.ts'
import { runSource } from '#ingest/run.ts'
import { whatsappEvents } from '#ingest/sources/whatsapp-events.ts'
import { testDatabase } from '#test/support/database.ts'
import { served, type Served } from '../support/served.ts'
import { openSite, recordsKey, whatsAppSecrets, type Site } from '../support/website.ts'
import { deps, testFolder } from './ingest-support.ts'

const db = testDatabase()
const folder = testFolder()
const clock = stoppedClock(new Date('2026-03-02T12:00:00Z'))
let site: Site
let server: Served
let url: string

beforeEach(async () => {
  site = await openSite(db, clock)
  server = await served(site.app)
  url = `${server.url}/webhooks/whatsapp`
})
afterEach(async () => {
  await server.close()
  await site.close()
})

const metadata = { display_phone_number: '31201234567', phone_number_id: '106540352242922' }
const webhook = (value: object, field = 'messages') => ({
  object: 'whatsapp_business_account',
  entry: [
    { id: '102290129340398', changes: [{ value: { messaging_product: 'whatsapp', metadata, ...value }, field }] },
  ],
})
const status = (state: string, change: object = {}) => ({
  id: 'wamid.OUT1', status: state, timestamp: '1772452000', recipient_id: '31612345678',
  pricing: { billable: true, pricing_model: 'PMP', category: 'marketing' }, ...change,
}) // prettier-ignore
const words = 'My address is Keizersgracht 1, call me'
const inbound = (change: object = {}) => ({
  id: 'wamid.IN1', from: '31612345678', timestamp: '1772452100', type: 'text', text: { body: words },
  context: { from: '31201234567', id: 'wamid.OUT1' }, ...change,
}) // prettier-ignore
const contacts = [
  { profile: { name: 'Anna' }, wa_id: '31612345678' },
  { profile: { name: 'Ben' }, wa_id: '31687654321' },
]

const signatureOf = (body: string): string => `sha256=${createHmac('sha256', whatsAppSecrets.appSecret).update(body).digest('hex')}` // prettier-ignore
const post = (told: unknown, signature?: string): Promise<Response> => {
  const body = typeof told === 'string' ? told : JSON.stringify(told)
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature ?? signatureOf(body) }
  return fetch(url, { method: 'POST', headers, body })
}

const events = () =>
  db.query(sql`select e.kind, i.kind || ':' || i.value as by, e.external_id as id, e.channel, e.properties
    from ingest.events e join ingest.identifiers i on i.id = e.identifier_id where e.source = 'whatsapp' order by e.occurred_at, e.external_id`)
const runs = () => db.query(sql`select input, received, accepted, unchanged, quarantined from ingest.runs where source = 'whatsapp'`) // prettier-ignore

describe('the WhatsApp webhook', () => {
  it('shakes hands with whoever knows the word agreed on, and nobody else', async () => {
    const asked = (token: string, challenge = '1158201444') =>
      fetch(`${url}?hub.mode=subscribe&hub.verify_token=${encodeURIComponent(token)}&hub.challenge=${encodeURIComponent(challenge)}`) // prettier-ignore
    const answer = await asked(whatsAppSecrets.verifyToken)
    expect([answer.status, await answer.text()]).toEqual([200, '1158201444'])
    expect((await asked('guessed')).status).toBe(403)
    expect((await asked(whatsAppSecrets.verifyToken, '<script>')).status).toBe(403)
  })

  it('makes an event of each step and each message, on the number, without what was said', async () => {
    expect((await post(webhook({ statuses: [status('sent'), status('failed', { errors: [{ code: 131_026, title: 'undeliverable' }] })], messages: [inbound()], contacts }))).status).toBe(200) // prettier-ignore
    const about = { channel: 'whatsapp', ownNumberId: metadata.phone_number_id }
    const by = 'phone:+31612345678'
    expect(await events()).toEqual([
      { kind: 'message_failed', by, id: 'wamid.OUT1:failed', channel: null, properties: { ...about, messageId: 'wamid.OUT1', errorCodes: [131_026], category: 'marketing', billable: true } },
      { kind: 'message_sent', by, id: 'wamid.OUT1:sent', channel: null, properties: { ...about, messageId: 'wamid.OUT1', category: 'marketing', billable: true } },
      { kind: 'message_received', by, id: 'wamid.IN1', channel: null, properties: { ...about, messageId: 'wamid.IN1', type: 'text', answerTo: 'wamid.OUT1' } },
    ]) // prettier-ignore
    const [row] = await db.query<{ id: RecordId }>(sql`select id from ingest.records where kind = 'message' and source = 'whatsapp'`) // prettier-ignore
    const record = (await recordById(db, row!.id))!
    expect(record.payload.includes('Keizersgracht')).toBe(false)
    const kept = openPayload(recordsKey, { ...record, wrapped: record.wrapped! }).toString()
    expect(kept).toContain(words)
    expect(kept).not.toContain('Ben')
  })

  it('takes what Meta tells twice, and in any order, for what it is', async () => {
    const told = [status('read'), status('sent'), status('delivered')].map((one) => webhook({ statuses: [one] }))
    await Promise.all([...told, ...told.toReversed()].map((one) => post(one)))
    expect((await events()).map(({ kind }) => kind)).toEqual(['message_delivered', 'message_read', 'message_sent'])
    expect(await runs()).toEqual([{ input: 'push:webhook', received: 6, accepted: 3, unchanged: 3, quarantined: 0 }])
  })

  it.each([
    ['no signature', ''],
    ['a signature of another body', signatureOf('{}')],
    ['the signature without its scheme', signatureOf(JSON.stringify(webhook({ messages: [inbound()] }))).slice(7)],
  ])('refuses %s and writes nothing', async (_, signature) => {
    expect((await post(webhook({ messages: [inbound()] }), signature)).status).toBe(401)
    expect(await runs()).toEqual([])
  })

  it('checks the bytes as they came, not what they mean', async () => {
    const body = JSON.stringify(webhook({ messages: [inbound()] }))
    const spaced = JSON.stringify(JSON.parse(body), null, 1)
    expect((await post(spaced, signatureOf(body))).status).toBe(401)
    expect((await post(spaced)).status).toBe(200)
  })

  it('keeps a notice about the account, and sets aside what it cannot read, to be replayed', async () => {
    await post(webhook({ event: 'APPROVED', message_template_name: 'welcome' }, 'message_template_status_update'))
    await post(webhook({ messages: [inbound(), inbound({ id: 'wamid.IN2', from: 'nobody' })], statuses: [status('lost')] })) // prettier-ignore
    await post('{"object":"page"}')
    await post('no JSON')
    expect(await runs()).toEqual([{ input: 'push:webhook', received: 6, accepted: 2, unchanged: 0, quarantined: 4 }])
    expect(await events()).toHaveLength(1)
    const again = await replayQuarantine(deps(db, { clock, recordsKey }), whatsappEvents())
    expect(again).toMatchObject({ received: 4, quarantined: 4 })
  })

  it('knows people of Mexico and Brazil by the number that is dialled, which their ids are not', async () => {
    await post(webhook({ messages: [inbound({ from: '5215512345678' })], statuses: [status('sent', { recipient_id: '553187654321' })] })) // prettier-ignore
    expect((await events()).map(({ kind, by }) => [kind, by])).toEqual([
      ['message_sent', 'phone:+5531987654321'],
      ['message_received', 'phone:+525512345678'],
    ])
    expect(await runs()).toMatchObject([{ received: 2, accepted: 2, quarantined: 0 }])
  })

  it('answers with a fault where it could not commit, so that Meta sends it again', async () => {
    await db.query(sql`alter table ingest.records rename to records_away`)
    expect((await post(webhook({ messages: [inbound()] }))).status).toBe(500)
    await db.query(sql`alter table ingest.records_away rename to records`)
    expect((await post(webhook({ messages: [inbound()] }))).status).toBe(200)
    expect(await events()).toHaveLength(1)
  })

  it('says the same as a file of the webhooks', async () => {
    const told = [webhook({ statuses: [status('sent')], messages: [inbound()], contacts }), webhook({ statuses: [status('read')] })] // prettier-ignore
    for (const one of told) await post(one)
    const path = folder.write('webhooks.jsonl', told.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const report = await runSource(deps(db, { clock, recordsKey }), whatsappEvents(), { path })
    expect(report).toMatchObject({ received: 3, accepted: 0, unchanged: 3 })
  })
})
