import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { takeMailbox } from '#campaigns/heard/inbound-mailbox.ts'
import { inboundCounts, takeMail, type InboundSettings } from '#campaigns/heard/inbound.ts'
import { linkUrl } from '#campaigns/render/links.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { longestMail } from '#ingest/mail-report.ts'
import { maildir } from '#ingest/reading/maildir.ts'
import { readMailReport } from '#ingest/sources/mail-reports.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { aFeedback, aMail, aStatus } from './mails.ts'
import { aClock, addPeople, anOwner, enrol, ledger, linksKey, memoryChannel, readers, releaseBody, workerOver } from './world.ts' // prettier-ignore

const db = testDatabase()
let deps: InboundSettings
let sent: { deliveryId: DeliveryId; messageId: string; to: string }
let other: string

beforeEach(async () => {
  const clock = aClock()
  deps = { db, clock, linksKey, recordsKey: new Uint8Array(32).fill(3), readMail: readMailReport }
  const people = await addPeople(db, clock, readers(2))
  await enrol(deps, await releaseBody(deps, await anOwner(db, clock)), people)
  const memory = memoryChannel()
  await tick(workerOver(db, memory.channel, clock))
  sent = memory.given[0]!
  other = memory.given[1]!.to
})

const state = async () => (await ledger(db)).get(sent.to)?.state
const suppressed = () => db.query<{ reason: string }>(sql`select reason from ingest.suppressions`)
const events = async () =>
  (await db.query<{ kind: string }>(sql`select kind from ingest.events where kind <> 'message_sent' order by 1`)).map(({ kind }) => kind) // prettier-ignore
const unsubscribe = () => linkUrl('https://mail.alder.example', linksKey, { kind: 'unsubscribe', deliveryId: sent.deliveryId }) // prettier-ignore

describe('a delivery report by mail', () => {
  it.each([
    ['the Message-ID', () => aStatus({ messageId: sent.messageId }, { recipient: sent.to })],
    ['the header alone', () => aStatus({ messageId: sent.messageId }, { recipient: sent.to, headersOnly: true })],
    ['our signed link', () => aStatus({ unsubscribe: unsubscribe() }, { recipient: sent.to.toUpperCase() })],
    ['the id of the envelope', () => aStatus({}, { recipient: sent.to, envelopeId: sent.deliveryId })],
  ])('finds its message by %s, and a dead address is suppressed with it', async (_, report) => {
    expect(await takeMail(deps, report())).toEqual({ kind: 'recorded', what: 'bounced', outcome: 'recorded' })
    expect(await state()).toBe('bounced')
    expect(await suppressed()).toEqual([{ reason: 'bounced' }])
    expect(await events()).toEqual(['message_bounced'])
  })

  it('counts once, however often it comes', async () => {
    const report = aStatus({ messageId: sent.messageId }, { recipient: sent.to })
    await takeMail(deps, report)
    expect(await takeMail(deps, report)).toMatchObject({ kind: 'known', what: 'bounced' })
    expect(await inboundCounts(deps)).toEqual([{ outcome: 'recorded', what: 'bounced', count: 1 }])
  })

  it('is believed where Exim says what was wrong in its diagnostic alone', async () => {
    const said = { status: '5.0.0', diagnostic: `550 5.1.1 <${sent.to}>: User unknown` }
    expect(await takeMail(deps, aStatus({ messageId: sent.messageId }, { recipient: sent.to, ...said }))).toMatchObject({ what: 'bounced' }) // prettier-ignore
    expect(await suppressed()).toEqual([{ reason: 'bounced' }])
  })

  it('names a reader of a domain beyond ASCII as servers wrote them', async () => {
    await db.query(sql`update ingest.identifiers set value = 'ada@bücher.example' where kind = 'email' and value = ${sent.to}`) // prettier-ignore
    const report = aStatus({ messageId: sent.messageId }, { recipient: 'ada@xn--bcher-kva.example' })
    expect(await takeMail(deps, report)).toMatchObject({ what: 'bounced' })
  })

  it.each([
    ['5.1.8', 'failed', 'failed'],
    ['5.2.2', 'failed', 'failed'],
    ['5.7.1', 'failed', 'failed'],
    ['4.4.7', 'failed', 'failed'],
    ['4.2.2', 'delayed', 'deferred'],
    ['2.0.0', 'delivered', 'delivered'],
  ])('of status %s, %s, suppresses nobody', async (status, action, what) => {
    const report = aStatus({ messageId: sent.messageId }, { recipient: sent.to, status, action })
    expect(await takeMail(deps, report)).toMatchObject({ kind: 'recorded', what })
    expect(await state()).toBe(what === 'deferred' ? 'sent' : what)
    expect(await suppressed()).toEqual([])
    expect(await events()).toEqual([`message_${what}`])
  })

  it.each([
    ['knows no message of ours', () => aStatus({ messageId: '<guess@alder.example>' }, { recipient: sent.to })],
    ['names another recipient', () => aStatus({ messageId: sent.messageId }, { recipient: other })],
    ['bears a link with a forged signature', () => aStatus({ unsubscribe: unsubscribe().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) }, { recipient: sent.to })], // prettier-ignore
    ['is larger than 10 MB', () => Buffer.alloc(longestMail + 1, 'a')],
    ['is nothing but boundaries', () => Buffer.from(`Content-Type: multipart/report; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(1_000_000)}`)], // prettier-ignore
    ['is nested without end', () => Buffer.from(Array.from({ length: 900 }, (_, n) => `Content-Type: multipart/report; boundary=b${n}\r\n\r\n--b${n}\r\n`).join(''))], // prettier-ignore
    ['is one endless header', () => Buffer.from(`Subject: ${'a'.repeat(900_000)}\r\n\r\n`)],
  ])('that %s is set aside and changes nothing', async (_, report) => {
    expect(await takeMail(deps, report())).toMatchObject({ kind: 'quarantined' })
    expect(await state()).toBe('sent')
    expect(await suppressed()).toEqual([])
    expect(await events()).toEqual([])
    const kept = await db.query<{ payload: Buffer }>(sql`select payload from campaigns.inbound_mails`)
    expect(kept).toHaveLength(1)
    expect(kept[0]!.payload.length).toBeLessThan(300_000)
  })

  it('in quarantine is judged anew when it comes again', async () => {
    const report = aStatus({ messageId: '<later@alder.example>' }, { recipient: sent.to })
    expect(await takeMail(deps, report)).toMatchObject({ kind: 'quarantined' })
    await db.query(sql`update campaigns.deliveries set provider_id = '<later@alder.example>' where id = ${sent.deliveryId}`) // prettier-ignore
    expect(await takeMail(deps, report)).toMatchObject({ kind: 'recorded', what: 'bounced' })
    expect(await db.query(sql`select outcome, payload from campaigns.inbound_mails`)).toEqual([{ outcome: 'recorded', payload: null }]) // prettier-ignore
  })
})

