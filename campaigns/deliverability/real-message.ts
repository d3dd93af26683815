import { authenticate } from 'mailauth'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { insertReceived, selectReceived, type Received } from '../queries/deliverability-evidence.ts'
import type { Dns } from './dns.ts'

/** A message of ours as it arrived in a mailbox, and what a receiver makes of it. */
export type RealMessage = Received

const day = 24 * 3_600_000
/** After that long a message says nothing of how mail leaves now. */
const fresh = 30 * day

/**
 * Reads a message that was sent to oneself, as its mailbox keeps it: SPF, DKIM and DMARC are worked out again from its
 * bytes and the names as they are now, not taken from what a receiver wrote into it. The result is kept for its domain.
 */
export async function readReceived(
  deps: { db: Db; clock: Clock; dns: Dns },
  raw: string,
): Promise<{ kind: 'read'; message: RealMessage } | { kind: 'refused'; why: string }> {
  const seen = await authenticate(raw, {
    trustReceived: true,
    resolver: deps.dns.raw,
    disableArc: true,
    disableBimi: true,
  })
  const [from, ...others] = seen.dkim.headerFrom
  const domain = from?.slice(from.lastIndexOf('@') + 1).toLowerCase()
  if (!domain || others.length > 0)
    return { kind: 'refused', why: 'This is no message with one sender: paste it whole, with its headers' }
  const message: RealMessage = {
    domain,
    readAt: deps.clock(),
    spf: seen.spf === false ? null : { domain: seen.spf.domain, address: seen.spf['client-ip'], helo: seen.spf.helo ?? null, result: seen.spf.status.result }, // prettier-ignore
    dkim: seen.dkim.results.map((one) => ({
      domain: one.signingDomain ?? '',
      selector: one.selector ?? '',
      result: one.status.result,
      headers: (one.signingHeaders?.keys ?? '').toLowerCase().split(/[:\s]+/).filter(Boolean),
    })),
    dmarc: seen.dmarc === false ? null : { result: seen.dmarc.status.result, spf: seen.dmarc.alignment.spf.result ?? null, dkim: seen.dmarc.alignment.dkim.result ?? null }, // prettier-ignore
  } // prettier-ignore
  await insertReceived(deps.db, message)
  return { kind: 'read', message }
}

/** The last message read of a domain, if it is young enough to count. */
export async function receivedOf(db: Queryable, clock: Clock, domain: string): Promise<RealMessage | null> {
  const message = await selectReceived(db, domain)
  return message && clock().getTime() - message.readAt.getTime() <= fresh ? message : null
}
