import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { Hash, IdentifierId } from '#kernel/ids.ts'
import { canonicalPhone } from '#ingest/cleanse/phone.ts'
import { suppress } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { takePushed } from '#ingest/push.ts'
import type { IngestDeps } from '#ingest/run.ts'
import type { Source } from '#ingest/source.ts'
import { joinChannel, leaveChannel } from '../heard/leave-channel.ts'
import { selectJoined, selectTelegramLink, useTelegramLink, type LinkFor } from '../queries/telegram.ts'
import { asksToStop } from '../heard/stop-words.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import { telegramWords, tokenDigest } from './invite.ts'
import { languageTold, telegramHouseWords, type TelegramWords } from './words.ts'

const chat = z.object({ id: z.number(), type: z.string() })
const sender = z.object({
  id: z.number(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  language_code: z.string().optional(),
})

/** https://core.telegram.org/bots/api#update: what of it is ours to know. */
const update = z.object({
  message: z
    .object({
      message_id: z.number(),
      date: z.number(),
      chat,
      from: sender.optional(),
      text: z.string().optional(),
      contact: z.object({ phone_number: z.string(), user_id: z.number().optional() }).optional(),
    })
    .optional(),
  my_chat_member: z.object({ date: z.number(), chat, new_chat_member: z.object({ status: z.string() }) }).optional(),
})
type Update = z.infer<typeof update>
type Heard = NonNullable<Update['message']>

/** What the bot says to it, in the answer to the webhook itself; null: nothing. */
export type Reply = { chat_id: number; text: string; reply_markup?: unknown } | null

export type UpdateDeps = {
  ingest: IngestDeps
  source: Source
  business: string
  /** What the bot speaks to people whose own language it does not; English where nothing is told. */
  language?: () => Promise<Language>
}

const languageOf = async ({ language }: UpdateDeps, { from }: Heard): Promise<Language> =>
  languageTold(from?.language_code) ?? (await language?.()) ?? 'en'

const wordsFor = async (deps: UpdateDeps, message: Heard): Promise<TelegramWords> =>
  telegramHouseWords[await languageOf(deps, message)]

/**
 * What somebody did in the chat with our bot. /start by a link of ours ties the chat to the link's person, with the words
 * that stood beside it as their consent; /start without one says yes for the chat alone, shows the words that are kept as
 * consent, and asks for the number. /stop, or
 * a word that means it, ends it at once; so does whoever blocks the bot. Told twice, it comes to the same.
 */
export async function takeUpdate(deps: UpdateDeps, given: unknown): Promise<Reply> {
  const read = update.safeParse(given)
  if (!read.success) return null
  const { message, my_chat_member: member } = read.data
  if (member) await takeMembership(deps, member)
  if (!message || message.chat.type !== 'private') return null
  const start = /^\/start(?:@\w+)?(?:\s+([\w-]{1,64}))?\s*$/.exec(message.text ?? '')
  if (start) return start[1] === undefined ? startAlone(deps, message) : startByLink(deps, message, start[1])
  if (message.text !== undefined && (/^\/stop\b/.test(message.text) || asksToStop(message.text)))
    return stop(deps, message)
  if (message.contact && message.contact.user_id === message.from?.id)
    return takeNumber(deps, message, message.contact.phone_number)
  await take(deps, message, { type: 'text' })
  return null
}

const externalId = ({ chat: { id }, message_id: message }: Heard): string => `${id}:${message}`
const timeOf = (date: number): Date => new Date(date * 1_000)

type Alongside = (tx: Tx, identifierId: IdentifierId) => Promise<void>

/** Takes a message in, and what it means in the same transaction. */
async function take(
  { ingest, source }: UpdateDeps,
  message: Heard,
  as: { type: string; links?: readonly { kind: string; value: string }[] },
  alongside?: Alongside,
): Promise<void> {
  const { first_name: givenName, last_name: familyName } = message.from ?? {}
  const from = String(message.chat.id)
  const row = { id: externalId(message), ...as, from, at: timeOf(message.date).toISOString(), text: message.text, givenName, familyName } // prettier-ignore
  await takePushed(ingest, source, {
    name: 'webhook',
    body: Buffer.from(`${JSON.stringify(row)}\n`),
    alongside: async (tx) => {
      if (alongside) await alongside(tx, await chatIdentifier(tx, ingest.clock, from))
    },
  })
}

const chatIdentifier = async (tx: Tx, clock: Clock, chatId: string): Promise<IdentifierId> =>
  (await identifierIds(tx, clock, [{ kind: 'telegram', value: chatId }]))[0]!

const textChannel = 'telegram'

async function startByLink(deps: UpdateDeps, message: Heard, token: string): Promise<Reply> {
  const { db, clock } = deps.ingest
  const tokenHash = tokenDigest(token)
  const link = await selectTelegramLink(db, tokenHash, clock())
  if (!link || link.used || link.expired) {
    await take(deps, message, { type: 'start-refused' })
    return says(message, await whyNot(db, message, { link, words: await wordsFor(deps, message) }))
  }
  const links = [{ kind: link.kind, value: link.value }]
  await take(deps, message, { type: 'start', links }, async (tx, identifierId) => {
    // Of two who open one link at once the second is told again, and finds it used.
    if (!(await useTelegramLink(tx, tokenHash, clock()))) throw new Error('The link was used a moment ago')
    await join(deps, tx, { message, identifierId, basis: 'deep-link', textVersion: link.textVersion })
  })
  return welcome(deps, message)
}

/** The one who used a link opens it again: they are told that all is well, and nobody else is. */
async function whyNot(
  db: Db,
  message: Heard,
  { link, words }: { link: LinkFor | null; words: TelegramWords },
): Promise<string> {
  if (link?.used && (await selectJoined(db, String(message.chat.id)))) return words.onTheList
  return link ? words.spentLink : words.unknownLink
}

async function startAlone(deps: UpdateDeps, message: Heard): Promise<Reply> {
  const { hash: textVersion, text } = await telegramWords(deps.ingest, deps.business, await languageOf(deps, message))
  await take(deps, message, { type: 'start' }, (tx, identifierId) =>
    join(deps, tx, { message, identifierId, basis: 'started-the-bot', textVersion }),
  )
  return welcome(deps, message, text)
}

const join = (
  { ingest }: UpdateDeps,
  tx: Tx,
  { message, ...word }: { message: Heard; identifierId: IdentifierId; basis: string; textVersion: Hash },
): Promise<void> =>
  joinChannel(tx, ingest.clock, { ...word, channel: textChannel, externalId: externalId(message), at: timeOf(message.date) }) // prettier-ignore

async function stop(deps: UpdateDeps, message: Heard): Promise<Reply> {
  await take(
    deps,
    message,
    { type: 'stop' },
    (tx, identifierId) =>
    leaveChannel(tx, deps.ingest.clock, { channel: textChannel, identifierId, externalId: externalId(message), at: timeOf(message.date) }), // prettier-ignore
  )
  return says(message, (await wordsFor(deps, message)).ended)
}

async function takeNumber(deps: UpdateDeps, message: Heard, number: string): Promise<Reply> {
  const value = canonicalPhone(`+${number.replace(/^\+/, '')}`, undefined)
  await take(deps, message, { type: 'contact', ...(value === undefined ? {} : { links: [{ kind: 'phone', value }] }) })
  return { ...says(message, (await wordsFor(deps, message)).knowsYou), reply_markup: { remove_keyboard: true } }
}

/** Who blocks the bot wants no more; Telegram says so only once. */
async function takeMembership(
  { ingest: { db, clock } }: UpdateDeps,
  { chat: { id, type }, new_chat_member: { status }, date }: NonNullable<Update['my_chat_member']>,
): Promise<void> {
  if (type !== 'private' || status !== 'kicked') return
  await db.transaction(async (tx) => {
    const identifierId = await chatIdentifier(tx, clock, String(id))
    await suppress(tx, [{ identifierId, channel: textChannel, reason: 'blocked', occurredAt: timeOf(date) }])
  })
}

const says = ({ chat: { id } }: Heard, text: string) => ({ chat_id: id, text })

/** The number is asked for, never taken: by it we know a customer again. */
async function welcome(deps: UpdateDeps, message: Heard, agreed?: string): Promise<Reply> {
  const words = await wordsFor(deps, message)
  const lines = [words.welcome(deps.business), ...(agreed === undefined ? [] : [words.agreed(agreed)])]
  const keyboard = [[{ text: words.shareNumber, request_contact: true }]]
  return {
    ...says(message, lines.join('\n\n')),
    reply_markup: { keyboard, one_time_keyboard: true, resize_keyboard: true },
  }
}
