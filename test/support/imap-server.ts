import { createServer, type AddressInfo, type Socket } from 'node:net'
import { TLSSocket, type TLSSocketOptions } from 'node:tls'

export type ImapMail = { uid: number; bytes: Buffer; flags: Set<string> }

/** What the server does beside what RFC 3501 says. */
export type ImapManners = {
  refusesLogin?: boolean
  /** Keeps no keyword, but the flags that every server knows. */
  noKeywords?: boolean
  /** Says no to every mark. */
  readOnly?: boolean
  /** Says so many bytes of a mail, and closes in the middle of them. */
  cutsMail?: number
  /** Closes before it answers this command. */
  closesAt?: string
  /** Never answers this command. */
  silentAt?: string
  /** Sends a mail one byte at a time, without end in sight. */
  trickles?: boolean
}

export type ImapServer = {
  /** With user and password, for a folder; `tls=off` unless it was started with a certificate. */
  url: (folder?: string) => string
  mails: ImapMail[]
  lay: (bytes: Buffer) => number
  /** The same mails under new numbers, as after a restore. */
  renumber: () => void
  behave: (manners: ImapManners) => void
  /** Every command that came, without its arguments, in order; with what a fetch asked for. */
  heard: string[]
  close: () => Promise<void>
}

export const imapUser = { name: 'reports@alder.example', password: 'a pass of spring' }

type Settings = { tls?: { mode: 'at-once' | 'starttls'; key: Buffer; cert: Buffer } }
type World = { mails: ImapMail[]; validity: number; manners: ImapManners; heard: string[]; settings: Settings }

/** An IMAP server of one folder, INBOX, on a free loopback port, that misbehaves on order. */
export async function imapServer(settings: Settings = {}): Promise<ImapServer> {
  const world: World = { mails: [], validity: 1, manners: {}, heard: [], settings }
  const sockets = new Set<Socket>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    if (settings.tls?.mode === 'at-once') converse(secured(socket, settings.tls), world, true)
    else converse(socket, world, true)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  let next = 1
  return {
    url: (folder = 'INBOX') => {
      const scheme = settings.tls?.mode === 'at-once' ? 'imaps' : 'imap'
      const who = `${encodeURIComponent(imapUser.name)}:${encodeURIComponent(imapUser.password)}`
      return `${scheme}://${who}@localhost:${port}/${folder}${settings.tls ? '' : '?tls=off'}`
    },
    mails: world.mails,
    lay: (bytes) => world.mails.push({ uid: next++, bytes, flags: new Set() }),
    renumber: () => {
      world.validity += 1
      for (const mail of world.mails) mail.uid += 1_000
    },
    behave: (manners) => void (world.manners = manners),
    heard: world.heard,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        listener.close(() => resolve())
      }),
  }
}

const secured = (socket: Socket, { key, cert }: Pick<TLSSocketOptions, 'key' | 'cert'>): TLSSocket =>
  new TLSSocket(socket, { isServer: true, key, cert }).on('error', () => {})

/** One conversation; `greets` is false behind STARTTLS. */
function converse(socket: Socket, world: World, greets: boolean): void {
  let waiting = ''
  let login: string | null = null
  if (greets) socket.write('* OK ready\r\n')
  const onData = (chunk: Buffer) => {
    waiting += chunk.toString('latin1')
    for (;;) {
      const end = waiting.indexOf('\r\n')
      if (end < 0) return
      const line = waiting.slice(0, end)
      waiting = waiting.slice(end + 2)
      if (login !== null) {
        socket.write(judged(world, login, line))
        login = null
        continue
      }
      const [tag = '', ...words] = line.split(' ')
      const command = (
        /^uid$/i.test(words[0] ?? '') ? words.splice(0, 2).join(' ') : (words.shift() ?? '')
      ).toUpperCase()
      const rest = words.join(' ')
      world.heard.push(command === 'UID FETCH' ? `${command} ${rest}` : command)
      if (world.manners.closesAt === command) return void socket.destroy()
      if (world.manners.silentAt === command) continue
      if (command === 'AUTHENTICATE') {
        login = tag
        socket.write('+ \r\n')
      } else if (command === 'STARTTLS' && world.settings.tls) {
        socket.removeListener('data', onData).write(`${tag} OK begin\r\n`)
        return converse(secured(socket, world.settings.tls), world, false)
      } else answer(socket, world, tag, command, rest)
    }
  }
  socket.on('data', onData)
}

