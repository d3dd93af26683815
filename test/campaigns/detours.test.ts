import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashOf } from '#kernel/crypto.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { resendWebhook } from '#campaigns/channels/resend-events.ts'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import { claimBatch } from '#campaigns/delivery/claim.ts'
import { deliver } from '#campaigns/delivery/deliver.ts'
import { detour } from '#campaigns/delivery/detours.ts'
import { signLink } from '#campaigns/render/links.ts'
import { recordProviderEvent, type ProviderEvent } from '#campaigns/heard/provider-events.ts'
import { recordOpen, unsubscribe } from '#campaigns/heard/reader-events.ts'
import { whyPerson } from '#campaigns/why.ts'
import { countClaimed } from '#campaigns/queries/listening.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { fakeResend } from '../support/fake-resend.ts'
import { body, memoryTexts, textWorld, type Channel } from './text-world.ts'
import { clock, db, owner } from './house.ts'
import { campaign, bought, linksKey, memoryChannel, workerOver } from './world.ts'

const { readers, launched, launchedWith, ledger, round } = textWorld(db, () => ({ clock, owner }))

const svixKey = Buffer.from('a secret of twenty-four b')
const svixSecret = `whsec_${svixKey.toString('base64')}`

/** Resend's word that a mail bounced for good, as Svix brings it. */
function bounceBySvix(deliveryId: DeliveryId): Request {
  const told = { type: 'email.bounced', created_at: clock().toISOString(), data: { tags: { delivery: deliveryId }, bounce: { type: 'Permanent', message: 'no such box' } } } // prettier-ignore
  const text = JSON.stringify(told)
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', svixKey).update(`m.${timestamp}.${text}`).digest('base64')
  const headers = { 'svix-id': 'm', 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
  return new Request('https://house.example/webhooks/resend', { method: 'POST', headers, body: text })
}

describe('a step by several channels', () => {
  const one = (agreed: readonly Channel[]) => ({ email: 'a@example.com', phone: '+31612340001', chat: '7001', agreed })

  it('takes the first that the person agreed to, and the next where it cannot reach them', async () => {
    const [ann] = await readers([one(['whatsapp', 'sms', 'email'])])
    await launched([ann!], 'telegram', 'whatsapp', 'sms', 'email')
    const whatsapp = memoryTexts('whatsapp')
    whatsapp.answers(() => ({ kind: 'undeliverable', why: 'no account there' }))
    const sms = memoryTexts('sms')
    await round(whatsapp.channel)
    expect(await ledger()).toMatchObject([{ channel: 'sms', state: 'planned', reason: 'not by whatsapp: no account there' }]) // prettier-ignore
    await round(whatsapp.channel)
    await round(sms.channel)
    expect([whatsapp.given.length, sms.given.length]).toEqual([1, 1])
    const { words: told } = await whyPerson(db, campaign, ann!)
    expect(told).toBe('Step telegram-1 could not go by whatsapp (no account there), and went on by sms. Step telegram-1 was sent by sms on 2026-03-02 10:00 UTC.') // prettier-ignore
  })

  it('goes on when the provider says so only later, once, however often it says it', async () => {
    await launched(await readers([one(['whatsapp', 'email'])]), 'whatsapp', 'email')
    const whatsapp = memoryTexts('whatsapp')
    const mail = memoryChannel()
    await round(whatsapp.channel)
    const { deliveryId } = whatsapp.given[0]!
    const word = { message: { deliveryId }, occurredAt: clock(), channel: 'whatsapp', event: { kind: 'undeliverable', why: '131026' } } as const // prettier-ignore
    expect(await recordProviderEvent({ db, clock }, word)).toEqual({ kind: 'recorded' })
    await tick(workerOver(db, mail.channel, clock))
    expect(await recordProviderEvent({ db, clock }, word)).toEqual({ kind: 'recorded' })
    await tick(workerOver(db, mail.channel, clock))
    expect(mail.given.map(({ to }) => to)).toEqual(['a@example.com'])
    const told = await db.query<{ channel: string }>(sql`select channel from ingest.events where kind = 'message_sent' order by channel`) // prettier-ignore
    expect(told).toEqual([{ channel: 'email' }, { channel: 'whatsapp' }])
  })

  it('leaves the others of its batch alone where that was not answered: without it they would be another request', async () => {
    const server = await fakeResend()
    const people = [1, 2].map((n) => ({ email: `r${n}@example.com`, phone: `+3161234000${n}`, agreed: ['email', 'sms'] as const })) // prettier-ignore
    await launched(await readers(people), 'email', 'sms')
    const work = () => tick(workerOver(db, resendChannel({ apiKey: 're_test', baseUrl: server.baseUrl }), clock))
    server.trouble('lost')
    await work()
    const gone = server.taken.find(({ to }) => to[0] === 'r1@example.com')!
    await resendWebhook({ db, clock }, svixSecret)(bounceBySvix(gone.tags[0]!.value as DeliveryId))
    clock.advance(10 * 60_000)
    await work()
    await server.close()
    expect(server.requests.map(({ path }) => path)).toEqual(['/emails/batch'])
    expect((await ledger()).map(({ channel, state }) => `${channel} ${state}`)).toEqual([
      'sms planned',
      'email unknown',
    ])
  })

  it('holds nothing against the next channel that a late word of the one before says, however often', async () => {
    const [ann] = await readers([one(['whatsapp', 'email'])])
    await launched([ann!], 'email', 'whatsapp')
    const mail = memoryChannel()
    const whatsapp = memoryTexts('whatsapp')
    await tick(workerOver(db, mail.channel, clock))
    const { deliveryId } = mail.given[0]!
    const bounce = () => resendWebhook({ db, clock }, svixSecret)(bounceBySvix(deliveryId))
    await bounce()
    await round(whatsapp.channel)
    await bounce()
    expect(await ledger()).toMatchObject([{ channel: 'whatsapp', state: 'sent' }])
    const token = signLink(linksKey, { kind: 'unsubscribe', deliveryId })
    expect(await unsubscribe({ db, clock, linksKey }, { token, how: 'page' })).toEqual({ kind: 'unsubscribed' })
    const open = signLink(linksKey, { kind: 'open', deliveryId })
    await recordOpen(
      { db, clock, linksKey },
      { token: open, visit: { method: 'GET', userAgent: 'Mozilla/5.0', headers: {} } },
    )
    expect(await ledger()).toMatchObject([{ channel: 'whatsapp', state: 'sent' }])
    const stops = await db.query(sql`select s.channel, i.value, s.reason from ingest.suppressions s join ingest.identifiers i on i.id = s.identifier_id order by 3`) // prettier-ignore
    expect(stops).toMatchObject([{ channel: 'email', value: 'a@example.com' }])
  })

  it('goes on with the step’s own words where an arm has none for the channel', async () => {
    const warm = body('Warm words, and the new beans are here.')
    const control = { name: 'plain', weight: 1 }
    const experiment = { control, others: [{ name: 'warm', weight: 1, contentHash: hashOf(warm), content: warm }], allocation: 'fixed' } // prettier-ignore
    const people = await readers(Array.from({ length: 12 }, (_, n) => ({ ...one(['email', 'sms']), email: `r${n}@example.com`, phone: `+316123400${n + 10}`, chat: String(n) }))) // prettier-ignore
    await launchedWith(people, { experiment }, 'email', 'sms')
    const mail = memoryChannel()
    mail.answers(() => ({ kind: 'undeliverable', why: 'no such box' }))
    const sms = memoryTexts('sms')
    await tick(workerOver(db, mail.channel, clock))
    await round(sms.channel)
    expect(mail.given.some(({ text }) => text.includes('Warm words'))).toBe(true)
    expect(sms.given).toHaveLength(12)
  })

  it('goes nowhere else once it was delivered, or its reader left the journey', async () => {
    await launched(await readers([one(['whatsapp', 'email']), { ...one(['whatsapp', 'email']), email: 'b@example.com', phone: '+31612340002', chat: '7002' }]), 'whatsapp', 'email') // prettier-ignore
    const whatsapp = memoryTexts('whatsapp')
    await round(whatsapp.channel)
    const [first, second] = whatsapp.given.toSorted((a, b) => a.to.localeCompare(b.to))
    const tell = (deliveryId: DeliveryId, event: ProviderEvent) => recordProviderEvent({ db, clock }, { message: { deliveryId }, occurredAt: clock(), channel: 'whatsapp', event }) // prettier-ignore
    await tell(first!.deliveryId, { kind: 'delivered' })
    await tell(first!.deliveryId, { kind: 'bounced', permanent: true, why: 'late' })
    await db.query(sql`update campaigns.enrolments e set next_due_at = null, ended_reason = 'goal reached'
      from campaigns.deliveries d where d.enrolment_id = e.id and d.id = ${second!.deliveryId}`)
    await tell(second!.deliveryId, { kind: 'again', why: 'busy', afterMs: 60_000 })
    expect(await ledger()).toMatchObject([
      { channel: 'whatsapp', state: 'bounced' },
      { channel: 'whatsapp', state: 'failed', reason: 'busy' },
    ])
  })

  it('goes nowhere else when its reader reached the goal since', async () => {
    const [ann] = await readers([one(['whatsapp', 'email'])])
    const { definition } = await launched([ann!], 'whatsapp', 'email')
    const whatsapp = memoryTexts('whatsapp')
    await round(whatsapp.channel)
    const { deliveryId } = whatsapp.given[0]!
    const [row] = await db.query<{ identifierId: IdentifierId }>(sql`select identifier_id as "identifierId" from campaigns.deliveries`) // prettier-ignore
    await bought(db, clock, row!, { at: new Date(clock().getTime() + 1_000) })
    await db.query(sql`update campaigns.deliveries set state = 'failed' where id = ${deliveryId}`)
    const rows = [{ id: deliveryId, why: 'no account' }]
    const go = (of: CampaignDefinition) => db.transaction((tx) => detour(tx, clock, { definition: of, from: 'whatsapp', rows })) // prettier-ignore
    expect(await go({ ...definition, goalReachedBy: { event: 'order_paid', withinDays: 7 } })).toBe(0)
    expect(await go(definition)).toBe(1)
    expect(await go(definition)).toBe(0)
  })

  it('goes on by the next channel when the first is shut between the claim and the first byte, and leaves its place', async () => {
    await launched(await readers([one(['whatsapp', 'email'])]), 'whatsapp', 'email')
    const whatsapp = memoryTexts('whatsapp')
    const worker = workerOver(db, whatsapp.channel, clock)
    const claim = await claimBatch(worker, { campaign, limit: 10, via: whatsapp.channel })
    if (claim.kind !== 'claimed') throw new Error(claim.kind)
    await db.query(sql`insert into ingest.suppressions (identifier_id, channel, reason, occurred_at) select identifier_id, 'whatsapp', 'blocked', ${clock()} from campaigns.deliveries`) // prettier-ignore
    await deliver(worker, claim.approved, claim, new AbortController().signal)
    expect(whatsapp.given).toEqual([])
    expect(await ledger()).toMatchObject([{ channel: 'email', state: 'planned' }])
    expect(await countClaimed(db, campaign)).toBe(0)
  })

  it('does not go round a reader’s own word: who shuts one channel gets nothing by the next', async () => {
    await launched(await readers([one(['telegram', 'sms'])]), 'telegram', 'sms')
    const telegram = memoryTexts('telegram')
    telegram.answers(() => ({ kind: 'unwanted', why: 'bot was blocked by the user' }))
    await round(telegram.channel)
    expect(await ledger()).toMatchObject([{ channel: 'telegram', state: 'failed' }])
    const stops = await db.query(sql`select channel, reason from ingest.suppressions`)
    expect(stops).toEqual([{ channel: 'telegram', reason: 'blocked' }])
  })

  it('says that nobody can be reached where there is no address for any of them', async () => {
    const people = await readers([{ email: 'a@example.com', agreed: ['email'] }])
    const { plan } = await launched(people, 'sms', 'telegram')
    expect(plan.enrolled).toBe(0)
    expect((await whyPerson(db, campaign, people[0]!)).words).toContain('no address')
  })
})
