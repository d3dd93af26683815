import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import type { DeliveryId, Hash } from '#kernel/ids.ts'
import {
  handOver, isTextChannel, type AnyChannel, type AnyMessage, type Channel, type Message, type TextChannel, type TextMessage,
} from '#campaigns/channel.ts' // prettier-ignore
import { resendChannel } from '#campaigns/channels/resend.ts'
import { smsChannel } from '#campaigns/channels/sms.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { telegramChannel } from '#campaigns/channels/telegram.ts'
import { whatsappChannel } from '#campaigns/channels/whatsapp.ts'
import { fakeResend, type FakeResend } from '../support/fake-resend.ts'
import { fakeSms, fakeTelegram, type FakeTexts } from '../support/fake-texts.ts'
import { fakeWhatsApp } from '../support/fake-whatsapp.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'

const deliveryId = (n: number) => `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}` as DeliveryId

const message = (n: number, change: Partial<Message> = {}): Message => ({
  deliveryId: deliveryId(n),
  messageId: `<key-${n}@example.com>`,
  from: { name: 'Alder & Ash "Roasters"', address: 'hello@example.com' },
  replyTo: null,
  to: `reader${n}@example.com`,
  subject: `Grüße ${n}`,
  html: '<p>Hello</p>',
  text: 'Hello',
  headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  ...change,
})
const messages = (count: number): Message[] => Array.from({ length: count }, (_, n) => message(n))
const soon = () => AbortSignal.timeout(5_000)

/** Sends, and gives up as soon as the server has taken something: a deadline that comes between taking and answering. */
async function givenUpOnceTaken<Sent>(
  send: (signal: AbortSignal) => Promise<Sent>,
  taken: readonly unknown[],
): Promise<Sent> {
  const deadline = new AbortController()
  const sending = send(deadline.signal)
  await expect.poll(() => taken.length, { timeout: 15_000 }).toBe(1)
  deadline.abort()
  return sending
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function smtp(settings: { silenceMs?: number } = {}): Promise<{ channel: Channel; sink: SmtpSink }> {
  const sink = await smtpSink()
  const channel = smtpChannel({ url: sink.url, clock: systemClock, connections: 3, ...settings })
  closing.push(sink.close, channel.close)
  return { channel, sink }
}

async function resend(): Promise<{ channel: Channel; server: FakeResend }> {
  const server = await fakeResend()
  closing.push(server.close)
  return { channel: resendChannel({ apiKey: 're_test', baseUrl: server.baseUrl }), server }
}

const text = (n: number): TextMessage => ({
  kind: 'text',
  deliveryId: deliveryId(n),
  to: `+3161234${String(n).padStart(4, '0')}`,
  headline: null,
  text: `Grüße ${n}`,
  buttons: [],
  contentHash: 'c'.repeat(64) as Hash,
  parameters: [],
  attempts: 0,
})
const texts = (count: number): TextMessage[] => Array.from({ length: count }, (_, n) => text(n))
const some = (channel: AnyChannel, count: number): AnyMessage[] =>
  isTextChannel(channel) ? texts(count) : messages(count)

async function sms(settings: { promisesOnce?: boolean } = {}): Promise<{ channel: TextChannel; server: FakeTexts }> {
  const server = await fakeSms(settings)
  closing.push(server.close)
  const { promisesOnce = false } = settings
  const body = '{"to":"{{to}}","sender":{"name":"{{from}}"},"text":"{{text}}","reference":"{{reference}}"}'
  const channel = smsChannel({
    url: server.url,
    authorization: 'Bearer sms_test',
    from: 'Alder',
    body,
    idAt: 'messages.0.id',
    promisesOnce,
  })
  return { channel, server }
}

async function telegram(): Promise<{ channel: TextChannel; server: FakeTexts }> {
  const server = await fakeTelegram()
  closing.push(server.close)
  return { channel: telegramChannel({ token: '1:test', baseUrl: server.url }), server }
}

const contract: [string, () => Promise<{ channel: AnyChannel; copies: () => Map<string, number>; down: () => Promise<void> }>][] = [
  ['SMTP', async () => {
    const { channel, sink } = await smtp()
    return { channel, copies: sink.copies, down: sink.close }
  }],
  ['Resend', async () => {
    const { channel, server } = await resend()
    return { channel, copies: server.copies, down: server.close }
  }],
  ['SMS', async () => {
    const { channel, server } = await sms()
    return { channel, copies: server.copies, down: server.close }
  }],
  ['SMS by a provider that promises once', async () => {
    const { channel, server } = await sms({ promisesOnce: true })
    return { channel, copies: server.copies, down: server.close }
  }],
  ['Telegram', async () => {
    const { channel, server } = await telegram()
    return { channel, copies: server.copies, down: server.close }
  }],
  ['WhatsApp', async () => {
    const server = await fakeWhatsApp()
    closing.push(server.close)
    const payload = { type: 'template', template: { name: 'spring', language: { code: 'en' } } }
    const write = (all: readonly TextMessage[]) => Promise.resolve(all.map(() => ({ kind: 'send' as const, payload, otherwise: null })))
    const letters = { write, note: () => Promise.resolve() }
    const room = () => Promise.resolve({ most: Infinity, why: null, held: new Map<string, string>() })
    const { token, baseUrl, number } = server
    return { channel: whatsappChannel({ token, baseUrl, number, letters, room, perSecond: 1_000 }), copies: server.copies, down: server.close }
  }],
] // prettier-ignore

describe.each(contract)('a channel: %s', (_, open) => {
  it('sends each message of a batch once and answers for each in order', async () => {
    const { channel, copies } = await open()
    const outcomes = await handOver(channel, { key: 'k1', messages: some(channel, 40) }, soon())
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(40).fill('sent'))
    expect([...copies().values()]).toEqual(Array(40).fill(1))
    expect(new Set(outcomes.map((outcome) => (outcome.kind === 'sent' ? outcome.providerId : null))).size).toBe(40)
  })

  it('tells of a server that is away as an outcome, and never throws', async () => {
    const { channel, copies, down } = await open()
    await down()
    const outcomes = await handOver(channel, { key: 'k1', messages: some(channel, 3) }, soon())
    const kinds = outcomes.map((outcome) => outcome.kind)
    expect(kinds).toEqual(Array(3).fill(channel.idempotent ? 'unclear' : 'retry'))
    expect(copies().size).toBe(0)
  })

  it('promises once, or says that it cannot', async () => {
    const { channel, copies } = await open()
    const batch = { key: 'same', messages: some(channel, 5) }
    await handOver(channel, batch, soon())
    await handOver(channel, batch, soon())
    expect([...copies().values()]).toEqual(Array(5).fill(channel.idempotent ? 1 : 2))
  })
})

