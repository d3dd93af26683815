import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { type Channel } from '#campaigns/channel.ts'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { fakeResend } from '../support/fake-resend.ts'
import { type SmtpSink } from '../support/smtp-sink.ts'
import { deliveryId, closing, givenUpOnceTaken, message, messages, resend, smtp, soon } from './open-channels.ts'

describe('mail by SMTP', () => {
  const cases: [string, Parameters<SmtpSink['behave']>[0], object][] = [
    ['450 for one recipient is for later', () => ({ reply: 450, text: '4.2.1 greylisted', at: 'rcpt' }), { kind: 'retry', scope: 'message' }],
    ['451 after the data is for later', () => ({ reply: 451, text: '4.3.0 try again', at: 'data' }), { kind: 'retry', scope: 'message' }],
    ['421 speaks of the channel', () => ({ reply: 421, text: '4.3.2 shutting down', at: 'rcpt' }), { kind: 'retry', scope: 'channel' }],
    ['550 says the address is dead', () => ({ reply: 550, text: '5.1.1 no such user', at: 'rcpt' }), { kind: 'refused', addressDead: true }],
    ['550 of policy does not', () => ({ reply: 550, text: '5.7.1 not welcome', at: 'rcpt' }), { kind: 'refused', addressDead: false }],
    ['550 that blames the sender speaks of the channel', () => ({ reply: 550, text: '5.1.8 <hello@example.com>: Sender address rejected: Domain not found', at: 'rcpt' }), { kind: 'retry', scope: 'channel' }],
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

  it('leaves the channel alone where one host does not believe the sender, and others took the mail', async () => {
    const { channel, sink } = await smtp()
    sink.behave((to) => (to === 'reader2@example.com' ? { reply: 550, text: 'Sender verify failed', at: 'rcpt' } : 'take')) // prettier-ignore
    const outcomes = await channel.send({ key: 'k', messages: messages(6) }, soon())
    expect(outcomes.map((outcome) => ('scope' in outcome ? outcome.scope : outcome.kind))).toEqual(['sent', 'sent', 'message', 'sent', 'sent', 'sent']) // prettier-ignore
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
  it('writes a domain beyond ASCII as every server reads it', async () => {
    const { channel, server } = await resend()
    await channel.send({ key: 'k', messages: [message(1, { to: 'reader@bücher.example' })] }, soon())
    expect(server.taken).toMatchObject([{ to: ['reader@xn--bcher-kva.example'] }])
  })

  it('reports invalid addresses of a batch one by one, and sends the others', async () => {
    const { channel, server } = await resend()
    server.invalid.add('reader1@example.com')
    const outcomes = await channel.send({ key: 'k', messages: messages(3) }, soon())
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['sent', 'refused', 'sent'])
    expect(server.taken.map((email) => email.to[0])).toEqual(['reader0@example.com', 'reader2@example.com'])
  })

  it('takes a refused key for a setting to mend, not for a dead address', async () => {
    const server = await fakeResend()
    closing.push(server.close)
    const channel = resendChannel({ apiKey: 're_wrong', baseUrl: server.baseUrl })
    const outcomes = await channel.send({ key: 'k', messages: messages(1) }, soon())
    expect(outcomes).toMatchObject([{ kind: 'retry', scope: 'channel' }])
  })

  it('asks for a message that leaves alone by itself, and for more of them as a batch', async () => {
    const { channel, server } = await resend()
    expect(await channel.send({ key: 'one', messages: messages(1) }, soon())).toMatchObject([{ kind: 'sent', providerId: expect.stringMatching(/.{36}/) as string }]) // prettier-ignore
    await channel.send({ key: 'two', messages: messages(2) }, soon())
    expect(server.requests).toEqual([
      { path: '/emails', key: 'one' },
      { path: '/emails/batch', key: 'two' },
    ])
  })

  it.each([1, 10])('sends %i once though the answer was lost, when asked again under the same key', async (count) => {
    const { channel, server } = await resend()
    const batch = { key: 'k', messages: messages(count) }
    for (const trouble of ['lost', 'half-answer', { status: 503, name: 'service_unavailable', message: 'later' }] as const) {
      server.trouble(trouble)
      expect((await channel.send(batch, soon())).map(({ kind }) => kind)).toEqual(Array(count).fill('unclear'))
    }
    const first = await channel.send(batch, soon())
    expect(first.map(({ kind }) => kind)).toEqual(Array(count).fill('sent'))
    expect(await channel.send(batch, soon())).toEqual(first)
    expect([...server.copies().values()]).toEqual(Array(count).fill(1))
    expect(new Set(server.requests.map(({ path }) => path)).size).toBe(1)
  }) // prettier-ignore

  it.each([1, 3])('calls unclear what nobody answers in time, of %i', async (count) => {
    const { channel, server } = await resend()
    server.trouble('silence')
    const outcomes = await channel.send({ key: 'k', messages: messages(count) }, AbortSignal.timeout(50))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(count).fill('unclear'))
  })

  const answers: [string, number, string, object, object][] = [
    ['500 may have taken it', 500, 'internal_server_error', {}, { kind: 'unclear' }],
    ['a key under way may be of what was taken', 409, 'concurrent_idempotent_requests', {}, { kind: 'unclear' }],
    ['429 rests the channel as long as it says', 429, 'rate_limit_exceeded', { retryAfter: 7, resetAfter: 9 }, { kind: 'retry', scope: 'channel', afterMs: 7_000 }],
    ['429 rests it until the limit is new where it says no more', 429, 'rate_limit_exceeded', { resetAfter: 9 }, { kind: 'retry', scope: 'channel', afterMs: 9_000 }],
    ['a used quota is of the channel', 429, 'daily_quota_exceeded', {}, { kind: 'retry', scope: 'channel' }],
    ['a domain that is not verified is a setting to mend', 403, 'validation_error', {}, { kind: 'retry', scope: 'channel' }],
    ['so is a sender it does not take', 422, 'invalid_from_address', {}, { kind: 'retry', scope: 'channel' }],
  ] // prettier-ignore
  it.each(answers)('%s, of one and of many alike', async (_, status, name, waits, expected) => {
    const { channel, server } = await resend()
    const trouble = { status, name, message: 'Meant so', ...waits }
    server.trouble(trouble, trouble)
    expect(await channel.send({ key: 'a', messages: messages(1) }, soon())).toMatchObject([expected])
    expect(await channel.send({ key: 'b', messages: messages(2) }, soon())).toMatchObject([expected, expected])
    expect(server.taken).toEqual([])
  })

  it('ends a message that it refuses though it left alone, as it would in a batch, and the channel goes on', async () => {
    const { channel, server } = await resend()
    server.invalid.add('reader1@example.com')
    expect(await channel.send({ key: 'k', messages: [message(1)] }, soon())).toEqual([
      { kind: 'refused', why: 'validation_error: Invalid `to` field.', addressDead: false },
    ])
    server.trouble({ status: 422, name: 'missing_required_field', message: 'Missing `subject` field.' })
    expect(await channel.send({ key: 'l', messages: [message(2)] }, soon())).toMatchObject([{ kind: 'refused' }])
    server.trouble({ status: 422, name: 'validation_error', message: 'Invalid `from` field.' })
    expect(await channel.send({ key: 'm', messages: [message(3)] }, soon())).toMatchObject([{ kind: 'retry', scope: 'channel' }]) // prettier-ignore
  })

  it('calls a key unclear that stands for something else', async () => {
    const { channel } = await resend()
    await channel.send({ key: 'k', messages: messages(1) }, soon())
    expect(await channel.send({ key: 'k', messages: messages(2) }, soon())).toMatchObject([{ kind: 'unclear' }, { kind: 'unclear' }]) // prettier-ignore
    expect(await channel.send({ key: 'k', messages: [message(5)] }, soon())).toMatchObject([{ kind: 'unclear' }])
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
