import { randomInt } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { machineLabel, type Visit } from '../heard/bots.ts'
import { readExperiment, type Readout } from '../experiments/readout.ts'
import { countArmsOfPage, countView } from '../queries/page-arms.ts'
import { armsOf, type PageArm } from './arms.ts'
import { livePage } from './versions.ts'

const lanes = 8

/** Counts that a visitor was shown a copy with its form. */
export const countShown = (
  { db, clock }: { db: Queryable; clock: Clock },
  { visit, ...shown }: { pageHash: Hash; arm: string; reader: string | null; visit: Visit },
): Promise<void> =>
  countView(db, { ...shown, machine: machineLabel(visit) !== null, lane: randomInt(lanes), at: clock() })

/** What a page tries, and what that says: of its live version alone, since other shares draw others. */
export type Trial = { arms: readonly PageArm[]; readout: Readout; machines: number }

/** Null where a page tries nothing. People are readers who are known, and visits of all others. */
export async function readTrial(db: Queryable, slug: string): Promise<Trial | null> {
  const live = await livePage(db, slug)
  if (live?.version.state !== 'published' || !live.version.others) return null
  const arms = armsOf(live.version)
  const counted = new Map((await countArmsOfPage(db, live.hash)).map((one) => [one.arm, one]))
  const read = arms.map(({ name, percent }) => {
    const { readers = 0, signedUp = 0 } = counted.get(name) ?? {}
    // Who signs up was there, even where the visit could not be counted.
    return { name, weight: percent, people: Math.max(readers, signedUp), converted: signedUp }
  })
  const machines = [...counted.values()].reduce((sum, one) => sum + one.machines, 0)
  return { arms, readout: readExperiment(read), machines }
}
