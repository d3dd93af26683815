import type { Queryable, Tx } from '#kernel/db.ts'
import type { LiveRelease } from '#governance/releases.ts'
import type { CampaignDefinition } from '../definition.ts'
import { holdsBinding } from '../content/holds.ts'
import type { Hold } from '../queries/holds.ts'
import { countSince, selectCanary, type Canary } from '../queries/canaries.ts'

/** The rollout of a live release; null where it has yet to begin: it never did, or was taken back and made live again. */
export async function canaryOf(db: Queryable, live: LiveRelease): Promise<Canary | null> {
  const canary = await selectCanary(db, live.hash)
  return canary?.state === 'breached' && live.releasedAt > canary.lookedAt ? null : canary
}

/**
 * How many messages of a release may be claimed before its rollout is looked at again; Infinity where it has none, or
 * went well. Claims of a campaign come one after another, so what is counted here is exact: after the look before a
 * breach, no more than declared leave.
 */
export async function messagesBeforeLook(
  tx: Tx,
  live: LiveRelease,
  { rollout }: Pick<CampaignDefinition, 'rollout'>,
): Promise<number> {
  if (!rollout) return Infinity
  const canary = await canaryOf(tx, live)
  if (canary === null) return 0
  if (canary.state === 'finished') return Infinity
  if (canary.state === 'breached') return (await wasLifted(tx, live, canary)) ? Infinity : 0
  return Math.max(0, rollout.mostBetweenLooks - (await countSince(tx, live.hash, canary.lookedAt)))
}

/** Somebody lifted the hold that a breach placed: from then on it is theirs. */
async function wasLifted(tx: Tx, live: LiveRelease, canary: Canary): Promise<boolean> {
  const hold = await holdOf(tx, live, canary)
  return hold !== null && hold.liftedAt !== null
}

/** The hold that the breach of a rollout placed, lifted since or not; null where it placed none. */
export async function holdOf(
  db: Queryable,
  live: LiveRelease,
  { begunAt }: Pick<Canary, 'begunAt'>,
): Promise<Hold | null> {
  const holds = await holdsBinding(db, live)
  return holds.find(({ rule, placedAt }) => rule === 'rollout' && placedAt >= begunAt) ?? null
}
