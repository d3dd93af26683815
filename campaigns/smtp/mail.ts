import { isAscii, writtenAddress } from '../address.ts'
import { lengthOf, sizeOf, type Parts } from '../bytes.ts'
import type { Reply } from './replies.ts'

/** The command of the conversation that a reply answers. `body`: the final dot. */
export type Command = 'MAIL FROM' | 'RCPT TO' | 'DATA' | 'body'

/**
 * How far a mail came. `replied`: the server's last word on it. `impossible`: this server cannot be asked to take it.
 * `lost`: the connection is gone, or the time; `begun` when the first byte of its body had been written by then. `unasked`: the
 * time is gone and its turn had not come, though the server answered others.
 */
export type Fate =
  | { kind: 'taken' }
  | { kind: 'replied'; command: Command; reply: Reply }
  | { kind: 'impossible'; why: string }
  | { kind: 'lost'; begun: boolean; why: string }
  | { kind: 'unasked'; why: string }

/** One mail to one recipient, and who is told of its fate: once. */
export type Mail = {
  /** Names its envelope in reports of what became of it: the id of its delivery. */
  id: string
  from: string
  to: string
  /**
   * Its text, asked for once, when it is handed over. Lines ended by CRLF, the last one too; none begins with a dot, which
   * would have to be doubled (RFC 5321 § 4.5.2). Bytes are ASCII.
   */
  source: () => Parts
  settle: (fate: Fate) => void
}

/** What a server can (RFC 5321 § 4.1.1.1): the keywords of its answer to EHLO. `reports`: those of RFC 3461. */
export type Features = { pipelining: boolean; utf8: boolean; eightBit: boolean; size: number | null; reports: boolean; startTls: boolean; auth: readonly string[] } // prettier-ignore

export const noFeatures: Features = { pipelining: false, utf8: false, eightBit: false, size: null, reports: false, startTls: false, auth: [] } // prettier-ignore

export function featuresOf({ text }: Reply): Features {
  const [, ...lines] = text.split('\n')
  const words = new Map(lines.map((line) => [line.split(' ', 1)[0]!.toUpperCase(), line.toUpperCase()]))
  // Old servers say `AUTH=LOGIN` beside, or instead.
  const auth = lines.flatMap((line) => /^AUTH[ =](.*)$/.exec(line.toUpperCase())?.[1]?.split(/[ =]+/) ?? [])
  const size = Number(/^SIZE (\d+)/.exec(words.get('SIZE') ?? '')?.[1] ?? 0)
  return {
    pipelining: words.has('PIPELINING'),
    utf8: words.has('SMTPUTF8'),
    eightBit: words.has('8BITMIME'),
    size: size > 0 ? size : null,
    reports: words.has('DSN'),
    startTls: words.has('STARTTLS'),
    auth,
  }
}

/** The commands that open a mail of this text, or why this server cannot take it (RFC 1870, 6531). */
export function envelopeOf(
  mail: Mail,
  source: Parts,
  features: Features,
): { mail: string; rcpt: string } | { why: string } {
  // prettier-ignore
  const [from, to] = [writtenAddress(mail.from), writtenAddress(mail.to)]
  const bytes = sizeOf(source)
  if (features.size !== null && bytes > features.size)
    return { why: `the message has ${bytes} bytes, the server takes ${features.size}` }
  const beyond = !isAscii(from + to) || bytes > lengthOf(source)
  if (beyond && !features.utf8) return { why: 'the server does not take addresses beyond ASCII (SMTPUTF8)' }
  const size = features.size === null ? '' : ` SIZE=${bytes}`
  const utf8 = beyond ? `${features.eightBit ? ' BODY=8BITMIME' : ''} SMTPUTF8` : ''
  const reports = features.reports ? reportsOf(mail.id, to) : { mail: '', rcpt: '' }
  return { mail: `MAIL FROM:<${from}>${size}${utf8}${reports.mail}\r\n`, rcpt: `RCPT TO:<${to}>${reports.rcpt}\r\n` }
}

/**
 * What asks for a report where a mail fails or is late, with its header alone, the id of its envelope and whom it went to
 * (RFC 3461 § 4). A reader beyond ASCII would need a form of address of its own (RFC 6533) and is not named.
 */
const reportsOf = (id: string, to: string): { mail: string; rcpt: string } => ({
  mail: ` RET=HDRS ENVID=${xtext(id)}`,
  rcpt: ` NOTIFY=FAILURE,DELAY${isAscii(to) ? ` ORCPT=rfc822;${xtext(to)}` : ''}`,
})

/** RFC 3461 § 4: what is no visible ASCII, and `+` and `=`, as two hexadecimal digits. */
const xtext = (text: string): string =>
  text.replaceAll(/[^!-*,-<>-~]/g, (letter) => `+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
