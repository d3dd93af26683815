import { setTimeout as pause } from 'node:timers/promises'
import type { TextChannel } from '#campaigns/channel.ts'
import { whatsappChannel } from '#campaigns/channels/whatsapp.ts'
import { metaGraph } from '#campaigns/channels/whatsapp-graph.ts'
import { openLetters } from '#campaigns/whatsapp/letters.ts'
import type { WhatsAppAccount } from '#campaigns/whatsapp/meta.ts'
import { whatsappRoom } from '#campaigns/whatsapp/number.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import type { Db } from '#kernel/db.ts'

/** What sending by WhatsApp takes of the settings; null until all of it is set. */
function settingsOf(config: Config): { token: string; account: string; number: string; baseUrl: string } | null {
  const { WHATSAPP_TOKEN: token, WHATSAPP_ACCOUNT_ID: account, WHATSAPP_NUMBER_ID: number } = config
  if (token === undefined || account === undefined || number === undefined) return null
  return { token, account, number, baseUrl: config.WHATSAPP_BASE_URL }
}

/** The account and number that messages leave from; null where nothing is set up. */
export function whatsappIdsOf(config: Config): { account: string; number: string } | null {
  const settings = settingsOf(config)
  return settings && { account: settings.account, number: settings.number }
}

/** The account and number, and the way to ask Meta about them; null where nothing is set up. */
export function whatsappAccountOf(config: Config, clock: Clock): WhatsAppAccount | null {
  const settings = settingsOf(config)
  return settings && { ...settings, meta: metaGraph({ ...settings, clock, pause: (ms) => pause(ms) }) }
}

/** The way out by WhatsApp; null where nothing is set up. */
export function whatsappChannelOf(config: Config, clock: Clock, db: Db): TextChannel | null {
  const settings = settingsOf(config)
  if (settings === null) return null
  const { account, number } = settings
  const whatsapp = { account, number }
  return whatsappChannel({
    ...settings,
    letters: openLetters({ db, clock, whatsapp }),
    room: (tx, asked) => whatsappRoom(tx, whatsapp, { ...asked, zone: config.BUSINESS_ZONE }),
  })
}
