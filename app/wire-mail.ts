import { hostname } from 'node:os'
import { isTextChannel, type AnyChannel, type Channel } from '#campaigns/channel.ts'
import type { PersonCaps } from '#campaigns/delivery/caps.ts'
import type { Rates } from '#campaigns/delivery/rates.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { domainOf, leavesTheHouse, outletOf } from '#campaigns/deliverability/outlet.ts'
import { countDomain } from '#campaigns/deliverability/reputation.ts'
import { leaveByMail } from '#campaigns/render/links.ts'
import type { LinkSettings } from '#campaigns/render/message.ts'
import { openVariants } from '#campaigns/render/variants.ts'
import {
  configured, impliedBy, isMail, secretNames, secretsOf, type Configuration, type MailConfiguration, type MailSecret, type WaysOut,
} from '#campaigns/way-out/configuration.ts' // prettier-ignore
import { outletNow, senderNow } from '#campaigns/way-out/live.ts'
import type { WorkerSettings } from '#campaigns/delivery/worker.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import type { GraphReader, GraphStore } from '#graph/port.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { openDb, type Connection, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import type { PersonId } from '#kernel/ids.ts'
import { createLog } from '#kernel/log.ts'
import { loadSecrets } from '#kernel/secrets.ts'
import { senderOf } from './sender.ts'
import { openTexts } from './wire-texts.ts'

// The part of the house that sends, apart from the rest so that a process which only sends stays small.

export const connectionOf = (config: Config): Promise<Connection> =>
  config.DATABASE_URL === undefined
    ? embeddedConnection(config.MILLRACE_HOME)
    : Promise.resolve({ options: { connectionString: config.DATABASE_URL } })

/** The ways out that the settings hold the secrets of. */
export type OpenWays = WaysOut & {
  /** Those that are taken where nothing was ever switched: one of each channel that has any. */
  firsts: readonly AnyChannel[]
  /** That of mail; null where none is set. */
  first: Channel | null
  close: () => Promise<void>
}

/** Names a way in the ledger: what left by one account is never asked for again by another. */
const ledgerNames = {
  RESEND_API_KEY: 'resend',
  SMTP_URL: 'smtp',
  SECOND_RESEND_API_KEY: 'second-resend',
  SECOND_SMTP_URL: 'second-smtp',
} as const satisfies Record<MailSecret, string>

const isResend = (secret: MailSecret): boolean => secret.endsWith('RESEND_API_KEY')

/** Each way is opened once for its secret and its connections, and stays open: what is switched away from ends its groups. */
export function openWays(config: Config, clock: Clock, db: Db): OpenWays {
  const opened = new Map<string, AnyChannel>()
  const texts = openTexts({ config, clock, db })
  const open = (configuration: Configuration): AnyChannel | null => {
    const key = isMail(configuration)
      ? `${configuration.secret} ${configuration.connections ?? ''}`
      : configuration.secret
    const channel = opened.get(key) ?? (isMail(configuration) ? mailBy(config, clock, configuration) : texts.open(configuration.secret)) // prettier-ignore
    if (channel) opened.set(key, channel)
    return channel
  }
  const set = configured.flatMap((channel) => secretNames[channel].filter((secret) => config[secret] !== undefined))
  // A number without its account's token opens nothing.
  const secrets = set.filter((secret) => open(impliedBy(secret)) !== null)
  const firsts = configured.flatMap((channel) => {
    const [secret] = secretsOf({ secrets }, channel)
    return (secret && open(impliedBy(secret))) ?? []
  })
  return {
    secrets,
    open,
    texts,
    outlet: (secret) => {
      const value = config[secret] ?? null
      return isResend(secret)
        ? outletOf({ resendUrl: value === null ? null : config.RESEND_BASE_URL, smtpUrl: null })
        : outletOf({ resendUrl: null, smtpUrl: value })
    },
    firsts,
    first: firsts.find((channel) => !isTextChannel(channel)) ?? null,
    close: async () => void (await Promise.all([...opened.values()].map((channel) => channel.close()))),
  }
}

/** A way out for mail; null where its secret is not set. */
function mailBy(config: Config, clock: Clock, { secret, connections }: MailConfiguration): Channel | null {
  const value = config[secret]
  if (value === undefined) return null
  return { ...channelBy(config, clock, { secret, value, connections }), name: ledgerNames[secret] }
}