describe('a complaint by mail', () => {
  it.each([
    ['with its recipient', () => aFeedback({ messageId: sent.messageId }, { recipient: sent.to })],
    ['without', () => aFeedback({ messageId: sent.messageId, to: 'redacted@provider.example' })],
  ])('suppresses the address, %s', async (_, report) => {
    expect(await takeMail(deps, report())).toMatchObject({ kind: 'recorded', what: 'complained' })
    expect(await state()).toBe('complained')
    expect(await suppressed()).toEqual([{ reason: 'complained' }])
  })

  it('about somebody else than the message went to is set aside', async () => {
    const report = aFeedback({ messageId: sent.messageId }, { recipient: other })
    expect(await takeMail(deps, report)).toMatchObject({ kind: 'quarantined' })
    expect(await suppressed()).toEqual([])
  })

  it('that says the opposite is none', async () => {
    const report = aFeedback({ messageId: sent.messageId }, { type: 'not-spam' })
    expect(await takeMail(deps, report)).toMatchObject({ kind: 'ignored' })
    expect(await state()).toBe('sent')
  })
})

describe('a mail that asks to leave', () => {
  const token = () => unsubscribe().split('/').at(-1)!

  it.each([
    ['its subject', () => aMail([`From: ${sent.to}`, `Subject: ${token()}`], '')],
    ['its subject, from another address of theirs', () => aMail(['From: me@home.example', `Subject: ${token()}`])],
    ['its subject, by a program', () => aMail([`From: ${sent.to}`, `Subject: ${token()}`, 'Auto-Submitted: auto-generated'])], // prettier-ignore
    ['its first line', () => aMail([`From: ${sent.to}`, 'Subject: unsubscribe'], `\r\n${token()}\r\nThank you`)],
  ])('is heard at once where %s is the signed token, and once', async (_, mail) => {
    expect(await takeMail(deps, mail())).toEqual({ kind: 'recorded', what: 'unsubscribed', outcome: 'recorded' })
    expect(await suppressed()).toEqual([{ reason: 'unsubscribed' }])
    expect(await events()).toEqual(['message_unsubscribed'])
    expect(await takeMail(deps, mail())).toMatchObject({ kind: 'known' })
  })

  it.each([
    ['only quotes the message', () => aMail([`From: ${sent.to}`, 'Subject: Re: New beans'], `Lovely!\r\n\r\n> ${unsubscribe()}`)], // prettier-ignore
    ['begins with the link, as a forwarded message may', () => aMail([`From: ${sent.to}`, 'Subject: Fwd: beans'], unsubscribe())], // prettier-ignore
    ['bears a token that nobody signed', () => aMail([`From: ${sent.to}`, `Subject: ${token().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))}`])], // prettier-ignore
  ])('is none where it %s', async (_, mail) => {
    expect(await takeMail(deps, mail())).toMatchObject({ kind: 'for-a-person' })
    expect(await suppressed()).toEqual([])
  })
})

