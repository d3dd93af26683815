import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mailboxLooks, takeMailbox } from '#campaigns/heard/inbound-mailbox.ts'
import type { InboundSettings } from '#campaigns/heard/inbound.ts'
import { insertTaken, selectTaken } from '#campaigns/queries/inbound.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { longestMail } from '#ingest/mail-report.ts'
import type { Mailbox } from '#ingest/reading/mailbox.ts'
import { imapMailbox } from '#ingest/sources/imap/mailbox.ts'
import { imapServerOf } from '#ingest/sources/imap/server.ts'
import { readMailReport } from '#ingest/sources/mail-reports.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { imapServer, imapUser, type ImapServer } from '../support/imap-server.ts'
import { aMail, aStatus } from './mails.ts'
import { aClock, addPeople, anOwner, enrol, linksKey, memoryChannel, readers, releaseBody, states, workerOver } from './world.ts' // prettier-ignore

const db = testDatabase()
let deps: InboundSettings
let server: ImapServer
let sent: { messageId: string; to: string }[]

const before = {
  among: (mailbox: string, mails: readonly string[]) => selectTaken(db, mailbox, mails),
  keep: (mailbox: string, mail: string) => insertTaken(db, mailbox, mail),
}
const open = (url = server.url(), patience = {}): Mailbox => imapMailbox(imapServerOf(url), before, patience)
const round = (mailbox = open()) => takeMailbox({ ...deps, log: silentLog }, mailbox)
const flags = () => server.mails.map((mail) => [...mail.flags].join(' '))
const fetched = () => server.heard.filter((command) => command.includes('BODY')).length
const bounce = (at: number) => aStatus({ messageId: sent[at]!.messageId }, { recipient: sent[at]!.to })
const letter = aMail(['From: friend@example.com', 'Subject: Hello'])

beforeEach(async () => {
  const clock = aClock()
  deps = { db, clock, linksKey, recordsKey: new Uint8Array(32).fill(3), readMail: readMailReport }
  const people = await addPeople(db, clock, readers(3))
  await enrol(deps, await releaseBody(deps, await anOwner(db, clock)), people)
  const memory = memoryChannel()
  await tick(workerOver(db, memory.channel, clock))
  sent = memory.given
  server = await imapServer()
})
afterEach(() => server.close())

describe('a mailbox on a server', () => {
  it('is looked through; what was dealt with is read, what is in quarantine flagged, what a person must see unread', async () => {
    for (const mail of [bounce(0), aStatus({ messageId: '<x@y>' }, { recipient: sent[0]!.to }), letter])
      server.lay(mail)
    expect(await open().answers()).toEqual({ kind: 'answers', waiting: 3 })
    expect(await round()).toMatchObject({ recorded: 1, quarantined: 1, 'for-a-person': 1, faults: 0 })
    expect(flags()).toEqual(['\\Seen', '\\Flagged', '$MillraceTaken'])
    expect(await states(db)).toEqual({ bounced: 1, sent: 2 })
    expect(await round()).toMatchObject({ recorded: 0, quarantined: 0, 'for-a-person': 0, known: 0 })
    expect(fetched()).toBe(3)
    expect(await open().answers()).toEqual({ kind: 'answers', waiting: 0 })
  })

  it('that keeps no keyword is remembered here, and forgotten where its numbers change: then mails are known', async () => {
    server.behave({ noKeywords: true })
    server.lay(letter)
    server.lay(bounce(0))
    expect(await round()).toMatchObject({ recorded: 1, 'for-a-person': 1 })
    expect(flags()).toEqual(['', '\\Seen'])
    expect(await round()).toMatchObject({ 'for-a-person': 0, known: 0 })
    server.renumber()
    expect(await round()).toMatchObject({ known: 1 })
    expect(await round()).toMatchObject({ known: 0 })
    expect(flags()).toEqual(['', '\\Seen'])
    expect(await db.query(sql`select mail from campaigns.taken_mails`)).toEqual([{ mail: '2:1001' }])
  })

  it('that may only be read is dealt with all the same, each mail once', async () => {
    server.behave({ readOnly: true })
    server.lay(bounce(0))
    expect(await round()).toMatchObject({ recorded: 1 })
    expect(await round()).toMatchObject({ known: 0 })
    expect(fetched()).toBe(1)
  })

  it('counts a mail that lies there twice once', async () => {
    server.lay(bounce(0))
    server.lay(bounce(0))
    expect(await round()).toMatchObject({ recorded: 1, known: 1 })
    expect(flags()).toEqual(['\\Seen', '\\Seen'])
    expect(await db.query(sql`select 1 as n from ingest.events where kind = 'message_bounced'`)).toHaveLength(1)
  })

  it('hands over too long a mail only in part, and it goes to quarantine', async () => {
    server.lay(Buffer.concat([bounce(0), Buffer.alloc(longestMail, 'a')]))
    expect(await round()).toMatchObject({ quarantined: 1 })
    expect(server.heard.find((command) => command.includes('BODY'))).toContain('BODY.PEEK[]<0.256000>')
    expect(await states(db)).toEqual({ sent: 3 })
  })
})

