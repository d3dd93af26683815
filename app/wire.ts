import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { resendWebhook } from '#campaigns/channels/resend-events.ts'
import type { Channel } from '#campaigns/channel.ts'
import type { Members } from '#campaigns/enrol.ts'
import type { InboundSettings } from '#campaigns/inbound.ts'
import type { Sender } from '#campaigns/definition.ts'
import { openDns } from '#campaigns/deliverability/dns.ts'
import type { PreflightSettings } from '#campaigns/deliverability/point.ts'
import { starterSegments } from '#campaigns/starter-segments.ts'
import type { GraphStore } from '#graph/port.ts'
import { saveStarters } from '#graph/segments/registry.ts'
import { figuresFollow } from '#governance/metrics/identity-changes.ts'
import type { Feed } from '#ingest/feed.ts'
import type { IdentityDeps } from '#ingest/identity/resolve.ts'
import { parseMapping, type MappingKind } from '#ingest/mapping.ts'
import type { Business, IngestDeps } from '#ingest/run.ts'
import type { Source } from '#ingest/source.ts'
import { googleAds, metaAds } from '#ingest/sources/ad-spend.ts'
import { costsCsv } from '#ingest/sources/costs-csv.ts'
import { contentFiles } from '#ingest/sources/content-files.ts'
import { eventsCsv } from '#ingest/sources/events-csv.ts'
import { faqCsv } from '#ingest/sources/faq-csv.ts'
import { fxCsv } from '#ingest/sources/fx-csv.ts'
import { ga4 } from '#ingest/sources/ga4.ts'
import { readMailReport } from '#ingest/sources/mail-reports.ts'
import { hubspotFeed } from '#ingest/sources/hubspot-api.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { peopleCsv } from '#ingest/sources/people-csv.ts'
import { posthog } from '#ingest/sources/posthog.ts'
import { productFeed } from '#ingest/sources/product-feed.ts'
import { shopifyBulk, shopifyFeed } from '#ingest/sources/shopify-bulk.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { shopifyProducts } from '#ingest/sources/shopify-products.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { stripeApi, type StripeSettings } from '#ingest/sources/stripe-api.ts'
import { stripeFeed } from '#ingest/sources/stripe-feed.ts'
import { stripeWebhook } from '#ingest/sources/stripe-webhook.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { whatsappEvents } from '#ingest/sources/whatsapp-events.ts'
import { whatsappWebhook } from '#ingest/sources/whatsapp-webhook.ts'
import { systemClock, type Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import { createLog, type Log } from '#kernel/log.ts'
import { migrate } from '#kernel/migrate.ts'
import { loadSecrets, type Secrets } from '#kernel/secrets.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import type { BrandProfile } from '#rag/brand/profile.ts'
import type { ChatModel } from '#rag/chat-model.ts'
import type { Embedder } from '#rag/embedder.ts'
import { compatibleEmbedder } from '#rag/embedders/compatible.ts'
import { energeticEmbedder } from '#rag/embedders/energetic.ts'
import { minilmEmbedder } from '#rag/embedders/minilm.ts'
import type { Setup } from '#rag/evaluate/setup.ts'
import type { Ask } from '#rag/propose-facts.ts'
import { isInstalled, miniLm, modelFolder } from '#rag/local-models.ts'
import { claudeModel } from '#rag/models/claude.ts'
import { compatibleModel } from '#rag/models/compatible.ts'
import { groqModel } from '#rag/models/groq.ts'
import { offlineModel } from '#rag/models/offline.ts'
import type { Budget } from '#rag/router/recorded-call.ts'
import { brandSettings } from './brand.ts'
import { migrationFolders } from './migrations.ts'
import { senderOf } from './sender.ts'
import { channelOf, connectionOf, graphOf, mailOutletOf, membersOf } from './wire-mail.ts'
import { askerOf, budgetOf, writerOf } from './writer.ts'

type Webhook = (request: Request) => Promise<Response>

/** The whole house, put together from its settings. */
export type House = {
  config: Config
  clock: Clock
  log: Log
  db: Db
  secrets: Secrets
  business: Business & { name: string }
  /** The brand as the settings alone would have it; a person's word goes before. */
  brandSettings: BrandProfile
  publicUrl: string
  graph: GraphStore
  embedder: Embedder
  members: Members
  models: readonly ChatModel[]
  /** What models may cost. */
  budget: Budget
  agent: AgentDeps
  /** Asks a model through the router. */
  ask: Ask
  /** The agent with a candidate setup, to be evaluated. */
  writerWith: (setup: Setup) => AgentDeps
  sender: Sender | null
  /** What the way mail takes, and its domain, are checked with. */
  preflight: PreflightSettings
  ingest: IngestDeps
  /** `taken`: something was sent to us and is in. Whoever works in the background listens. */
  news: EventEmitter<{ taken: [] }>
  /** The APIs that the settings give access to, by name. */
  feeds: Readonly<Record<string, Feed>>
  /** Where mail leaves, or null where nothing is set up. */
  channel: Channel | null
  /** Providers' callbacks by the last part of their path, `/webhooks/NAME`. */
  webhooks: Readonly<Record<string, Webhook>>
  health: () => Promise<Record<string, unknown>>
  close: () => Promise<void>
}

/** What can be read, by the name the command line knows it by. `orders`, `people` and `events` need a mapping. */
export const sources: Readonly<Record<string, { about: string; open: (mapping: string | undefined) => Source }>> = {
  fx: { about: 'exchange rates, CSV: date, base, quote, rate', open: fxCsv },
  products: { about: 'Shopify product export, CSV', open: shopifyProducts },
  'product-feed': { about: 'product feed: Google Merchant XML or tab-separated, or JSON', open: productFeed },
  content: { about: 'a file or folder of texts: Markdown, HTML, PDF, plain text', open: contentFiles },
  faq: { about: 'questions with answers, CSV: question, answer', open: faqCsv },
  hubspot: { about: 'HubSpot contact export, CSV', open: hubspotContacts },
  stripe: { about: 'Stripe API lists, JSON: a file or a folder', open: () => stripe() },
  shopify: { about: 'Shopify order export, CSV', open: shopifyOrders },
  'shopify-bulk': { about: 'Shopify bulk operation of orders, JSON lines', open: shopifyBulk },
  web: { about: 'web events, JSON lines', open: webEvents },
  ga4: { about: 'Google Analytics 4, its BigQuery export: JSON lines or CSV', open: ga4 },
  posthog: { about: 'PostHog events, JSON lines or CSV', open: posthog },
  whatsapp: { about: 'WhatsApp webhooks that were kept, JSON lines', open: whatsappEvents },
  'google-ads': { about: 'Google Ads daily campaign report, CSV', open: googleAds },
  'meta-ads': { about: 'Meta Ads daily campaign export, CSV', open: metaAds },
  costs: { about: 'other marketing costs, CSV: month, kind, name, amount, currency', open: costsCsv },
  orders: { about: 'orders of any kind, read by --map', open: (mapping) => ordersCsv(mappingOf(mapping, 'orders')) },
  people: { about: 'people of any kind, read by --map', open: (mapping) => peopleCsv(mappingOf(mapping, 'people')) },
  events: { about: 'events of any kind, read by --map', open: (mapping) => eventsCsv(mappingOf(mapping, 'events')) },
}

/** How visits to pages are read. */
export const visitSource: Source = webEvents()

const mappingExamples: Readonly<Record<MappingKind, string>> = {
  orders: 'customer=1,date=2:YYYY-MM-DD,amount=3;currency=EUR',
  people: 'id=1,email=2,full-name=3',
  events: 'customer=1,date=2,event=3',
}

function mappingOf<Kind extends MappingKind>(mapping: string | undefined, kind: Kind) {
  if (mapping !== undefined) return parseMapping(mapping, kind)
  throw new UsageError(`${kind} need --map: which column holds what, such as --map "${mappingExamples[kind]}"`)
}

/** A vendor's API: what it brings, the settings it needs, and the feed; null where these are missing. */
type FeedEntry = { about: string; needs: string; open: (config: Config, clock: Clock) => Feed | null }

/** What can be pulled, by name. */
export const feeds: Readonly<Record<string, FeedEntry>> = {
  stripe: {
    about: 'customers, subscriptions and money of Stripe',
    needs: 'STRIPE_API_KEY',
    open: (config, clock) => {
      const settings = stripeSettings(config, clock)
      return settings && stripeFeed(settings)
    },
  },
  hubspot: {
    about: 'contacts and deals of HubSpot',
    needs: 'HUBSPOT_TOKEN',
    open: ({ HUBSPOT_TOKEN: token, HUBSPOT_BASE_URL: baseUrl }, clock) =>
      token === undefined ? null : hubspotFeed({ token, baseUrl, clock, pause }),
  },
  shopify: {
    about: 'orders and customers of Shopify',
    needs: 'SHOPIFY_SHOP_URL and SHOPIFY_TOKEN',
    open: ({ SHOPIFY_SHOP_URL: shopUrl, SHOPIFY_TOKEN: token }, clock) =>
      shopUrl === undefined || token === undefined ? null : shopifyFeed({ shopUrl, token, clock, pause }),
  },
}

const openFeeds = (config: Config, clock: Clock): House['feeds'] =>
  Object.fromEntries(
    Object.entries(feeds).flatMap(([name, { open }]) => {
      const feed = open(config, clock)
      return feed ? [[name, feed]] : []
    }),
  )

function stripeSettings(config: Config, clock: Clock): StripeSettings | null {
  const { STRIPE_API_KEY: apiKey, STRIPE_BASE_URL: baseUrl } = config
  return apiKey === undefined ? null : { apiKey, baseUrl, clock, pause }
}

/** Opens the house: the engine joined or started, the schema up to date, every port filled. */
export async function openHouse(config: Config, clock: Clock = systemClock): Promise<House> {
  const log = createLog(config.LOG_LEVEL)
  const secrets = loadSecrets(config)
  const db = openDb(await connectionOf(config))
  await migrate(db, migrationFolders, clock).catch(async (fault: unknown) => {
    await db.close()
    throw fault
  })
  await saveStarters({ db, clock }, { segments: starterSegments, by: 'millrace' })
  const { store: graph, close: closeGraph } = graphOf(config, db)
  const embedder = embedderOf(config)
  const earlierEmbedders = localEmbedders(config).filter(({ id }) => id !== embedder.id)
  const models = modelsOf(config)
  const business = { name: config.BUSINESS_NAME, zone: config.BUSINESS_ZONE, currency: config.BUSINESS_CURRENCY }
  const channel = channelOf(config, clock)
  const ingest = { db, clock, recordsKey: secrets.records, business, log }
  const news: House['news'] = new EventEmitter()
  const members = membersOf(graph)
  const writer = { config, db, clock, embedder, earlierEmbedders, models, graph }
  return {
    config, clock, log, db, secrets, business, graph, embedder, models, channel, members,
    budget: budgetOf(config),
    brandSettings: brandSettings(config),
    agent: writerOf(writer),
    ask: askerOf(writer),
    writerWith: (setup) => writerOf(writer, setup),
    publicUrl: publicUrlOf(config),
    sender: senderOf(config),
    preflight: preflightOf(config, secrets.links),
    ingest,
    news,
    feeds: openFeeds(config, clock),
    webhooks: webhooksOf(config, ingest, news),
    health: () => healthOf({ config, db, graph, models, channel, embedder }),
    close: async () => {
      await channel?.close()
      await closeGraph()
      await db.close()
    },
  } // prettier-ignore
}

/** Whoever calls must be able to sign: only what has a secret is there. */
function webhooksOf(config: Config, ingest: IngestDeps, news: House['news']): House['webhooks'] {
  const { RESEND_WEBHOOK_SECRET: resend, STRIPE_WEBHOOK_SECRET: stripeSecret } = config
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
    ...(resend === undefined ? {} : { resend: resendWebhook(ingest, resend) }),
    ...(stripeSecret === undefined ? {} : { stripe: telling(stripeWebhook(ingest, { secret: stripeSecret, api })) }),
    ...(appSecret === undefined || verifyToken === undefined ? {} : { whatsapp: telling(whatsappWebhook(ingest, { appSecret, verifyToken })) }),
  } // prettier-ignore
}

