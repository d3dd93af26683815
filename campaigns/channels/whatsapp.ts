import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { codeOf, messageOf } from '#kernel/errors.ts'
import { scrubbed } from '#kernel/log.ts'
import type { Outcome, TextChannel, TextMessage } from '../channel.ts'
import { pairPauseMs, restMs, treatmentOf, type Treatment } from '../whatsapp/errors.ts'
import type { Answered, Letters, Payload } from '../whatsapp/letters.ts'
import { refusalOf } from './whatsapp-error.ts'

export type WhatsAppSettings = {
  token: string
  /** With the version of the API: https://graph.facebook.com/v24.0 */
  baseUrl: string
  /** The id of the number that messages leave from. */
  number: string
  letters: Letters
  room: NonNullable<TextChannel['room']>
  /** Most messages a second; Meta lets a number send 80, and that is shared with what comes in. */
  perSecond?: number
  /** How long Meta may take to answer, in milliseconds. */
  timeoutMs?: number
  random?: () => number
}

const lanes = 8
const secondMs = 1_000

/**
 * Messages by the WhatsApp Cloud API, one request each. Meta knows no key under which the same message could be asked for
 * twice: where its answer is lost, the outcome is `unclear`, and the message's webhook, which brings our own id back, tells.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages
 */
export function whatsappChannel(settings: WhatsAppSettings): TextChannel {
  const turn = turns(settings.perSecond ?? 70)
  return {
    name: 'whatsapp-cloud',
    carries: 'whatsapp',
    maxBatch: 100,
    idempotent: false,
    room: settings.room,
    send: ({ messages }, deadline) => sendAll(settings, turn, messages, deadline),
    close: () => Promise.resolve(),
  }
}

type Turn = (deadline: AbortSignal) => Promise<void>

async function sendAll(
  settings: WhatsAppSettings,
  turn: Turn,
  messages: readonly TextMessage[],
  deadline: AbortSignal,
): Promise<Outcome[]> {
  const { letters } = settings
  const written = await letters.write(messages).catch((fault: unknown) => messageOf(fault))
  if (typeof written === 'string')
    return messages.map(() => ({ kind: 'retry', scope: 'channel', why: `our own books could not be read: ${scrubbed(written).slice(0, 200)}` })) // prettier-ignore
  const answers: Answered[] = []
  const outcomes: Outcome[] = []
  let next = 0
  let ended: Outcome | null = null
  const lane = async (): Promise<void> => {
    for (let index = next++; index < messages.length; index = next++) {
      const [message, letter] = [messages[index]!, written[index]!]
      if (letter.kind === 'not-now') {
        outcomes[index] = letter.outcome
        continue
      }
      if (ended === null) await turn(deadline).catch(() => {})
      const stop: Outcome | null = ended ?? (deadline.aborted ? outOfTime : null)
      const answer = stop === null ? await sendOne(settings, message, letter, deadline) : { message, outcome: stop, treatment: null, code: null, opened: false } // prettier-ignore
      if (endsAll(answer.outcome)) ended ??= answer.outcome
      answers.push(answer)
      outcomes[index] = answer.outcome
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, messages.length) }, lane))
  // What was sent is sent, whatever becomes of our books: a lost note costs a place or a rest, never a second message.
  await letters.note(answers).catch(() => {})
  return outcomes
}

const outOfTime: Outcome = { kind: 'retry', scope: 'channel', why: 'there was no time left to send it' }

/** What speaks of the whole number, or of the whole campaign, ends the batch: nobody else is tried. */
const endsAll = (outcome: Outcome): boolean =>
  outcome.kind === 'stop' || (outcome.kind === 'retry' && outcome.scope === 'channel')

async function sendOne(
  settings: WhatsAppSettings,
  message: TextMessage,
  { payload, otherwise }: { payload: Payload; otherwise: Payload | null },
  deadline: AbortSignal,
): Promise<Answered> {
  const first = await post(settings, message, payload, deadline)
  const answer = (said: Said, treatment: Treatment | null, opened: boolean): Answered => ({ message, outcome: said.outcome, treatment, code: said.code, opened }) // prettier-ignore
  if (first.treatment !== 'template' || otherwise === null) return answer(first, first.treatment, false)
  // The conversation was closed after all: the template opens it.
  const second = await post(settings, message, otherwise, deadline)
  return answer(second, second.treatment ?? 'template', true)
}

type Said = { outcome: Outcome; treatment: Treatment | null; code: number | null }