describe('a server that fails', () => {
  it.each([
    ['refuses the login', { refusesLogin: true }, 'refuses the user or the password', {}],
    ['closes before it signs in', { closesAt: 'AUTHENTICATE' }, 'closed the connection', {}],
    ['closes at the search', { closesAt: 'UID SEARCH' }, 'closed the connection', {}],
    [
      'never answers the search',
      { silentAt: 'UID SEARCH' },
      /does not answer in time|closed the connection/,
      { timeoutMs: 400 },
    ],
    [
      'never answers a mark',
      { silentAt: 'UID STORE' },
      /does not answer in time|closed the connection/,
      { timeoutMs: 400 },
    ],
    ['sends a mail by drops', { trickles: true }, 'closed the connection', { visitMs: 1_500 }],
  ])('and %s ends the round with words that name nobody', async (_, manners, why, patience) => {
    server.lay(bounce(0))
    server.behave(manners)
    const fault = await round(open(server.url(), patience)).catch((one: unknown) => one)
    expect(String(fault)).toMatch(why)
    const whole = JSON.stringify(fault, Object.getOwnPropertyNames(fault)) + String((fault as Error).cause)
    expect(whole).not.toContain(imapUser.password)
    expect(whole).not.toContain(imapUser.name)
    server.behave({})
    expect(await mailboxLooks(deps)).toMatchObject([{ mailbox: 'INBOX at localhost', answeredAt: null, fault: (fault as Error).message }]) // prettier-ignore
    const after = await round()
    expect(await mailboxLooks(deps)).toMatchObject([{ fault: null, answeredAt: deps.clock() }])
    expect(after.recorded + after.known).toBe(1)
    expect(flags()).toEqual(['\\Seen'])
    expect(await states(db)).toEqual({ bounced: 1, sent: 2 })
  })

  it('and breaks off in the middle of a mail does not keep back the others', async () => {
    for (const at of [0, 1, 2]) server.lay(bounce(at))
    server.behave({ cutsMail: 1 })
    const mailbox = open()
    await expect(round(mailbox)).rejects.toThrow('closed the connection')
    expect(await states(db)).toEqual({ sent: 3 })
    await expect(round(mailbox)).rejects.toThrow('closed the connection')
    expect(await states(db)).toEqual({ bounced: 2, sent: 1 })
    server.behave({})
    expect(await round(mailbox)).toMatchObject({ recorded: 1 })
    expect(await states(db)).toEqual({ bounced: 3 })
  })

  it('and is away, or has no such folder, says so where it is asked', async () => {
    expect(await open(server.url('Nothing')).answers()).toEqual({ kind: 'silent', why: 'The mailbox at localhost has no such folder' }) // prettier-ignore
    const url = server.url()
    await server.close()
    expect(await open(url).answers()).toEqual({ kind: 'silent', why: 'The mailbox at localhost cannot be reached' })
  })
})

const certifier = 'openssl'

/** A certificate for this machine, where one can be made. */
function aCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string]
  try {
    execFileSync(certifier, ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' }) // prettier-ignore
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } catch {
    return null
  }
}
const certificate = aCertificate()

describe.skipIf(certificate === null)('a server that must prove who it is', () => {
  it.each(['at-once', 'starttls'] as const)('is read when it does, %s, and not otherwise', async (mode) => {
    const secure = await imapServer({ tls: { mode, ...certificate! } })
    secure.lay(bounce(0))
    const own = getCACertificates('default')
    try {
      await expect(round(open(secure.url()))).rejects.toThrow('cannot prove who it is')
      expect(secure.heard).not.toContain('AUTHENTICATE')
      setDefaultCACertificates([...own, certificate!.cert.toString()])
      expect(await round(open(secure.url()))).toMatchObject({ recorded: 1 })
    } finally {
      setDefaultCACertificates(own)
      await secure.close()
    }
  })
})

describe('the address of a mailbox', () => {
  it('asks for TLS, and tells nobody the password where it is wrong', async () => {
    expect(imapServerOf('imap://u%40x:p%2Fw@mail.example.com')).toMatchObject({ port: 143, tls: 'required', user: 'u@x', password: 'p/w', folder: 'INBOX' }) // prettier-ignore
    expect(imapServerOf('imaps://u:p@mail.example.com/Reports%2FBounces')).toMatchObject({ port: 993, tls: 'at-once', folder: 'Reports/Bounces' }) // prettier-ignore
    for (const wrong of ['imap://u:secret@mail.example.com?tls=off', 'pop3://u:secret@x', 'imaps://mail.example.com'])
      expect(() => imapServerOf(wrong)).toThrow(/^(?!.*secret).*INBOUND_IMAP_URL/)
    server.lay(bounce(0))
    await expect(round(open(server.url().replace('?tls=off', '')))).rejects.toThrow('cannot be encrypted')
    expect(server.heard).not.toContain('AUTHENTICATE')
  })
})
