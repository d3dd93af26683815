import { hostname } from 'node:os'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { featuresOf, noFeatures, type Features } from './mail.ts'
import type { Reply } from './replies.ts'
import { isLoopback, type SmtpServer } from './server.ts'

/** How to speak with a server that is being entered: one command, one reply. */
export type Line = {
  ask: (line: string) => Promise<Reply>
  hear: () => Promise<Reply>
  secure: (socket: Socket) => void
}

/** From the greeting to where mail may be handed over; encrypts and signs in as the settings say. */
export async function enter(server: SmtpServer, socket: Socket, line: Line): Promise<Features> {
  expect(await line.hear(), 'greeting')
  let features = await hello(line)
  const encrypted = server.tls === 'at-once'
  const startTls = !encrypted && features.startTls && server.tls !== 'off'
  if (server.tls === 'required' && !startTls) throw new Error('The server offers no STARTTLS, and tls=required')
  if (startTls) {
    expect(await line.ask('STARTTLS\r\n'), 'STARTTLS')
    line.secure(await encrypt(server, socket))
    features = await hello(line)
  }
  if (server.user !== null) {
    if (!encrypted && !startTls && server.tls !== 'off' && !isLoopback(server.host))
      throw new Error('The server offers no encryption: a password leaves in clear only with ?tls=off in SMTP_URL')
    await signIn(server, features, line)
  }
  return features
}

function expect(reply: Reply, doing: string): Reply {
  if (reply.code >= 400) throw new Error(`${doing}: ${reply.code} ${reply.text}`)
  return reply
}

async function hello(line: Line): Promise<Features> {
  const name = /^[\w.-]+\.[\w-]+$/.test(hostname()) ? hostname() : '[127.0.0.1]'
  const reply = await line.ask(`EHLO ${name}\r\n`)
  if (reply.code < 400) return featuresOf(reply)
  expect(await line.ask(`HELO ${name}\r\n`), 'HELO')
  return noFeatures
}

/** An encrypted stream over the socket. What stood unread in clear was injected, and the handshake fails on it. */
export function encrypt(server: SmtpServer, socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const name = /[a-z]/i.test(server.host) && !server.host.includes(':') ? { servername: server.host } : {}
    const secure = connectTls({ socket, ...name }, () => resolve(secure))
    secure.once('error', reject)
  })
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

async function signIn(server: SmtpServer, { auth }: Features, line: Line): Promise<void> {
  const user = server.user ?? ''
  if (auth.includes('PLAIN') || !auth.includes('LOGIN')) {
    expect(await line.ask(`AUTH PLAIN ${base64(`\0${user}\0${server.password}`)}\r\n`), 'signing in')
    return
  }
  expect(await line.ask('AUTH LOGIN\r\n'), 'signing in')
  expect(await line.ask(`${base64(user)}\r\n`), 'signing in')
  expect(await line.ask(`${base64(server.password)}\r\n`), 'signing in')
}