const takenShape = z.looseObject({ messages: z.array(z.looseObject({ id: z.string().min(1) })).min(1) })

async function post(
  settings: WhatsAppSettings,
  message: TextMessage,
  payload: Payload,
  deadline: AbortSignal,
): Promise<Said> {
  const { token, baseUrl, number, timeoutMs = 30 * secondMs } = settings
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: message.to,
    ...payload,
    // Comes back with every status, so that it finds its ledger row though the answer was lost.
    biz_opaque_callback_data: message.deliveryId,
  }
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/${number}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // Another host must not be handed the token.
      redirect: 'manual',
      signal: AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)]),
    })
    return saidBy(settings, message, response.status, await response.text())
  } catch (fault) {
    return { treatment: null, code: null, outcome: outcomeOfFault(fault) }
  }
}

/** Where no connection came about, nothing left; everything else is unclear. */
function outcomeOfFault(fault: unknown): Outcome {
  const cause = fault instanceof Error ? fault.cause : undefined
  const neverLeft = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(codeOf(cause) ?? '')
  const why = scrubbed(`Meta did not answer: ${messageOf(cause ?? fault)}`).slice(0, 300)
  return neverLeft ? { kind: 'retry', scope: 'channel', why } : { kind: 'unclear', why }
}

function saidBy(settings: WhatsAppSettings, message: TextMessage, status: number, text: string): Said {
  const json = parsed(text)
  if (status >= 200 && status < 300) {
    const taken = takenShape.safeParse(json)
    const outcome: Outcome = taken.success
      ? { kind: 'sent', providerId: taken.data.messages[0]!.id }
      : { kind: 'unclear', why: 'Meta’s answer was cut, or is none' }
    return { outcome, treatment: null, code: null }
  }
  if (status < 400 || status === 408) {
    const why = `Meta answered ${status}`
    return { outcome: status === 408 ? { kind: 'unclear', why } : { kind: 'retry', scope: 'channel', why: `${why}: is WHATSAPP_BASE_URL right?` }, treatment: null, code: null } // prettier-ignore
  }
  const refusal = refusalOf(json)
  const code = refusal?.code ?? null
  const { treatment, words } = treatmentOf(code ?? -1, status, refusal?.subcode)
  const why = code === null ? `Meta answered ${status}` : `${words} (Meta’s code ${code})`
  return { outcome: outcomeBy[treatment]({ why, message, random: settings.random ?? Math.random }), treatment, code }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const closedForMs = 3_600 * secondMs

type Refused = { why: string; message: TextMessage; random: () => number }

/** What an error comes to for its message; all of them say that it certainly did not leave, but one. */
const outcomeBy: Readonly<Record<Treatment, (refused: Refused) => Outcome>> = {
  next: ({ why }) => ({ kind: 'undeliverable', why }),
  suppress: ({ why }) => ({ kind: 'unwanted', why }),
  'stop-number': ({ why }) => ({ kind: 'stop', of: 'channel', why }),
  'sign-in': ({ why }) => ({ kind: 'stop', of: 'channel', why: `${why}; set WHATSAPP_TOKEN, then let the channel go on` }), // prettier-ignore
  'stop-campaign': ({ why }) => ({ kind: 'stop', of: 'campaign', why }),
  // Several processes that were told so at once must not come back at once.
  'slow-down': ({ why, random }) => ({ kind: 'retry', scope: 'channel', why, afterMs: Math.round(60 * secondMs * (1 + random())) }), // prettier-ignore
  pair: ({ why, message }) => ({ kind: 'retry', scope: 'message', why, afterMs: pairPauseMs(message.attempts) }),
  rest: ({ why }) => ({ kind: 'retry', scope: 'message', why, afterMs: restMs }),
  template: ({ why }) => ({ kind: 'retry', scope: 'message', why, afterMs: closedForMs }),
  again: ({ why }) => ({ kind: 'retry', scope: 'message', why }),
  unclear: ({ why }) => ({ kind: 'unclear', why }),
  never: ({ why }) => ({ kind: 'refused', why, addressDead: false }),
}

/** Hands out places in a second, evenly spaced, to all batches of this process together. */
function turns(perSecond: number): Turn {
  let next = 0
  return async (deadline) => {
    const now = performance.now()
    const mine = Math.max(now, next)
    next = mine + secondMs / perSecond
    if (mine > now) await sleep(mine - now, undefined, { signal: deadline })
  }
}
