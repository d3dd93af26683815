import { messageOf } from '#kernel/errors.ts'
import { scrubbed } from '#kernel/log.ts'
import type { Batch, Outcome, TextChannel, TextMessage } from '../channel.ts'

/** A provider of SMS: where it takes a message, and what it takes. See the settings SMS_… */
export type SmsSettings = {
  url: string
  authorization: string | null
  from: string | null
  /** JSON with {{to}}, {{from}}, {{text}} and {{reference}} inside its strings. */
  body: string
  /** The path of the message's id in the answer: without one nothing proves that it was taken. `none`: the provider gives none. */
  idAt: string
  /** Whether a request is carried out once for its Idempotency-Key. */
  promisesOnce: boolean
}

/** Requests that are under way together: providers take messages one by one. */
const atATime = 8

/**
 * SMS by any provider that takes a message as one POST of JSON. What breaks off behind the request is unclear: most
 * providers promise nothing, and their report by webhook says later what became of it.
 */
export function smsChannel(settings: SmsSettings): TextChannel {
  const template: unknown = JSON.parse(settings.body)
  return {
    name: 'sms',
    carries: 'sms',
    maxBatch: 100,
    idempotent: settings.promisesOnce,
    send: (batch, deadline) => sendAll(settings, template, batch, deadline),
    close: () => Promise.resolve(),
  }
}

async function sendAll(
  settings: SmsSettings,
  template: unknown,
  { key, messages }: Batch<TextMessage>,
  deadline: AbortSignal,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let next = 0
  // Behind a refusal of the whole channel nothing more is begun.
  let shut: Outcome | null = null
  const lane = async (): Promise<void> => {
    while (next < messages.length) {
      const index = next++
      const outcome: Outcome = shut ?? (deadline.aborted ? late : await sendOne(settings, template, { key, message: messages[index]! }, deadline)) // prettier-ignore
      outcomes[index] = outcome
      if (closesChannel(outcome)) shut ??= outcome
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, messages.length) }, lane))
  return outcomes
}

const late: Outcome = { kind: 'retry', scope: 'channel', why: 'its time was over before it began' }

const closesChannel = (outcome: Outcome): boolean =>
  (outcome.kind === 'retry' && outcome.scope === 'channel') || outcome.kind === 'stop'

async function sendOne(
  settings: SmsSettings,
  template: unknown,
  { key, message }: { key: string; message: TextMessage },
  deadline: AbortSignal,
): Promise<Outcome> {
  const { deliveryId: reference, to, text } = message
  const body = JSON.stringify(filled(template, { to, from: settings.from ?? '', text, reference }))
  try {
    const response = await fetch(settings.url, {
      method: 'POST',
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        // The same for every time this batch is asked for, another when the message is tried anew.
        'idempotency-key': `${key}:${reference}`,
        ...(settings.authorization === null ? {} : { authorization: settings.authorization }),
      },
      body,
      signal: deadline,
    })
    return outcomeOf(response, await response.text(), settings.idAt)
  } catch (fault) {
    const why = scrubbed(messageOf(fault)).slice(0, 300)
    // Nobody answered the call: nothing was said. A provider that promises once is simply asked again.
    return neverReached(fault) && !settings.promisesOnce ? { kind: 'retry', scope: 'channel', why } : { kind: 'unclear', why } // prettier-ignore
  }
}

/** The template with its words in place; they are put into strings and can become nothing else. */
function filled(template: unknown, words: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => words[name] ?? '') // prettier-ignore
  if (Array.isArray(template)) return template.map((one) => filled(one, words))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, filled(value, words)]))
}

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

function neverReached(fault: unknown): boolean {
  const cause = fault instanceof Error ? fault.cause : null
  return typeof cause === 'object' && cause !== null && 'code' in cause && unreachable.has(String(cause.code))
}

/** What providers say of a number that no SMS can reach. */
const ofNumber = /(?:invalid|unknown|unreachable|not a (?:valid|mobile)|landline|absent|undeliverable)[^.]{0,40}(?:number|recipient|destination|subscriber|phone|\bto\b)|(?:number|recipient|destination|subscriber|phone)[^.]{0,40}(?:invalid|unknown|unreachable|not (?:valid|mobile)|landline)/i // prettier-ignore
const optedOut = /opt(?:ed)?[ _-]?out|unsubscribed|blacklist|block ?list|stop(?:ped)? by (?:the )?recipient/i

/** What an answer means. A 5xx may have been taken, and so may a half answer; every other refusal left nothing. */
function outcomeOf(response: Response, body: string, idAt: string): Outcome {
  const { status } = response
  const why = `${status}: ${scrubbed(body).replaceAll(/\s+/g, ' ').slice(0, 250)}`
  if (response.ok) {
    const answer = parsed(body)
    if (answer === undefined && body !== '') return { kind: 'unclear', why: 'half an answer' }
    if (idAt === 'none') return { kind: 'sent', providerId: null }
    const id = valueAt(answer, idAt)
    if (typeof id === 'number' || (typeof id === 'string' && id !== '')) return { kind: 'sent', providerId: String(id) }
    return { kind: 'unclear', why: `an answer without an id at ${idAt} (SMS_ID): ${why}`.slice(0, 300) }
  }
  if (status >= 500 || status === 408 || status === 409 || status < 400) return { kind: 'unclear', why }
  if (status === 429) {
    const afterMs = Number(response.headers.get('retry-after') ?? Number.NaN) * 1_000
    return { kind: 'retry', scope: 'channel', why, ...(afterMs > 0 ? { afterMs } : {}) }
  }
  if ([401, 402, 403].includes(status))
    return { kind: 'stop', of: 'channel', why: `the provider does not let us send (${why})` }
  if (optedOut.test(body)) return { kind: 'unwanted', why }
  return ofNumber.test(body) ? { kind: 'undeliverable', why } : { kind: 'refused', why, addressDead: false }
}

/** What a path leads to in JSON: `messages.0.id`. */
export const valueAt = (json: unknown, path: string): unknown =>
  path.split('.').reduce((at, step) => (typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined), json) // prettier-ignore

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
