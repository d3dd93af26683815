import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDns } from '#campaigns/deliverability/dns.ts'
import type { Finding } from '#campaigns/deliverability/finding.ts'
import type { Point, Subject } from '#campaigns/deliverability/point.ts'
import { alignment } from '#campaigns/deliverability/points/alignment.ts'
import { blocklists } from '#campaigns/deliverability/points/blocklists.ts'
import { dkim } from '#campaigns/deliverability/points/dkim.ts'
import { dmarc } from '#campaigns/deliverability/points/dmarc.ts'
import { reverseDns } from '#campaigns/deliverability/points/reverse-dns.ts'
import { senderAddress } from '#campaigns/deliverability/points/sender-address.ts'
import { spf } from '#campaigns/deliverability/points/spf.ts'
import { transportSecurity } from '#campaigns/deliverability/points/transport-security.ts'
import { readReceived, receivedOf } from '#campaigns/deliverability/real-message.ts'
import { testDatabase } from '../../support/database.ts'
import { fakeDns, type FakeDns, type Zone } from '../../support/fake-dns.ts'
import { smtpSink } from '../../support/smtp-sink.ts'
import { aClock, sender } from '../world.ts'
import { aSubject } from './subject.ts'

const db = testDatabase()
const domain = 'alder.example'
const address = '203.0.113.7'
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keyText = (key = publicKey): string => key.export({ type: 'spki', format: 'der' }).toString('base64')

let dns: FakeDns
beforeAll(async () => (dns = await fakeDns()))
afterAll(() => dns.close())

/** A domain with nothing left to wish for. */
const sound: Zone = {
  [domain]: { TXT: [`v=spf1 ip4:${address} -all`], MX: [`10 mail.${domain}`] },
  [`mill._domainkey.${domain}`]: { TXT: [`v=DKIM1; k=rsa; p=${keyText()}`] },
  [`_dmarc.${domain}`]: { TXT: [`v=DMARC1; p=reject; rua=mailto:dmarc@${domain}`] },
  [`mail.${domain}`]: { A: [address] },
  '7.113.0.203.in-addr.arpa': { PTR: [`mail.${domain}`] },
}

const run = async (point: Point, zone: Zone, change: Partial<Subject> = {}): Promise<Finding> => {
  dns.serve(zone)
  const asking = openDns({ servers: [dns.server], timeoutMs: 200, tries: 1 })
  const outlet = { kind: 'smtp', url: 'smtp://relay.example', host: 'relay.example' } as const
  return point.run(aSubject(db, { dns: asking, outlet, selectors: ['mill'], sendingAddress: address, ...change }))
}

/** A message of ours as its mailbox keeps it. */
async function arrived(zone: Zone = sound): Promise<string> {
  dns.serve(zone)
  const text = [
    `From: Alder <hello@${domain}>`, 'To: me@reader.example', 'Subject: Hello', 'Date: Mon, 02 Mar 2026 10:00:00 +0000',
    'List-Unsubscribe: <https://desk.alder.example/u/1>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click', '', 'Hello', '',
  ].join('\r\n') // prettier-ignore
  const { signatures } = await dkimSign(text, {
    signatureData: [{ signingDomain: domain, selector: 'mill', privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) }],
    headerList: 'from:to:subject:date:list-unsubscribe:list-unsubscribe-post',
  } as Parameters<typeof dkimSign>[1]) // prettier-ignore
  const trace = [
    `Return-Path: <hello@${domain}>`,
    `Received: from mail.${domain} (mail.${domain} [${address}]) by mx.reader.example with ESMTPS; Mon, 02 Mar 2026 10:00:01 +0000`,
  ]
  return `${trace.join('\r\n')}\r\n${signatures}${text}`
}

