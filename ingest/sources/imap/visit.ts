import { ImapFlow } from 'imapflow'
import { codeOf, messageOf } from '#kernel/errors.ts'
import type { ImapServer } from './server.ts'

/** `timeoutMs`: the longest silence; `visitMs`: after that a visit is broken off, whatever trickles in. */
export type Patience = { timeoutMs: number; visitMs: number }

/** Longest literal and line that a server may send: a mail with room to spare, and the numbers of a full mailbox. */
const mostBytes = 16_000_000

/**
 * Signs in, works, and signs out. The server's certificate is checked. What goes wrong is told in words that name neither
 * user nor password, nor repeat what the server said.
 */
export async function visit<T>(
  server: ImapServer,
  { timeoutMs, visitMs }: Patience,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const { host, port, tls, user, password } = server
  const client = new ImapFlow({
    host,
    port,
    secure: tls === 'at-once',
    ...(tls === 'at-once' ? {} : { doSTARTTLS: tls === 'required' }),
    auth: { user, pass: password },
    clientInfo: { name: 'Millrace' },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    maxLineLength: mostBytes,
    maxLiteralSize: mostBytes,
    maxResponseSize: 2 * mostBytes,
  })
  // What breaks is thrown where it is waited for.
  client.on('error', () => {})
  const late = setTimeout(() => client.close(), visitMs)
  try {
    await client.connect()
    const result = await work(client)
    await client.logout().catch(() => {})
    return result
  } catch (fault) {
    throw inWords(host, fault)
  } finally {
    clearTimeout(late)
    client.close()
  }
}

/** What a visitor finds out by themselves, already in words. */
export class Unfit extends Error {
  override name = 'Unfit'
}

const byCode: readonly [RegExp, string][] = [
  [/TIMEOUT/i, 'does not answer in time'],
  [/CERT|SELF_SIGNED|UNABLE_TO_/, 'cannot prove who it is'],
  [/TLS|SSL/, 'cannot be encrypted'],
  [/ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN/, 'cannot be reached'],
  [/NoConnection|Closed|ECONNRESET|EPIPE|StateLogout/, 'closed the connection'],
  [/TooLarge/, 'sends more than it was asked for'],
  [/Parser|InvalidResponse|UnexpectedTag|ResponseProcessing/, 'does not speak IMAP'],
]

/** What the server said, which may repeat the user or the password, is not among its causes. A fault of our own stays as it is. */
function inWords(host: string, fault: unknown): unknown {
  const words = wordsOf(fault)
  return words === null ? fault : new Error(`The mailbox at ${host} ${words}`, { cause: new Error(codeOf(fault) ?? 'no code') }) // prettier-ignore
}

function wordsOf(fault: unknown): string | null {
  if (fault instanceof Unfit) return messageOf(fault)
  const told = fault as { authenticationFailed?: boolean; tlsFailed?: boolean; responseStatus?: string }
  if (told.authenticationFailed) return 'refuses the user or the password'
  const code = codeOf(fault) ?? ''
  const words = byCode.find(([pattern]) => pattern.test(code))?.[1]
  if (words !== undefined) return words
  if (told.tlsFailed) return 'cannot be encrypted'
  return told.responseStatus === undefined ? null : 'does not do what was asked of it'
}