type Way = { secret: MailSecret; value: string; connections: number | null }

const channelBy = (config: Config, clock: Clock, { secret, value, connections }: Way): Channel =>
  isResend(secret)
    ? resendChannel({ apiKey: value, baseUrl: config.RESEND_BASE_URL })
    : smtpChannel({ url: value, clock, ...(connections === null ? {} : { connections }) })

/** A domain that mail really leaves from is counted from its first message on. */
async function countMail(config: Config, ways: WaysOut, { db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const sender = await senderNow(db, senderOf(config))
  if (sender === null || !leavesTheHouse(await outletNow(db, ways))) return
  const sending = { domain: domainOf(sender.from.address), channel: 'email' }
  await countDomain({ db, clock, zone: config.BUSINESS_ZONE }, sending)
}

type OpenGraph = { store: GraphStore; close: () => Promise<void> }

/** The store that keeps the graph: Neo4j where one is named, whose driver is loaded then alone. */
export async function graphOf(config: Config, db: Db): Promise<OpenGraph> {
  if (config.NEO4J_URI === undefined) return { store: postgresGraph(db), close: () => Promise.resolve() }
  const { neo4jGraph } = await import('#graph/adapters/neo4j.ts')
  const store = neo4jGraph({ uri: config.NEO4J_URI, user: config.NEO4J_USER, password: config.NEO4J_PASSWORD ?? '' })
  return { store, close: () => store.close() }
}

/** Whom a segment's rule selects: the graph answers. */
export const membersOf =
  (graph: GraphReader): Members =>
  async (rule, at, among) =>
    (await graph.segment(rule, { at, ...(among ? { among } : {}) })) as PersonId[]

/** Where links of messages lead, by which key, and the mail that they can be left by. */
export const linksOf = ({ INBOUND_ADDRESS }: Config, publicUrl: string, key: Uint8Array): LinkSettings => ({
  publicUrl,
  key,
  ...(INBOUND_ADDRESS === undefined ? {} : { leaveByMail: leaveByMail(INBOUND_ADDRESS) }),
})

/** What one person gets at most, of all campaigns. */
export const houseCapsOf = (config: Config): PersonCaps => ({
  perPersonPerDay: config.MESSAGES_PER_PERSON_PER_DAY,
  perPersonPerWeek: config.MESSAGES_PER_PERSON_PER_WEEK,
})

/** What Meta and Telegram let one account send in a second, with room for what else it says; the settings may say otherwise. */
const accountRates = { 'whatsapp-cloud': 70, 'second-whatsapp-cloud': 70, telegram: 30, 'second-telegram': 30 }

/** How many messages leave in a second at most: what providers are known to take, and what the settings say. */
export function ratesOf({ SENDING_RATES: said }: Pick<Config, 'SENDING_RATES'>): Rates {
  const own = said === '' ? [] : said.split(',').map((one) => one.split('='))
  return new Map([...Object.entries(accountRates), ...own.map(([scope = '', rate]) => [scope, Number(rate)] as const)])
}

/**
 * The workers of a house that is open elsewhere, one for each channel: a slow one holds up no other. None where nothing can
 * leave. Links in messages lead to `publicUrl`.
 */
export async function openWorkers(
  config: Config,
  clock: Clock,
  publicUrl: string,
): Promise<{ workers: WorkerSettings[]; close: () => Promise<void> }> {
  const db = openDb(await connectionOf(config))
  const ways = openWays(config, clock, db)
  await countMail(config, ways, { db, clock })
  const graph = await graphOf(config, db)
  const shared = {
    db,
    clock,
    ways,
    members: membersOf(graph.store),
    log: createLog(config.LOG_LEVEL),
    worker: `${hostname()}-${process.pid}`,
    zone: config.BUSINESS_ZONE,
    houseCaps: houseCapsOf(config),
    rates: ratesOf(config),
    links: linksOf(config, publicUrl, loadSecrets(config).links),
    variants: openVariants(db),
  }
  return {
    workers: ways.firsts.map((channel) => ({
      ...shared,
      channel,
      beside: ways.firsts.filter((one) => one !== channel),
    })),
    close: async () => {
      await ways.close()
      await graph.close()
      await db.close()
    },
  }
}
