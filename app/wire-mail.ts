import { hostname } from 'node:os'
import type { Channel } from '#campaigns/channel.ts'
import { resendChannel } from '#campaigns/channels/resend.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { openVariants } from '#campaigns/variants.ts'
import type { WorkerSettings } from '#campaigns/worker.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { openDb, type Connection } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { createLog } from '#kernel/log.ts'
import { loadSecrets } from '#kernel/secrets.ts'

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

/** A worker of a house that is open elsewhere; null where no mail can leave. Links in messages lead to `publicUrl`. */
export async function openWorker(
  config: Config,
  clock: Clock,
  publicUrl: string,
): Promise<{ settings: WorkerSettings; close: () => Promise<void> } | null> {
  const channel = channelOf(config, clock)
  if (!channel) return null
  const db = openDb(await connectionOf(config))
  const settings = {
    db,
    clock,
    channel,
    log: createLog(config.LOG_LEVEL),
    worker: `${hostname()}-${process.pid}`,
    zone: config.BUSINESS_ZONE,
    links: { publicUrl, key: loadSecrets(config).links },
    variants: openVariants(db),
  }
  return { settings, close: () => channel.close().then(() => db.close()) }
}