describe('mail by SMTP', () => {
  const cases: [string, Parameters<SmtpSink['behave']>[0], object][] = [
    ['450 for one recipient is for later', () => ({ reply: 450, text: '4.2.1 greylisted', at: 'rcpt' }), { kind: 'retry', scope: 'message' }],
    ['451 after the data is for later', () => ({ reply: 451, text: '4.3.0 try again', at: 'data' }), { kind: 'retry', scope: 'message' }],
    ['421 speaks of the channel', () => ({ reply: 421, text: '4.3.2 shutting down', at: 'rcpt' }), { kind: 'retry', scope: 'channel' }],
    ['550 says the address is dead', () => ({ reply: 550, text: '5.1.1 no such user', at: 'rcpt' }), { kind: 'refused', addressDead: true }],
    ['550 of policy does not', () => ({ reply: 550, text: '5.7.1 not welcome', at: 'rcpt' }), { kind: 'refused', addressDead: false }],
    ['552 of a full mailbox does not', () => ({ reply: 552, text: '5.2.2 mailbox full', at: 'rcpt' }), { kind: 'refused', addressDead: false }],
    ['554 of the content refuses the message', () => ({ reply: 554, text: '5.6.0 bad content', at: 'data' }), { kind: 'refused', addressDead: false }],
    ['a close before the first byte means that nothing was sent', () => 'close-early', { kind: 'retry', scope: 'channel' }],
    ['a close between the last byte and the answer is unclear', () => 'take-and-close', { kind: 'unclear' }],
  ] // prettier-ignore

  it.each(cases)('%s', async (_, manner, expected) => {
    const { channel, sink } = await smtp()
    sink.behave(manner)
    const outcomes = await channel.send({ key: 'k', messages: [message(1)] }, soon())
    expect(outcomes).toMatchObject([expected])
  })

  it('calls unclear what a silent server may have taken, and does not send it again itself', async () => {
    const { channel, sink } = await smtp()
    sink.behave(() => 'silence')
    const outcomes = await givenUpOnceTaken((signal) => channel.send({ key: 'k', messages: [message(1)] }, signal), sink.taken) // prettier-ignore
    expect(outcomes).toMatchObject([{ kind: 'unclear' }])
    expect(sink.taken).toHaveLength(1)
  })

  it('tells one bad recipient from the rest of the batch', async () => {
    const { channel, sink } = await smtp()
    sink.behave((to) => (to === 'reader2@example.com' ? { reply: 550, text: '5.1.1 unknown', at: 'rcpt' } : 'take'))
    const outcomes = await channel.send({ key: 'k', messages: messages(6) }, soon())
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['sent', 'sent', 'refused', 'sent', 'sent', 'sent'])
  })

  it('writes the message that was asked for', async () => {
    const { channel, sink } = await smtp()
    await channel.send({ key: 'k', messages: [message(1, { replyTo: 'desk@example.com' })] }, soon())
    const parsed = await PostalMime.parse(sink.taken[0]!.raw)
    expect(parsed).toMatchObject({
      subject: 'Grüße 1',
      from: { name: 'Alder & Ash "Roasters"', address: 'hello@example.com' },
      to: [{ address: 'reader1@example.com' }],
      replyTo: [{ address: 'desk@example.com' }],
      messageId: '<key-1@example.com>',
    })
    expect(parsed.html).toContain('<p>Hello</p>')
    expect(parsed.text?.trim()).toBe('Hello')
  })

  it('lets no subject add a header or a recipient', async () => {
    const { channel, sink } = await smtp()
    const plain = await headerNames(channel, sink, 'plain')
    const hostile = fc.string({ unit: fc.constantFrom('a', '\r', '\n', ':', ' ', '\t', '<', '>', '@', ',', 'B', 'c', '\0', 'é') }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(hostile, async (subject) => {
        expect(await headerNames(channel, sink, `x${subject}\r\nBcc: evil@example.com`)).toEqual(plain)
      }),
      { numRuns: 60 },
    )
    expect([...sink.copies().keys()]).toEqual(['reader1@example.com'])
  })

  async function headerNames(channel: Channel, sink: SmtpSink, subject: string): Promise<string[]> {
    await channel.send({ key: 'k', messages: [message(1, { subject })] }, soon())
    const parsed = await PostalMime.parse(sink.taken.at(-1)!.raw)
    return parsed.headers.map((header) => header.key).toSorted()
  }
})

