import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { DNSResolver } from 'mailauth'
import { codeOf, messageOf } from '#kernel/errors.ts'

/** What a name server says: records, that there are none, or that nobody could be asked. */
export type Answer<T> = { kind: 'found'; records: T[] } | { kind: 'none' } | { kind: 'unknown'; why: string }

/** The questions that mail set-up asks. */
export type Dns = {
  txt: (name: string) => Promise<Answer<string>>
  mx: (name: string) => Promise<Answer<{ exchange: string; priority: number }>>
  /** IPv4 and IPv6 together. */
  addresses: (name: string) => Promise<Answer<string>>
  names: (address: string) => Promise<Answer<string>>
  /** As mailauth asks: throws what `node:dns` throws. */
  raw: DNSResolver
}

/** Codes that say a name or a record is not there; every other fault says nothing about the name. */
const absent = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/**
 * Asks the name servers given, or those of the machine.
 * @param settings.servers addresses, each with `:port` where it is not 53
 */
export function openDns(settings: { servers: readonly string[]; timeoutMs?: number; tries?: number }): Dns {
  const resolver = new Resolver({ timeout: settings.timeoutMs ?? 3_000, tries: settings.tries ?? 2 })
  if (settings.servers.length > 0) resolver.setServers([...settings.servers])
  return {
    txt: (name) => answered(async () => (await resolver.resolveTxt(name)).map((parts) => parts.join(''))),
    mx: (name) =>
      answered(async () => (await resolver.resolveMx(name)).toSorted((one, other) => one.priority - other.priority)),
    addresses: async (name) =>
      both(await answered(() => resolver.resolve4(name)), await answered(() => resolver.resolve6(name))),
    names: (address) => answered(() => resolver.reverse(address)),
    raw: (name, type) => resolver.resolve(name, type) as Promise<string[] | string[][]>,
  }
}

async function answered<T>(ask: () => Promise<T[]>): Promise<Answer<T>> {
  try {
    const records = await ask()
    return records.length === 0 ? { kind: 'none' } : { kind: 'found', records }
  } catch (fault) {
    return absent.has(codeOf(fault) ?? '') ? { kind: 'none' } : { kind: 'unknown', why: messageOf(fault) }
  }
}

function both<T>(one: Answer<T>, other: Answer<T>): Answer<T> {
  if (one.kind === 'found' && other.kind === 'found')
    return { kind: 'found', records: [...one.records, ...other.records] }
  if (one.kind === 'found') return one
  if (other.kind === 'found') return other
  return one.kind === 'unknown' ? one : other
}

/** The name under which an address is looked up in a list of senders: `2.0.0.127.list` (RFC 5782). */
export function listedName(address: string, list: string): string | null {
  return isIP(address) === 4 ? `${address.split('.').toReversed().join('.')}.${list}` : null
}
