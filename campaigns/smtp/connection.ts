import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { messageOf } from '#kernel/errors.ts'
import type { Parts } from '../bytes.ts'
import { Conversation } from './conversation.ts'
import { enter } from './login.ts'
import { writeTo } from './writing.ts'
import type { Features, Mail } from './mail.ts'
import { ProtocolError, replyReader, type Reply } from './replies.ts'
import type { SmtpServer } from './server.ts'

type Settings = {
  server: SmtpServer
  /** How long the server may leave a command unanswered, in milliseconds. */
  silenceMs: number
  /** It can take another mail. */
  onFree: (connection: SmtpConnection) => void
  /** It ended, after its mails were settled. */
  onEnd: (connection: SmtpConnection, why: string) => void
}

const goodbyeMs = 1_000
const longestLoginMs = 20_000

/** Opens a connection and enters the server. Rejects when it will not have us. */
export async function openConnection(settings: Settings): Promise<SmtpConnection> {
  const { server, silenceMs } = settings
  const place = { host: server.host, port: server.port }
  const name = /[a-z]/i.test(server.host) && !server.host.includes(':') ? { servername: server.host } : {}
  const socket = server.tls === 'at-once' ? connectTls({ ...place, ...name }) : connectTcp(place)
  const patience = setTimeout(() => stream.destroy(new Error('The server did not let us in in time')), Math.min(silenceMs, longestLoginMs)) // prettier-ignore
  let stream: Socket = socket
  stream.setNoDelay(true)
  try {
    const line = lineOver(socket)
    const features = await enter(server, socket, {
      ...line,
      secure: (secured) => {
        line.over(secured)
        stream = secured
      },
    })
    line.detach()
    return new SmtpConnection(stream, features, settings)
  } catch (fault) {
    stream.destroy()
    socket.destroy()
    throw fault
  } finally {
    clearTimeout(patience)
  }
}

/** One command and its reply at a time, for the time of entering. */
function lineOver(first: Socket) {
  let socket = first
  let wait: { resolve: (reply: Reply) => void; reject: (fault: Error) => void } | null = null
  let read = replyReader()
  const early: Reply[] = []
  let broken: Error | null = null
  const fail = (fault: Error): void => {
    broken ??= fault
    wait?.reject(fault)
  }
  const onData = (bytes: Buffer): void => {
    try {
      for (const reply of read(bytes.toString('latin1'))) {
        if (wait) wait.resolve(reply)
        else early.push(reply)
        wait = null
      }
    } catch (fault) {
      fail(fault as Error)
    }
  }
  const onClose = (): void => fail(new Error('The server closed the connection before any mail'))
  const attach = (): void => void socket.on('data', onData).on('error', fail).on('close', onClose)
  const detach = (): void => void socket.off('data', onData).off('error', fail).off('close', onClose)
  attach()
  const hear = (): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const reply = early.shift()
      if (reply) resolve(reply)
      else if (broken) reject(broken)
      else wait = { resolve, reject }
    })
  return {
    hear,
    ask: (text: string): Promise<Reply> => {
      if (early.length > 0) return Promise.reject(new ProtocolError('The server answered before it was asked'))
      socket.write(text)
      return hear()
    },
    detach,
    over: (secured: Socket): void => {
      detach()
      socket = secured
      read = replyReader()
      attach()
    },
  }
}

/** One connection to a server that let us in. */
export class SmtpConnection {
  readonly server: SmtpServer
  readonly #socket: Socket
  readonly #settings: Settings
  readonly #talk: Conversation
  readonly #read = replyReader()
  #unwritten: Parts[] = []
  #over = false
  /** Replies are being read: what is written meanwhile leaves together at the end. */
  #hearing = false

  constructor(socket: Socket, features: Features, settings: Settings) {
    this.server = settings.server
    this.#socket = socket
    this.#settings = settings
    this.#talk = new Conversation(features, (parts) => void this.#unwritten.push(parts))
    socket.on('data', (bytes: Buffer) => this.#hear(bytes.toString('latin1')))
    socket.on('timeout', () => this.destroy(`The server was silent for ${settings.silenceMs / 1000} s`))
    socket.on('error', (fault) => this.destroy(messageOf(fault)))
    socket.on('close', () => this.destroy('The server closed the connection'))
  }

  /** Whether it can take another mail now; while the body of one waits for its answer it can. */
  free(): boolean {
    return !this.#over && this.#talk.free()
  }

  idle(): boolean {
    return this.#talk.idle()
  }

  /** How many mails it has seen settled. */
  settled(): number {
    return this.#talk.settled()
  }

  give(mail: Mail): void {
    // A word on the connection puts the end of its patience off by itself.
    if (this.idle()) this.#socket.setTimeout(this.#settings.silenceMs)
    this.#talk.give(mail)
    if (!this.#hearing) this.#flush()
  }

  /** Breaks it off: mails in it are settled as lost. */
  destroy(why: string): void {
    if (this.#over) return
    this.#over = true
    this.#socket.destroy()
    this.#talk.lose(why)
    this.#settings.onEnd(this, why)
  }

  /** Says goodbye. */
  quit(): void {
    if (this.#over) return
    this.#over = true
    this.#socket.end('QUIT\r\n')
    setTimeout(() => this.#socket.destroy(), goodbyeMs).unref()
  }

  #hear(text: string): void {
    if (this.#over) return
    this.#hearing = true
    try {
      for (const reply of this.#read(text)) {
        this.#talk.hear(reply)
        if (reply.code === 421) return this.destroy(`421 ${reply.text}`)
        if (this.free()) this.#settings.onFree(this)
      }
      if (this.idle()) this.#socket.setTimeout(0)
      this.#flush()
    } catch (fault) {
      this.destroy(messageOf(fault))
    } finally {
      this.#hearing = false
    }
    return undefined
  }

  /** What was said leaves in one piece. */
  #flush(): void {
    if (this.#unwritten.length === 0) return
    writeTo(this.#socket, this.#unwritten.flat())
    this.#unwritten = []
  }
}
