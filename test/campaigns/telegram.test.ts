import { afterEach, beforeEach, expect, describe, it } from 'vitest'
import { newId, type PersonId, type UserId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { telegramBot, telegramChannel } from '#campaigns/channels/telegram.ts'
import { telegramWebhook } from '#campaigns/channels/telegram-webhook.ts'
import { inviteByTelegram } from '#campaigns/telegram/invite.ts'
import { releaseConsentText } from '#governance/consent-texts.ts'
import { mayReceive } from '#governance/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { resolveIdentities } from '#ingest/identity/resolve.ts'
import { receivedTexts } from '#ingest/sources/received-texts.ts'
import { testDatabase } from '../support/database.ts'
import { fakeTelegram } from '../support/fake-texts.ts'
import { aClock, addPeople, anOwner } from './world.ts'

const db = testDatabase()
const secret = 'agreed-on-with-telegram'
let clock: ReturnType<typeof aClock>
let owner: UserId
let ann: PersonId
let tell: (
  update: object,
  key?: string,
) => Promise<{ status: number; reply: { text?: string; reply_markup?: unknown } }>
let messages = 0
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  clock = aClock()
  owner = await anOwner(db, clock)
  ;[ann] = (await addPeople(db, clock, [{ address: 'ann@example.com', givenName: 'Ann' }])).map(({ personId }) => personId) as [PersonId] // prettier-ignore
  const business = { zone: 'Europe/Amsterdam', currency: 'EUR' }
  const ingest = { db, clock, recordsKey: new Uint8Array(32).fill(3), business, log: silentLog }
  const take = telegramWebhook({ ingest, business: 'Alder & Ash', source: receivedTexts('telegram') }, secret)
  tell = async (update, key = secret) => {
    const headers = { 'x-telegram-bot-api-secret-token': key }
    const response = await take(new Request('https://house.example/webhooks/telegram', { method: 'POST', headers, body: JSON.stringify(update) })) // prettier-ignore
    return { status: response.status, reply: (await response.json()) as { text?: string } }
  }
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const seconds = () => Math.floor(clock().getTime() / 1_000)

function says(chat: number, about: object) {
  messages += 1
  const from = { id: chat, is_bot: false, first_name: 'Ann' }
  return { update_id: messages, message: { message_id: messages, date: seconds(), chat: { id: chat, type: 'private' }, from, ...about } } // prettier-ignore
}

const tokenIn = (url: string): string => new URL(url).searchParams.get('start') ?? ''

async function invited(): Promise<string> {
  const made = await inviteByTelegram({ db, clock }, { personId: ann, bot: 'roastery_bot', business: 'Alder & Ash', language: 'en', by: owner }) // prettier-ignore
  if (made.kind !== 'made') throw new Error(made.why)
  expect(made.url).toMatch(/^https:\/\/t\.me\/roastery_bot\?start=[\w-]{32}$/)
  return tokenIn(made.url)
}

async function may(chat: number): Promise<string> {
  const [id] = await db.transaction((tx) => identifierIds(tx, clock, [{ kind: 'telegram', value: String(chat) }]))
  const permission = (await mayReceive(db, { channel: 'telegram', purpose: 'marketing', at: clock() }, [id!])).get(id!)
  return permission?.kind === 'blocked' ? permission.rule : 'allowed'
}

const peopleOf = (chat: number) =>
  db.query<{ personId: PersonId }>(sql`select p.person_id as "personId" from ingest.people p
    join ingest.identifiers i on i.id = p.identifier_id where i.kind = 'telegram' and i.value = ${String(chat)}`)

describe('a link for one person', () => {
  it('ties the chat it is opened in to the person, with the words as consent, once', async () => {
    const token = await invited()
    const opened = says(7001, { text: `/start ${token}` })
    expect((await tell(opened)).reply.text).toContain('Welcome')
    expect(await may(7001)).toBe('allowed')
    const [consent] = await db.query<{ words: string; basis: string }>(sql`
      select v.body ->> 'text' as words, c.basis from ingest.consents c join kernel.versions v on v.hash = c.text_version
      where c.channel = 'telegram'`)
    expect(consent?.basis).toBe('deep-link')
    expect(consent?.words).toContain('Alder & Ash')
    await resolveIdentities({ db, clock }, { by: 'test' })
    const [bound] = await peopleOf(7001)
    const [theirs] = await db.query<{ personId: PersonId }>(sql`select p.person_id as "personId" from ingest.people p
      join ingest.identifiers i on i.id = p.identifier_id where i.value = 'ann@example.com'`)
    expect(bound?.personId).toBeDefined()
    expect(bound).toEqual(theirs)
    // Telegram tells it again, and then somebody else finds the link.
    expect((await tell(opened)).reply.text).toContain('on our list already')
    expect((await tell(says(7002, { text: `/start ${token}` }))).reply.text).toContain('was used')
    expect(await may(7002)).not.toBe('allowed')
  })

  it('is too old after a month, and nothing to whoever makes one up', async () => {
    const token = await invited()
    clock.advance(31 * 24 * 3_600_000)
    expect((await tell(says(7001, { text: `/start ${token}` }))).reply.text).toContain('too old')
    expect((await tell(says(7001, { text: `/start ${'x'.repeat(32)}` }))).reply.text).toContain('do not know')
    expect(await may(7001)).not.toBe('allowed')
    expect(await db.query(sql`select token_hash from campaigns.telegram_links`)).not.toContainEqual({
      token_hash: token,
    })
  })
})

describe('the chat with the bot', () => {
  it('says yes by /start, no by /stop at once, and yes again', async () => {
    const { reply } = await tell(says(7001, { text: '/start' }))
    expect(JSON.stringify(reply.reply_markup)).toContain('request_contact')
    const [kept] = await db.query<{ words: string }>(sql`select v.body ->> 'text' as words from ingest.consents c
      join kernel.versions v on v.hash = c.text_version where c.channel = 'telegram'`)
    expect(reply.text).toContain(kept!.words)
    expect(await may(7001)).toBe('allowed')
    clock.advance(60_000)
    expect((await tell(says(7001, { text: '/stop' }))).reply.text).toContain('not hear from us')
    expect(await may(7001)).toBe('suppressed')
    clock.advance(60_000)
    await tell(says(7001, { text: '/start' }))
    expect(await may(7001)).toBe('allowed')
    clock.advance(60_000)
    await tell(says(7001, { text: 'Abmelden' }))
    expect(await may(7001)).toBe('suppressed')
  })

  it('closes when somebody blocks the bot', async () => {
    await tell(says(7001, { text: '/start' }))
    await tell({ update_id: 9_001, my_chat_member: { date: seconds(), chat: { id: 7001, type: 'private' }, new_chat_member: { status: 'kicked' } } }) // prettier-ignore
    expect(await may(7001)).toBe('suppressed')
  })

  it('speaks the language that somebody’s Telegram is set to, and keeps the words they agreed to in it', async () => {
    const began = says(7001, { text: '/start' })
    const reply = await tell({ ...began, message: { ...began.message, from: { ...began.message.from, language_code: 'de-AT' } } })
    expect(reply.reply.text).toContain('Dem haben Sie zugestimmt: „Ich möchte von Alder & Ash per Telegram hören')
    expect((await tell(says(7002, { text: '/stop' }))).reply.text).toContain('You will not hear from us')
    const [kept] = await db.query<{ language: string }>(sql`select v.body ->> 'language' as language from ingest.consents c
      join kernel.versions v on v.hash = c.text_version where c.channel = 'telegram' and c.state = 'granted'`)
    expect(kept).toEqual({ language: 'de' })
  }) // prettier-ignore

  it('shows what an owner released, in whatever language they wrote it', async () => {
    const words = { name: 'telegram', language: 'nl', channel: 'telegram', text: 'Ja, ik wil nieuws.' }
    await releaseConsentText({ db, clock }, { ...words, by: owner, reason: 'a test' })
    expect((await tell(says(7001, { text: '/start' }))).reply.text).toContain('“Ja, ik wil nieuws.”')
  })

  it('knows a customer by the number that they share, and by nobody else’s', async () => {
    await tell(says(7001, { text: '/start' }))
    await tell(says(7001, { contact: { phone_number: '31612340001', user_id: 7001 } }))
    await tell(says(7002, { contact: { phone_number: '31612340002', user_id: 7001 } }))
    const tied = await db.query<{ chat: string; number: string }>(sql`
      select a.value as chat, b.value as number from ingest.links l join ingest.identifiers a on a.id = l.left_id
      join ingest.identifiers b on b.id = l.right_id where l.source = 'telegram' and b.kind = 'phone'`)
    expect(tied).toEqual([{ chat: '7001', number: '+31612340001' }])
  })

  it('takes the word of nobody who has not the secret, and nothing of groups or of what it cannot read', async () => {
    expect((await tell(says(7001, { text: '/start' }), 'another')).status).toBe(401)
    const group = says(7001, { text: '/start' })
    expect((await tell({ ...group, message: { ...group.message, chat: { id: -5, type: 'group' } } })).status).toBe(200)
    expect((await tell({ update_id: 'none' })).status).toBe(200)
    expect(await may(7001)).not.toBe('allowed')
  })
})

describe('the bot', () => {
  it('says what it is called, and is told where to tell what happens', async () => {
    const server = await fakeTelegram()
    closing.push(server.close)
    const bot = telegramBot({ token: '1:test', baseUrl: server.url })
    expect(await bot.name()).toBe('roastery_bot')
    await bot.listen('https://house.example/webhooks/telegram', secret)
    expect(server.webhook()).toMatchObject({ url: 'https://house.example/webhooks/telegram', secret_token: secret })
  })

  it('writes with buttons', async () => {
    const server = await fakeTelegram()
    closing.push(server.close)
    const channel = telegramChannel({ token: '1:test', baseUrl: server.url })
    const message = { kind: 'text' as const, deliveryId: newId<'delivery'>(clock), to: '7001', headline: null, text: 'Hello', buttons: [{ label: 'See them', url: 'https://shop.example' }], contentHash: 'c'.repeat(64) as never, parameters: [], attempts: 0 } // prettier-ignore
    await channel.send({ key: 'k', messages: [message] }, AbortSignal.timeout(15_000))
    expect(server.taken[0]?.body).toMatchObject({ reply_markup: { inline_keyboard: [[{ text: 'See them', url: 'https://shop.example' }]] } }) // prettier-ignore
  })
})
