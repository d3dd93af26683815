import { isAscii } from '../address.ts'
import { envelopeOf, type Command, type Fate, type Features, type Mail } from './mail.ts'
import { ProtocolError, type Reply } from './replies.ts'

/** A mail that is being handed over, and the first refusal of it. */
type Handed = { mail: Mail; begun: boolean; refusal: Fate | null }
type Waiting = { command: Command | 'RSET' | 'nobody'; handed: Handed | null; line: string }

/** Whether a code can be an answer to a command: yes or no, and to DATA "go on" or no. */
const answers = (command: Waiting['command'], code: number): boolean =>
  code >= 400 || (command === 'DATA' ? code === 354 : code < 300)

/** A dot that begins a line is doubled, since one alone ends the mail (RFC 5321 § 4.5.2). */
const withDots = (source: string): string =>
  source.startsWith('.') || source.includes('\n.') ? source.replace(/^\./gm, '..') : source

/**
 * The order of commands and replies of one connection, without the connection. Where the server offers PIPELINING
 * (RFC 2920), the next mail's envelope follows the body of the one before without waiting; each reply is matched to its
 * command by order. The end of what `write` is given may wait for `flush`.
 */
export function conversation(deps: { features: Features; write: (text: string, bytes: 'latin1' | 'utf8') => void }) {
  const { features, write } = deps
  /** Commands written and not answered, and behind them those to be written. */
  const asked: Waiting[] = []
  const toAsk: Waiting[] = []
  let envelope: Handed | null = null
  let halfOpen = false

  const settle = (handed: Handed, fate: Fate): void => {
    if (envelope === handed) envelope = null
    handed.mail.settle(fate)
  }

  /** Writes what may be written now. A server without PIPELINING gets one command at a time. */
  const pump = (): void => {
    while (toAsk.length > 0 && (features.pipelining || asked.length === 0)) {
      const next = toAsk.shift()!
      if (!features.pipelining && next.handed?.refusal) {
        if (next.command === 'DATA') refused(next.handed)
        continue
      }
      asked.push(next)
      write(next.line, isAscii(next.line) ? 'latin1' : 'utf8')
    }
  }

  const refused = (handed: Handed): void => {
    halfOpen = true
    settle(handed, handed.refusal!)
  }

  const onData = (handed: Handed, reply: Reply): void => {
    if (reply.code === 354) {
      // A server that asks for the body though it knows no recipient gets an empty one, for nobody (RFC 2920 § 3.1).
      const source = handed.refusal ? '.\r\n' : `${withDots(handed.mail.source)}.\r\n`
      asked.push({ command: handed.refusal ? 'nobody' : 'body', handed, line: '' })
      if (!handed.refusal) handed.begun = true
      envelope = null
      write(source, isAscii(source) ? 'latin1' : 'utf8')
      if (handed.refusal) settle(handed, handed.refusal)
      return
    }
    handed.refusal ??= { kind: 'replied', command: 'DATA', reply }
    refused(handed)
  }

  const onBody = (handed: Handed, reply: Reply): void => {
    settle(handed, reply.code < 300 ? { kind: 'taken' } : { kind: 'replied', command: 'body', reply })
  }

  return {
    /** Whether another mail may be given now. */
    free: (): boolean => envelope === null && (features.pipelining || (asked.length === 0 && toAsk.length === 0)),
    idle: (): boolean => asked.length === 0 && toAsk.length === 0,
    give: (mail: Mail): void => {
      const lines = envelopeOf(mail, features)
      if ('why' in lines) return mail.settle({ kind: 'impossible', why: lines.why })
      const handed: Handed = { mail, begun: false, refusal: null }
      envelope = handed
      if (halfOpen) toAsk.push({ command: 'RSET', handed: null, line: 'RSET\r\n' })
      halfOpen = false
      toAsk.push({ command: 'MAIL FROM', handed, line: lines.mail })
      toAsk.push({ command: 'RCPT TO', handed, line: lines.rcpt })
      toAsk.push({ command: 'DATA', handed, line: 'DATA\r\n' })
      return pump()
    },
    /** Takes the next reply. Throws ProtocolError when it answers nothing, or cannot be an answer. */
    hear: (reply: Reply): void => {
      const answered = asked[0]
      if (!answered) throw new ProtocolError(`The server said ${reply.code} though it was asked nothing`)
      const { command, handed } = answered
      // Who is answered so stays among those that are lost with the connection.
      if (!answers(command, reply.code)) throw new ProtocolError(`The server answered ${command} with ${reply.code}`)
      asked.shift()
      if (command === 'DATA') onData(handed!, reply)
      else if (command === 'body') onBody(handed!, reply)
      else if (handed && reply.code >= 400 && command !== 'nobody')
        handed.refusal ??= { kind: 'replied', command: command as Command, reply }
      pump()
    },
    /** The connection is gone: what was begun nobody can tell, the rest certainly did not leave. */
    lose: (why: string): void => {
      const open = new Set([...asked, ...toAsk].flatMap(({ handed, command }) => (handed && command !== 'nobody' ? [handed] : []))) // prettier-ignore
      asked.length = 0
      toAsk.length = 0
      for (const handed of open) settle(handed, handed.refusal ?? { kind: 'lost', begun: handed.begun, why })
    },
  }
}