function judged({ manners }: World, tag: string, line: string): string {
  const [, user, password] = Buffer.from(line, 'base64').toString().split('\0')
  const right = user === imapUser.name && password === imapUser.password && !manners.refusesLogin
  return right ? `${tag} OK signed in\r\n` : `${tag} NO [AUTHENTICATIONFAILED] not ${user} with ${password}\r\n`
}

function answer(socket: Socket, world: World, tag: string, command: string, rest: string): void {
  const say = (...lines: string[]) => void socket.write(lines.map((line) => `${line}\r\n`).join(''))
  const done = `${tag} OK done`
  switch (command) {
    case 'CAPABILITY':
      return say(`* CAPABILITY IMAP4rev1 AUTH=PLAIN${world.settings.tls?.mode === 'starttls' && !(socket instanceof TLSSocket) ? ' STARTTLS' : ''}`, done) // prettier-ignore
    case 'LIST':
    case 'LSUB':
      return say(rest === '"" ""' ? '* LIST (\\Noselect) "/" ""' : `* ${command} () "/" INBOX`, done)
    case 'SELECT':
      return rest === 'INBOX' ? say(...selected(world), `${tag} OK [READ-WRITE] open`) : say(`${tag} NO no such folder`) // prettier-ignore
    case 'UID SEARCH':
      return say(
        `* SEARCH ${found(world, rest)
          .map(({ uid }) => uid)
          .join(' ')}`.trim(),
        done,
      )
    case 'UID FETCH':
      return fetched(socket, world, tag, rest)
    case 'UID STORE':
      if (world.manners.readOnly) return say(`${tag} NO read only`)
      for (const mail of meant(world, rest.split(' ')[0] ?? ''))
        for (const flag of /\(([^)]*)\)/.exec(rest)?.[1]?.split(' ') ?? []) mail.flags.add(flag)
      return say(done)
    case 'LOGOUT':
      socket.end(`* BYE\r\n${done}\r\n`)
      return undefined
    default:
      return say(command === 'NOOP' ? done : `${tag} BAD not known`)
  }
}

const selected = ({ mails, validity, manners }: World): string[] => [
  '* FLAGS (\\Seen \\Flagged \\Deleted)',
  `* OK [PERMANENTFLAGS (\\Seen \\Flagged \\Deleted${manners.noKeywords ? '' : ' \\*'})] kept`,
  `* ${mails.length} EXISTS`,
  `* OK [UIDVALIDITY ${validity}] valid`,
]

const flagOf: Readonly<Record<string, string>> = { UNSEEN: '\\Seen', UNFLAGGED: '\\Flagged', UNDELETED: '\\Deleted' }

function found({ mails }: World, criteria: string): ImapMail[] {
  const words = criteria.split(' ')
  const without = words.flatMap((word, at) => (word === 'UNKEYWORD' ? [words[at + 1] ?? ''] : (flagOf[word] ?? [])))
  return mails.filter(({ flags }) => !without.some((flag) => flags.has(flag)))
}

const meant = ({ mails }: World, range: string): ImapMail[] => {
  const parts = range.split(',').map((part) => part.split(':').map(Number))
  return mails.filter(({ uid }) => parts.some(([from = 0, to = from]) => uid >= from && uid <= to))
}

function fetched(socket: Socket, world: World, tag: string, rest: string): void {
  const { mails, manners } = world
  for (const mail of meant(world, rest.split(' ')[0] ?? '')) {
    const known = `* ${mails.indexOf(mail) + 1} FETCH (UID ${mail.uid}`
    const section = /BODY\.PEEK\[\](?:<0\.(\d+)>)?/.exec(rest)
    if (!section) {
      socket.write(`${known} RFC822.SIZE ${mail.bytes.length})\r\n`)
      continue
    }
    const bytes = mail.bytes.subarray(0, Number(section[1] ?? mail.bytes.length))
    socket.write(`${known} BODY[]${section[1] ? '<0>' : ''} {${bytes.length}}\r\n`)
    if (manners.trickles) return trickle(socket, bytes)
    if (manners.cutsMail === mail.uid) return void socket.end(bytes.subarray(0, bytes.length / 2))
    socket.write(bytes)
    socket.write(')\r\n')
  }
  socket.write(`${tag} OK done\r\n`)
}

function trickle(socket: Socket, bytes: Buffer): void {
  let at = 0
  const drops = setInterval(() => socket.write(bytes.subarray(at, ++at)), 20)
  socket.once('close', () => clearInterval(drops))
}
