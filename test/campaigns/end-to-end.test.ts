import PostalMime from 'postal-mime'
import { afterEach, describe, expect, it } from 'vitest'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, owner } from './house.ts'
import { fakeResend } from '../support/fake-resend.ts'
import { smtpSink } from '../support/smtp-sink.ts'
import { addPeople, enrol, ledger, readers, releaseBody, states, workerOver } from './world.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

describe('an approved campaign', () => {
  it('arrives by SMTP: as written, at each address, and the odd ones are told apart', async () => {
    const people = await addPeople(db, clock, readers(8))
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
    const sink = await smtpSink()
    const channel = smtpChannel({ url: sink.url, clock })
    closing.push(sink.close, channel.close)
    sink.behave((to, attempt) => {
      if (to === 'reader1@example.com') return { reply: 550, text: '5.1.1 no such user', at: 'rcpt' }
      if (to === 'reader2@example.com') return 'take-and-close'
      if (to === 'reader3@example.com' && attempt === 0) return { reply: 451, text: '4.7.1 greylisted', at: 'rcpt' }
      return 'take'
    })
    const worker = workerOver(db, channel, clock)
    expect(await tick(worker)).toMatchObject({ sent: 5, bounced: 1, unknown: 1, retried: 1 })
    clock.advance(2 * 60_000)
    expect(await tick(worker)).toMatchObject({ sent: 1 })
    expect(await states(db)).toEqual({ bounced: 1, sent: 6, unknown: 1 })
    expect([...sink.copies().values()]).toEqual(Array(7).fill(1))
    const mail = await PostalMime.parse(sink.taken.find(({ to }) => to === 'reader0@example.com')!.raw)
    expect(mail).toMatchObject({ subject: 'New beans for Reader 0', from: { name: 'Alder & Ash' } })
    expect(mail.html).toContain('Hello Reader 0.')
    expect(mail.headers.map((header) => header.key)).toContain('list-unsubscribe-post')
  })

  it('arrives by Resend once, though answers get lost and it asks too often', async () => {
    const people = await addPeople(db, clock, readers(230))
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
    const server = await fakeResend()
    closing.push(server.close)
    server.trouble(
      'lost',
      { status: 429, name: 'rate_limit_exceeded', message: 'slow', retryAfter: 2 },
      'refuse-connection',
    )
    const worker = workerOver(db, resendChannel({ apiKey: 're_test', baseUrl: server.baseUrl }), clock)
    for (let round = 0; round < 15; round++) {
      await tick(worker)
      clock.advance(5 * 60_000)
    }
    expect(await states(db)).toEqual({ sent: 230 })
    expect(server.copies().size).toBe(230)
    expect(new Set(server.copies().values())).toEqual(new Set([1]))
    expect([...(await ledger(db)).values()].every((row) => row.state === 'sent')).toBe(true)
  })
})
