import type { EventEmitter } from 'node:events'
import { resendWebhook } from '#campaigns/channels/resend-events.ts'
import { whatsappHears } from '#campaigns/channels/whatsapp-webhook.ts'
import type { News } from '#campaigns/tell-people.ts'
import type { IngestDeps } from '#ingest/run.ts'
import { stripeApi } from '#ingest/sources/stripe-api.ts'
import { stripeWebhook } from '#ingest/sources/stripe-webhook.ts'
import { whatsappWebhook } from '#ingest/sources/whatsapp-webhook.ts'
import type { Config } from '#kernel/config.ts'
import { stripeSettings } from './wire-sources.ts'
import { textWebhooksOf } from './wire-texts.ts'

// What providers call the house with.

type Webhook = (request: Request) => Promise<Response>

/** By the last part of their path, `/webhooks/NAME`. */
export type Webhooks = Readonly<Record<string, Webhook>>

/** Whoever calls must be able to sign: only what has a secret is there. */
export function webhooksOf(
  config: Config,
  ingest: IngestDeps,
  { news, tell }: { news: EventEmitter<{ taken: [] }>; tell: (news: News) => Promise<void> },
): Webhooks {
  const { RESEND_WEBHOOK_SECRET: resend, SECOND_RESEND_WEBHOOK_SECRET: second } = config
  const { STRIPE_WEBHOOK_SECRET: stripeSecret } = config
  const { WHATSAPP_APP_SECRET: appSecret, WHATSAPP_VERIFY_TOKEN: verifyToken } = config
  const settings = stripeSettings(config, ingest.clock)
  // Stripe waits for the answer, and repeats what was not taken: no use in patience.
  const api = settings && stripeApi({ ...settings, attempts: 2, timeoutMs: 8_000 })
  const telling =
    (handle: Webhook): Webhook =>
    async (request) => {
      const answer = await handle(request)
      if (request.method === 'POST' && answer.ok) news.emit('taken')
      return answer
    }
  return {
    ...Object.fromEntries(Object.entries(textWebhooksOf(config, ingest, tell)).map(([name, handle]) => [name, telling(handle)])),
    ...(resend === undefined ? {} : { resend: resendWebhook(ingest, resend) }),
    ...(second === undefined ? {} : { 'second-resend': resendWebhook(ingest, second) }),
    ...(stripeSecret === undefined ? {} : { stripe: telling(stripeWebhook(ingest, { secret: stripeSecret, api })) }),
    ...(appSecret === undefined || verifyToken === undefined ? {} : { whatsapp: telling(whatsappHears({ ...ingest, tell }, (alongside) => whatsappWebhook(ingest, { appSecret, verifyToken }, alongside))) }),
  } // prettier-ignore
}

/** The providers whose callbacks are taken, whichever of their ways out is live. */
export function callbacksTaken(config: Config): string[] {
  const secrets = {
    resend: config.RESEND_WEBHOOK_SECRET ?? config.SECOND_RESEND_WEBHOOK_SECRET,
    sms: config.SMS_WEBHOOK_SECRET ?? config.SECOND_SMS_WEBHOOK_SECRET,
    telegram: config.TELEGRAM_WEBHOOK_SECRET ?? config.SECOND_TELEGRAM_WEBHOOK_SECRET,
    whatsapp: config.WHATSAPP_VERIFY_TOKEN && config.WHATSAPP_APP_SECRET,
  }
  return Object.entries(secrets).flatMap(([name, secret]) => (secret === undefined ? [] : [name]))
}
