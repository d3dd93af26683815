import { z } from 'zod'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, versionOf } from '#kernel/versions.ts'
import type { Channel } from '../channel.ts'
import { sender, type Sender } from '../definition.ts'
import type { Outlet } from '../deliverability/outlet.ts'

/** The settings that hold the secret of a way out: a configuration names one, and never what is in it. */
export const secretNames = ['RESEND_API_KEY', 'SMTP_URL', 'SECOND_RESEND_API_KEY', 'SECOND_SMTP_URL'] as const
export type SecretName = (typeof secretNames)[number]

/** How mail leaves: a version of the kind `channel`. What is null is as the settings have it. */
export const configurationSchema = z.strictObject({
  secret: z.enum(secretNames),
  from: sender.shape.from.nullable().describe('Who messages of new campaigns are from; what is approved keeps its own'),
  replyTo: z.email().nullable(),
  connections: z.int().min(1).max(100).nullable().describe('Most connections to an SMTP server at once'),
  dailyCap: z.int().min(1).nullable().describe('Most e-mails of all campaigns in a day of the business zone'),
})
export type Configuration = z.infer<typeof configurationSchema>

/** A configuration under its hash; of what the settings alone say there is no hash. */
export type Configured = { hash: Hash | null; configuration: Configuration }

/** The ways out that this process has the secrets of; app/wire-mail.ts fills it. */
export type WaysOut = {
  /** The secrets that are set, the preferred first: where nothing was ever switched, it is the way out. */
  secrets: readonly SecretName[]
  /** Where a way leads. */
  outlet: (secret: SecretName) => Outlet
  /** Opens a way, or finds it open; null where its secret is not set here. */
  open: (configuration: Configuration) => Channel | null
}

/** The one channel that has two slots so far. */
export const configured = 'email'

export const impliedBy = (secret: SecretName): Configuration => ({
  secret,
  from: null,
  replyTo: null,
  connections: null,
  dailyCap: null,
})

/** What is live; what the settings alone say where nothing was ever switched; null where no way out is set either. */
export async function liveConfiguration(
  db: Queryable,
  { secrets }: Pick<WaysOut, 'secrets'>,
): Promise<Configured | null> {
  const live = await liveVersion(db, 'channel', configured)
  if (live) return { hash: live.hash, configuration: configurationSchema.parse(live.body) }
  const [first] = secrets
  return first === undefined ? null : { hash: null, configuration: impliedBy(first) }
}

/** The configuration of a hash. Throws where there is none: pointers and candidates name only what was registered. */
export async function configurationOf(db: Queryable, hash: Hash): Promise<Configuration> {
  const version = await versionOf(db, 'channel', hash)
  if (!version) throw new Error(`There is no channel configuration ${hash.slice(0, 12)}`)
  return configurationSchema.parse(version.body)
}

/** Where mail leaves now. */
export async function outletNow(db: Queryable, ways: Pick<WaysOut, 'secrets' | 'outlet'>): Promise<Outlet> {
  const live = await liveConfiguration(db, ways)
  return live === null ? { kind: 'none' } : ways.outlet(live.configuration.secret)
}

/** Who new messages are from: as the settings say, but for what the live configuration says. */
export async function senderNow(db: Queryable, settings: Sender | null): Promise<Sender | null> {
  const live = await liveVersion(db, 'channel', configured)
  return live ? senderBy(configurationSchema.parse(live.body), settings) : settings
}

export const senderBy = ({ from, replyTo }: Configuration, settings: Sender | null): Sender | null =>
  settings && { ...settings, from: from ?? settings.from, replyTo: replyTo ?? settings.replyTo }

/**
 * Mail by whatever way is live when it is sent: for the few messages that no ledger row stands behind, such as a sign-up's.
 * Whoever sends from the ledger is told the way by the claim.
 */
export const mailNow = (db: Queryable, ways: WaysOut): Pick<Channel, 'send' | 'maxBatch'> => ({
  maxBatch: 50,
  send: async (batch, deadline) => {
    const live = await liveConfiguration(db, ways)
    const channel = live && ways.open(live.configuration)
    if (channel) return channel.send(batch, deadline)
    return batch.messages.map(() => ({ kind: 'retry', scope: 'channel', why: 'no way out is set' }))
  },
})