describe('SPF', () => {
  it('passes where the record is closed and the sender is in it', async () => {
    expect(await run(spf, sound)).toMatchObject({ mark: 'pass', fix: null })
  })

  it('fails without a record, and gives the one to paste', async () => {
    const found = await run(spf, { [domain]: { MX: ['10 mail.x'] } })
    expect(found.mark).toBe('fail')
    expect(found.records).toEqual([{ type: 'TXT', name: domain, value: `v=spf1 ip4:${address} ~all` }])
  })

  it.each([
    ['two records', ['v=spf1 -all', 'v=spf1 ~all'], 'fail'],
    ['an open end', ['v=spf1 +all'], 'fail'],
    ['another sender', ['v=spf1 ip4:198.51.100.1 -all'], 'fail'],
    ['no end', [`v=spf1 ip4:${address}`], 'warn'],
    ['a word that is none', [`v=spf1 ipv4:${address} -all`], 'fail'],
  ] as const)('sees %s', async (_, TXT, mark) => {
    expect((await run(spf, { [domain]: { TXT: [...TXT] } })).mark).toBe(mark)
  })

  it('counts look-ups through includes: ten pass, the eleventh fails', async () => {
    const chain = (length: number): Zone =>
      Object.fromEntries(
        Array.from({ length: length + 1 }, (_, n) => [
          n === 0 ? domain : `s${n}.${domain}`,
          { TXT: [n === length ? `v=spf1 ip4:${address} -all` : `v=spf1 include:s${n + 1}.${domain} -all`] },
        ]),
      )
    expect((await run(spf, chain(10))).mark).toBe('pass')
    const found = await run(spf, chain(11))
    expect(found.mark).toBe('fail')
    expect(found.evidence).toContain('broken')
  })

  it('allows two void look-ups and no third', async () => {
    const record = (voids: number): Zone => ({
      [domain]: { TXT: [`v=spf1 ${Array.from({ length: voids }, (_, n) => `a:v${n}.${domain}`).join(' ')} ip4:${address} -all`] },
    }) // prettier-ignore
    expect((await run(spf, record(2))).mark).toBe('pass')
    expect((await run(spf, record(3))).mark).toBe('fail')
  })

  it.each(['silence', 'SERVFAIL', 'REFUSED'] as const)('is unknown, and no pass, at %s', async (how) => {
    expect((await run(spf, { [domain]: how })).mark).toBe('unknown')
    const include = { [domain]: { TXT: [`v=spf1 include:far.${domain} -all`] }, [`far.${domain}`]: how } as Zone
    expect((await run(spf, include)).mark).toBe('unknown')
  })

  it('is unknown where nobody knows from where mail leaves', async () => {
    expect((await run(spf, sound, { sendingAddress: null })).mark).toBe('unknown')
  })
})

describe('DKIM', () => {
  const at = `mill._domainkey.${domain}`
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  const tiny = generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey

  it.each([
    ['a key taken back', 'v=DKIM1; p=', 'fail', 'taken back'],
    ['a key that is none', 'v=DKIM1; p=abc', 'fail', 'cannot be read'],
    ['a key for SHA-1 alone', `v=DKIM1; h=sha1; p=${keyText()}`, 'fail', 'not for SHA-256'],
    ['a key for another service', `v=DKIM1; s=tlsrpt; p=${keyText()}`, 'fail', 'not for e-mail'],
    ['a key for all', `v=DKIM1; h=sha1:sha256; s=*; p=${keyText()}`, 'unknown', '2048 bits'],
    [
      'RSAPublicKey',
      `v=DKIM1; p=${small.export({ type: 'pkcs1', format: 'der' }).toString('base64')}`,
      'unknown',
      '1024 bits',
    ],
    ['512 bits', `v=DKIM1; p=${keyText(tiny)}`, 'fail', '512 bits'],
    ['1024 bits', `v=DKIM1; p=${keyText(small)}`, 'unknown', '1024 bits'],
    ['a trial', `v=DKIM1; t=y; p=${keyText()}`, 'unknown', 'trial'],
    ['Ed25519', `v=DKIM1; k=ed25519; p=${Buffer.alloc(32, 1).toString('base64')}`, 'unknown', 'Ed25519'],
  ] as const)('sees %s; without a message that arrived it is no pass', async (_, record, mark, words) => {
    const found = await run(dkim, { [at]: { TXT: [record] } })
    expect(found.mark).toBe(mark)
    expect(found.evidence).toContain(words)
  })

  it('passes when a message that arrived verifies under the key', async () => {
    const raw = await arrived()
    const clock = aClock()
    const read = await readReceived({ db, clock, dns: openDns({ servers: [dns.server] }) }, raw)
    expect(read.kind).toBe('read')
    const received = await receivedOf(db, clock, domain)
    expect(received).toMatchObject({ spf: { address, result: 'pass' }, dmarc: { result: 'pass' } })
    expect(received?.dkim[0]?.headers).toContain('list-unsubscribe-post')
    expect((await run(dkim, sound, { received })).mark).toBe('pass')
    expect((await run(alignment, sound, { received })).mark).toBe('pass')
    clock.advance(31 * 24 * 3_600_000)
    expect(await receivedOf(db, clock, domain)).toBeNull()
  })

  it('fails when what arrived was changed on its way', async () => {
    const raw = (await arrived()).replace('Hello\r\n', 'Hullo\r\n')
    const clock = aClock()
    await readReceived(
      { db, clock, dns: openDns({ servers: [dns.server] }) },
      raw.replace('\r\n\r\nHello', '\r\n\r\nOther'),
    )
    const received = await receivedOf(db, clock, domain)
    expect((await run(dkim, sound, { received })).mark).toBe('fail')
  })
})

