import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resendWebhook } from '#campaigns/channels/resend-events.ts'
import { smsWebhook } from '#campaigns/channels/sms-webhook.ts'
import { telegramWebhook } from '#campaigns/channels/telegram-webhook.ts'
import { takeMail } from '#campaigns/heard/inbound.ts'
import { announceSends } from '#campaigns/delivery/outbox.ts'
import { whatsappWord } from '#campaigns/whatsapp/word.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { receivedTexts } from '#ingest/sources/received-texts.ts'
import { readMailReport } from '#ingest/sources/mail-reports.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { aFeedback, aStatus } from './mails.ts'
import { memoryTexts, textWorld, type Channel } from './text-world.ts'
import { aClock, anOwner, linksKey, memoryChannel, workerOver } from './world.ts'

const db = testDatabase()
const clock = aClock()
const svixKey = Buffer.from('a secret of twenty-four b')
const recordsKey = new Uint8Array(32).fill(3)
const ingest = { db, clock, recordsKey, business: { zone: 'Europe/Amsterdam', currency: 'EUR' }, log: silentLog }

/** A message that left, and how its provider is heard saying a word of it. */
type Sent = { deliveryId: string; providerId: string; to: string }
type Said = (sent: Sent) => Promise<unknown>
type Provider = { channel: Channel; says: Readonly<Record<string, Said>>; together: fc.Arbitrary<string[]> }

const seconds = () => Math.floor(clock().getTime() / 1_000)

