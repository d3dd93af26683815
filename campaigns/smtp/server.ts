import { UsageError } from '#kernel/errors.ts'

export type Place = { host: string; port: number }

/** Where and how mail is handed over. */
export type SmtpServer = Place & {
  /** The provider's other servers, for when this one lets nobody in: the same account, and encrypted alike. */
  fallbacks: readonly Place[]
  /** `at-once`: TLS from the first byte; `if-offered`: STARTTLS where the server can; `required`: no mail without. */
  tls: 'at-once' | 'if-offered' | 'required' | 'off'
  user: string | null
  password: string
  /** Most connections at once: what the provider allows. */
  connections: number
}

/** So many connections only ever help where a server answers slowly; the pool finds out how many do. */
const mostConnections = 100
const tlsWords = ['if-offered', 'required', 'off'] as const

/**
 * Reads smtp://user:password@host:587 or smtps://…; `?connections=10` is the most the provider allows, `?tls=required`
 * refuses a server that offers no STARTTLS, `?tls=off` never asks for it; `?fallback=other:587`, as often as wanted, names
 * the provider's other servers, whose port is the first one's unless told.
 */
export function smtpServerOf(address: string): SmtpServer {
  const url = new URL(address)
  const secure = url.protocol === 'smtps:'
  if (!secure && url.protocol !== 'smtp:') throw new UsageError('SMTP_URL must begin with smtp:// or smtps://')
  const connections = Number(url.searchParams.get('connections') ?? mostConnections)
  if (!Number.isInteger(connections) || connections < 1)
    throw new UsageError('SMTP_URL: connections must be a whole number from 1')
  const word = url.searchParams.get('tls') ?? 'if-offered'
  const tls = tlsWords.find((one) => one === word)
  if (!tls) throw new UsageError(`SMTP_URL: tls must be one of ${tlsWords.join(', ')}`)
  const place = placeOf(url, secure ? 465 : 587)
  return {
    ...place,
    fallbacks: url.searchParams.getAll('fallback').map((text) => fallbackOf(text, place)),
    tls: secure ? 'at-once' : tls,
    user: url.username === '' ? null : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    connections,
  }
}

const placeOf = (url: URL, port: number): Place => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: Number(url.port) || port,
})

function fallbackOf(text: string, first: Place): Place {
  const address = `smtp://${text}`
  if (text === '' || !URL.canParse(address) || new URL(address).host !== text)
    throw new UsageError('SMTP_URL: a fallback must be a host, or host:port')
  const place = placeOf(new URL(address), first.port)
  // What is on this machine is there to try things out: nothing may leave by a way that nobody looks at.
  if (isLoopback(first.host) && !isLoopback(place.host))
    throw new UsageError('SMTP_URL: the fallback of a server on this machine must be on this machine')
  return place
}

/** Whether a password may go there in clear. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')
