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
