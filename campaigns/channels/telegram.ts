import type { Api, GrammyError, HttpError } from 'grammy'
import type { InlineKeyboardMarkup } from 'grammy/types'
import { messageOf } from '#kernel/errors.ts'
import { scrubbed } from '#kernel/log.ts'
import type { Batch, Outcome, TextChannel, TextMessage } from '../channel.ts'
import type { TelegramBot } from '../telegram/bot.ts'

export type TelegramSettings = { token: string; baseUrl: string }

/** Telegram takes about thirty messages a second of a bot, https://core.telegram.org/bots/faq#my-bot-is-hitting-limits */
const atATime = 10

/** Without an answer in this time there will be none. */
const patienceSeconds = 20

/** Opened when it is first needed: whoever writes to nobody does without its twenty megabytes. */
function apiOf({ token, baseUrl }: TelegramSettings): () => Promise<Api> {
  let opened: Promise<Api> | undefined
  return () =>
    (opened ??= import('grammy').then(
      (grammy) => new grammy.Api(token, { apiRoot: baseUrl, timeoutSeconds: patienceSeconds }),
    ))
}

/** Messages of a bot into chats that people began. The Bot API promises nothing: what breaks off is unclear for good. */
export function telegramChannel(settings: TelegramSettings): TextChannel {
  const api = apiOf(settings)
  return {
    name: 'telegram',
    carries: 'telegram',
    maxBatch: 60,
    idempotent: false,
    send: async (batch, deadline) => sendAll(await api(), settings.token, batch, deadline),
    close: () => Promise.resolve(),
  }
}

/** The bot itself, for whoever sets it up. */
export function telegramBot(settings: TelegramSettings): TelegramBot {
  const api = apiOf(settings)
  return {
    name: async () => (await (await api()).getMe()).username,
    listen: async (url, secret) => {
      await (await api()).setWebhook(url, { secret_token: secret, allowed_updates: ['message', 'my_chat_member'] })
    },
  }
}

async function sendAll(
  api: Api,
  token: string,
  { messages }: Batch<TextMessage>,
  deadline: AbortSignal,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let next = 0
  // After a 429 nothing more is begun: who goes on asking waits longer.
  let shut: Outcome | null = null
  const lane = async (): Promise<void> => {
    while (next < messages.length) {
      const index = next++
      const outcome: Outcome = shut ?? (deadline.aborted ? late : await sendOne(api, token, messages[index]!, deadline))
      outcomes[index] = outcome
      if (outcome.kind === 'stop' || (outcome.kind === 'retry' && outcome.scope === 'channel')) shut ??= outcome
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, messages.length) }, lane))
  return outcomes
}

const late: Outcome = { kind: 'retry', scope: 'channel', why: 'its time was over before it began' }

async function sendOne(api: Api, token: string, message: TextMessage, deadline: AbortSignal): Promise<Outcome> {
  const inline_keyboard = message.buttons.map(({ label: text, url }) => [{ text, url }])
  const markup: { reply_markup?: InlineKeyboardMarkup } = inline_keyboard.length === 0 ? {} : { reply_markup: { inline_keyboard } } // prettier-ignore
  try {
    const sent = await Promise.race([api.sendMessage(message.to, message.text, markup), over(deadline)])
    if (sent === null) return { kind: 'unclear', why: 'no answer in time' }
    return { kind: 'sent', providerId: `${message.to}:${sent.message_id}` }
  } catch (fault) {
    return outcomeOf(fault, token)
  }
}

/** Null once the deadline is over; the request ends by its own patience soon after. */
const over = (deadline: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    deadline.addEventListener('abort', () => resolve(null), { once: true })
    if (deadline.aborted) resolve(null)
  })

/** https://core.telegram.org/bots/api#making-requests: what the other side said, or that it said nothing. */
function outcomeOf(fault: unknown, token: string): Outcome {
  // The token stands in the address of every request, and so in what the network says of it.
  const why = scrubbed(messageOf(isHttpError(fault) ? fault.error : fault).replaceAll(token, '…')).slice(0, 300)
  if (!isAnswer(fault)) return neverReached(fault) ? { kind: 'retry', scope: 'channel', why } : { kind: 'unclear', why } // prettier-ignore
  const { error_code: code, description, parameters } = fault
  if (code === 429) return { kind: 'retry', scope: 'channel', why: description, afterMs: (parameters.retry_after ?? 30) * 1_000 } // prettier-ignore
  if (code === 401 || code === 404) return { kind: 'stop', of: 'channel', why: `Telegram does not know the token (${description})` } // prettier-ignore
  // Who never began a chat with this bot did not shut it, nor did an account that is gone.
  if (code === 403) return { kind: /can't initiate|user is deactivated/i.test(description) ? 'undeliverable' : 'unwanted', why: description } // prettier-ignore
  if (code === 400) return /chat not found|user is deactivated|PEER_ID_INVALID/i.test(description) ? { kind: 'undeliverable', why: description } : { kind: 'refused', why: description, addressDead: false } // prettier-ignore
  return { kind: 'unclear', why: description }
}

const isAnswer = (fault: unknown): fault is GrammyError => fault instanceof Error && fault.name === 'GrammyError'
const isHttpError = (fault: unknown): fault is HttpError => fault instanceof Error && fault.name === 'HttpError'

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Nobody answered the call: nothing was said. */
function neverReached(fault: unknown): boolean {
  const cause = isHttpError(fault) ? fault.error : null
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return unreachable.has(code)
}
