import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { messageOf } from '#kernel/errors.ts'
import { conversation } from './conversation.ts'
import { enter } from './login.ts'
import type { Features, Mail } from './mail.ts'
import { ProtocolError, replyReader, type Reply } from './replies.ts'
import type { SmtpServer } from './server.ts'

export type SmtpConnection = {
  /** Whether it can take another mail now; while the body of one waits for its answer it can. */
  free: () => boolean
  idle: () => boolean
  give: (mail: Mail) => void
  /** How many mails it has seen settled. */
  settled: () => number
  /** Breaks it off: mails in it are settled as lost. */
  destroy: (why: string) => void
  /** Says goodbye. */
  quit: () => void
}

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
    return converse(stream, features, settings)
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

function converse(socket: Socket, features: Features, settings: Settings): SmtpConnection {
  const read = replyReader()
  let unwritten = ''
  let settled = 0
  let over = false
  const flush = (): void => {
    if (unwritten === '') return
    socket.write(unwritten, 'latin1')
    unwritten = ''
  }
  const talk = conversation({
    features,
    write: (text, bytes) => {
      if (bytes === 'latin1') unwritten += text
      else {
        flush()
        socket.write(text, 'utf8')
      }
    },
  })
  const end = (why: string): void => {
    if (over) return
    over = true
    socket.destroy()
    talk.lose(why)
    settings.onEnd(connection, why)
  }
  const connection: SmtpConnection = {
    free: () => !over && talk.free(),
    idle: () => talk.idle(),
    settled: () => settled,
    give: (mail) => {
      talk.give({ ...mail, settle: (fate) => { settled += 1; mail.settle(fate) } }) // prettier-ignore
      socket.setTimeout(settings.silenceMs)
      if (!inTurn) flush()
    },
    destroy: end,
    quit: () => {
      if (over) return
      over = true
      socket.end('QUIT\r\n')
      setTimeout(() => socket.destroy(), goodbyeMs).unref()
    },
  }
  let inTurn = false
  socket.on('data', (bytes: Buffer) => {
    if (over) return
    inTurn = true
    try {
      for (const reply of read(bytes.toString('latin1'))) {
        talk.hear(reply)
        if (reply.code === 421) return end(`421 ${reply.text}`)
        if (talk.free()) settings.onFree(connection)
      }
      if (talk.idle()) socket.setTimeout(0)
      flush()
    } catch (fault) {
      end(messageOf(fault))
    } finally {
      inTurn = false
    }
  })
  socket.on('timeout', () => end(`The server was silent for ${settings.silenceMs / 1000} s`))
  socket.on('error', (fault) => end(messageOf(fault)))
  socket.on('close', () => end('The server closed the connection'))
  return connection
}
