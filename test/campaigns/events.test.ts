import { beforeEach, describe, expect, it } from 'vitest'
import type { DeliveryId, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { mayReceive } from '#governance/consent.ts'
import { machineLabel } from '#campaigns/heard/bots.ts'
import { leaseMs } from '#campaigns/delivery/claim.ts'
import { signLink } from '#campaigns/render/links.ts'
import { announceSends } from '#campaigns/delivery/outbox.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { recordClick, recordOpen, unsubscribe, unsubscribeOffer } from '#campaigns/heard/reader-events.ts'
import { whyPerson } from '#campaigns/why.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import {
  aBody,
  aClock,
  addPeople,
  anOwner,
  campaign,
  enrol,
  linksKey,
  memoryChannel,
  readers,
  releaseBody,
  states,
  workerOver,
  type Person,
} from './world.ts'

const db = testDatabase()
let clock = aClock()
let owner: UserId
let deps = { db, clock, linksKey }
beforeEach(async () => {
  clock = aClock()
  deps = { db, clock, linksKey }
  owner = await anOwner(db, clock)
})

const browser = { method: 'GET', userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15', headers: {} } // prettier-ignore

async function sent(
  count = 2,
): Promise<{ people: Person[]; row: (at: number) => DeliveryId; html: (at: number) => string }> {
  const people = await addPeople(db, clock, readers(count))
  await enrol(deps, await releaseBody(deps, owner), people)
  const memory = memoryChannel()
  await tick(workerOver(db, memory.channel, clock))
  const message = (at: number) => memory.given.find((one) => one.to === people[at]!.address)!
  return { people, row: (at) => message(at).deliveryId, html: (at) => message(at).html }
}

const tokenIn = (html: string, path: string): string => new RegExp(`${path}([\\w-]+)`).exec(html)?.[1] ?? ''
const events = () => db.query<{ kind: string; machine: string | null }>(sql`select kind, properties ->> 'machine' as machine from ingest.events order by kind, seq`) // prettier-ignore

describe('sends become events', () => {
  it('once each, however often the outbox runs', async () => {
    await sent(3)
    expect((await events()).map((event) => event.kind)).toEqual(Array(3).fill('message_sent'))
    await db.query(sql`insert into campaigns.outbox (delivery_ids) select array_agg(id) from campaigns.deliveries`)
    expect(await announceSends(deps)).toBe(3)
    expect(await announceSends(deps)).toBe(0)
    expect(await events()).toHaveLength(3)
  })
})

describe('what readers do', () => {
  it('counts an open by a person, and labels one by a machine without losing it', async () => {
    const { html } = await sent()
    const token = tokenIn(html(0), '/o/')
    expect(await recordOpen(deps, { token, visit: browser })).toEqual({ kind: 'recorded', machine: null })
    const proxy = { ...browser, userAgent: 'Mozilla/5.0' }
    await recordOpen(deps, { token: tokenIn(html(1), '/o/'), visit: proxy })
    const progress = await campaignProgress(deps, campaign)
    expect(progress.reactions).toEqual([{ kind: 'message_opened', people: 1, machines: 1 }])
    expect(progress.states).toEqual({ delivered: 1, sent: 1 })
  })

  it('leads a click to the link of the release and nowhere else', async () => {
    const { html, row, people } = await sent()
    const token = tokenIn(html(0), '/c/')
    expect(await recordClick(deps, { token, visit: browser })).toEqual({
      kind: 'redirect',
      machine: null,
      identifierId: people[0]!.identifierId,
      url: 'https://shop.example/beans?size=250&utm_source=newsletter&utm_medium=email&utm_campaign=spring&utm_content=mail-1', // prettier-ignore
    })
    const other = signLink(linksKey, { kind: 'click', deliveryId: row(0), index: 5 })
    expect(await recordClick(deps, { token: other, visit: browser })).toMatchObject({ kind: 'not-ours' })
    expect(await recordClick(deps, { token: `${token}x`, visit: browser })).toMatchObject({ kind: 'not-ours' })
    expect(await recordClick(deps, { token: tokenIn(html(0), '/o/'), visit: browser })).toMatchObject({
      kind: 'not-ours',
    })
  })

  it('unsubscribes at once and for good, and only when asked to', async () => {
    const { people, html } = await sent(1)
    const token = tokenIn(html(0), '/u/')
    expect(await unsubscribeOffer(deps, token)).toEqual({ kind: 'offer', campaign })
    const ask = { channel: 'email', purpose: 'marketing', at: clock() } as const
    const { identifierId } = people[0]!
    expect((await mayReceive(db, ask, [identifierId])).get(identifierId)).toEqual({ kind: 'allowed' })
    expect(await unsubscribe(deps, { token, how: 'one-click' })).toEqual({ kind: 'unsubscribed' })
    expect(await unsubscribe(deps, { token, how: 'page' })).toEqual({ kind: 'unsubscribed' })
    expect((await mayReceive(db, ask, [identifierId])).get(identifierId)).toMatchObject({ kind: 'blocked' })
    expect((await events()).filter((event) => event.kind === 'message_unsubscribed')).toHaveLength(1)
    await enrol(deps, await releaseBody(deps, owner, aBody(), { name: 'next' }), people)
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given).toEqual([])
  })
})