/** What taking mail that comes in needs of the house. */
export const inboundOf = ({ db, clock, secrets }: House): InboundSettings => ({
  db,
  clock,
  linksKey: secrets.links,
  recordsKey: secrets.records,
  readMail: readMailReport,
})

const listOf = (words: string): string[] =>
  words.split(',').map((word) => word.trim()).filter(Boolean) // prettier-ignore

function preflightOf(config: Config, key: Uint8Array): PreflightSettings {
  const { RESEND_WEBHOOK_SECRET, BUSINESS_SITE } = config
  return {
    dns: openDns({ servers: listOf(config.MAIL_DNS_SERVERS) }),
    outlet: mailOutletOf(config),
    links: { publicUrl: publicUrlOf(config), key },
    zone: config.BUSINESS_ZONE,
    selectors: listOf(config.MAIL_DKIM_SELECTOR ?? ''),
    sendingAddress: config.MAIL_SENDING_IP ?? null,
    ownHosts: BUSINESS_SITE === undefined ? [] : [new URL(BUSINESS_SITE).hostname],
    webhooks: RESEND_WEBHOOK_SECRET === undefined ? [] : ['resend'],
    fetch,
  }
}

const publicUrlOf = ({ PUBLIC_URL, HOST, PORT }: Config): string => PUBLIC_URL ?? `http://${HOST}:${PORT}`

