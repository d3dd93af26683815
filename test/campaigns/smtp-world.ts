import { afterEach } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import type { Message } from '#campaigns/channel.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { roughSmtp } from '../support/rough-smtp.ts'
import { aMessage } from './a-mail.ts'

export const many = (count: number): Message[] => Array.from({ length: count }, (_, n) => aMessage(n))

/** What a test opened, closed after it, the last first. */
export const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A server of these settings, and what sends by it. */
export async function opened(settings: Parameters<typeof roughSmtp>[0] = {}, query = '') {
  const server = await roughSmtp(settings)
  const channel = smtpChannel({ url: server.url + query, clock: systemClock, silenceMs: 400 })
  closing.push(server.close, channel.close)
  const send = (messages: readonly Message[], deadline: number | AbortSignal = 5_000, answerMs = 0) =>
    channel.send({ key: 'k', messages }, typeof deadline === 'number' ? AbortSignal.timeout(deadline) : deadline, answerMs) // prettier-ignore
  return { server, send }
}
