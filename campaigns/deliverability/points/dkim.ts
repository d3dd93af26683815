import { createPublicKey } from 'node:crypto'
import { fail, pass, unknown, warn, worstOf, type DnsRecord, type Finding } from '../finding.ts'
import type { Point, Subject } from '../point.ts'
import { tagsOf } from '../tags.ts'

/** DKIM (RFC 6376, RFC 8301): the key is there, is no longer than it is weak, and a message that arrived verifies. */
export const dkim: Point = {
  id: 'dkim',
  what: 'DKIM signs what is sent',
  outside: true,
  run: async (subject) => {
    const keys = keysOf(subject)
    if (keys.length === 0)
      return unknown(
        'Which key signs is not known.',
        'Set MAIL_DKIM_SELECTOR, or read a message that arrived: millrace preflight --message FILE.',
      )
    const published = await Promise.all(keys.map((key) => keyAt(subject, key)))
    return worstOf([...published, arrived(subject)])
  },
}

type Key = { selector: string; domain: string }

function keysOf({ received, selectors, outlet, domain }: Subject): Key[] {
  const seen = received?.dkim.filter((one) => isWithin(one.domain, domain)) ?? []
  if (seen.length > 0) return seen
  if (selectors.length > 0) return selectors.map((selector) => ({ selector, domain }))
  return outlet.kind === 'resend' ? [{ selector: 'resend', domain }] : []
}

const isWithin = (one: string, other: string): boolean =>
  one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)

async function keyAt({ dns }: Subject, { selector, domain }: Key): Promise<Finding> {
  const name = `${selector}._domainkey.${domain}`
  const record: DnsRecord = { type: 'TXT', name, value: 'v=DKIM1; k=rsa; p=(the public key your mail server shows)' }
  const txt = await dns.txt(name)
  if (txt.kind === 'unknown') return unknown(`${name} could not be asked: ${txt.why}.`, 'Try again later.')
  if (txt.kind === 'none') return fail(`There is no key at ${name}.`, 'Add the key of your mail server.', record)
  if (txt.records.length > 1)
    return fail(`${name} has ${txt.records.length} records.`, 'Leave the one that is used.', record)
  const tags = tagsOf(txt.records[0] ?? '')
  if (tags.get('p') === undefined) return fail(`${name} holds no key.`, 'Put the whole record there.', record)
  if (tags.get('p') === '') return fail(`The key at ${name} was taken back.`, 'Sign with another key.', record)
  if (!allows(tags.get('h'), ['sha256']))
    return fail(`The key at ${name} is not for SHA-256: receivers refuse it.`, 'Take h= out of it.', record)
  if (!allows(tags.get('s'), ['*', 'email']))
    return fail(`The key at ${name} is not for e-mail.`, 'Take s= out of it.', record)
  const strength = strengthOf(tags.get('k') ?? 'rsa', tags.get('p') ?? '')
  const testing = (tags.get('t') ?? '').split(':').includes('y')
  const seen = keyFinding(name, strength, record)
  return testing ? worstOf([seen, warn(`${name} is marked as a trial.`, 'Take t=y out of it.')]) : seen
}

/** A tag that lists what a key is for, and is for all where it is left out (RFC 6376 § 3.6.1). */
const allows = (listed: string | undefined, wanted: readonly string[]): boolean =>
  listed === undefined || listed.split(':').some((one) => wanted.includes(one.trim()))

function keyFinding(name: string, strength: Strength, record: DnsRecord): Finding {
  if (strength.kind === 'unreadable') return fail(`The key at ${name} cannot be read.`, 'Publish it whole.', record)
  if (strength.kind === 'ed25519') return pass(`${name}: an Ed25519 key.`)
  const { bits } = strength
  if (bits < 1024) return fail(`The key at ${name} has ${bits} bits: receivers refuse it.`, 'Take 2048 bits.', record)
  if (bits < 2048) return warn(`The key at ${name} has ${bits} bits.`, 'Take 2048 bits.', record)
  return pass(`${name}: an RSA key of ${bits} bits.`)
}

type Strength = { kind: 'rsa'; bits: number } | { kind: 'ed25519' } | { kind: 'unreadable' }

function strengthOf(type: string, key: string): Strength {
  const bytes = Buffer.from(key.replaceAll(/\s+/g, ''), 'base64')
  if (type === 'ed25519') return bytes.length === 32 ? { kind: 'ed25519' } : { kind: 'unreadable' }
  // As everybody publishes it, and as RFC 6376 names it.
  for (const form of ['spki', 'pkcs1'] as const) {
    try {
      const { asymmetricKeyDetails } = createPublicKey({ key: bytes, format: 'der', type: form })
      return { kind: 'rsa', bits: asymmetricKeyDetails?.modulusLength ?? 0 }
    } catch {
      // The other form, or none.
    }
  }
  return { kind: 'unreadable' }
}

function arrived({ received }: Subject): Finding {
  if (!received)
    return unknown(
      'No message that arrived was read in the last 30 days.',
      'Send yourself a message and read it: millrace preflight --message FILE.',
    )
  const verified = received.dkim.filter((one) => one.result === 'pass')
  if (verified.length > 0) return pass(`A message that arrived verifies, signed by ${verified.map((one) => one.domain).join(', ')}.`) // prettier-ignore
  if (received.dkim.some((one) => one.result === 'temperror'))
    return unknown('The signature of the message that arrived could not be checked.', 'Read it again later.')
  return fail('The message that arrived has no signature that verifies.', 'Have your mail server sign what it sends.')
}
