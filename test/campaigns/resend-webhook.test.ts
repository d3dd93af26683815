import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { resendWebhook } from '#campaigns/channels/resend-events.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import {
  aClock,
  addPeople,
  anOwner,
  enrol,
  linksKey,
  memoryChannel,
  readers,
  releaseBody,
  workerOver,
} from './world.ts'

const db = testDatabase()
const key = Buffer.from('a secret of twenty-four b')
const secret = `whsec_${key.toString('base64')}`
let clock = aClock()
let deliveryId: DeliveryId
let receive: (request: Request) => Promise<Response>

beforeEach(async () => {
  clock = aClock()
  const deps = { db, clock, linksKey }
  const people = await addPeople(db, clock, readers(1))
  await enrol(deps, await releaseBody(deps, await anOwner(db, clock)), people)
  const memory = memoryChannel()
  await tick(workerOver(db, memory.channel, clock))
  deliveryId = memory.given[0]!.deliveryId
  receive = resendWebhook(deps, secret)
})

/** A request as Resend makes it: signed over id, time and raw body. */
function signed(body: string, change: { body?: string; secondsAgo?: number } = {}): Request {
  const timestamp = String(Math.floor(Date.now() / 1000) - (change.secondsAgo ?? 0))
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64')
  const headers = { 'svix-id': 'msg_1', 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
  return new Request('http://localhost/webhooks/resend', { method: 'POST', headers, body: change.body ?? body })
}

const told = (type: string, data: object = {}): string =>
  JSON.stringify({
    type,
    created_at: '2026-03-02T10:00:00Z',
    data: { email_id: 'e1', tags: { delivery: deliveryId }, ...data },
  })

const ledger = async () => (await db.query<{ state: string }>(sql`select state from campaigns.deliveries`))[0]?.state
const suppressed = async () => (await db.query(sql`select reason from ingest.suppressions`)).length

describe('Resend’s webhook', () => {
  it('advances the ledger row whose tag comes back', async () => {
    expect((await receive(signed(told('email.delivered')))).status).toBe(200)
    expect(await ledger()).toBe('delivered')
  })

  it('suppresses a dead address with the bounce, once however often it is told', async () => {
    const bounce = told('email.bounced', {
      bounce: { type: 'Permanent', subType: 'General', message: 'no such mailbox' },
    })
    await receive(signed(bounce))
    await receive(signed(bounce))
    expect(await ledger()).toBe('bounced')
    expect(await suppressed()).toBe(1)
    expect(await db.query(sql`select id from ingest.events where kind = 'message_bounced'`)).toHaveLength(1)
  })

  it.each(['Transient', 'Undetermined'])(
    'ends a bounce that it calls %s as failed, and blames no address',
    async (type) => {
      await receive(signed(told('email.bounced', { bounce: { type, subType: 'General', message: 'full' } })))
      expect(await ledger()).toBe('failed')
      expect(await suppressed()).toBe(0)
    },
  )

  it('only notes what is late', async () => {
    await receive(signed(told('email.delivery_delayed')))
    expect(await ledger()).toBe('sent')
  })

  it('ends what Resend could not send as failed, and blames no address; what arrived after all was delivered', async () => {
    await receive(signed(told('email.failed', { failed: { reason: 'reached_daily_quota' } })))
    expect(await ledger()).toBe('failed')
    await receive(signed(told('email.delivered')))
    await receive(signed(told('email.failed', { failed: { reason: 'reached_daily_quota' } })))
    expect(await ledger()).toBe('delivered')
    expect(await suppressed()).toBe(0)
    expect(await db.query(sql`select id from ingest.events where kind = 'message_failed'`)).toHaveLength(1)
  })

  it.each([
    ['an altered body', () => signed(told('email.complained'), { body: told('email.delivered') })],
    ['an old signature', () => signed(told('email.complained'), { secondsAgo: 3600 })],
    ['no signature', () => new Request('http://localhost/', { method: 'POST', body: told('email.complained') })],
  ])('refuses %s and changes nothing', async (_, request) => {
    expect((await receive(request())).status).toBe(401)
    expect(await ledger()).toBe('sent')
  })

  it('takes what is not about our messages without a fault', async () => {
    expect(
      (await receive(signed(JSON.stringify({ type: 'domain.created', created_at: '2026-03-02T10:00:00Z', data: {} }))))
        .status,
    ).toBe(200)
  })
})