/** Runs the work in an open house, and closes it whatever happens. */
export async function withHouse<T>(config: Config, work: (house: House) => Promise<T>): Promise<T> {
  const house = await openHouse(config)
  try {
    return await work(house)
  } finally {
    await house.close()
  }
}

/** What resolving people needs of the house: the owner's figures follow, and say so. */
export const identityOf = ({ db, clock, business }: House): IdentityDeps => ({
  db,
  clock,
  onPeopleChanged: figuresFollow({ db, clock, business }),
})

/** A server that was named; else the model that was installed; else the weaker one inside the package. */
export function embedderOf(config: Config): Embedder {
  const { EMBEDDINGS_BASE_URL: baseUrl, EMBEDDINGS_MODEL: model, EMBEDDINGS_API_KEY: apiKey } = config
  if (baseUrl !== undefined && model !== undefined) {
    const dimensions = config.EMBEDDINGS_DIMENSIONS
    return compatibleEmbedder({ baseUrl, model, dimensions, ...(apiKey === undefined ? {} : { apiKey }) })
  }
  return localEmbedders(config)[0]!
}

/** What runs on this machine, the strongest first. */
function localEmbedders({ MILLRACE_MODELS: models }: Config): Embedder[] {
  const installed = isInstalled(models, miniLm) ? [minilmEmbedder({ dir: modelFolder(models, miniLm) })] : []
  return [...installed, energeticEmbedder()]
}

