import { scrubbed } from '#kernel/log.ts'
import type { Readable } from 'node:stream'
import { createTransport, type NodemailerError } from 'nodemailer'
import { messageOf } from '#kernel/errors.ts'
import type { Channel, Message, Outcome } from '../channel.ts'

export type SmtpSettings = {
  /** smtp://user:password@host:587, or smtps://… */
  url: string
  /** Connections at once, 5 unless told. */
  connections?: number
  /** How long the server may stay silent, in milliseconds, a minute unless told. */
  silenceMs?: number
}

/**
 * Mail by SMTP over a pool of connections. SMTP cannot promise once: when the connection breaks after the first byte
 * of the message and before the answer, nobody can tell, and the outcome is `unclear`.
 */
export function smtpChannel(settings: SmtpSettings): Channel {
  const silenceMs = settings.silenceMs ?? 60_000
  const transport = createTransport({
    url: settings.url,
    pool: true,
    maxConnections: settings.connections ?? 5,
    maxMessages: Infinity,
    connectionTimeout: Math.min(silenceMs, 20_000),
    greetingTimeout: Math.min(silenceMs, 20_000),
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  // A message's stream is read once its recipient is accepted and the server has asked for the data.
  const streams = new Map<string, Readable>()
  const begun = (messageId: string): boolean => streams.get(messageId)?.readableDidRead ?? false
  transport.use('stream', (mail, done) => {
    const { message } = mail
    const messageId = message.messageId()
    const open = message.createReadStream.bind(message)
    message.createReadStream = (options) => {
      if (begun(messageId)) throw new Error('A message that was begun is not begun again')
      const stream = open(options)
      streams.set(messageId, stream)
      return stream
    }
    done()
  })
  const sendOne = async (message: Message, deadline: AbortSignal): Promise<Outcome> => {
    try {
      await transport.sendMail(mailOf(message, deadline))
      return { kind: 'sent', providerId: message.messageId }
    } catch (fault) {
      return smtpOutcome(fault, begun(message.messageId))
    } finally {
      streams.delete(message.messageId)
    }
  }
  return {
    name: 'smtp',
    maxBatch: 50,
    idempotent: false,
    send: (batch, deadline) => Promise.all(batch.messages.map((message) => sendOne(message, deadline))),
    close: () => Promise.resolve(transport.close()),
  }
}

const mailOf = (message: Message, signal: AbortSignal) => ({
  envelope: { from: message.from.address, to: message.to },
  from: message.from,
  to: { name: '', address: message.to },
  ...(message.replyTo === null ? {} : { replyTo: message.replyTo }),
  subject: message.subject,
  html: message.html,
  text: message.text,
  messageId: message.messageId,
  headers: { ...message.headers },
  signal,
})

/**
 * What an error of the SMTP conversation means (RFC 5321 § 4.2). Replies of 4xx are for later; 421, and any refusal
 * before a recipient is named, speak of the channel. 5xx to the recipient is final, and says that the address is dead
 * unless the enhanced code (RFC 3463) tells of policy or a full mailbox. No reply: before the first byte nothing
 * happened, after it nobody knows.
 */
export function smtpOutcome(fault: unknown, begun: boolean): Outcome {
  const { code, command, responseCode, response } = fault as Partial<NodemailerError>
  const reply = typeof response === 'string' ? response : messageOf(fault)
  const why = scrubbed(reply).slice(0, 300)
  // A reply of success that came with an error was cut off: it refuses nothing.
  if (typeof responseCode !== 'number' || responseCode < 400) {
    if (begun) return { kind: 'unclear', why }
    if (code === 'EENVELOPE' || code === 'EMESSAGE') return { kind: 'refused', why, addressDead: false }
    return { kind: 'retry', scope: 'channel', why }
  }
  const ofChannel = responseCode === 421 || (command !== 'RCPT TO' && command !== 'DATA')
  if (responseCode < 500 || ofChannel) return { kind: 'retry', scope: ofChannel ? 'channel' : 'message', why }
  return { kind: 'refused', why, addressDead: command === 'RCPT TO' && isDead(responseCode, reply) }
}

function isDead(code: number, reply: string): boolean {
  const enhanced = /\b5\.(\d{1,3})\.(\d{1,3})\b/.exec(reply)
  if (enhanced) return enhanced[1] === '1' || (enhanced[1] === '2' && enhanced[2] === '1')
  return code === 550 || code === 551 || code === 553
}
