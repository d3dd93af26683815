import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** What the sink does with a message to an address: takes it, answers a code, or misbehaves. */
export type Manner =
  | 'take'
  | { reply: number; text: string; at: 'mail' | 'rcpt' | 'data' }
  /** Takes the whole message, keeps it, and closes without an answer. */
  | 'take-and-close'
  /** Closes at RCPT TO, before any byte of the message. */
  | 'close-early'
  /** Takes the message and never answers. */
  | 'silence'

export type Taken = { to: string; from: string; raw: string }

export type SmtpSink = {
  url: string
  /** Every message whose last byte arrived, also those never answered, in order. */
  taken: Taken[]
  /** Copies by address. */
  copies: () => Map<string, number>
  /** How to treat an address from now on; the n-th try (from 0) may differ. */
  behave: (manner: (to: string, attempt: number) => Manner) => void
  /** Milliseconds to think before answering DATA. */
  think: (ms: number) => void
  close: () => Promise<void>
}

/** A real SMTP server on a free loopback port, which can fail in the ways servers do. */
export async function smtpSink(): Promise<SmtpSink> {
  const taken: Taken[] = []
  const tries = new Map<string, number>()
  const sockets = new Set<Socket>()
  let manner: (to: string, attempt: number) => Manner = () => 'take'
  let thinkMs = 0
  const mannerOf = (session: SMTPServerSession): Manner => {
    const to = session.envelope.rcptTo[0]?.address ?? ''
    return manner(to, (tries.get(to) ?? 1) - 1)
  }
  const drop = (session: SMTPServerSession) => {
    for (const socket of sockets) if (socket.remotePort === session.remotePort) socket.destroy()
  }
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    logger: false,
    onRcptTo(address, session, done) {
      const attempt = tries.get(address.address) ?? 0
      tries.set(address.address, attempt + 1)
      const how = manner(address.address, attempt)
      if (how === 'close-early') return drop(session)
      if (typeof how === 'object' && how.at !== 'data') return done(replyError(how.reply, how.text))
      return done()
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const how = mannerOf(session)
        if (typeof how === 'object') return done(replyError(how.reply, how.text))
        const from = session.envelope.mailFrom
        const to = session.envelope.rcptTo[0]?.address ?? ''
        taken.push({ to, from: from === false ? '' : from.address, raw: Buffer.concat(chunks).toString('utf8') })
        if (how === 'take-and-close') return drop(session)
        if (how === 'silence') return undefined
        if (thinkMs === 0) return done()
        setTimeout(() => done(), thinkMs)
        return undefined
      })
    },
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    copies: () => {
      const counts = new Map<string, number>()
      for (const { to } of taken) counts.set(to, (counts.get(to) ?? 0) + 1)
      return counts
    },
    behave: (next) => void (manner = next),
    think: (ms) => void (thinkMs = ms),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

const replyError = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code })
