import type { Queryable } from '#kernel/db.ts'
import type { Channel } from '../channel.ts'
import type { Sender } from '../definition.ts'
import type { Outlet } from '../deliverability/outlet.ts'
import type { TelegramBot } from '../telegram/bot.ts'
import type { WhatsAppAccount } from '../whatsapp/meta.ts'
import { isMail, liveConfiguration, openMail, senderBy, type WaysOut } from './configuration.ts'

// What is live at this moment, for whoever stands outside the ledger: whoever sends from it is told the way by the claim.

/** Where mail leaves now. */
export async function outletNow(db: Queryable, ways: Pick<WaysOut, 'secrets' | 'outlet'>): Promise<Outlet> {
  const live = await liveConfiguration(db, ways, 'email')
  return live && isMail(live.configuration) ? ways.outlet(live.configuration.secret) : { kind: 'none' }
}

/** Who new messages are from: as the settings say, but for what the live configuration says. */
export async function senderNow(db: Queryable, settings: Sender | null): Promise<Sender | null> {
  const live = await liveConfiguration(db, { secrets: [] }, 'email')
  return live ? senderBy(live.configuration, settings) : settings
}

/** Mail by whatever way is live when it is sent: for the few messages that no ledger row stands behind, such as a sign-up's. */
export const mailNow = (db: Queryable, ways: WaysOut): Pick<Channel, 'send' | 'maxBatch'> => ({
  maxBatch: 50,
  send: async (batch, deadline) => {
    const live = await liveConfiguration(db, ways, 'email')
    const channel = live && openMail(ways, live.configuration)
    if (channel) return channel.send(batch, deadline)
    return batch.messages.map(() => ({ kind: 'retry', scope: 'channel', why: 'no way out is set' }))
  },
})

type Texts = Pick<WaysOut, 'secrets' | 'texts'>

/** The account, and the number that is live; null where nothing is set up. */
export async function whatsappNow(db: Queryable, ways: Texts): Promise<WhatsAppAccount | null> {
  const live = await liveConfiguration(db, ways, 'whatsapp')
  return live && ways.texts.number(live.configuration.secret)
}

/** The bot that is live when it is asked. Throws where its token is not set here. */
export function botNow(db: Queryable, ways: Texts): TelegramBot {
  const now = async (): Promise<TelegramBot> => {
    const live = await liveConfiguration(db, ways, 'telegram')
    const bot = live && ways.texts.bot(live.configuration.secret)
    if (!bot)
      throw new Error('The Telegram bot that is live needs a token that this process does not have: see Ways out')
    return bot
  }
  return {
    name: async () => (await now()).name(),
    listen: async (url, secret) => (await now()).listen(url, secret),
  }
}
