import { liveRelease } from '#governance/releases.ts'
import { holdOf } from './allowance.ts'
import { noteBreachTold, selectUntoldBreaches, type Canary } from '../queries/canaries.ts'
import { tellPeople, type TellSettings } from '../tell-people.ts'

/**
 * Writes to everybody who may take a release back that one was taken back, or stopped: once for each. Where nobody was reached
 * it is tried again at the next round; the rollout's page says the same.
 * @returns how many were reached now about each
 */
export async function tellOfBreaches(deps: TellSettings): Promise<{ campaign: string; reached: number }[]> {
  const told: { campaign: string; reached: number }[] = []
  for (const canary of await selectUntoldBreaches(deps.db)) {
    const { campaign, why } = canary
    const done = await whatWasDone(deps, canary)
    if (done === null) continue
    const reached = await tellPeople(deps, 'campaign.rollback', {
      subject: `${campaign}: ${done.subject}`,
      sentences: [`The new version of “${campaign}” was stopped in its rollout: ${why}.`, done.sentence],
      path: `/campaigns/${encodeURIComponent(campaign)}/rollout`,
    })
    if (reached > 0) await noteBreachTold(deps.db, canary, deps.clock())
    told.push({ campaign, reached })
  }
  return told
}

/** Null while it still has to be taken back. */
async function whatWasDone(
  { db }: TellSettings,
  { campaign, releaseHash, begunAt }: Canary,
): Promise<{ subject: string; sentence: string } | null> {
  const live = await liveRelease(db, campaign)
  if (live?.hash !== releaseHash)
    return { subject: 'the new version was taken back', sentence: 'It is not live any more; nobody is mailed twice.' }
  if (!(await holdOf(db, live, { begunAt }))) return null
  const sentence = 'There is no version to go back to, so the campaign is held until somebody lifts it.'
  return { subject: 'held', sentence }
}
