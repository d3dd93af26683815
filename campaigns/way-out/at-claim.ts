import type { Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import type { AnyChannel } from '../channel.ts'
import { configurationOf, isMail, type WaysOut } from './configuration.ts'

/**
 * The way out that a claim leaves by. `configuration` is what was live when it began: a group that would begin after
 * another is live does not begin. `channel`: null for the worker's own.
 */
export type WayAtClaim = { configuration: Hash | null; channel: AnyChannel | null; dailyCap: number | null }

/**
 * Asked in the claim's transaction; null where this process has not the secret of the way that is live.
 * @param configuration what is live of the claim's channel
 */
export async function wayAtClaim(
  tx: Tx,
  ways: WaysOut | undefined,
  configuration: Hash | null,
): Promise<WayAtClaim | null> {
  if (!ways || configuration === null) return { configuration, channel: null, dailyCap: null }
  const body = await configurationOf(tx, configuration)
  const channel = ways.open(body)
  return channel && { configuration, channel, dailyCap: isMail(body) ? body.dailyCap : null }
}