/** Whoever has a key is there; the offline composer always is. */
function modelsOf(config: Config): ChatModel[] {
  const models: ChatModel[] = []
  if (config.GROQ_API_KEY !== undefined)
    models.push(groqModel({ apiKey: config.GROQ_API_KEY, model: config.GROQ_MODEL, baseURL: config.GROQ_BASE_URL }))
  if (config.ANTHROPIC_API_KEY !== undefined) {
    models.push(
      claudeModel({
        apiKey: config.ANTHROPIC_API_KEY,
        model: config.ANTHROPIC_MODEL,
        baseURL: config.ANTHROPIC_BASE_URL,
      }),
    )
  }
  if (config.COMPATIBLE_BASE_URL !== undefined && config.COMPATIBLE_MODEL !== undefined) {
    models.push(
      compatibleModel({
        baseURL: config.COMPATIBLE_BASE_URL,
        model: config.COMPATIBLE_MODEL,
        apiKey: config.COMPATIBLE_API_KEY,
      }),
    )
  }
  return [...models, offlineModel()]
}

async function healthOf(
  parts: Pick<House, 'config' | 'db' | 'graph' | 'models' | 'channel' | 'embedder'>,
): Promise<Record<string, unknown>> {
  const { config, graph, models, channel, embedder } = parts
  const generation = await graph.live()
  return {
    database: config.DATABASE_URL === undefined ? `embedded, in ${config.MILLRACE_HOME}` : 'PostgreSQL',
    graph: `${config.NEO4J_URI === undefined ? 'in PostgreSQL' : 'Neo4j'}, ${generation === null ? 'not projected yet' : `generation ${generation.number}`}`,
    models: models.map((model) => model.id).join(', '),
    embedder: embedder.id,
    mail: channel?.name ?? 'none: set SMTP_URL or RESEND_API_KEY',
  }
}
