import { describe, expect, it } from 'vitest'
import { handOver, type AnyChannel, type TextMessage } from '#campaigns/channel.ts'
import { whatsappChannel } from '#campaigns/channels/whatsapp.ts'
import { fakeWhatsApp } from '../support/fake-whatsapp.ts'
import { closing, resend, sms, smtp, some, soon, telegram } from './open-channels.ts'

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
