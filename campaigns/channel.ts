import type { Tx } from '#kernel/db.ts'
import type { DeliveryId, Hash } from '#kernel/ids.ts'
import type { Parts } from './bytes.ts'
import type { CampaignDefinition } from './definition.ts'
import type { ShortLink } from './render/short-links.ts'

/** A mail ready to leave: one recipient, nothing to fill in. Headers carry no line break. */
export type Message = {
  deliveryId: DeliveryId
  messageId: string
  from: { name: string; address: string }
  replyTo: string | null
  to: string
  subject: string
  html: string
  text: string
  headers: Readonly<Record<string, string>>
  /** The same as MIME but for its Date, where it was compiled ahead: what `mimeOf` makes of it. */
  mime?: Parts
}

/** What a message that is no mail travels by; consent is given for each. */
export const textChannels = ['whatsapp', 'sms', 'telegram'] as const
export type TextChannelName = (typeof textChannels)[number]
export type ChannelName = 'email' | TextChannelName

/**
 * A message that is no mail, ready to leave: one recipient, every slot filled. `to` is a number in E.164, or the id of a
 * chat. `text` is what its reader reads, the way out and the link in it where its form has them there.
 */
export type TextMessage = {
  kind: 'text'
  deliveryId: DeliveryId
  to: string
  headline: string | null
  text: string
  /** `code`: of the short link to the same place, where it has one. */
  buttons: readonly { label: string; url: string; code?: string }[]
  /** Its short links, kept before it leaves. */
  shortLinks?: readonly ShortLink[]
  /** The approved copy it was made from: a template is known by it. */
  contentHash: Hash
  /** What stands in the slots, numbered from 1 through headline and text as `publishedText` numbers them. */
  parameters: readonly string[]
  /** Tries before this one. */
  attempts: number
}

/**
 * What became of one message.
 * `sent`: the other side took responsibility. `retry`: it certainly did not, and may later; `scope` says whether the
 * message or the whole channel was refused. `later`: its turn did not come in time, and this was no try of it. `refused`: it
 * never will; `addressDead` when the address is at fault. `unclear`: nobody can tell, as when the connection breaks between
 * the last byte and the answer. `undeliverable`: it certainly did not, and never will this way: the step's next channel is
 * tried, where it has one. `unwanted`: its reader shut this channel to us, and is never written to by it again. `stop`: it
 * certainly did not, and nothing more of the campaign, or of the whole channel, may leave until a person says so; the row
 * stays planned.
 */
export type Outcome =
  | { kind: 'sent'; providerId: string | null }
  | { kind: 'retry'; scope: 'message' | 'channel'; why: string; afterMs?: number }
  | { kind: 'later'; why: string }
  | { kind: 'refused'; why: string; addressDead: boolean }
  | { kind: 'unclear'; why: string }
  | { kind: 'undeliverable'; why: string }
  | { kind: 'unwanted'; why: string }
  | { kind: 'stop'; of: 'campaign' | 'channel'; why: string }

/** Messages that leave together. The same key means the same messages in the same order. */
export type Batch<M = Message> = { key: string; messages: readonly M[] }

type WayOut<M> = {
  readonly name: string
  /** Most messages of a batch: they stand `sending` together, so a kill leaves at most so many times `atOnce` rows `unknown`. */
  readonly maxBatch: number
  /** Batches that may be on their way together, one unless told. */
  readonly atOnce?: number
  /** True when sending a batch again under its key sends nobody anything twice. */
  readonly idempotent: boolean
  /** How long the other side surely remembers a key, in milliseconds; an hour unless told. */
  readonly remembersMs?: number
  /**
   * One outcome a message, in order. At the deadline what waits for its turn is given back: as `later` where the channel knows
   * that the other side is only slow, else as `retry`. What is being told may be answered for `answerMs` longer, not at all
   * unless told, and is `unclear` then.
   */
  readonly send: (batch: Batch<M>, deadline: AbortSignal, answerMs?: number) => Promise<Outcome[]>
  readonly close: () => Promise<void>
}

/** A way out of the house for mail. It never throws for what the other side does; it tells it as an outcome for each message. */
export type Channel = WayOut<Message> & { readonly carries?: 'email' }

/**
 * A way out for messages that are no mail. `room` is asked in the transaction of each claim, before rows are taken: it reads
 * what the house knows and asks nobody outside.
 */
export type TextChannel = WayOut<TextMessage> & {
  readonly carries: TextChannelName
  readonly room?: (tx: Tx, asked: { definition: CampaignDefinition; at: Date }) => Promise<Room>
}

/** How many messages a channel takes now, and which steps it does not take, each with why in words. `why` of `most`, where it binds. */
export type Room = { most: number; why: string | null; held: ReadonlyMap<string, string> }

export type AnyChannel = Channel | TextChannel
export type AnyMessage = Message | TextMessage

export const carriedBy = (channel: AnyChannel): ChannelName => channel.carries ?? 'email'

export const isTextChannel = (channel: AnyChannel): channel is TextChannel => carriedBy(channel) !== 'email'

/** Sends a batch that was rendered for this channel. */
export function handOver(
  channel: AnyChannel,
  batch: Batch<AnyMessage>,
  deadline: AbortSignal,
  answerMs = 0,
): Promise<Outcome[]> {
  const { key, messages } = batch
  const texts = messages.filter((message): message is TextMessage => 'kind' in message)
  const mails = messages.filter((message): message is Message => !('kind' in message))
  if ((isTextChannel(channel) ? mails : texts).length > 0)
    throw new Error(`Messages of another kind were rendered for ${channel.name}: this is a fault of the house`)
  return isTextChannel(channel)
    ? channel.send({ key, messages: texts }, deadline, answerMs)
    : channel.send({ key, messages: mails }, deadline, answerMs)
}
