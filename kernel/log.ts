import { pino, type Logger } from 'pino'

export type Log = Logger

/** Names under which secrets and people's data could reach a log line; the words themselves never do. */
const hidden = [
  'password', 'secret', 'token', 'authorization', 'cookie', 'apiKey', 'email', 'phone', 'name', 'address', 'body',
  'payload', 'html', 'text', 'to', 'from', 'headers',
] // prettier-ignore

/** A logger that writes JSON lines to stderr (stdout is for answers) and hides secrets and people's data. */
export function createLog(level: string): Log {
  const paths = hidden.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino({ level, redact: { paths, censor: '[hidden]' }, base: null }, pino.destination({ dest: 2, sync: true }))
}

export const silentLog: Log = pino({ level: 'silent' })
