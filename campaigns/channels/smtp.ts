import { scrubbed } from '#kernel/log.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Channel, Message, Outcome } from '../channel.ts'
import { mimeOf } from '../render/mime.ts'
import type { Fate, Mail } from '../smtp/mail.ts'
import { SmtpPool } from '../smtp/pool.ts'
import { blamedBy } from '../smtp/refusals.ts'
import { smtpServerOf } from '../smtp/server.ts'

export type SmtpSettings = {
  /** smtp://user:password@host:587, or smtps://…; see `smtpServerOf`. */
  url: string
  /** For the Date of each message. */
  clock: Clock
  /** Most connections at once, unless the URL says. */
  connections?: number
  /** How long the server may stay silent, in milliseconds, a minute unless told. */
  silenceMs?: number
}

/**
 * Mail by SMTP over pipelined connections. SMTP cannot promise once: when the connection breaks after the first byte
 * of the message and before the answer, nobody can tell, and the outcome is `unclear`.
 */
export function smtpChannel(settings: SmtpSettings): Channel {
  const server = smtpServerOf(settings.url)
  const connections = settings.connections ?? server.connections
  const pool = new SmtpPool({ server: { ...server, connections }, silenceMs: settings.silenceMs ?? 60_000 })
  return {
    name: 'smtp',
    maxBatch: 200,
    atOnce: 4,
    idempotent: false,
    send: (batch, deadline, answerMs = 0) => {
      const date = `Date: ${dateOf(settings.clock())}\r\n`
      return new Promise((resolve) => {
        const outcomes: Outcome[] = []
        const bySender = new Set<number>()
        let left = batch.messages.length
        if (left === 0) resolve(outcomes)
        const mails = batch.messages.map((message, index): Mail => {
          const settle = (fate: Fate): void => {
            outcomes[index] = outcomeOf(fate, message)
            if (blamesSender(fate)) bySender.add(index)
            if (--left === 0) resolve(besideOthers(outcomes, bySender))
          }
          return {
            id: message.deliveryId,
            from: message.from.address,
            to: message.to,
            source: () => [date, ...(message.mime ?? mimeOf(message))],
            settle,
          }
        })
        pool.send(mails, { deadline, answerMs })
      })
    },
    close: () => Promise.resolve(pool.close()),
  }
}

/** Where others of the group were taken, a host that does not believe the sender speaks of its own readers alone. */
const besideOthers = (outcomes: readonly Outcome[], bySender: ReadonlySet<number>): Outcome[] =>
  outcomes.map((one, index) =>
    one.kind === 'retry' && bySender.has(index) && outcomes.some(({ kind }) => kind === 'sent')
      ? { ...one, scope: 'message' }
      : one,
  )

/** RFC 5322 § 3.3. */
const dateOf = (at: Date): string => at.toUTCString().replace('GMT', '+0000')

/**
 * What the fate of a mail means (RFC 5321 § 4.2). Replies of 4xx are for later; 421, any refusal before a recipient is
 * named, and one that blames the sender, speak of the channel. Any other 5xx is final (`blamedBy` says whether the address is
 * dead). No reply: before the first byte nothing happened, after it nobody knows. Whose turn did not come waits for another.
 */
export function outcomeOf(fate: Fate, message: Pick<Message, 'messageId'>): Outcome {
  if (fate.kind === 'taken') return { kind: 'sent', providerId: message.messageId }
  if (fate.kind === 'impossible') return { kind: 'refused', why: fate.why, addressDead: false }
  if (fate.kind === 'unasked') return { kind: 'later', why: fate.why }
  if (fate.kind === 'lost') {
    const why = scrubbed(fate.why).slice(0, 300)
    return fate.begun ? { kind: 'unclear', why } : { kind: 'retry', scope: 'channel', why }
  }
  const { command, reply } = fate
  const why = scrubbed(`${reply.code} ${reply.text}`).slice(0, 300)
  const ofChannel = reply.code === 421 || command === 'MAIL FROM' || blamesSender(fate)
  if (reply.code < 500 || ofChannel) return { kind: 'retry', scope: ofChannel ? 'channel' : 'message', why }
  return { kind: 'refused', why, addressDead: command === 'RCPT TO' && blamedBy(reply.code, reply.text) === 'reader' }
}

const blamesSender = (fate: Fate): boolean =>
  fate.kind === 'replied' && fate.command === 'RCPT TO' && fate.reply.code >= 500 && blamedBy(fate.reply.code, fate.reply.text) === 'sender' // prettier-ignore
