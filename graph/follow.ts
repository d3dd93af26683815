import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { GraphStore } from './port.ts'
import { project, type Projection } from './project.ts'
import { computeScores } from './scores/compute.ts'
import { maintainSegments, type Maintenance } from './segments/maintain.ts'

export type Followed = { projection: Projection; segments: Maintenance }

/**
 * Brings everything that hangs on the canonical tables up to date, in the order in which one stands on the other:
 * scores, the graph with them, who is in which segment, and the graph once more where somebody came or left.
 */
export async function followCanon(deps: { db: Db; clock: Clock; store: GraphStore }): Promise<Followed> {
  await computeScores(deps)
  const projection = await project(deps)
  const segments = await maintainSegments(deps)
  const moved = segments.kind === 'maintained' && segments.segments.some(({ entered, left }) => entered + left > 0)
  return { projection: moved ? await project(deps) : projection, segments }
}
