import { smsChannel } from '#campaigns/channels/sms.ts'
import { fieldsFrom, smsWebhook } from '#campaigns/channels/sms-webhook.ts'
import { telegramBot, telegramChannel } from '#campaigns/channels/telegram.ts'
import { telegramWebhook } from '#campaigns/channels/telegram-webhook.ts'
import type { TextChannel } from '#campaigns/channel.ts'
import type { News } from '#campaigns/tell-people.ts'
import type { TelegramBot } from '#campaigns/telegram/bot.ts'
import { receivedTexts } from '#ingest/sources/received-texts.ts'
import type { IngestDeps } from '#ingest/run.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import type { Db } from '#kernel/db.ts'
import { whatsappChannelOf } from './wire-whatsapp.ts'

// The ways out of the house that are no mail, and what comes back by them.

/** Every channel that the settings give access to. */
export function textChannelsOf(config: Config, clock: Clock, db: Db): TextChannel[] {
  const sms = smsOf(config)
  const telegram = telegramOf(config)
  const all = [whatsappChannelOf(config, clock, db), sms && smsChannel(sms), telegram && telegramChannel(telegram)]
  return all.filter((channel) => channel !== null)
}

function smsOf(config: Config): Parameters<typeof smsChannel>[0] | null {
  const { SMS_URL: url, SMS_AUTHORIZATION: authorization = null, SMS_FROM: from = null, SMS_BODY: body } = config
  if (url === undefined) return null
  return { url, authorization, from, body, idAt: config.SMS_ID, promisesOnce: config.SMS_PROMISES_ONCE === 'yes' }
}

function telegramOf({ TELEGRAM_BOT_TOKEN: token, TELEGRAM_BASE_URL: baseUrl }: Config) {
  return token === undefined ? null : { token, baseUrl }
}

/** The bot, or null where there is none. */
export function telegramBotOf(config: Config): TelegramBot | null {
  const settings = telegramOf(config)
  return settings && telegramBot(settings)
}

type Webhook = (request: Request) => Promise<Response>

/** What providers and people tell; only what has a secret is there. */
export function textWebhooksOf(
  config: Config,
  ingest: IngestDeps,
  tell: (news: News) => Promise<void>,
): Record<string, Webhook> {
  const { SMS_WEBHOOK_SECRET: sms, TELEGRAM_WEBHOOK_SECRET: telegram } = config
  const fields = fieldsFrom(config.SMS_WEBHOOK_FIELDS)
  return {
    ...(sms === undefined ? {} : { sms: smsWebhook(ingest, { secret: sms, fields, source: receivedTexts('sms'), tell }) }),
    ...(telegram === undefined ? {} : { telegram: telegramWebhook({ ingest, business: config.BUSINESS_NAME, source: receivedTexts('telegram') }, telegram) }),
  } // prettier-ignore
}
