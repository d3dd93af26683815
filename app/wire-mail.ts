import { hostname } from 'node:os'
import type { Channel } from '#campaigns/channel.ts'
import type { Members } from '#campaigns/enrol.ts'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { domainOf, leavesTheHouse, outletOf, type Outlet } from '#campaigns/deliverability/outlet.ts'
import { countDomain } from '#campaigns/deliverability/reputation.ts'
import { openVariants } from '#campaigns/variants.ts'
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

// The part of the house that sends, apart from the rest so that a process which only sends stays small.

export const connectionOf = (config: Config): Promise<Connection> =>
  config.DATABASE_URL === undefined
    ? embeddedConnection(config.MILLRACE_HOME)
    : Promise.resolve({ options: { connectionString: config.DATABASE_URL } })

/** Where mail leaves, or null where nothing is set up. */
export function channelOf(config: Config, clock: Clock): Channel | null {
  if (config.RESEND_API_KEY !== undefined)
    return resendChannel({ apiKey: config.RESEND_API_KEY, baseUrl: config.RESEND_BASE_URL })
  return config.SMTP_URL === undefined ? null : smtpChannel({ url: config.SMTP_URL, clock })
}

/** Where the channel leads. */
export const mailOutletOf = ({ RESEND_API_KEY, RESEND_BASE_URL, SMTP_URL }: Config): Outlet =>
  outletOf({ resendUrl: RESEND_API_KEY === undefined ? null : RESEND_BASE_URL, smtpUrl: SMTP_URL ?? null })

/** A domain that mail really leaves from is counted from its first message on. */
async function countMail(config: Config, db: Db, clock: Clock): Promise<void> {
  const sender = senderOf(config)
  if (sender === null || !leavesTheHouse(mailOutletOf(config))) return
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

/** A worker of a house that is open elsewhere; null where no mail can leave. Links in messages lead to `publicUrl`. */
export async function openWorker(
  config: Config,
  clock: Clock,
  publicUrl: string,
): Promise<{ settings: WorkerSettings; close: () => Promise<void> } | null> {
  const channel = channelOf(config, clock)
  if (!channel) return null
  const db = openDb(await connectionOf(config))
  await countMail(config, db, clock)
  const graph = graphOf(config, db)
  const settings = {
    db,
    clock,
    channel,
    members: membersOf(graph.store),
    log: createLog(config.LOG_LEVEL),
    worker: `${hostname()}-${process.pid}`,
    zone: config.BUSINESS_ZONE,
    links: { publicUrl, key: loadSecrets(config).links },
    variants: openVariants(db),
  }
  return {
    settings,
    close: () =>
      channel
        .close()
        .then(graph.close)
        .then(() => db.close()),
  }
}
