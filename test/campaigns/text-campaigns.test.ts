import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { letChannelGoOn } from '#campaigns/stops/channel-stops.ts'
import { smsWebhook, fieldsFrom } from '#campaigns/channels/sms-webhook.ts'
import { smsChannel } from '#campaigns/channels/sms.ts'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import { holdsOf } from '#campaigns/content/holds.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { mailUsedOn } from '#campaigns/queries/claims.ts'
import { receivedTexts } from '#ingest/sources/received-texts.ts'
import { memoryTexts, textWorld } from './text-world.ts'
import { clock, db, owner } from './house.ts'
import { fakeSms, type FakeTexts } from '../support/fake-texts.ts'
import { campaign, memoryChannel, start, workerOver } from './world.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const { readers, launched, ledger, round } = textWorld(db, () => ({ clock, owner }))

describe('a campaign by SMS', () => {
  it('goes to the number of everybody who agreed to SMS, and no mail is touched', async () => {
    const people = await readers([
      { email: 'a@example.com', phone: '+31612340001', agreed: ['email', 'sms'] },
      { phone: '+31612340002', agreed: ['sms'], givenName: 'Bo' },
      { email: 'c@example.com', phone: '+31612340003', agreed: ['email'] },
      { email: 'd@example.com', agreed: ['email'] },
    ])
    const { plan, definition } = await launched(people, 'sms')
    expect(plan).toEqual({ members: 4, enrolled: 3, planned: 3 })
    const mail = memoryChannel()
    const sms = memoryTexts('sms')
    await tick(workerOver(db, mail.channel, clock))
    const foreseen = await dryRun({ db, clock, members: () => Promise.resolve(people), zone: 'Europe/Amsterdam' }, definition, { from: start, days: 1, people: 10 }) // prettier-ignore
    expect(foreseen.steps[0]).toMatchObject({ sent: 2, notSent: [{ why: 'There is no consent to sms', count: 1 }] })
    await round(sms.channel)
    expect(mail.given).toEqual([])
    expect(sms.given.map(({ to }) => to).toSorted()).toEqual(['+31612340001', '+31612340002'])
    expect(sms.given.find(({ to }) => to.endsWith('2'))?.text).toMatch(
      /^Hello Bo, the new beans are here\.\n\nSee them: https:\/\/mail\.alder\.example\/s\/\w{10}\n\nAlder & Ash\. Reply STOP to end$/,
    )
    expect(await ledger()).toMatchObject([
      { state: 'sent', channel: 'sms' },
      { state: 'sent', channel: 'sms' },
      { state: 'suppressed', reason: 'There is no consent to sms' },
    ])
    const told = await db.query<{ channel: string }>(sql`select channel from ingest.events where kind = 'message_sent'`)
    expect(told).toEqual([{ channel: 'sms' }, { channel: 'sms' }])
    const progress = await campaignProgress({ db, clock }, campaign)
    expect(progress.channels).toEqual([{ channel: 'sms', state: 'sent', count: 2 }, { channel: 'sms', state: 'suppressed', count: 1 }]) // prettier-ignore
  })

  it('rings nobody at night where they live', async () => {
    clock.advance(11.5 * 3_600_000)
    await launched(await readers([{ phone: '+31612340001', agreed: ['sms'] }]), 'sms')
    const sms = memoryTexts('sms')
    await round(sms.channel)
    expect(sms.given).toEqual([])
    expect(await ledger()).toMatchObject([{ state: 'planned', reason: 'outside the sending window' }])
  })
})

describe('what stops more than a message', () => {
  it('a channel, until a person lets it go on; nothing is lost meanwhile', async () => {
    await launched(await readers([{ phone: '+31612340001', agreed: ['sms'] }]), 'sms')
    const sms = memoryTexts('sms')
    sms.answers(() => ({ kind: 'stop', of: 'channel', why: 'no credit' }))
    await round(sms.channel)
    clock.advance(3_600_000)
    expect((await round(sms.channel)).blocked).toMatchObject([{ rule: 'channel', why: 'sms is stopped (no credit): let it go on at Channels' }]) // prettier-ignore
    sms.answers(() => ({ kind: 'sent', providerId: null }))
    expect(await letChannelGoOn({ db, clock }, { channel: 'sms', by: owner, reason: 'paid' })).toEqual({ kind: 'released' }) // prettier-ignore
    await round(sms.channel)
    expect(await ledger()).toMatchObject([{ state: 'sent' }])
  })

  it('a campaign, by a hold', async () => {
    await launched(await readers([{ phone: '+31612340001', agreed: ['whatsapp'] }]), 'whatsapp')
    const whatsapp = memoryTexts('whatsapp')
    whatsapp.answers(() => ({ kind: 'stop', of: 'campaign', why: 'the template is paused' }))
    await round(whatsapp.channel)
    expect(await holdsOf(db, campaign)).toMatchObject([{ rule: 'channel', why: 'the template is paused', liftedAt: null }]) // prettier-ignore
    expect(await ledger()).toMatchObject([{ state: 'planned' }])
  })

  it('what a channel has no room for, with its reason', async () => {
    await launched(await readers([{ phone: '+31612340001', agreed: ['whatsapp'] }]), 'whatsapp')
    const full = memoryTexts('whatsapp', { room: () => Promise.resolve({ most: 0, why: 'the limit of 24 hours is used up', held: new Map() }) }) // prettier-ignore
    expect((await round(full.channel)).blocked).toMatchObject([{ rule: 'channel', why: 'the limit of 24 hours is used up' }]) // prettier-ignore
    const held = memoryTexts('whatsapp', { room: () => Promise.resolve({ most: 9, why: null, held: new Map([['whatsapp-1', 'its template is not approved']]) }) }) // prettier-ignore
    expect((await round(held.channel)).blocked).toMatchObject([{ why: 'whatsapp-1: its template is not approved' }])
    expect(await ledger()).toMatchObject([{ state: 'planned' }])
  })
})

