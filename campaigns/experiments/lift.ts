import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import type { CampaignDefinition } from '../definition.ts'
import { globalHoldout } from '../holdout.ts'
import { countArms } from '../queries/experiments.ts'
import { drawnByAll, drawnByCampaign } from '../queries/holdouts.ts'
import { compared, type Compared, type PlannedArm } from './compared.ts'
import { liftGoal, purchase } from './goals.ts'

/** What sending brings, against people who are sent nothing. `of`: this campaign, or all campaigns. */
export type Lift = Compared & { of: 'campaign' | 'global'; share: number; goal: { event: string; withinDays: number } }

/** The lift of a campaign by its own holdout and by that of the house, where there are such. */
export async function readLifts(
  db: Queryable,
  { definition, releases }: { definition: CampaignDefinition; releases: readonly Hash[] },
): Promise<Lift[]> {
  const { name: campaign, holdout } = definition
  const goal = liftGoal(definition)
  const everywhere = await globalHoldout(db)
  const lifts: Lift[] = []
  if (holdout) {
    const counts = await countArms(db, { campaign, goal, drawn: drawnByCampaign({ campaign, releases }) })
    lifts.push({ of: 'campaign', share: holdout.share, goal, ...compared(armsOf(holdout.share), counts) })
  }
  if (everywhere.share > 0 && everywhere.since) {
    const drawn = drawnByAll({ campaign, since: everywhere.since })
    lifts.push({ of: 'global', share: everywhere.share, goal, ...compared(armsOf(everywhere.share), await countArms(db, { campaign, goal, drawn })) }) // prettier-ignore
  }
  return lifts
}

/** What all campaigns together bring: purchases of everybody who came into any of them. Null where nobody is held out. */
export async function readHouseLift(db: Queryable): Promise<Lift | null> {
  const { share, since } = await globalHoldout(db)
  if (share === 0 || !since) return null
  const counts = await countArms(db, { campaign: '', goal: purchase, drawn: drawnByAll({ campaign: null, since }) })
  return { of: 'global', share, goal: purchase, ...compared(armsOf(share), counts) }
}

const armsOf = (share: number): PlannedArm[] => [
  { counted: 'held', name: 'held out', weight: share },
  { counted: 'treated', name: 'written to', weight: 1 - share },
]
