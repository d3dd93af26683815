import { setTimeout as pause } from 'node:timers/promises'
import { answersSms } from '#campaigns/channels/sms-answers.ts'
import { smsChannel, type SmsSettings } from '#campaigns/channels/sms.ts'
import { fieldsFrom, smsWebhook } from '#campaigns/channels/sms-webhook.ts'
import { telegramBot, telegramChannel, type TelegramSettings } from '#campaigns/channels/telegram.ts'
import { telegramWebhook } from '#campaigns/channels/telegram-webhook.ts'
import { metaGraph } from '#campaigns/channels/whatsapp-graph.ts'
import { whatsappChannel } from '#campaigns/channels/whatsapp.ts'
import { textChannels, type TextChannel, type TextChannelName } from '#campaigns/channel.ts'
import { isThisMachine } from '#campaigns/deliverability/outlet.ts'
import type { News } from '#campaigns/tell-people.ts'
import type { Asked, SecretName, TextSecret, TextWays } from '#campaigns/way-out/configuration.ts'
import { plainLetters } from '#campaigns/way-out/plain-letters.ts'
import { openLetters } from '#campaigns/whatsapp/letters.ts'
import type { WhatsAppAccount } from '#campaigns/whatsapp/meta.ts'
import { againstNumber, whatsappRoom } from '#campaigns/whatsapp/number.ts'
import { receivedTexts } from '#ingest/sources/received-texts.ts'
import type { IngestDeps } from '#ingest/run.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import type { Db } from '#kernel/db.ts'
import { liveBrand } from '#rag/brand/live-brand.ts'
import type { Language } from '#rag/guardrails/rule.ts'
import { brandSettings } from './brand.ts'

// The ways out of the house that are no mail, and what comes back by them.

/** Names a way in the ledger: what left by one account is never asked for again by another. */
const ledgerNames: Readonly<Record<TextSecret, string>> = {
  WHATSAPP_NUMBER_ID: 'whatsapp-cloud',
  SECOND_WHATSAPP_NUMBER_ID: 'second-whatsapp-cloud',
  SMS_URL: 'sms',
  SECOND_SMS_URL: 'second-sms',
  TELEGRAM_BOT_TOKEN: 'telegram',
  SECOND_TELEGRAM_BOT_TOKEN: 'second-telegram',
}

export type OpenTexts = TextWays & {
  /** Opens a way; null where its secret, or what belongs to it, is not set here. */
  open: (secret: TextSecret) => TextChannel | null
}

type Deps = { config: Config; clock: Clock; db: Db }

const named = (secret: TextSecret, channel: TextChannel | null): TextChannel | null =>
  channel && { ...channel, name: ledgerNames[secret] }

/** The ways that the settings give access to. */
export function openTexts(deps: Deps): OpenTexts {
  return {
    open: (secret) => named(secret, channelBy(deps, secret, 'ledger')),
    forTest: (secret) => named(secret, channelBy(deps, secret, 'test')),
    ask: (secret) => ask(deps, secret),
    number: (secret) => numberBy(deps, secret),
    bot: (secret) => {
      const settings = telegramOf(deps.config, secret)
      return settings && telegramBot(settings)
    },
  }
}

function channelBy({ config, clock, db }: Deps, secret: TextSecret, purpose: 'ledger' | 'test'): TextChannel | null {
  const [sms, telegram, whatsapp] = [smsOf(config, secret), telegramOf(config, secret), whatsappOf(config, secret)]
  if (sms) return smsChannel(sms)
  if (telegram) return telegramChannel(telegram)
  return (
    whatsapp &&
    whatsappChannel({
      ...whatsapp,
      letters: purpose === 'test' ? plainLetters : openLetters({ db, clock, whatsapp }),
      room: (tx, asked) => whatsappRoom(tx, whatsapp, { ...asked, zone: config.BUSINESS_ZONE }),
    })
  )
}

function smsOf(config: Config, secret: SecretName): SmsSettings | null {
  if (secret !== 'SMS_URL' && secret !== 'SECOND_SMS_URL') return null
  const url = config[secret]
  if (url === undefined) return null
  if (secret === 'SMS_URL') {
    const { SMS_AUTHORIZATION: authorization = null, SMS_FROM: from = null, SMS_BODY: body, SMS_ID: idAt } = config
    return { url, authorization, from, body, idAt, promisesOnce: config.SMS_PROMISES_ONCE === 'yes' }
  }
  const { SECOND_SMS_AUTHORIZATION: authorization = null, SECOND_SMS_FROM: from = null, SECOND_SMS_BODY: body, SECOND_SMS_ID: idAt } = config // prettier-ignore
  return { url, authorization, from, body, idAt, promisesOnce: config.SECOND_SMS_PROMISES_ONCE === 'yes' }
}

