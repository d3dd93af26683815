import { EventEmitter } from 'node:events'
import { textChannels, type Channel, type TextChannelName } from '#campaigns/channel.ts'
import type { PersonCaps } from '#campaigns/delivery/caps.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import type { InboundSettings } from '#campaigns/heard/inbound.ts'
import type { Sender } from '#campaigns/definition.ts'
import { openDns } from '#campaigns/deliverability/dns.ts'
import type { PreflightSettings } from '#campaigns/deliverability/point.ts'
import { starterSegments } from '#campaigns/launch/starter-segments.ts'
import { tellPeople, type News } from '#campaigns/tell-people.ts'
import { secretsOf, type WaysOut } from '#campaigns/way-out/configuration.ts'
import { botNow, mailNow, senderNow } from '#campaigns/way-out/live.ts'
import type { TelegramBot } from '#campaigns/telegram/bot.ts'
import type { GraphStore } from '#graph/port.ts'
import { saveStarters } from '#graph/segments/registry.ts'
import { figuresFollow } from '#governance/metrics/identity-changes.ts'
import type { Feed } from '#ingest/feed.ts'
import type { IdentityDeps } from '#ingest/identity/resolve.ts'
import type { Business, IngestDeps } from '#ingest/run.ts'
import { readMailReport } from '#ingest/sources/mail-reports.ts'
import { systemClock, type Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { messageOf } from '#kernel/errors.ts'
import { createLog, type Log } from '#kernel/log.ts'
import { migrate } from '#kernel/migrate.ts'
import { loadSecrets, type Secrets } from '#kernel/secrets.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import type { BrandProfile } from '#rag/brand/profile.ts'
import type { ChatModel } from '#rag/chat-model.ts'
import type { Embedder } from '#rag/embedder.ts'
import type { Setup } from '#rag/evaluate/setup.ts'
import type { Ask } from '#rag/propose-facts.ts'
import type { Budget } from '#rag/router/recorded-call.ts'
import { brandSettings } from './brand.ts'
import { migrationFolders } from './migrations.ts'
import { mailboxesOf, type Mailboxes } from './wire-inbound.ts'
import { senderOf } from './sender.ts'
import { connectionOf, graphOf, houseCapsOf, linksOf, membersOf, openWays } from './wire-mail.ts'
import { textSinksOf } from './wire-texts.ts'
import { askerOf, budgetOf, writerOf } from './writer.ts'
import { embedderOf, localEmbedders, modelsOf } from './wire-models.ts'
import { openFeeds } from './wire-sources.ts'
import { callbacksTaken, webhooksOf, type Webhooks } from './wire-webhooks.ts'

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
  /** What one person gets at most, of all campaigns. */
  houseCaps: PersonCaps
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
  /** Where mail leaves, whatever is live when it does; null where nothing is set up. */
  channel: Channel | null
  /** What else messages leave by. */
  texts: readonly TextChannelName[]
  /** The bot that writes to people by Telegram; null where there is none. */
  bot: TelegramBot | null
  /** The ways out that can be switched to. */
  ways: WaysOut
  mailboxes: Mailboxes
  /** Providers' callbacks by the last part of their path, `/webhooks/NAME`. */
  webhooks: Webhooks
  health: () => Promise<Record<string, unknown>>
  close: () => Promise<void>
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
  const { store: graph, close: closeGraph } = await graphOf(config, db)
  const embedder = embedderOf(config)
  const earlierEmbedders = localEmbedders(config).filter(({ id }) => id !== embedder.id)
  const models = modelsOf(config)
  const business = { name: config.BUSINESS_NAME, zone: config.BUSINESS_ZONE, currency: config.BUSINESS_CURRENCY }
  const ways = openWays(config, clock, db)
  const channel = ways.first && { ...ways.first, ...mailNow(db, ways) }
  const bot = secretsOf(ways, 'telegram').length > 0 ? botNow(db, ways) : null
  const ingest = { db, clock, recordsKey: secrets.records, business, log }
  const news: House['news'] = new EventEmitter()
  const members = membersOf(graph)
  const writer = { config, db, clock, embedder, earlierEmbedders, models, graph }
  return {
    config, clock, log, db, secrets, business, graph, embedder, models, channel, members,
    budget: budgetOf(config),
    houseCaps: houseCapsOf(config),
    brandSettings: brandSettings(config),
    agent: writerOf(writer),
    ask: askerOf(writer),
    writerWith: (setup) => writerOf(writer, setup),
    publicUrl: publicUrlOf(config),
    sender: senderOf(config),
    preflight: { ...preflightOf(config, secrets.links, ways), bot },
    ways,
    mailboxes: mailboxesOf(config, db),
    ingest,
    news,
    feeds: openFeeds(config, clock),
    texts: textChannels.filter((name) => secretsOf(ways, name).length > 0),
    bot,
    webhooks: webhooksOf(config, ingest, { news, tell: tellingOf({ config, db, clock, log }, channel) }),
    health: () => healthOf({ config, db, graph, models, channel, embedder }),
    close: async () => {
      await ways.close()
      await closeGraph()
      await db.close()
    },
  } // prettier-ignore
}

/** Tells people of the house by mail; where nobody can be told, the log says so. */
function tellingOf(
  { config, db, clock, log }: Pick<House, 'config' | 'db' | 'clock' | 'log'>,
  channel: Channel | null,
): (news: News) => Promise<void> {
  return async (news) => {
    try {
      const sender = await senderNow(db, senderOf(config))
      const publicUrl = publicUrlOf(config)
      const reached = channel && sender ? await tellPeople({ db, clock, channel, sender, publicUrl }, 'campaign.approve', news) : 0 // prettier-ignore
      if (reached === 0) log.error({ subject: news.subject }, 'nobody could be told')
    } catch (fault) {
      log.error({ subject: news.subject, fault: messageOf(fault) }, 'nobody could be told')
    }
  }
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

function preflightOf(config: Config, key: Uint8Array, ways: WaysOut): PreflightSettings {
  const { BUSINESS_SITE } = config
  return {
    dns: openDns({ servers: listOf(config.MAIL_DNS_SERVERS) }),
    // Nothing by itself: the ways tell what is live.
    outlet: { kind: 'none' },
    ways,
    links: linksOf(config, publicUrlOf(config), key),
    zone: config.BUSINESS_ZONE,
    selectors: listOf(config.MAIL_DKIM_SELECTOR ?? ''),
    sendingAddress: config.MAIL_SENDING_IP ?? null,
    ownHosts: BUSINESS_SITE === undefined ? [] : [new URL(BUSINESS_SITE).hostname],
    webhooks: callbacksTaken(config),
    sinks: textSinksOf(config),
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
