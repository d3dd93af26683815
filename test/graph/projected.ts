import type { GraphStore } from '#graph/port.ts'
import { project, type Projection } from '#graph/project.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'

/** Projects into a store, and fails where another process is at it. */
export async function projectedInto(
  deps: { db: Db; clock: Clock; store: GraphStore },
  input: { rebuild?: boolean } = {},
): Promise<Extract<Projection, { kind: 'projected' }>> {
  const done = await project(deps, input)
  if (done.kind !== 'projected') throw new Error(done.why)
  return done
}