describe('DMARC', () => {
  const policy = (text: string, more: Zone = {}): Zone => ({ [`_dmarc.${domain}`]: { TXT: [text] }, ...more })

  it('is found by the walk up the tree', async () => {
    const found = await run(dmarc, sound, { domain: `news.shop.${domain}` })
    expect(found).toMatchObject({ mark: 'pass' })
    expect(dns.asked).toContain(`TXT _dmarc.shop.${domain}`)
  })

  it.each([
    ['nothing', {}, 'fail'],
    ['p=none', policy(`v=DMARC1; p=none; rua=mailto:d@${domain}`), 'warn'],
    ['a trial', policy(`v=DMARC1; p=reject; t=y; rua=mailto:d@${domain}`), 'warn'],
    ['pct', policy(`v=DMARC1; p=reject; pct=50; rua=mailto:d@${domain}`), 'warn'],
    ['nobody to report to', policy('v=DMARC1; p=reject'), 'warn'],
    ['a stranger who agreed to nothing', policy('v=DMARC1; p=reject; rua=mailto:d@reports.example'), 'warn'],
    [
      'a stranger who agreed',
      policy('v=DMARC1; p=reject; rua=mailto:d@reports.example', { [`${domain}._report._dmarc.reports.example`]: { TXT: ['v=DMARC1'] } }),
      'pass',
    ],
    ['no answer', { [`_dmarc.${domain}`]: 'SERVFAIL' }, 'unknown'],
  ] as [string, Zone, string][])('sees %s', async (_, zone, mark) => {
    expect((await run(dmarc, zone)).mark).toBe(mark)
  }) // prettier-ignore
})

describe('the rest of the set-up', () => {
  it('asks the address for its name, and the name for the address', async () => {
    expect((await run(reverseDns, sound)).mark).toBe('pass')
    expect((await run(reverseDns, {})).mark).toBe('fail')
    expect((await run(reverseDns, { ...sound, [`mail.${domain}`]: { A: ['198.51.100.9'] } })).mark).toBe('fail')
    expect((await run(reverseDns, { ...sound, [`mail.${domain}`]: 'SERVFAIL' })).mark).toBe('unknown')
  })

  it('knows an address of IPv6 however it is written', async () => {
    const pointer = '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'
    const six: Zone = { [pointer]: { PTR: [`mail.${domain}`] }, [`mail.${domain}`]: { AAAA: ['2001:db8:0:0:0:0:0:1'] } }
    const found = await run(reverseDns, six, { sendingAddress: '2001:0DB8:0:0::0001' })
    expect(found.mark).toBe('pass')
  })

  it('wants answers to arrive, and no free mailbox as the sender', async () => {
    expect((await run(senderAddress, sound)).mark).toBe('pass')
    expect((await run(senderAddress, { [domain]: { MX: ['0 .'] } })).mark).toBe('fail')
    expect((await run(senderAddress, { [domain]: { A: [address] } })).mark).toBe('fail')
    const free = { ...sender, from: { name: 'Alder', address: 'alder@gmail.com' } }
    expect((await run(senderAddress, sound, { sender: free })).evidence).toContain('free mailbox')
  })

  it('takes a list’s refusal for no answer, and its word for a fail', async () => {
    const lists = (answer: string): Zone => ({ [`${domain}.dbl.spamhaus.org`]: { A: [answer] } })
    expect((await run(blocklists, {})).mark).toBe('pass')
    expect((await run(blocklists, lists('127.255.255.254'))).mark).toBe('unknown')
    expect((await run(blocklists, lists('127.0.1.2'))).mark).toBe('fail')
    expect((await run(blocklists, {}, { sendingAddress: null })).mark).toBe('unknown')
  })
})

describe('the hand-over', () => {
  let sink: Awaited<ReturnType<typeof smtpSink>>
  beforeEach(async () => {
    sink = await smtpSink()
    return () => sink.close()
  })

  it('fails at a server that offers no TLS', async () => {
    const outlet = { kind: 'smtp', url: sink.url, host: 'relay.example' } as const
    const found = await run(transportSecurity, sound, { outlet })
    expect(found.mark).toBe('fail')
    expect(found.evidence).toContain('no mail by TLS')
  })
})
