import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import type { CampaignDefinition } from '../definition.ts'
import { drawnFor } from '../journeys/walk.ts'
import { countArms, drawnBySplit } from '../queries/experiments.ts'
import { topTwoShares } from './allocate.ts'
import { compared, type Compared } from './compared.ts'

/** A split of a journey, read as an experiment. `shares`: what top-two sampling would give each arm from here on. */
export type SplitReadout = Compared & { stepKey: string; shares: number[] }

/**
 * What the splits of a live release say: its people alone, since another version may split otherwise. A person is drawn by
 * the first id their address ever had, so no merge moves them to another arm.
 */
export async function readSplits(
  db: Queryable,
  { definition, releaseHash }: { definition: CampaignDefinition; releaseHash: Hash },
): Promise<SplitReadout[]> {
  const { name: campaign, journey, goalReachedBy: goal } = definition
  const splits: SplitReadout[] = []
  for (const step of goal ? journey.filter(({ kind }) => kind === 'split') : []) {
    if (step.kind !== 'split') continue
    const drawn = drawnBySplit({ campaign, releaseHash, stepKey: step.key })
    const counts = await countArms(db, { campaign, goal: goal!, drawn })
    const planned = step.arms.map(({ name, weight }) => ({ counted: drawnFor(name), name, weight }))
    const read = compared(planned, counts)
    splits.push({ stepKey: step.key, ...read, shares: topTwoShares(read.readout.arms) })
  }
  return splits
}
