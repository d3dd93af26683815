import type { Channel } from '#campaigns/channel.ts'
import type { LaunchSettings } from '#campaigns/launch/launch.ts'
import type { TelegramBot } from '#campaigns/telegram/bot.ts'
import type { WaysOut } from '#campaigns/way-out/configuration.ts'
import type { GraphStore } from '#graph/port.ts'
import type { Collect } from '#ingest/collect.ts'
import type { IdentityDeps } from '#ingest/identity/resolve.ts'
import type { OpenSource } from '#ingest/replay.ts'
import type { IngestDeps } from '#ingest/run.ts'
import type { DraftId } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import type { ChatModel } from '#rag/chat-model.ts'
import type { Budget } from '#rag/router/recorded-call.ts'
import type { BrandProfile } from '#rag/brand/profile.ts'
import type { Inbox } from './inbox.ts'

/** What the pages stand on; app/wire.ts fills it. */
export type Pages = LaunchSettings & {
  log: Log
  business: { name: string; zone: string; currency: string }
  /** The brand as the settings alone would have it. */
  brandSettings: BrandProfile
  publicUrl: string
  sessionsKey: Uint8Array
  linksKey: Uint8Array
  /** Seals the links that confirm a sign-up. */
  signUpsKey: Uint8Array
  /** Where the mail leaves that asks to confirm a sign-up; null where nothing is set up. */
  channel: Pick<Channel, 'send'> | null
  /** The bot that writes to people by Telegram; null where there is none. */
  bot: TelegramBot | null
  /** The ways out that messages can be switched to. */
  ways: WaysOut
  graph: GraphStore
  /** Whom the writer may ask, and what that may cost. */
  models: readonly Pick<ChatModel, 'id' | 'vendor'>[]
  budget: Pick<Budget, 'perDay'>
  inbox: Inbox | null
  /** Has the agent write an entered draft in the background; a killed process goes on with it. */
  writeDraft: (id: DraftId) => Promise<void>
  /** Takes in what the quarantine gives back. */
  ingest: IngestDeps
  openSource: OpenSource
  /** What a person's word on who is who stands on; whoever must follow it is told. */
  identity: IdentityDeps
  /** Providers' callbacks by name, each verified on its raw bytes by the channel that knows it. */
  webhooks: Readonly<Record<string, (request: Request) => Promise<Response>>>
  /** Takes in what the pages of the business's site tell, and the origins these may have; null where there is no site. */
  collect: { take: Collect; origins: readonly string[] } | null
  /** Takes in visits to published pages. */
  visits: Collect
  health: () => Promise<Record<string, unknown>>
}
