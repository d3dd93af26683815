import { z } from 'zod'
import { isCurrency } from './money.ts'

const isZone = (name: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

const isJson = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

/** `smtp=50,to:gmail=20`: names and numbers above nothing. */
const areRates = (text: string): boolean =>
  text === '' || text.split(',').every((one) => /^[\w.:-]+=\d+(\.\d+)?$/.test(one) && Number(one.split('=')[1]) > 0)

const url = z.url()
const smsBody = z
  .string()
  .refine(isJson, 'is no JSON')
  .default('{"to":"{{to}}","from":"{{from}}","text":"{{text}}","reference":"{{reference}}"}')
const smsFields = 'id=id,reference=reference,status=status,from=from,text=text,time=time'
const telegramSecret = z.string().regex(/^[\w-]{16,256}$/, 'is 16 or more letters, digits, - and _')
const optional = <T extends z.ZodType>(type: T) => type.optional()

/** Every setting of the house, grouped as in `.env.example`, which is generated from this. */
export const settings = z.object({
  MILLRACE_HOME: z.string().default('.millrace').describe('Data directory of the embedded engine'),
  DATABASE_URL: optional(url).describe('PostgreSQL 15 or newer with pgvector; empty = the embedded engine'),
  NEO4J_URI: optional(url).describe('Neo4j 5 (bolt:// or neo4j://); empty = the graph lives in PostgreSQL'),
  NEO4J_USER: z.string().default('neo4j'),
  NEO4J_PASSWORD: optional(z.string()),
  SECRET_KEY: optional(z.string().min(43)).describe(
    '32 random bytes, base64url; required with DATABASE_URL, else generated',
  ),

  BUSINESS_NAME: z.string().default('Your business'),
  BUSINESS_ZONE: z
    .string()
    .refine(isZone, 'is no IANA time zone, such as Europe/Amsterdam')
    .default('UTC')
    .describe('IANA time zone of bare dates'),
  BUSINESS_CURRENCY: z
    .string()
    .refine(isCurrency, 'is no ISO 4217 currency, such as EUR')
    .default('EUR')
    .describe('Currency of the reports'),
  BUSINESS_ADDRESS: z.string().default('').describe('Postal address in the footer of every message (required to send)'),
  BUSINESS_SITE: optional(url).describe('Your site; links in messages may lead there'),
  MESSAGES_PER_PERSON_PER_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .default(3)
    .describe('Most messages of all campaigns, by any channel, to one person in 24 hours, whatever a campaign says'),
  MESSAGES_PER_PERSON_PER_WEEK: z.coerce.number().int().min(1).default(10).describe('The same in seven days'),
  SENDING_RATES: z
    .string()
    .refine(areRates, 'is no list such as smtp=50,to:gmail=20')
    .default('')
    .describe(
      'Most messages a second of all workers, by channel (email), way out (smtp, resend, sms, …; second-smtp, … the other) or provider of mailboxes: smtp=50,to:gmail=20',
    ),

  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8787).describe('0 = any free port'),
  PUBLIC_URL: optional(url).describe('Where people reach this server: tracking and unsubscribe links lead there'),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),

  MAIL_FROM: optional(z.string()).describe('Sender, such as "Alder & Ash <hello@example.com>"'),
  REPLY_TO: optional(z.email()).describe('Where answers go; unless told, to the sender'),
  SMTP_URL: optional(url).describe(
    'smtp://user:password@host:587; with ?connections=10 no more than these at once, with ?tls=required never in clear, with ?fallback=other.host:587 another server of the same account for when the first lets nobody in',
  ),
  RESEND_API_KEY: optional(z.string()),
  RESEND_BASE_URL: url.default('https://api.resend.com'),
  RESEND_WEBHOOK_SECRET: optional(z.string()),
  SECOND_SMTP_URL: optional(url).describe('Another way out, to be tested and switched to while the first is live'),
  SECOND_RESEND_API_KEY: optional(z.string()).describe('The same at Resend: another account'),
  SECOND_RESEND_WEBHOOK_SECRET: optional(z.string()).describe(
    'Of that account, for the endpoint /webhooks/second-resend',
  ),
  MAIL_DKIM_SELECTOR: optional(z.string()).describe(
    'Under which your mail server’s DKIM key stands; checked, never used to sign',
  ),
  MAIL_SENDING_IP: optional(z.union([z.ipv4(), z.ipv6()])).describe(
    'The address that your mail leaves from, where it is your own',
  ),
  MAIL_DNS_SERVERS: z
    .string()
    .default('')
    .describe('Name servers that mail set-up is checked with, separated by commas; empty = the machine’s'),
  INBOUND_MAILDIR: optional(z.string()).describe(
    'Maildir folder where bounces and complaints arrive; looked through every minute',
  ),
  INBOUND_IMAP_URL: optional(z.url({ protocol: /^imaps?$/ })).describe(
    'The same by IMAP: imaps://user:password@host:993/FOLDER, or imap://…, which asks for STARTTLS',
  ),
  INBOUND_ADDRESS: optional(z.email()).describe(
    'An address whose mail arrives there, or is piped in: messages offer to be left by a mail to it',
  ),

  STRIPE_API_KEY: optional(z.string()).describe(
    'A restricted key that may read is enough; with it, Stripe is pulled every quarter of an hour',
  ),
  STRIPE_BASE_URL: url.default('https://api.stripe.com'),
  STRIPE_WEBHOOK_SECRET: optional(z.string()).describe('whsec_…, for the endpoint /webhooks/stripe'),
  HUBSPOT_TOKEN: optional(z.string()).describe('Access token of a private app that may read contacts and deals'),
  HUBSPOT_BASE_URL: url.default('https://api.hubapi.com'),
  SHOPIFY_SHOP_URL: optional(url).describe('https://your-shop.myshopify.com'),
  SHOPIFY_TOKEN: optional(z.string()).describe('Admin API access token of an app that may read orders and customers'),
  WHATSAPP_APP_SECRET: optional(z.string()).describe('Of the Meta app, for the endpoint /webhooks/whatsapp'),
  WHATSAPP_VERIFY_TOKEN: optional(z.string()).describe('The word agreed on with Meta for that endpoint'),
  WHATSAPP_TOKEN: optional(z.string()).describe(
    'Of a system user of the Meta app, to send by WhatsApp and to read templates',
  ),
  WHATSAPP_ACCOUNT_ID: optional(z.string().regex(/^\d+$/, 'is a number')).describe('Of the WhatsApp Business account'),
  WHATSAPP_NUMBER_ID: optional(z.string().regex(/^\d+$/, 'is a number')).describe(
    'Of the number that messages leave from',
  ),
  SECOND_WHATSAPP_NUMBER_ID: optional(z.string().regex(/^\d+$/, 'is a number')).describe(
    'Another number of the same account, to be tested and switched to while the first is live',
  ),
  WHATSAPP_BASE_URL: url.default('https://graph.facebook.com/v24.0'),
  SMS_URL: optional(url).describe('Where your provider takes a message by POST; with it, SMS is sent'),
  SMS_AUTHORIZATION: optional(z.string()).describe('The Authorization header it asks for, such as "Bearer …"'),
  SMS_FROM: optional(z.string()).describe('Your number, or a name of at most 11 characters where operators allow one'),
  SMS_BODY: smsBody.describe(
    'What it takes, as JSON: {{to}}, {{from}}, {{text}}, and {{reference}}, which its reports should give back',
  ),
  SMS_ID: z.string().default('id').describe('Where its answer has the id of the message, such as messages.0.id'),
  SMS_PROMISES_ONCE: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('yes where it sends a message once for an Idempotency-Key, however often it is asked'),
  SMS_WEBHOOK_SECRET: optional(z.string().min(16)).describe(
    'For /webhooks/sms: signs its bytes (HMAC-SHA256, X-Signature), or is the token in ?token=',
  ),
  SMS_WEBHOOK_FIELDS: z
    .string()
    .default(smsFields)
    .describe('What its reports and the answers of people call these, separated by commas'),
  SECOND_SMS_URL: optional(url).describe('Another provider, to be tested and switched to while the first is live'),
  SECOND_SMS_AUTHORIZATION: optional(z.string()),
  SECOND_SMS_FROM: optional(z.string()),
  SECOND_SMS_BODY: smsBody,
  SECOND_SMS_ID: z.string().default('id'),
  SECOND_SMS_PROMISES_ONCE: z.enum(['yes', 'no']).default('no'),
  SECOND_SMS_WEBHOOK_SECRET: optional(z.string().min(16)).describe('Of that provider, for /webhooks/second-sms'),
  SECOND_SMS_WEBHOOK_FIELDS: z.string().default(smsFields),
  TELEGRAM_BOT_TOKEN: optional(z.string()).describe('Of your bot, from @BotFather; with it, Telegram is written to'),
  TELEGRAM_BASE_URL: url.default('https://api.telegram.org'),
  TELEGRAM_WEBHOOK_SECRET: optional(telegramSecret).describe(
    'A word of your own for /webhooks/telegram; set it with millrace channels telegram',
  ),
  SECOND_TELEGRAM_BOT_TOKEN: optional(z.string()).describe(
    'Another bot, to be tested and switched to while the first is live',
  ),
  SECOND_TELEGRAM_WEBHOOK_SECRET: optional(telegramSecret).describe('Of that bot, for /webhooks/second-telegram'),

  BRAND_VOICE: z.string().default('plain, warm and precise').describe('How your copy sounds'),
  BRAND_FORBIDDEN: z.string().default('').describe('Words your copy never uses, separated by commas'),

  GROQ_API_KEY: optional(z.string()),
  GROQ_BASE_URL: optional(url),
  GROQ_MODEL: z.string().default('openai/gpt-oss-120b'),
  ANTHROPIC_API_KEY: optional(z.string()),
  ANTHROPIC_BASE_URL: optional(url),
  ANTHROPIC_MODEL: z.string().default('claude-sonnet-5-5'),
  COMPATIBLE_BASE_URL: optional(url).describe('Any OpenAI-compatible server, such as Ollama'),
  COMPATIBLE_API_KEY: optional(z.string()),
  COMPATIBLE_MODEL: optional(z.string()),
  MILLRACE_MODELS: z
    .string()
    .default('')
    .describe('Folder of models that run here (millrace models install); empty = in the data directory'),
  EMBEDDINGS_BASE_URL: optional(url).describe(
    'An OpenAI-compatible server that embeds, instead of a model that runs here',
  ),
  EMBEDDINGS_API_KEY: optional(z.string()),
  EMBEDDINGS_MODEL: optional(z.string()),
  EMBEDDINGS_DIMENSIONS: z.coerce.number().int().min(1).default(1536),
  MODEL_BUDGET_PER_DAY: z.coerce
    .number()
    .min(0)
    .default(5)
    .describe('Most that model calls may cost a day, in US dollars'),
  MODEL_BUDGET_PER_DRAFT: z.coerce
    .number()
    .min(0)
    .default(1)
    .describe('The same for one draft, all its rounds together'),
  MODEL_BUDGET_PER_CAMPAIGN: z.coerce
    .number()
    .min(0)
    .default(3)
    .describe('The same for one campaign, or for all drafts that were asked for at once'),
  MODEL_BUDGET_PER_CALL: z.coerce.number().min(0).default(0.5).describe('The same for one call'),
})