const resend = resendWebhook(ingest, `whsec_${svixKey.toString('base64')}`)
const svix =
  (type: string, more: object = {}): Said =>
  async ({ deliveryId }) => {
    const text = JSON.stringify({ type, created_at: clock().toISOString(), data: { tags: { delivery: deliveryId }, ...more } }) // prettier-ignore
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const signature = createHmac('sha256', svixKey).update(`m.${timestamp}.${text}`).digest('base64')
    const headers = { 'svix-id': 'm', 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
    return resend(new Request('https://house.example/webhooks/resend', { method: 'POST', headers, body: text }))
  }

const mailed =
  (report: (sent: Sent) => Buffer): Said =>
  (sent) =>
    takeMail({ db, clock, linksKey, recordsKey, readMail: readMailReport }, report(sent))
const status = (code: string, action = 'failed') =>
  mailed(({ providerId, to }) => aStatus({ messageId: providerId }, { recipient: to, status: code, action }))

const fields = { id: 'id', reference: 'reference', status: 'status' }
const sms = smsWebhook(ingest, { secret: 'a secret of sixteen', fields, source: receivedTexts('sms'), sender: 'sms', tell: () => Promise.resolve() }) // prettier-ignore
const operator =
  (word: string): Said =>
  ({ deliveryId }) =>
    sms(new Request('https://house.example/webhooks/sms?token=a+secret+of+sixteen', { method: 'POST', body: JSON.stringify({ reference: deliveryId, status: word }) })) // prettier-ignore

const meta =
  (word: string, code?: number): Said =>
  ({ deliveryId, providerId }) => {
    const told = { id: providerId, status: word, timestamp: seconds(), biz_opaque_callback_data: deliveryId, ...(code && { errors: [{ code }] }) } // prettier-ignore
    const body = { entry: [{ id: '1', changes: [{ field: 'messages', value: { statuses: [told] } }] }] }
    return db.transaction((tx) => whatsappWord(clock)(tx, Buffer.from(JSON.stringify(body))))
  }

const telegram = telegramWebhook({ ingest, business: 'Alder & Ash', source: receivedTexts('telegram') }, 'agreed-on-with-telegram') // prettier-ignore
const bot =
  (about: (chat: { id: number; type: string }) => object): Said =>
  ({ to }) => {
    const body = JSON.stringify({ update_id: 1, ...about({ id: Number(to), type: 'private' }) })
    return telegram(new Request('https://house.example/webhooks/telegram', { method: 'POST', headers: { 'x-telegram-bot-api-secret-token': 'agreed-on-with-telegram' }, body })) // prettier-ignore
  }

/** Any words of a provider; but for Meta, which says of a message either that it came or that it did not. */
const anyOf = (says: Provider['says']) => fc.subarray(Object.keys(says), { minLength: 1 })
const provider = (channel: Channel, says: Provider['says'], together = anyOf(says)): Provider => ({ channel, says, together }) // prettier-ignore

const providers: Readonly<Record<string, Provider>> = {
  Resend: provider('email', {
    delivered: svix('email.delivered'),
    complained: svix('email.complained'),
    bounced: svix('email.bounced', { bounce: { type: 'Permanent', message: 'no such box' } }),
    delayed: svix('email.delivery_delayed'),
    failed: svix('email.failed', { failed: { reason: 'quota' } }),
  }),
  'mail servers': provider('email', {
    delivered: status('2.0.0', 'delivered'),
    complained: mailed(({ providerId }) => aFeedback({ messageId: providerId })),
    bounced: status('5.1.1'),
    delayed: status('4.2.2', 'delayed'),
    failed: status('5.7.1'),
  }),
  'operators of SMS': provider('sms', {
    delivered: operator('delivered'),
    bounced: operator('invalid number'),
    unwanted: operator('opt-out'),
    failed: operator('expired'),
  }),
  Meta: provider(
    'whatsapp',
    {
      sent: meta('sent'),
      delivered: meta('delivered'),
      read: meta('read'),
      unwanted: meta('failed', 131_050),
      failed: meta('failed', 131_026),
      later: meta('failed', 131_000),
    },
    fc.oneof(
      fc.subarray(['sent', 'delivered', 'read'], { minLength: 1 }),
      fc.constantFrom<string[]>(['sent', 'unwanted'], ['sent', 'failed'], ['sent', 'later'], ['later', 'delivered']),
    ),
  ),
  Telegram: provider('telegram', {
    unwanted: bot((chat) => ({ message: { message_id: 1, date: seconds(), chat, from: { id: chat.id, is_bot: false, first_name: 'A' }, text: '/stop' } })), // prettier-ignore
    bounced: bot((chat) => ({ my_chat_member: { chat, from: { id: chat.id, is_bot: false, first_name: 'A' }, date: seconds(), new_chat_member: { status: 'kicked' } } })), // prettier-ignore
  }),
}

const pairs = 24

/** The same message to so many readers, two of whom hear the same words of it in another order. */
async function sentBy(channel: Channel): Promise<Sent[]> {
  const owner = await anOwner(db, clock)
  const { readers, launched } = textWorld(db, () => ({ clock, owner }))
  const people = await readers(Array.from({ length: 2 * pairs }, (_, n) => ({ email: `r${n}@example.com`, phone: `+3161234${1_000 + n}`, chat: String(7_000 + n), agreed: [channel] }))) // prettier-ignore
  await launched(people, channel)
  const mail = memoryChannel()
  const texts = channel === 'email' ? null : memoryTexts(channel)
  await tick(workerOver(db, texts?.channel ?? mail.channel, clock))
  if (texts)
    return texts.given.map(({ deliveryId, to }) => ({ deliveryId, to, providerId: `${channel} ${deliveryId}` }))
  return mail.given.map(({ deliveryId, to, messageId }) => ({ deliveryId, to, providerId: messageId }))
}

/** How a message and its reader stand: its state, what was told of it, and whether anything more may go there. */
async function standing({ deliveryId, to }: Sent) {
  await announceSends({ db, clock })
  const [row] = await db.query(sql`select state from campaigns.deliveries where id = ${deliveryId}`)
  const events = await db.query(sql`select kind, channel, count(*)::int as n from ingest.events
    where properties ->> 'deliveryId' = ${deliveryId} group by 1, 2 order by 1, 2`)
  const stops = await db.query<{ channel: string }>(sql`select s.channel from ingest.suppressions s
    join ingest.identifiers i on i.id = s.identifier_id where i.value = ${to}`)
  return { row, events, stops }
}

const ends: ReadonlySet<string> = new Set(['complained', 'bounced', 'unwanted'])

describe('what a provider says of a message', () => {
  it.each(Object.entries(providers))(
    'comes to the same in whatever order and however often %s say it, and ends what must end (property)',
    async (_, { channel, says, together }) => {
      const sent = await sentBy(channel)
      const orders = together.chain((words) => {
        const told = fc.array(fc.constantFrom(...words), { maxLength: 3 }).chain((again) => fc.shuffledSubarray([...words, ...again], { minLength: words.length + again.length })) // prettier-ignore
        return fc.record({ words: fc.constant(words), one: told, other: told, unknown: fc.boolean() })
      })
      await fc.assert(
        fc.asyncProperty(orders, async ({ words, one, other, unknown }) => {
          fc.pre(sent.length > 1)
          const [first, second] = sent.splice(0, 2) as [Sent, Sent]
          if (unknown) await db.query(sql`update campaigns.deliveries set state = 'unknown' where id = any(${[first.deliveryId, second.deliveryId]}::uuid[])`) // prettier-ignore
          for (const word of one) await says[word]!(first)
          for (const word of other) await says[word]!(second)
          const stands = await standing(first)
          expect(await standing(second)).toEqual(stands)
          expect(stands.stops.map((stop) => stop.channel)).toEqual(words.some((word) => ends.has(word)) ? [channel] : []) // prettier-ignore
        }),
        { numRuns: pairs, endOnFailure: true },
      )
    },
  )
})

describe('word that ends a channel for a reader', () => {
  it.each([
    ['Resend', 'complained'],
    ['Resend', 'bounced'],
    ['mail servers', 'complained'],
    ['operators of SMS', 'bounced'],
    ['operators of SMS', 'unwanted'],
    ['Meta', 'unwanted'],
  ])('of %s, %s, suppresses and moves the ledger together or not at all', async (name, word) => {
    const { channel, says } = providers[name]!
    const [message] = await sentBy(channel)
    await db.query(sql`create function campaigns.breaks() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$`) // prettier-ignore
    await db.query(sql`create trigger breaks before update on campaigns.deliveries for each row execute function campaigns.breaks()`) // prettier-ignore
    try {
      await expect(says[word]!(message!)).rejects.toThrow('the disk is full')
    } finally {
      await db.query(sql`drop function campaigns.breaks() cascade`)
    }
    const before = await standing(message!)
    expect(before).toMatchObject({ row: { state: 'sent' }, stops: [] })
    expect(before.events).toMatchObject([{ kind: 'message_sent' }])
    await says[word]!(message!)
    expect(await standing(message!)).toMatchObject({ row: { state: word === 'unwanted' ? 'failed' : word }, stops: [{ channel }] }) // prettier-ignore
  })
})