describe('mail by Resend', () => {
  it('reports invalid addresses of a batch one by one, and sends the others', async () => {
    const { channel, server } = await resend()
    server.invalid.add('reader1@example.com')
    const outcomes = await channel.send({ key: 'k', messages: messages(3) }, soon())
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['sent', 'refused', 'sent'])
    expect(server.taken.map((email) => email.to[0])).toEqual(['reader0@example.com', 'reader2@example.com'])
  })

  it('waits as long as it is told to when it asked too often', async () => {
    const { channel, server } = await resend()
    server.trouble({ status: 429, name: 'rate_limit_exceeded', message: 'Too many requests', retryAfter: 7 })
    const outcomes = await channel.send({ key: 'k', messages: messages(2) }, soon())
    expect(outcomes).toMatchObject([1, 2].map(() => ({ kind: 'retry', scope: 'channel', afterMs: 7_000 })))
  })

  it('takes a refused key for a setting to mend, not for a dead address', async () => {
    const server = await fakeResend()
    closing.push(server.close)
    const channel = resendChannel({ apiKey: 're_wrong', baseUrl: server.baseUrl })
    const outcomes = await channel.send({ key: 'k', messages: messages(1) }, soon())
    expect(outcomes).toMatchObject([{ kind: 'retry', scope: 'channel' }])
  })

  it('sends once though the answer was lost, when asked again under the same key', async () => {
    const { channel, server } = await resend()
    server.trouble('lost')
    const batch = { key: 'k', messages: messages(10) }
    expect((await channel.send(batch, soon())).map((outcome) => outcome.kind)).toEqual(Array(10).fill('unclear'))
    expect((await channel.send(batch, soon())).map((outcome) => outcome.kind)).toEqual(Array(10).fill('sent'))
    expect([...server.copies().values()]).toEqual(Array(10).fill(1))
  })

  it('calls 5xx and a key used for something else unclear', async () => {
    const { channel, server } = await resend()
    server.trouble({ status: 500, name: 'internal_server_error', message: 'oops' })
    expect(await channel.send({ key: 'k', messages: messages(1) }, soon())).toMatchObject([{ kind: 'unclear' }])
    await channel.send({ key: 'k', messages: messages(1) }, soon())
    expect(await channel.send({ key: 'k', messages: messages(2) }, soon())).toMatchObject([{ kind: 'unclear' }, { kind: 'unclear' }]) // prettier-ignore
  })

  it('marks each e-mail with its ledger row', async () => {
    const { channel, server } = await resend()
    await channel.send({ key: 'k', messages: [message(3)] }, soon())
    expect(server.taken[0]).toMatchObject({
      from: String.raw`"Alder & Ash \"Roasters\"" <hello@example.com>`,
      tags: [{ name: 'delivery', value: deliveryId(3) }],
    })
  })
})

