import { createServer, type AddressInfo, type Socket } from 'node:net'

type Point = 'mail' | 'rcpt' | 'data' | 'body'

/**
 * What becomes of a mail at one point of the conversation: a reply instead of the usual one, taken all the same when
 * it is of success; the end of the connection before the reply (`cut`), at `body` with the message taken; silence.
 */
export type Trick = { at: Point; does: { reply: string } | 'cut' | 'silence' } | { at: 'body'; does: 'take-and-cut' }

export type RoughSmtp = {
  url: string
  /** Copies of whole messages that were taken, by address. */
  copies: Map<string, number>
  /** Every message taken, its dots undone. */
  taken: { to: string; raw: string }[]
  /** The lines of MAIL and RCPT, as they came. */
  envelopes: string[]
  /** Most connections that were open together. */
  peak: () => number
  /** Those that are open now. */
  open: () => number
  close: () => Promise<void>
}

type Settings = {
  /** Told of each message that was taken, whatever is answered. */
  onTaken?: (to: string, raw: string) => void
  /** What happens to the n-th try (from 0) at an address. */
  trick?: (to: string, attempt: number) => Trick | null
  extensions?: readonly string[]
  /** Asks for a body even where it took no recipient, as RFC 2920 lets it. */
  asksAnyway?: boolean
  /** Connections beyond this are greeted with 421. */
  connections?: number
  /** Milliseconds to think over each message, as a real server does: one at a time on each connection. */
  latencyMs?: number
  /** Bytes of each piece in which replies arrive. */
  pieces?: number
}

/** An SMTP server that keeps the protocol only as far as it is told to (RFC 5321, 2920), on a free loopback port. */
export async function roughSmtp(settings: Settings = {}): Promise<RoughSmtp> {
  const sockets = new Set<Socket>()
  const attempts = new Map<string, number>()
  const server: Omit<RoughSmtp, 'url' | 'close' | 'peak' | 'open'> = { copies: new Map(), taken: [], envelopes: [] }
  let peak = 0
  const listener = createServer((socket) => {
    sockets.add(socket)
    peak = Math.max(peak, sockets.size)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    if (sockets.size > (settings.connections ?? Infinity)) socket.end('421 4.7.0 too many connections\r\n')
    else session(socket.setNoDelay(true), settings, attempts, server)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    ...server,
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    peak: () => peak,
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        listener.close(() => resolve())
      }),
  }
}

/** The parameters of RFC 3461. */
const asksForReports = /^(?:MAIL|RCPT).*> (?:.* )?(?:RET|ENVID|NOTIFY|ORCPT)=/i

function session(
  socket: Socket,
  settings: Settings,
  attempts: Map<string, number>,
  server: Pick<RoughSmtp, 'copies' | 'taken' | 'envelopes'>,
): void {
  const extensions = settings.extensions ?? ['PIPELINING', '8BITMIME', 'SIZE 1000000']
  let unread = ''
  let body: string[] | null = null
  let to: string | null = null
  let inMail = false
  let trick: Trick | null = null
  const state = { over: false }
  let busy = false

  const say = (text: string): void => {
    if (state.over) return
    const size = settings.pieces ?? Infinity
    for (let from = 0; from < text.length; from += size) socket.write(text.slice(from, from + size))
  }
  /** Does what was agreed for this point, or says the usual. */
  const answer = (point: Point, usual: string): boolean => {
    if (trick?.at !== point || trick.does === 'take-and-cut') return (say(`${usual}\r\n`), true)
    const does = trick.does
    if (does === 'silence') return ((state.over = true), false)
    if (does === 'cut') return ((state.over = true), socket.destroy(), false)
    say(`${does.reply}\r\n`)
    if (does.reply.startsWith('421')) return ((state.over = true), socket.end(), false)
    return /^[23]/.test(does.reply)
  }
  const take = (raw: string): void => {
    const address = to ?? ''
    if (to === null && raw === '\r\n') {
      ;[inMail, trick] = [false, null]
      return say('554 5.5.1 no recipient\r\n')
    }
    const refused = trick?.at === 'body' && typeof trick.does === 'object' && !trick.does.reply.startsWith('2')
    const cut = trick?.at === 'body' && trick.does === 'cut'
    if (!refused && !cut) {
      server.taken.push({ to: address, raw })
      server.copies.set(address, (server.copies.get(address) ?? 0) + 1)
      settings.onTaken?.(address, raw)
    }
    if (trick?.at === 'body' && trick.does === 'take-and-cut') {
      state.over = true
      socket.destroy()
      return
    }
    answer('body', '250 2.0.0 taken')
    ;[to, inMail, trick] = [null, false, null]
  }
  const obey = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'MAIL' || verb === 'RCPT') server.envelopes.push(line)
    // As a server must that never said it knows them (RFC 5321 § 4.1.1.11).
    if (asksForReports.test(line) && !extensions.includes('DSN')) return say('555 5.5.4 unknown parameter\r\n')
    if (verb === 'EHLO') return say(['hello', ...extensions].map((word, n) => `250${n === extensions.length ? ' ' : '-'}${word}\r\n`).join('')) // prettier-ignore
    if (verb === 'RSET') return (([to, inMail, trick] = [null, false, null]), say('250 2.0.0 ok\r\n'))
    if (verb === 'QUIT') return (say('221 2.0.0 bye\r\n'), void socket.end())
    if (verb === 'MAIL') {
      if (inMail) return say('503 5.5.1 a mail is already begun\r\n')
      inMail = true
      return say('250 2.1.0 ok\r\n')
    }
    if (verb === 'RCPT') {
      const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
      const attempt = attempts.get(address) ?? 0
      attempts.set(address, attempt + 1)
      trick = settings.trick?.(address, attempt) ?? null
      if (answer('rcpt', '250 2.1.5 ok')) to = address
      return undefined
    }
    if (verb !== 'DATA') return say('500 5.5.1 what?\r\n')
    if (to === null && !settings.asksAnyway) return say('503 5.5.1 no recipient\r\n')
    if (answer('data', '354 go ahead')) body = []
    return undefined
  }
  const read = (): void => {
    for (let end = unread.indexOf('\r\n'); end >= 0 && !state.over && !busy; end = unread.indexOf('\r\n')) {
      const line = unread.slice(0, end)
      unread = unread.slice(end + 2)
      if (body === null) obey(line)
      else if (line !== '.') body.push(line.startsWith('.') ? line.slice(1) : line)
      else {
        const raw = `${body.join('\r\n')}\r\n`
        body = null
        if (!settings.latencyMs) take(raw)
        else {
          busy = true
          setTimeout(() => { busy = false; take(raw); read() }, settings.latencyMs) // prettier-ignore
        }
      }
    }
  }
  say('220 rough ESMTP\r\n')
  socket.setEncoding('utf8').on('data', (text: string) => {
    unread += text
    read()
  })
}
