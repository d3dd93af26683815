import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { ChannelName, TextChannelName } from '../channel.ts'
import { copiesOf, type CampaignDefinition, type Sender } from '../definition.ts'
import type { Members } from '../journeys/enrol.ts'
import type { LinkSettings } from '../render/message.ts'
import type { Dns } from './dns.ts'
import type { Finding } from './finding.ts'
import type { TelegramBot } from '../telegram/bot.ts'
import type { WaysOut } from '../way-out/configuration.ts'
import type { Outlet } from './outlet.ts'
import type { RealMessage } from './real-message.ts'

/** What a preflight stands on; app/wire.ts fills it. */
export type PreflightSettings = {
  dns: Dns
  /** Where mail leaves as the settings have it. */
  outlet: Outlet
  /** What messages can be switched to, mail and others. */
  ways?: Pick<WaysOut, 'secrets' | 'outlet' | 'texts'>
  links: LinkSettings
  /** The business's IANA zone. */
  zone: string
  /** Selectors of the DKIM keys that mail is signed with, where the settings name them. */
  selectors: readonly string[]
  /** The address that mail leaves from, where the settings name it. */
  sendingAddress: string | null
  /** Hosts that links of messages may lead to without a question. */
  ownHosts: readonly string[]
  /** Providers whose callbacks are taken. */
  webhooks: readonly string[]
  /** Channels beside mail whose other side is a server on this machine, for trying things out. */
  sinks?: readonly TextChannelName[]
  /** The bot that writes to people by Telegram, where there is one. */
  bot?: Pick<TelegramBot, 'name'> | null
  /** The account and number that WhatsApp leaves from, where it is set up. */
  whatsapp?: { account: string; number: string } | null
  /** Asks a web server, this house's own above all. */
  fetch: typeof fetch
}

/** What a point is asked about. */
export type Subject = PreflightSettings & {
  db: Db
  clock: Clock
  members: Members
  sender: Sender
  /** The domain of the sender. */
  domain: string
  /** Null where the whole house is asked about, and no campaign. */
  definition: CampaignDefinition | null
  /** The last message that really arrived from this domain, and was read here. */
  received: RealMessage | null
}

/** One of the 24 points. */
export type Point = {
  id: string
  what: string
  /** The channels it speaks of; a campaign that goes by none of them is not asked. Left out: it speaks of every campaign. */
  channels?: readonly ChannelName[]
  /** Whether it asks about the way mail takes outside: of a sink on this machine there is nothing to ask. */
  outside: boolean
  run: (subject: Subject) => Promise<Finding> | Finding
}

const names: Readonly<Record<ChannelName, string>> = { email: 'e-mail', whatsapp: 'WhatsApp', sms: 'SMS', telegram: 'Telegram' } // prettier-ignore

/** What people call a channel. */
export const inWords = (channels: readonly ChannelName[]): string => channels.map((name) => names[name]).join(' or ')

/** By what a campaign sends, each once; of the whole house: mail, and nothing is known of the rest. */
export const channelsAsked = ({ definition }: Pick<Subject, 'definition'>): ChannelName[] =>
  definition === null ? ['email'] : [...new Set(copiesOf(definition).map(({ channel }) => channel))]
