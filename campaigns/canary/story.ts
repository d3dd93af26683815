import type { Queryable } from '#kernel/db.ts'
import { liveRelease } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import { selectCanaries, type Canary } from '../queries/canaries.ts'
import { canaryOf } from './allowance.ts'
import type { RolloutPlan } from './plan.ts'

/** A rollout as it was last looked at; `isLive`: its release is what is sent now. */
export type Rollout = Canary & { isLive: boolean }

/** The rollouts of a campaign, or of all; newest look first. */
export async function rolloutsOf(db: Queryable, campaign: string | null): Promise<Rollout[]> {
  const canaries = await selectCanaries(db, campaign)
  const names = [...new Set(canaries.map((canary) => canary.campaign))]
  const live = await Promise.all(names.map((name) => liveCanary(db, name)))
  return canaries.map((canary) => ({ ...canary, isLive: live.some((one) => one !== null && isSame(one, canary)) }))
}

async function liveCanary(db: Queryable, campaign: string): Promise<Canary | null> {
  const live = await liveRelease(db, campaign)
  return live && canaryOf(db, live)
}

const isSame = (one: Canary, other: Canary): boolean =>
  one.releaseHash === other.releaseHash && one.begunAt.getTime() === other.begunAt.getTime()

/** How far the live release of a campaign goes, and the stages it declares; null where nothing is live. */
export async function rolloutOf(
  db: Queryable,
  campaign: string,
): Promise<{ percent: number; plan: RolloutPlan | null } | null> {
  const live = await liveRelease(db, campaign)
  return live && { percent: live.percent, plan: definitionOf(live).rollout ?? null }
}
