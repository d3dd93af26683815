import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DeliveryId, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { resendWebhook } from '#campaigns/channels/resend-events.ts'
import { takeMail } from '#campaigns/heard/inbound.ts'
import { readLink } from '#campaigns/render/links.ts'
import { recordProviderEvent, type ProviderEvent } from '#campaigns/heard/provider-events.ts'
import { recordClick, recordOpen, unsubscribe } from '#campaigns/heard/reader-events.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { liftSuppression } from '#ingest/consent.ts'
import { readMailReport } from '#ingest/sources/mail-reports.ts'
import { aFeedback } from './mails.ts'
import { memoryTexts, textWorld, type Channel } from './text-world.ts'
import { testDatabase } from '../support/database.ts'
import { aClock, anOwner, linksKey, memoryChannel, workerOver } from './world.ts'

const db = testDatabase()
let clock: ReturnType<typeof aClock>
let owner: UserId
let deps: { db: typeof db; clock: typeof clock; linksKey: Uint8Array }
let mailer: ReturnType<typeof memoryChannel>
let texter: ReturnType<typeof memoryTexts>

beforeEach(async () => {
  clock = aClock()
  owner = await anOwner(db, clock)
  deps = { db, clock, linksKey }
  mailer = memoryChannel()
  texter = memoryTexts('sms')
})

