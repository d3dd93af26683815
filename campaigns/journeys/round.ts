import { messageOf } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'
import { selectLiveCampaigns } from '../queries/listening.ts'
import { sendUnknownAgain } from '../delivery/undecided.ts'
import type { JourneyDeps } from './advance.ts'
import { endCampaign } from './endings.ts'
import { enterJourney, type Knowing } from './enter.ts'
import { hearEvents } from './hear.ts'
import { handOverWithdrawn } from './plan.ts'

export type Followed = { campaign: string; entered: number; ended: number; woken: number; over: string | null }

/**
 * One look at every live campaign: who leaves or need not wait any longer by what they did, who stands in a version that was
 * withdrawn, whether the campaign itself is over, what is sent again since nobody knows whether it arrived, and who comes in.
 * A campaign that cannot be followed holds up no other.
 */
export async function followJourneys(deps: JourneyDeps & Knowing & { log: Log }): Promise<Followed[]> {
  const followed: Followed[] = []
  for (const campaign of await selectLiveCampaigns(deps.db)) {
    try {
      const told = await hearEvents(deps, campaign)
      await handOverWithdrawn(deps, campaign)
      const over = await endCampaign(deps, campaign)
      await sendUnknownAgain(deps, campaign)
      followed.push({ campaign, ...told, over, entered: await enterJourney(deps, campaign) })
    } catch (fault) {
      deps.log.error(
        { campaign, fault: messageOf(fault) },
        'a campaign could not be followed; the next round tries again',
      )
    }
  }
  return followed
}
