import { UsageError } from '#kernel/errors.ts'

/** A folder on an IMAP server, and who may read it. */
export type ImapServer = {
  host: string
  port: number
  /** `at-once`: TLS from the first byte; `required`: STARTTLS or nothing; `off`: in clear, on this machine alone. */
  tls: 'at-once' | 'required' | 'off'
  user: string
  password: string
  folder: string
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/**
 * Reads imaps://user:password@host:993/FOLDER or imap://…, which asks for STARTTLS; without a folder it is INBOX. Only on
 * this machine itself may `?tls=off` send a password in clear. What is wrong is told without the address.
 */
export function imapServerOf(address: string): ImapServer {
  const url = new URL(address)
  const atOnce = url.protocol === 'imaps:'
  if (!atOnce && url.protocol !== 'imap:') throw new UsageError('INBOUND_IMAP_URL must begin with imaps:// or imap://')
  if (url.username === '' || url.password === '') throw new UsageError('INBOUND_IMAP_URL names no user and password: imaps://user:password@host/FOLDER') // prettier-ignore
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const off = url.searchParams.get('tls') === 'off'
  if (off && !isLoopback(host)) throw new UsageError('INBOUND_IMAP_URL: tls=off is for a server on this machine alone')
  return {
    host,
    port: Number(url.port) || (atOnce ? 993 : 143),
    tls: atOnce ? 'at-once' : off ? 'off' : 'required',
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    folder: decodeURIComponent(url.pathname.slice(1)) || 'INBOX',
  }
}
