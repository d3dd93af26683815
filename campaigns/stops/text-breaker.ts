import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { TextChannelName } from '../channel.ts'
import { stopChannel } from './channel-stops.ts'
import { countFailedTexts, countTakenTexts } from '../queries/text-failures.ts'

const dayMs = 24 * 3_600_000
/** Numbers go dead and people shut a bot: a share of failures that mail would stop at is usual for texts. */
const mostFailed = 0.5
const fewest = 10

/** Why a channel is to be stopped by what became of its texts in 24 hours; null where nothing speaks against it. */
export function judgedTexts({ taken, failed }: { taken: number; failed: number }): string | null {
  if (failed < fewest || failed <= taken * mostFailed) return null
  return `its provider took ${taken} messages in 24 hours and told that ${failed} of them failed`
}

/**
 * Looks at what providers told of texts, channel by channel, and stops a channel most of whose messages failed after they
 * were taken, until a person lets it go on. To be run every minute, as `lookAtReputation` is for mail.
 * @returns the channels that were stopped now
 */
export async function lookAtTexts({
  db,
  clock,
}: {
  db: Db
  clock: Clock
}): Promise<{ channel: TextChannelName; why: string }[]> {
  const since = new Date(clock().getTime() - dayMs)
  const stopped: { channel: TextChannelName; why: string }[] = []
  for (const { channel, failed } of await countFailedTexts(db, since)) {
    const why = failed < fewest ? null : judgedTexts({ taken: await countTakenTexts(db, channel, since), failed })
    if (why !== null && (await db.transaction((tx) => stopChannel(tx, clock, { channel, why }))))
      stopped.push({ channel, why })
  }
  return stopped
}
