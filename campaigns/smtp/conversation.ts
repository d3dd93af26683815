import type { Parts } from '../bytes.ts'
import { envelopeOf, type Command, type Fate, type Features, type Mail } from './mail.ts'
import { ProtocolError, type Reply } from './replies.ts'

/** A mail that is being handed over, and the first refusal of it. */
type Handed = { mail: Mail; source: Parts; begun: boolean; refusal: Fate | null }
/** A command, written or to be written. `nobody`: the end of a body that is for nobody. */
type Step = { command: Command; handed: Handed; line: string } | { command: 'RSET' | 'nobody'; handed: null; line: string } // prettier-ignore
/** A dot alone on its line. */
const end: Parts = ['.\r\n']

type Write = (parts: Parts) => void

/** Whether a code can be an answer to a command: yes or no, and to DATA "go on" or no. */
const answers = (command: Step['command'], code: number): boolean =>
  code >= 400 || (command === 'DATA' ? code === 354 : code < 300)

/**
 * The order of commands and replies of one connection, without the connection. Where the server offers PIPELINING
 * (RFC 2920), the next mail's envelope follows the body of the one before without waiting; each reply is matched to its
 * command by order.
 */
export class Conversation {
  readonly #features: Features
  readonly #write: Write
  /** Commands written and not answered, and behind them those to be written. */
  readonly #asked: Step[] = []
  #toAsk: Step[] = []
  /** The mail whose body may not be written yet. */
  #envelope: Handed | null = null
  /** The server holds a mail that it refused: the next one needs a RSET. */
  #halfOpen = false
  #settled = 0

  constructor(features: Features, write: Write) {
    this.#features = features
    this.#write = write
  }

  /** Whether another mail may be given now. */
  free(): boolean {
    return this.#envelope === null && (this.#features.pipelining || this.idle())
  }

  idle(): boolean {
    return this.#asked.length === 0 && this.#toAsk.length === 0
  }

  /** How many mails were settled. */
  settled(): number {
    return this.#settled
  }

  give(mail: Mail): void {
    const source = mail.source()
    const lines = envelopeOf(mail, source, this.#features)
    if ('why' in lines) return this.#end(mail, { kind: 'impossible', why: lines.why })
    const handed: Handed = { mail, source, begun: false, refusal: null }
    this.#envelope = handed
    if (this.#halfOpen) this.#toAsk.push({ command: 'RSET', handed: null, line: 'RSET\r\n' })
    this.#halfOpen = false
    this.#toAsk.push({ command: 'MAIL FROM', handed, line: lines.mail })
    this.#toAsk.push({ command: 'RCPT TO', handed, line: lines.rcpt })
    this.#toAsk.push({ command: 'DATA', handed, line: 'DATA\r\n' })
    return this.#ask()
  }

  /** Takes the next reply. Throws ProtocolError when it answers nothing, or cannot be an answer. */
  hear(reply: Reply): void {
    const step = this.#asked[0]
    if (!step) throw new ProtocolError(`The server said ${reply.code} though it was asked nothing`)
    // Who is answered so stays among those that are lost with the connection.
    if (!answers(step.command, reply.code))
      throw new ProtocolError(`The server answered ${step.command} with ${reply.code}`)
    this.#asked.shift()
    if (step.handed) this.#answered(step.handed, step.command, reply)
    this.#ask()
  }

  /** The connection is gone: what was begun nobody can tell, the rest certainly did not leave. */
  lose(why: string): void {
    const open = new Set([...this.#asked, ...this.#toAsk].flatMap(({ handed }) => handed ?? []))
    this.#asked.length = 0
    this.#toAsk = []
    for (const handed of open) this.#settle(handed, handed.refusal ?? { kind: 'lost', begun: handed.begun, why })
  }

  #answered(handed: Handed, command: Command, reply: Reply): void {
    if (reply.code >= 400) handed.refusal ??= { kind: 'replied', command, reply }
    if (command === 'body') this.#settle(handed, handed.refusal ?? { kind: 'taken' })
    if (command === 'DATA') this.#goOn(handed, reply.code === 354)
  }

  /** The envelope is answered: the body follows, unless somebody refused. */
  #goOn(handed: Handed, wanted: boolean): void {
    this.#envelope = null
    if (handed.refusal === null) {
      handed.begun = true
      this.#asked.push({ command: 'body', handed, line: '' })
      this.#write(handed.source)
      this.#write(end)
      return
    }
    // A server that asks for the body though it knows no recipient gets an empty one, for nobody (RFC 2920 § 3.1).
    if (wanted) {
      this.#asked.push({ command: 'nobody', handed: null, line: '' })
      this.#write(end)
    } else this.#halfOpen = true
    this.#settle(handed, handed.refusal)
  }

  /** Writes what may be written now. A server without PIPELINING gets one command at a time. */
  #ask(): void {
    while (this.#toAsk.length > 0 && (this.#features.pipelining || this.#asked.length === 0)) {
      const step = this.#toAsk.shift()!
      if (!this.#features.pipelining && step.handed?.refusal) {
        if (step.command === 'DATA') this.#goOn(step.handed, false)
        continue
      }
      this.#asked.push(step)
      this.#write([step.line])
    }
  }

  #settle(handed: Handed, fate: Fate): void {
    if (this.#envelope === handed) this.#envelope = null
    this.#end(handed.mail, fate)
  }

  #end(mail: Mail, fate: Fate): void {
    this.#settled += 1
    mail.settle(fate)
  }
}
