import { z } from 'zod'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, versionOf } from '#kernel/versions.ts'
import { isTextChannel, textChannels, type AnyChannel, type Channel, type ChannelName, type TextChannel } from '../channel.ts' // prettier-ignore
import { sender, type Sender } from '../definition.ts'
import type { Outlet } from '../deliverability/outlet.ts'
import type { TelegramBot } from '../telegram/bot.ts'
import type { WhatsAppAccount } from '../whatsapp/meta.ts'

/**
 * The settings that hold the secret of a way out, or name its other side, by channel and the preferred first: a configuration
 * names one, and never what is in it.
 */
export const secretNames = {
  email: ['RESEND_API_KEY', 'SMTP_URL', 'SECOND_RESEND_API_KEY', 'SECOND_SMTP_URL'],
  whatsapp: ['WHATSAPP_NUMBER_ID', 'SECOND_WHATSAPP_NUMBER_ID'],
  sms: ['SMS_URL', 'SECOND_SMS_URL'],
  telegram: ['TELEGRAM_BOT_TOKEN', 'SECOND_TELEGRAM_BOT_TOKEN'],
} as const satisfies Record<ChannelName, readonly string[]>
export type MailSecret = (typeof secretNames)['email'][number]
export type TextSecret = (typeof secretNames)['whatsapp' | 'sms' | 'telegram'][number]
export type SecretName = MailSecret | TextSecret

/** Every channel has two slots. */
export const configured: readonly ChannelName[] = ['email', ...textChannels]

/** The channel whose way a secret opens. */
export const channelOfSecret = (secret: SecretName): ChannelName =>
  configured.find((channel) => secretNames[channel].some((one) => one === secret))!

const mail = z.strictObject({
  secret: z.enum(secretNames.email),
  from: sender.shape.from.nullable().describe('Who messages of new campaigns are from; what is approved keeps its own'),
  replyTo: z.email().nullable(),
  connections: z.int().min(1).max(100).nullable().describe('Most connections to an SMTP server at once'),
  dailyCap: z.int().min(1).nullable().describe('Most e-mails of all campaigns in a day of the business zone'),
})
const text = z.strictObject({
  secret: z.enum([...secretNames.whatsapp, ...secretNames.sms, ...secretNames.telegram]),
})

/** How messages of a channel leave: a version of the kind `channel` under its name. What is null is as the settings have it. */
export const configurationSchema = z.union([mail, text])
export type MailConfiguration = z.infer<typeof mail>
export type TextConfiguration = z.infer<typeof text>
export type Configuration = MailConfiguration | TextConfiguration

export const isMail = (configuration: Configuration): configuration is MailConfiguration => 'from' in configuration

/** A configuration under its hash; of what the settings alone say there is no hash. */
export type Configured = { hash: Hash | null; configuration: Configuration }

/** What the other side of a way says when it is asked whether it knows us. */
export type Asked = { kind: 'answers' | 'refuses'; words: string }

/** What of a way out is known only where messages are no mail. */
export type TextWays = {
  /** The way for a message behind which no row of the ledger stands: its test. */
  forTest: (secret: TextSecret) => TextChannel | null
  /** Asks the other side whether it knows us. Nothing leaves. */
  ask: (secret: TextSecret) => Promise<Asked>
  /** The number that a way by WhatsApp leaves from. */
  number: (secret: SecretName) => WhatsAppAccount | null
  /** The bot that a way by Telegram leaves from. */
  bot: (secret: SecretName) => TelegramBot | null
}

/** The ways out that this process has the secrets of; app/wire-mail.ts and app/wire-texts.ts fill it. */
export type WaysOut = {
  /** The secrets that are set, the preferred of each channel first: where nothing was ever switched, it is the way out. */
  secrets: readonly SecretName[]
  /** Where a way for mail leads. */
  outlet: (secret: MailSecret) => Outlet
  /** Opens a way, or finds it open; null where its secret is not set here. */
  open: (configuration: Configuration) => AnyChannel | null
  texts: TextWays
}

const isMailSecret = (secret: SecretName): secret is MailSecret => secretNames.email.some((one) => one === secret)

/** The secrets that are set for a channel. */
export const secretsOf = ({ secrets }: Pick<WaysOut, 'secrets'>, channel: ChannelName): SecretName[] =>
  secrets.filter((secret) => channelOfSecret(secret) === channel)

export const impliedBy = (secret: SecretName): Configuration =>
  isMailSecret(secret) ? { secret, from: null, replyTo: null, connections: null, dailyCap: null } : { secret }

/** What is live of a channel; what the settings alone say where nothing was ever switched; null where no way out is set either. */
export async function liveConfiguration(
  db: Queryable,
  ways: Pick<WaysOut, 'secrets'>,
  channel: ChannelName,
): Promise<Configured | null> {
  const live = await liveVersion(db, 'channel', channel)
  if (live) return { hash: live.hash, configuration: configurationSchema.parse(live.body) }
  const [first] = secretsOf(ways, channel)
  return first === undefined ? null : { hash: null, configuration: impliedBy(first) }
}

/** The configuration of a hash. Throws where there is none: pointers and candidates name only what was registered. */
export async function configurationOf(db: Queryable, hash: Hash): Promise<Configuration> {
  const version = await versionOf(db, 'channel', hash)
  if (!version) throw new Error(`There is no channel configuration ${hash.slice(0, 12)}`)
  return configurationSchema.parse(version.body)
}

/** Who messages are from by a configuration: as the settings say, but for what it says. */
export const senderBy = (configuration: Configuration, settings: Sender | null): Sender | null =>
  settings && isMail(configuration)
    ? { ...settings, from: configuration.from ?? settings.from, replyTo: configuration.replyTo ?? settings.replyTo }
    : settings

/** The way of a configuration where it is one for mail. */
export function openMail(ways: Pick<WaysOut, 'open'>, configuration: Configuration): Channel | null {
  const channel = ways.open(configuration)
  return channel && !isTextChannel(channel) ? channel : null
}
