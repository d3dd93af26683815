import { pino, type Logger } from 'pino'

export type Log = Logger

/** Names under which secrets and people's data could reach a log line; the words themselves never do. */
const hidden = [
  'password', 'secret', 'token', 'authorization', 'cookie', 'apiKey', 'email', 'phone', 'name', 'address', 'body',
  'payload', 'html', 'text', 'to', 'from', 'headers',
] // prettier-ignore

const addresses = /[^\s<>"'(),;:/[\]]+@[^\s<>"'(),;:/[\]]+/g
const phones = /(?<![\d.])(?:\+|00?)[1-9][\d\s().-]{6,}\d/g
const credentials = /:\/\/[^\s/@]+@/g

/** Free text (a server's words, a fault's message) without what could name a person or open a door. */
export const scrubbed = (text: string): string =>
  text.replace(credentials, '://[hidden]@').replace(addresses, '[address]').replace(phones, '[number]')

const scrub = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? scrubbed(value) : value]),
  )

/** A logger that writes JSON lines to stderr (stdout is for answers) and hides secrets and people's data. */
export function createLog(level: string): Log {
  const paths = hidden.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  const formatters = { log: scrub }
  return pino(
    { level, redact: { paths, censor: '[hidden]' }, formatters, base: null },
    pino.destination({ dest: 2, sync: true }),
  )
}

export const silentLog: Log = pino({ level: 'silent' })
