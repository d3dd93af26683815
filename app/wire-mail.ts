import { hostname } from 'node:os'
import type { AnyChannel, Channel } from '#campaigns/channel.ts'
import type { Members } from '#campaigns/enrol.ts'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { domainOf, leavesTheHouse, outletOf } from '#campaigns/deliverability/outlet.ts'
import { countDomain } from '#campaigns/deliverability/reputation.ts'
import { openVariants } from '#campaigns/variants.ts'
import {
  impliedBy, outletNow, secretNames, senderNow, type Configuration, type SecretName, type WaysOut,
} from '#campaigns/way-out/configuration.ts' // prettier-ignore
import type { WorkerSettings } from '#campaigns/worker.ts'
import { neo4jGraph } from '#graph/adapters/neo4j.ts'
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
import { textChannelsOf } from './wire-texts.ts'

// The part of the house that sends, apart from the rest so that a process which only sends stays small.

export const connectionOf = (config: Config): Promise<Connection> =>
  config.DATABASE_URL === undefined
    ? embeddedConnection(config.MILLRACE_HOME)
    : Promise.resolve({ options: { connectionString: config.DATABASE_URL } })

/** The ways out for mail that the settings hold the secrets of. */
export type OpenWays = WaysOut & {
  /** The one that is taken where nothing was ever switched; null where none is set. */
  first: Channel | null
  close: () => Promise<void>
}

/** Names a way in the ledger: what left by one account is never asked for again by another. */
const ledgerNames = {
  RESEND_API_KEY: 'resend',
  SMTP_URL: 'smtp',
  SECOND_RESEND_API_KEY: 'second-resend',
  SECOND_SMTP_URL: 'second-smtp',
} as const satisfies Record<SecretName, string>

const isResend = (secret: SecretName): boolean => secret.endsWith('RESEND_API_KEY')

/** Each way is opened once for its secret and its connections, and stays open: what is switched away from ends its groups. */
export function openWays(config: Config, clock: Clock): OpenWays {
  const opened = new Map<string, Channel>()
  const secrets = secretNames.filter((secret) => config[secret] !== undefined)
  const open = (configuration: Configuration): Channel | null => {
    const { secret, connections } = configuration
    const value = config[secret]
    if (value === undefined) return null
    const key = `${secret} ${connections ?? ''}`
    const channel = opened.get(key) ?? {
      ...channelBy(config, clock, { secret, value, connections }),
      name: ledgerNames[secret],
    }
    opened.set(key, channel)
    return channel
  }
  const [first] = secrets
  return {
    secrets,
    open,
    outlet: (secret) => {
      const value = config[secret] ?? null
      return isResend(secret)
        ? outletOf({ resendUrl: value === null ? null : config.RESEND_BASE_URL, smtpUrl: null })
        : outletOf({ resendUrl: null, smtpUrl: value })
    },
    first: first === undefined ? null : open(impliedBy(first)),
    close: async () => void (await Promise.all([...opened.values()].map((channel) => channel.close()))),
  }
}

type Way = { secret: SecretName; value: string; connections: number | null }

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

/** The store that keeps the graph: Neo4j where one is named. */
export function graphOf(config: Config, db: Db): OpenGraph {
  if (config.NEO4J_URI === undefined) return { store: postgresGraph(db), close: () => Promise.resolve() }
  const store = neo4jGraph({ uri: config.NEO4J_URI, user: config.NEO4J_USER, password: config.NEO4J_PASSWORD ?? '' })
  return { store, close: () => store.close() }
}

/** Whom a segment's rule selects: the graph answers. */
export const membersOf =
  (graph: GraphReader): Members =>
  async (rule, at, among) =>
    (await graph.segment(rule, { at, ...(among ? { among } : {}) })) as PersonId[]

/**
 * The workers of a house that is open elsewhere, one for each channel: a slow one holds up no other. None where nothing can
 * leave. Links in messages lead to `publicUrl`.
 */
export async function openWorkers(
  config: Config,
  clock: Clock,
  publicUrl: string,
): Promise<{ workers: WorkerSettings[]; close: () => Promise<void> }> {
  const ways = openWays(config, clock)
  const db = openDb(await connectionOf(config))
  const channels: AnyChannel[] = [...(ways.first ? [ways.first] : []), ...textChannelsOf(config, clock, db)]
  await countMail(config, ways, { db, clock })
  const graph = graphOf(config, db)
  const shared = {
    db,
    clock,
    ways,
    members: membersOf(graph.store),
    log: createLog(config.LOG_LEVEL),
    worker: `${hostname()}-${process.pid}`,
    zone: config.BUSINESS_ZONE,
    links: { publicUrl, key: loadSecrets(config).links },
    variants: openVariants(db),
  }
  return {
    workers: channels.map((channel) => ({
      ...shared,
      channel,
      beside: channels.filter((one) => one !== channel),
    })),
    close: async () => {
      await Promise.all([ways.close(), ...channels.map((channel) => channel.close())])
      await graph.close()
      await db.close()
    },
  }
}
