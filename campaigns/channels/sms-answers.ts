import { messageOf } from '#kernel/errors.ts'
import { scrubbed } from '#kernel/log.ts'
import type { Asked } from '../way-out/configuration.ts'
import type { SmsSettings } from './sms.ts'

const patienceMs = 10_000

/**
 * Whether a provider of SMS is there, and does not refuse us. Providers have no common way to ask for more than that without
 * a message: its address is asked for with HEAD, which sends nothing, and whether it takes one is seen by the test.
 */
export async function answersSms({ url, authorization }: Pick<SmsSettings, 'url' | 'authorization'>): Promise<Asked> {
  const { host } = new URL(url)
  try {
    const { status } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      headers: authorization === null ? {} : { authorization },
      signal: AbortSignal.timeout(patienceMs),
    })
    const refuses = [401, 402, 403].includes(status) || status >= 500
    return refuses
      ? { kind: 'refuses', words: `${host} does not let us in (${status})` }
      : { kind: 'answers', words: `${host} answers (${status}); whether it takes a message is seen by the test` }
  } catch (fault) {
    return { kind: 'refuses', words: `${host} does not answer (${scrubbed(messageOf(fault)).slice(0, 200)})` }
  }
}