describe('SMS by any provider', () => {
  const cases: [string, Parameters<FakeTexts['trouble']>[0], object][] = [
    ['429 is for later, as long as it says', { status: 429, body: {}, retryAfter: 7 }, { kind: 'retry', scope: 'channel', afterMs: 7_000 }],
    ['5xx may have been taken', { status: 503, body: {} }, { kind: 'unclear' }],
    ['a cut behind the request may have been taken', 'lost', { kind: 'unclear' }],
    ['half an answer may stand for either', 'half', { kind: 'unclear' }],
    ['a number that no SMS reaches asks for another channel', { status: 400, body: { error: 'Invalid destination number' } }, { kind: 'undeliverable' }],
    ['who left there is not written to again', { status: 400, body: { error: 'The recipient has opted out' } }, { kind: 'unwanted' }],
    ['other refusals are of the message', { status: 422, body: { error: 'text is too long' } }, { kind: 'refused', addressDead: false }],
    ['no money left stops the channel', { status: 402, body: { error: 'no credit' } }, { kind: 'stop', of: 'channel' }],
  ] // prettier-ignore

  it.each(cases)('%s', async (_, trouble, expected) => {
    const { channel, server } = await sms()
    server.trouble(trouble)
    expect(await channel.send({ key: 'k', messages: texts(1) }, soon())).toMatchObject([expected])
  })

  it('fills in what the provider takes, and nothing in a text can change it', async () => {
    const { channel, server } = await sms()
    const hostile = '","to":"+31600000000","x":"{{to}} \\ \n'
    await channel.send({ key: 'k', messages: [{ ...text(1), text: hostile }] }, soon())
    expect(server.taken[0]!.body).toEqual({ to: text(1).to, sender: { name: 'Alder' }, text: hostile, reference: deliveryId(1) }) // prettier-ignore
  })

  it('begins nothing more behind a refusal of the whole channel', async () => {
    const { channel, server } = await sms()
    server.trouble(...Array.from({ length: 8 }, () => ({ status: 429, body: {} })))
    const outcomes = await channel.send({ key: 'k', messages: texts(60) }, soon())
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(60).fill('retry'))
    expect(server.taken).toEqual([])
  })
})

describe('Telegram', () => {
  const cases: [string, Parameters<FakeTexts['trouble']>[0], object][] = [
    ['429 is for later, as long as it says', { status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests: retry after 9', parameters: { retry_after: 9 } } }, { kind: 'retry', scope: 'channel', afterMs: 9_000 }],
    ['who blocked the bot wants no more', { status: 403, body: { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' } }, { kind: 'unwanted' }],
    ['a chat that is gone asks for another channel', { status: 400, body: { ok: false, error_code: 400, description: 'Bad Request: chat not found' } }, { kind: 'undeliverable' }],
    ['5xx may have been taken', { status: 502, body: { ok: false, error_code: 502, description: 'Bad Gateway' } }, { kind: 'unclear' }],
    ['a cut behind the request may have been taken', 'lost', { kind: 'unclear' }],
    ['half an answer may stand for either', 'half', { kind: 'unclear' }],
    ['a token nobody knows stops the channel', { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } }, { kind: 'stop', of: 'channel' }],
  ] // prettier-ignore

  it.each(cases)('%s', async (_, trouble, expected) => {
    const { channel, server } = await telegram()
    server.trouble(trouble)
    expect(await channel.send({ key: 'k', messages: texts(1) }, soon())).toMatchObject([expected])
  })

  it('calls unclear what has no answer by the deadline, and never says its token', async () => {
    const { channel, server } = await telegram()
    server.trouble('silence')
    const outcomes = await givenUpOnceTaken((signal) => channel.send({ key: 'k', messages: texts(1) }, signal), server.taken) // prettier-ignore
    expect(outcomes).toMatchObject([{ kind: 'unclear' }])
    await server.close()
    expect(JSON.stringify(await channel.send({ key: 'k', messages: texts(1) }, soon()))).not.toContain('1:test')
  })
})
