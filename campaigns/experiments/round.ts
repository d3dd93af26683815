import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'
import { liveRelease } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import { selectLiveCampaigns } from '../queries/listening.ts'
import { isBestWait } from './best-wait.ts'
import { learnAnswers } from './answers.ts'
import { reallocate } from './contents.ts'
import { followLifts } from './of-campaign.ts'

/** Shares that were set anew: of which step of which campaign, by arm. */
export type Reallocated = { campaign: string; stepKey: string; shares: Record<string, number> }

/**
 * One look at what live campaigns try: bandits whose time has come set their shares anew, and where a journey goes by
 * what each person answers, that is learnt; what sending brings is counted where that is slow. A campaign that cannot be
 * looked at holds up no other.
 */
export async function followExperiments(deps: {
  db: Db
  clock: Clock
  zone: string
  log: Log
}): Promise<Reallocated[]> {
  const done: Reallocated[] = []
  let learns = false
  for (const campaign of await selectLiveCampaigns(deps.db)) {
    try {
      const live = await liveRelease(deps.db, campaign)
      if (!live) continue
      const definition = definitionOf(live)
      learns ||= definition.journey.some(
        (step) => isBestWait(step) || (step.kind === 'send' && step.bestChannel !== undefined),
      )
      for (const { stepKey, arms } of await reallocate(deps, definition))
        done.push({ campaign, stepKey, shares: Object.fromEntries(arms.map(({ name, share }) => [name, share])) })
    } catch (fault) {
      deps.log.error({ campaign, fault: messageOf(fault) }, 'the experiments of a campaign could not be looked at; the next round tries again') // prettier-ignore
    }
  }
  if (learns) await learnAnswers(deps)
  await followLifts(deps)
  return done
}
