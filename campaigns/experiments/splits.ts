import type { Queryable } from '#kernel/db.ts'
import { liveRelease } from '#governance/releases.ts'
import { definitionOf } from '../definition.ts'
import type { SplitStep } from '../definition/steps.ts'
import { drawnFor } from '../journeys/walk.ts'
import { countDrawn } from '../queries/experiments.ts'
import { topTwoShares } from './allocate.ts'
import { readExperiment, type Readout } from './readout.ts'

/** A split of a journey, read as an experiment. `shares`: what top-two sampling would give each arm from here on. */
export type SplitReadout = { stepKey: string; readout: Readout; shares: number[] }

export type Experiments = { kind: 'read'; splits: SplitReadout[] } | { kind: 'nothing-live' | 'no-goal'; why: string }

/**
 * What the splits of the live version say: its people alone, since another version may split otherwise. A person is drawn
 * by the first id their address ever had, so no merge moves them to another arm.
 */
export async function readExperiments(db: Queryable, campaign: string): Promise<Experiments> {
  const live = await liveRelease(db, campaign)
  if (!live) return { kind: 'nothing-live', why: `Nothing of "${campaign}" is live` }
  const { journey, goalReachedBy } = definitionOf(live)
  const steps = journey.filter((step) => step.kind === 'split')
  if (!goalReachedBy && steps.length > 0)
    return { kind: 'no-goal', why: 'The campaign says nothing that can be counted: give it a goalReachedBy' }
  const splits: SplitReadout[] = []
  for (const step of goalReachedBy ? steps : []) {
    const counted = await countDrawn(db, { campaign, releaseHash: live.hash, stepKey: step.key, goal: goalReachedBy! })
    splits.push(readSplit(step, new Map(counted.map((one) => [one.why, one]))))
  }
  return { kind: 'read', splits }
}

function readSplit(step: SplitStep, counted: ReadonlyMap<string, { people: number; converted: number }>): SplitReadout {
  const arms = step.arms.map(({ name, weight }) => {
    const { people = 0, converted = 0 } = counted.get(drawnFor(name)) ?? {}
    return { name, weight, people, converted }
  })
  return { stepKey: step.key, readout: readExperiment(arms), shares: topTwoShares(arms) }
}