describe('SMS over a provider that misbehaves', () => {
  const secret = 'a secret of sixteen'
  const ingest = (at: Clock) => ({ db, clock: at, recordsKey: new Uint8Array(32).fill(3), business: { zone: 'Europe/Amsterdam', currency: 'EUR' }, log: silentLog }) // prettier-ignore
  const webhook = () => smsWebhook(ingest(clock), { secret, fields: fieldsFrom('id=id,reference=ref,status=state,from=from,text=text'), source: receivedTexts('sms'), sender: 'sms', tell: () => Promise.resolve() }) // prettier-ignore
  const posted = (told: unknown, key = secret): Request => {
    const bytes = JSON.stringify(told)
    const signature = `sha256=${createHmac('sha256', key).update(bytes).digest('hex')}`
    return new Request('https://house.example/webhooks/sms', { method: 'POST', body: bytes, headers: { 'x-signature': signature } }) // prettier-ignore
  }

  async function provider() {
    const server = await fakeSms()
    closing.push(server.close)
    const settings = { url: server.url, authorization: 'Bearer sms_test', from: 'Alder', idAt: 'messages.0.id', promisesOnce: false } // prettier-ignore
    return { server, channel: smsChannel({ ...settings, body: '{"to":"{{to}}","text":"{{text}}","ref":"{{reference}}"}' }) } // prettier-ignore
  }

  it('gives everybody one message or none that nobody knows of, whatever it does', async () => {
    const count = 12
    const people = await readers(Array.from({ length: count }, (_, n) => ({ phone: `+316123400${String(n + 10)}`, agreed: ['sms' as const] }))) // prettier-ignore
    await launched(people, 'sms')
    const { server, channel } = await provider()
    const trouble = fc.sample(fc.constantFrom<Parameters<FakeTexts['trouble']>[0]>('lost', 'half', { status: 429, body: {}, retryAfter: 1 }, { status: 500, body: {} }, 'refuse-connection'), { numRuns: 10, seed: 7 }) // prettier-ignore
    server.trouble(...trouble)
    for (let rounds = 0; rounds < 12; rounds++) {
      await round(channel)
      clock.advance(120_000)
    }
    expect([...server.copies().values()].every((copies) => copies === 1)).toBe(true)
    const rows = await ledger()
    expect(rows.filter(({ state }) => !['sent', 'unknown'].includes(state))).toEqual([])
    const unknown = new Set(rows.filter(({ state }) => state === 'unknown').map(({ address }) => address))
    expect(rows.filter(({ address }) => !server.copies().has(address) && !unknown.has(address))).toEqual([])
    for (const { body: sent } of server.taken) await webhook()(posted({ ref: sent['ref'], state: 'DELIVRD' }))
    expect((await ledger()).filter(({ address }) => server.copies().has(address)).every(({ state }) => state === 'delivered')).toBe(true) // prettier-ignore
  })

  it('tells the campaign whose message they got last that somebody left it by STOP', async () => {
    const people = await readers([{ phone: '+31612340001', agreed: ['sms'] }, { phone: '+31612340002', agreed: ['sms'] }]) // prettier-ignore
    await launched(people, 'sms')
    const { channel } = await provider()
    await round(channel)
    await webhook()(posted({ id: 'm1', from: '31612340001', text: 'STOP' }))
    await webhook()(posted({ id: 'm2', from: '31612340001', text: 'STOP' }))
    const { reactions } = await campaignProgress({ db, clock }, campaign)
    expect(reactions.find(({ kind }) => kind === 'message_unsubscribed')).toMatchObject({ people: 1 })
  })

  it('hears STOP in the language it is said in, at once, signed or not at all', async () => {
    const people = await readers([{ phone: '+31612340001', agreed: ['sms'] }, { phone: '+31612340002', agreed: ['sms'] }]) // prettier-ignore
    await launched(people, 'sms')
    expect((await webhook()(posted({ from: '31612340001', text: 'STOP' }, 'another secret of it'))).status).toBe(401)
    expect((await webhook()(posted({ id: 'm1', from: '31612340001', text: 'Désabonner!' }))).status).toBe(200)
    await webhook()(posted({ id: 'm1', from: '31612340001', text: 'Désabonner!' }))
    await webhook()(posted({ id: 'm2', from: '+31612340002', text: 'Where is the bus stop?' }))
    const { channel, server } = await provider()
    await round(channel)
    expect(server.taken.map(({ to }) => to)).toEqual(['+31612340002'])
    // A text takes no place of the mail's day.
    const day = clock().toISOString().slice(0, 10)
    expect(await db.transaction((tx) => mailUsedOn(tx, day))).toBe(0)
    expect(await db.query(sql`select sum(used)::integer as used from campaigns.buckets`)).toEqual([{ used: 1 }])
    const heard = await db.query(sql`select external_id as id, properties ->> 'type' as type from ingest.events where kind = 'message_received' order by 1`) // prettier-ignore
    expect(heard).toEqual([
      { id: 'm1', type: 'stop' },
      { id: 'm2', type: 'text' },
    ])
  })
})