describe('what providers tell', () => {
  it('moves the ledger, records the event and suppresses together, once', async () => {
    const { people, row } = await sent(3)
    const bounce = { kind: 'bounced', permanent: true, why: '550 5.1.1' } as const
    for (let twice = 0; twice < 2; twice++) {
      await recordProviderEvent(deps, { message: { deliveryId: row(0) }, occurredAt: clock(), event: { kind: 'delivered' } }) // prettier-ignore
      await recordProviderEvent(deps, { message: { deliveryId: row(1) }, occurredAt: clock(), event: bounce })
      await recordProviderEvent(deps, { message: { deliveryId: row(2) }, occurredAt: clock(), event: { kind: 'complained' } }) // prettier-ignore
    }
    expect(await states(db)).toEqual({ bounced: 1, complained: 1, delivered: 1 })
    expect((await events()).map((event) => event.kind)).toEqual([
      'message_bounced', 'message_complained', 'message_delivered', 'message_sent', 'message_sent', 'message_sent',
    ]) // prettier-ignore
    const suppressed = await db.query<{ id: string }>(
      sql`select identifier_id as id from ingest.suppressions order by id`,
    )
    expect(suppressed.map(({ id }) => id)).toEqual([people[1]!.identifierId, people[2]!.identifierId].toSorted())
  })

  it('never moves the ledger back', async () => {
    const { row } = await sent(1)
    await recordProviderEvent(deps, {
      message: { deliveryId: row(0) },
      occurredAt: clock(),
      event: { kind: 'complained' },
    })
    await recordProviderEvent(deps, {
      message: { deliveryId: row(0) },
      occurredAt: clock(),
      event: { kind: 'delivered' },
    })
    expect(await states(db)).toEqual({ complained: 1 })
  })

  it('notes a soft bounce and suppresses nobody', async () => {
    const { row } = await sent(1)
    const event = { kind: 'bounced', permanent: false, why: 'mailbox full' } as const
    await recordProviderEvent(deps, { message: { deliveryId: row(0) }, occurredAt: clock(), event })
    expect(await states(db)).toEqual({ sent: 1 })
    expect(await db.query(sql`select 1 from ingest.suppressions`)).toEqual([])
  })

  it('finds a message by the id the provider gave, and says when there is none', async () => {
    await sent(1)
    const [row] = await db.query<{ id: string }>(sql`select provider_id as id from campaigns.deliveries`)
    const event = { kind: 'replied', subject: 'Re: New beans' } as const
    const told = { occurredAt: clock(), event }
    expect(await recordProviderEvent(deps, { message: { providerId: row!.id }, ...told })).toEqual({ kind: 'recorded' })
    expect(await recordProviderEvent(deps, { message: { providerId: 'x' }, ...told })).toMatchObject({
      kind: 'not-ours',
    })
  })

  it('settles what was unknown when word of its arrival comes', async () => {
    const people = await addPeople(db, clock, readers(1))
    await enrol(deps, await releaseBody(deps, owner), people)
    const memory = memoryChannel()
    memory.answers(() => ({ kind: 'unclear', why: 'closed' }))
    await tick(workerOver(db, memory.channel, clock))
    expect(await states(db)).toEqual({ unknown: 1 })
    clock.advance(leaseMs)
    const token = tokenIn(memory.given[0]!.html, '/o/')
    await recordOpen(deps, { token, visit: browser })
    expect(await states(db)).toEqual({ delivered: 1 })
    await announceSends(deps)
    expect((await events()).map((event) => event.kind)).toEqual(['message_opened', 'message_sent'])
  })
})

describe('machines', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
      'image proxy of Gmail',
    ],
    ['curl/8.5.0', 'program'],
    ['', 'no user agent'],
    [browser.userAgent, null],
  ])('are told by what they say of themselves: %s', (userAgent, label) => {
    expect(machineLabel({ ...browser, userAgent })).toBe(label)
  })

  it('are told by HEAD and by prefetching', () => {
    expect(machineLabel({ ...browser, method: 'HEAD' })).toBe('method HEAD')
    expect(machineLabel({ ...browser, headers: { 'sec-purpose': 'prefetch;prerender' } })).toBe('prefetch')
  })
})

describe('how a campaign stands', () => {
  it('is told by state, reason, hour, and whether anything may leave', async () => {
    const people = await addPeople(db, clock, [...readers(3), { address: 'no@example.com', consent: false }])
    await enrol(deps, await releaseBody(deps, owner), people)
    await tick(workerOver(db, memoryChannel().channel, clock))
    const progress = await campaignProgress(deps, campaign)
    expect(progress).toMatchObject({
      enrolled: 4,
      active: 0,
      sending: { kind: 'on' },
      states: { sent: 3, suppressed: 1 },
      byStep: [
        { stepKey: 'mail-1', state: 'sent', count: 3 },
        { stepKey: 'mail-1', state: 'suppressed', count: 1 },
      ],
      reasons: [{ state: 'suppressed', reason: 'There is no consent to email', count: 1 }],
      timeline: [{ hour: new Date('2026-03-02T10:00:00Z'), sent: 3 }],
    })
    expect(await campaignProgress(deps, 'unheard-of')).toMatchObject({ enrolled: 0, sending: { kind: 'stopped' } })
  })

  it('is told for one person, in words', async () => {
    const people = await addPeople(db, clock, [...readers(1), { address: 'no@example.com', consent: false }])
    const stranger = (await addPeople(db, clock, [{ address: 'else@example.com' }]))[0]!
    await enrol(deps, await releaseBody(deps, owner), people)
    await tick(workerOver(db, memoryChannel().channel, clock))
    expect((await whyPerson(db, campaign, people[0]!.personId)).words).toBe(
      'Step mail-1 was sent on 2026-03-02 10:00 UTC.',
    )
    expect((await whyPerson(db, campaign, people[1]!.personId)).words).toBe(
      'Step mail-1 was not sent: suppressed (There is no consent to email).',
    )
    expect((await whyPerson(db, campaign, stranger.personId)).words).toContain('Not in this campaign')
  })
})