const { readers, launched, ledger, round } = textWorld(db, () => ({ clock, owner }))
const both = {
  email: 'a@example.com',
  phone: '+31612340001',
  chat: '7001',
  agreed: ['email', 'sms', 'telegram'],
} as const
const visit = { method: 'GET', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', headers: {} } // prettier-ignore
const bounced: ProviderEvent = { kind: 'bounced', permanent: true, why: 'no such box' }

const tell = (deliveryId: DeliveryId, channel: Channel, event: ProviderEvent) =>
  recordProviderEvent(deps, { message: { deliveryId }, occurredAt: clock(), channel, event })
const suppressions = () =>
  db.query<{ value: string; channel: string; reason: string }>(sql`select i.value, s.channel, s.reason from ingest.suppressions s
    join ingest.identifiers i on i.id = s.identifier_id where s.lifted_at is null order by 1`) // prettier-ignore
const events = (kind: string) =>
  db.query<{ channel: string; value: string }>(sql`select e.channel, i.value from ingest.events e
    join ingest.identifiers i on i.id = e.identifier_id where e.kind = ${kind} order by 1`) // prettier-ignore

const mayTrack = () =>
  db.query(sql`insert into ingest.consents (id, source, external_id, identifier_id, channel, state, basis, occurred_at)
    select gen_random_uuid(), 'test', 'tracking ' || value, id, 'tracking', 'granted', 'form', ${clock()} from ingest.identifiers`)

/** One person's message that left by mail, bounced late, and left again by SMS. */
async function mailedThenTexted() {
  const later = texter.channel.carries
  await launched(await readers([both]), 'email', later)
  await mayTrack()
  await tick(workerOver(db, mailer.channel, clock))
  const first = mailer.given[0]!
  clock.advance(1_000)
  await tell(first.deliveryId, 'email', bounced)
  await round(texter.channel)
  expect(await ledger()).toMatchObject([{ channel: later, state: 'sent' }])
  return { first, second: texter.given[0]! }
}

/** A person decides that the address may be written to after all. */
async function lifted(): Promise<void> {
  const [row] = await db.query<{ identifierId: never }>(sql`select identifier_id as "identifierId" from ingest.suppressions`) // prettier-ignore
  clock.advance(1_000)
  await db.transaction((tx) => liftSuppression(tx, clock, { identifierId: row!.identifierId, channel: 'email', by: 'Mia', reason: 'they wrote' })) // prettier-ignore
  clock.advance(1_000)
}

const svixKey = Buffer.from('a secret of twenty-four b')

function bySvix(type: string, data: object): Request {
  const text = JSON.stringify({ type, created_at: clock().toISOString(), data })
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', svixKey).update(`m.${timestamp}.${text}`).digest('base64')
  const headers = { 'svix-id': 'm', 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
  return new Request('https://house.example/webhooks/resend', { method: 'POST', headers, body: text })
}

describe('word of the channel that a message went by before it took a detour', () => {
  it('suppresses by a complaint by mail the address that was mailed, and leaves the later message alone', async () => {
    const { first } = await mailedThenTexted()
    await lifted()
    const settings = { ...deps, recordsKey: new Uint8Array(32).fill(3), readMail: readMailReport }
    const complaint = aFeedback({ messageId: first.messageId }, { recipient: 'a@example.com' })
    // Its date is before the lifting, and word from before a decision does not undo it.
    expect(await takeMail(settings, Buffer.from(complaint.toString().replace(/^Date: .*\r\n/m, '')))).toMatchObject({ kind: 'recorded', what: 'complained' }) // prettier-ignore
    expect(await suppressions()).toEqual([{ value: 'a@example.com', channel: 'email', reason: 'complained' }])
    expect(await events('message_complained')).toEqual([{ channel: 'email', value: 'a@example.com' }])
    expect(await ledger()).toMatchObject([{ channel: 'sms', state: 'sent' }])
  })

  it.each(['tags', 'email_id'])('suppresses by Resend’s complaint, which names it by its %s', async (named) => {
    mailer.answers(() => ({ kind: 'sent', providerId: 'resend-1' }))
    const { first } = await mailedThenTexted()
    await lifted()
    const data = named === 'tags' ? { tags: { delivery: first.deliveryId } } : { email_id: 'resend-1' }
    const hear = resendWebhook(deps, `whsec_${svixKey.toString('base64')}`)
    for (let twice = 0; twice < 2; twice += 1)
      expect(await (await hear(bySvix('email.complained', data))).json()).toEqual({ what: 'recorded' })
    expect(await suppressions()).toEqual([{ value: 'a@example.com', channel: 'email', reason: 'complained' }])
    expect(await events('message_complained')).toHaveLength(1)
    expect(await ledger()).toMatchObject([{ channel: 'sms', state: 'sent' }])
  })

  it('ends what is still planned by the next one, where its reader asks for no more', async () => {
    await launched(await readers([both]), 'sms', 'email')
    await round(texter.channel)
    const { deliveryId } = texter.given[0]!
    await tell(deliveryId, 'sms', { kind: 'undeliverable', why: 'expired' })
    expect(await ledger()).toMatchObject([{ channel: 'email', state: 'planned' }])
    await tell(deliveryId, 'sms', { kind: 'unwanted', why: 'opt-out' })
    expect(await suppressions()).toEqual([{ value: '+31612340001', channel: 'sms', reason: 'blocked' }])
    await tick(workerOver(db, mailer.channel, clock))
    expect(mailer.given).toEqual([])
    expect(await ledger()).toMatchObject([{ channel: 'email', state: 'suppressed' }])
  })

  it('ends it too where they leave by the link of the mail', async () => {
    await launched(await readers([both]), 'email', 'sms')
    await tick(workerOver(db, mailer.channel, clock))
    const { deliveryId, html } = mailer.given[0]!
    await tell(deliveryId, 'email', bounced)
    await unsubscribe(deps, { token: /\/u\/([\w-]+)/.exec(html)![1]!, how: 'one-click' })
    await round(texter.channel)
    expect(texter.given).toEqual([])
  })

  it('counts what was sent by both, though ingest was not told before the detour', async () => {
    await launched(await readers([both]), 'email', 'sms')
    await tick(workerOver(db, mailer.channel, clock))
    await db.query(sql`delete from ingest.events`)
    await tell(mailer.given[0]!.deliveryId, 'email', bounced)
    await round(texter.channel)
    expect((await events('message_sent')).map(({ channel }) => channel)).toEqual(['email', 'sms'])
  })
})

describe('a link of a message that took a detour', () => {
  it('counts for the channel whose message it was in', async () => {
    texter = memoryTexts('telegram')
    const { first, second } = await mailedThenTexted()
    const inMail = /\/c\/([\w-]+)/.exec(first.html)![1]!
    const inText = /\/c\/([\w-]+)/.exec(JSON.stringify(second))![1]!
    expect(readLink(linksKey, inText)).toMatchObject({ kind: 'click', channel: 'telegram' })
    expect(await recordClick(deps, { token: inText, visit })).toMatchObject({ url: expect.stringContaining('utm_medium=telegram') as string }) // prettier-ignore
    expect(await recordClick(deps, { token: inMail, visit })).toMatchObject({ url: expect.stringContaining('utm_medium=email') as string }) // prettier-ignore
    await recordOpen(deps, { token: /\/o\/([\w-]+)/.exec(first.html)![1]!, visit })
    expect(await events('message_clicked')).toEqual([
      { channel: 'email', value: 'a@example.com' },
      { channel: 'telegram', value: '7001' },
    ])
    expect(await events('message_opened')).toEqual([{ channel: 'email', value: 'a@example.com' }])
    expect(await ledger()).toMatchObject([{ channel: 'telegram', state: 'delivered' }])
  })
})