describe('other mail', () => {
  const answering = () => [`From: ${sent.to}`, 'Subject: Re: New beans', `In-Reply-To: ${sent.messageId}`]

  it.each([
    ['says so', () => aMail([...answering(), 'Auto-Submitted: auto-replied'])],
    ['says so in the old way', () => aMail([...answering(), 'X-Autoreply: yes'])],
    ['only its subject tells', () => aMail([`From: ${sent.to}`, 'Subject: Abwesenheitsnotiz: im Urlaub'])],
  ])('from an absent reader is ignored, where it %s', async (_, report) => {
    expect(await takeMail(deps, report())).toMatchObject({ kind: 'ignored' })
    expect(await events()).toEqual([])
  })

  it('that answers a message is noted, and left for a person', async () => {
    expect(await takeMail(deps, aMail(answering()))).toMatchObject({ kind: 'for-a-person', what: 'replied' })
    expect(await events()).toEqual(['message_replied'])
  })

  it('from somebody else in answer to it is only left for a person', async () => {
    const forwarded = aMail([`From: ${other}`, `In-Reply-To: ${sent.messageId}`])
    expect(await takeMail(deps, forwarded)).toMatchObject({ kind: 'for-a-person', what: 'no report' })
    expect(await events()).toEqual([])
  })

  it('with a report attached is no report', async () => {
    const report = aStatus({ messageId: sent.messageId }, { recipient: sent.to })
    const forwarded = Buffer.concat([
      Buffer.from('From: friend@example.com\r\nContent-Type: multipart/mixed; boundary=f\r\n\r\n--f\r\nContent-Type: message/rfc822\r\n\r\n'), // prettier-ignore
      report,
      Buffer.from('\r\n--f--\r\n'),
    ])
    expect(await takeMail(deps, forwarded)).toMatchObject({ kind: 'for-a-person' })
    expect(await state()).toBe('sent')
  })
})

describe('a mailbox folder', () => {
  it('is emptied of reports; what a person must see stays unread or flagged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'maildir-'))
    await Promise.all(['new', 'cur', 'tmp'].map((name) => mkdir(join(folder, name))))
    const mails = {
      '1.a': aStatus({ messageId: sent.messageId }, { recipient: sent.to }),
      '2.b': aStatus({ messageId: '<x@y>' }, { recipient: sent.to }),
      '3.c': aMail(['From: friend@example.com', 'Subject: Hello']),
    }
    for (const [name, bytes] of Object.entries(mails)) await writeFile(join(folder, 'new', name), bytes)
    const report = await takeMailbox({ ...deps, log: silentLog }, maildir(folder))
    expect(report).toMatchObject({ recorded: 1, quarantined: 1, 'for-a-person': 1, faults: 0 })
    expect(await readdir(join(folder, 'new'))).toEqual([])
    expect((await readdir(join(folder, 'cur'))).toSorted()).toEqual(['1.a:2,S', '2.b:2,F', '3.c:2,'])
    expect(await takeMailbox({ ...deps, log: silentLog }, maildir(folder))).toMatchObject({ recorded: 0, 'for-a-person': 0 }) // prettier-ignore
  })

  it('whose mails were taken by a process that was killed before it marked them leaves to a person what is theirs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'maildir-'))
    await Promise.all(['new', 'cur', 'tmp'].map((name) => mkdir(join(folder, name))))
    const mail = aMail(['From: friend@example.com', 'Subject: Hello'])
    await takeMail(deps, mail)
    await writeFile(join(folder, 'new', '1.a'), mail)
    expect(await takeMailbox({ ...deps, log: silentLog }, maildir(folder))).toMatchObject({ known: 1 })
    expect(await readdir(join(folder, 'cur'))).toEqual(['1.a:2,'])
  })

  it('that is none is told', async () => {
    await expect(takeMailbox({ ...deps, log: silentLog }, maildir('/nowhere'))).rejects.toThrow('is no Maildir')
    expect(await maildir('/nowhere').answers()).toMatchObject({ kind: 'silent' })
  })
})
