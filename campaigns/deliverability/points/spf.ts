import { spf as verifySpf } from 'mailauth/lib/spf/index.js'
import { fail, pass, unknown, warn, worstOf, type DnsRecord, type Finding } from '../finding.ts'
import type { Outlet } from '../outlet.ts'
import type { Point, Subject } from '../point.ts'

/** Addresses of documentation (RFC 5737, RFC 3849): nobody's, so a record is walked to its end. */
const nobody = '192.0.2.1'

/** Resend takes bounces at a name of its own below the sender's. */
const bounceDomain = (outlet: Outlet, domain: string): string => (outlet.kind === 'resend' ? `send.${domain}` : domain)

/** SPF (RFC 7208): one record, within 10 look-ups and 2 void ones, closed at its end, and the sender is in it. */
export const spf: Point = {
  id: 'spf',
  what: 'SPF names who may send for the domain',
  outside: true,
  run: async (subject) => {
    const { dns, outlet } = subject
    const domain = subject.received?.spf?.domain ?? bounceDomain(outlet, subject.domain)
    const record = recordFor(subject, domain)
    const txt = await dns.txt(domain)
    if (txt.kind === 'unknown') return unknown(`${domain} could not be asked: ${txt.why}.`, 'Try again later.', record)
    const records = txt.kind === 'found' ? txt.records.filter((text) => /^v=spf1(\s|$)/i.test(text)) : []
    if (records.length === 0) return fail(`${domain} has no SPF record.`, 'Add this record.', record)
    if (records.length > 1)
      return fail(
        `${domain} has ${records.length} SPF records: receivers refuse them all.`,
        'Join them into one.',
        record,
      )
    return worstOf([await walked(subject, domain, record), await sender(subject, domain, record)])
  },
}

/** What a stranger's address comes to: everything in the record is asked, and its end decides. */
async function walked({ dns }: Subject, domain: string, record: DnsRecord): Promise<Finding> {
  const { status, lookups } = await verify(dns.raw, domain, nobody)
  const asked = `${lookups?.count ?? 0} look-ups of 10, ${lookups?.void ?? 0} void of 2.`
  if (status.result === 'temperror')
    return unknown(`The record of ${domain} could not be followed to its end: ${status.comment ?? ''}.`, 'Try again.')
  if (status.result === 'permerror')
    return fail(
      `The record of ${domain} is broken: ${status.comment ?? 'it cannot be read'} (${asked})`,
      'Take out what is no longer used.',
      record,
    )
  if (status.result === 'pass')
    return fail(`The record of ${domain} lets anybody send for it.`, 'End it with -all or ~all.', record)
  if (status.result === 'neutral')
    return warn(`The record of ${domain} says nothing of strangers.`, 'End it with -all or ~all.', record)
  return pass(`One record at ${domain}, closed at its end; ${asked}`)
}

async function sender(subject: Subject, domain: string, record: DnsRecord): Promise<Finding> {
  const address = subject.sendingAddress ?? subject.received?.spf?.address ?? null
  if (address === null)
    return unknown(
      'From which address mail leaves is not known.',
      'Set MAIL_SENDING_IP, or read a message that arrived: millrace preflight --message FILE.',
    )
  const { status } = await verify(subject.dns.raw, domain, address)
  if (status.result === 'pass') return pass(`${address}, from which mail leaves, is in it.`)
  if (status.result === 'temperror')
    return unknown(`Whether ${address} is in it could not be asked.`, 'Try again later.')
  return fail(`${address}, from which mail leaves, is not in it (${status.result}).`, 'Name it.', record)
}

const verify = (resolver: Subject['dns']['raw'], domain: string, ip: string) =>
  verifySpf({ sender: `postmaster@${domain}`, ip, helo: domain, resolver, strict: true, maxElapsedTime: 20_000 })

function recordFor({ outlet, sendingAddress, received }: Subject, name: string): DnsRecord {
  const address = sendingAddress ?? received?.spf?.address
  const who =
    outlet.kind === 'resend'
      ? 'include:amazonses.com'
      : address === undefined
        ? outlet.kind === 'smtp'
          ? `a:${outlet.host}`
          : 'a'
        : `ip${address.includes(':') ? 6 : 4}:${address}`
  return { type: 'TXT', name, value: `v=spf1 ${who} ~all` }
}