function telegramOf(config: Config, secret: SecretName): TelegramSettings | null {
  if (secret !== 'TELEGRAM_BOT_TOKEN' && secret !== 'SECOND_TELEGRAM_BOT_TOKEN') return null
  const token = config[secret]
  return token === undefined ? null : { token, baseUrl: config.TELEGRAM_BASE_URL }
}

type WhatsAppIds = { token: string; account: string; number: string; baseUrl: string }

function whatsappOf(config: Config, secret: SecretName): WhatsAppIds | null {
  if (secret !== 'WHATSAPP_NUMBER_ID' && secret !== 'SECOND_WHATSAPP_NUMBER_ID') return null
  const { WHATSAPP_TOKEN: token, WHATSAPP_ACCOUNT_ID: account, WHATSAPP_BASE_URL: baseUrl } = config
  const number = config[secret]
  if (token === undefined || account === undefined || number === undefined) return null
  return { token, account, number, baseUrl }
}

function numberBy({ config, clock }: Deps, secret: SecretName): WhatsAppAccount | null {
  const ids = whatsappOf(config, secret)
  return ids && { account: ids.account, number: ids.number, meta: metaGraph({ ...ids, clock, pause: (ms) => pause(ms) }) } // prettier-ignore
}

async function ask(deps: Deps, secret: TextSecret): Promise<Asked> {
  const { config } = deps
  const [sms, telegram, number] = [smsOf(config, secret), telegramOf(config, secret), numberBy(deps, secret)]
  if (sms) return answersSms(sms)
  if (telegram) return askTelegram(telegram)
  if (!number) return { kind: 'refuses', words: `${secret}, or what belongs to it, is not set here` }
  const told = await number.meta.number()
  if (told.kind === 'refused') return { kind: 'refuses', words: `Meta does not let us use the number (${told.why})` }
  const { shown, status, quality } = told.number
  const against = againstNumber(told.number)
  return against === null
    ? { kind: 'answers', words: `Meta knows ${shown}: ${status}, quality ${quality}` }
    : { kind: 'refuses', words: against }
}

/** Text channels that lead to servers of this machine alone, where somebody tries things out. */
export function textSinksOf(config: Config): TextChannelName[] {
  const { SMS_URL: sms, SECOND_SMS_URL: second, TELEGRAM_BASE_URL: telegram, WHATSAPP_BASE_URL: whatsapp } = config
  const sides = { sms: [sms, second], telegram: [telegram], whatsapp: [whatsapp] }
  return textChannels.filter((name) => {
    const urls = sides[name].flatMap((url) => url ?? [])
    return urls.length > 0 && urls.every((url) => isThisMachine(url))
  })
}

/** The token stands in the address of every request: whatever the network says of one is not passed on. */
const askTelegram = (settings: TelegramSettings): Promise<Asked> =>
  telegramBot(settings)
    .name()
    .then(
      (name) => ({ kind: 'answers', words: `Telegram knows it as @${name}` }),
      () => ({ kind: 'refuses', words: 'Telegram does not know the token, or does not answer' }),
    )

type Webhook = (request: Request) => Promise<Response>

/** What providers and people tell; only what has a secret is there. */
export function textWebhooksOf(
  config: Config,
  ingest: IngestDeps,
  tell: (news: News) => Promise<void>,
): Record<string, Webhook> {
  const sms = (secret: string, fields: string, sender: string): Webhook =>
    smsWebhook(ingest, { secret, fields: fieldsFrom(fields), source: receivedTexts('sms'), tell, sender })
  const telegram = (secret: string): Webhook =>
    telegramWebhook({ ingest, business: config.BUSINESS_NAME, language: () => languageOfBrand(config, ingest), source: receivedTexts('telegram') }, secret) // prettier-ignore
  const { SMS_WEBHOOK_SECRET: firstSms, SECOND_SMS_WEBHOOK_SECRET: secondSms } = config
  const { TELEGRAM_WEBHOOK_SECRET: firstBot, SECOND_TELEGRAM_WEBHOOK_SECRET: secondBot } = config
  return {
    ...(firstSms === undefined ? {} : { sms: sms(firstSms, config.SMS_WEBHOOK_FIELDS, ledgerNames.SMS_URL) }),
    ...(secondSms === undefined
      ? {}
      : { 'second-sms': sms(secondSms, config.SECOND_SMS_WEBHOOK_FIELDS, ledgerNames.SECOND_SMS_URL) }),
    ...(firstBot === undefined ? {} : { telegram: telegram(firstBot) }),
    ...(secondBot === undefined ? {} : { 'second-telegram': telegram(secondBot) }),
  }
}

/** What people are spoken to in whose own language is not known. */
async function languageOfBrand(config: Config, { db, clock }: IngestDeps): Promise<Language> {
  const { profile } = await liveBrand({ db, clock, settings: brandSettings(config) })
  return profile.language ?? 'en'
}
