import { saveSegment, type Segment } from '#graph/segments/registry.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'

/** Who saves segments in tests. */
export const by = 'anna'

/** Saves a segment; fails where it is refused. */
export async function saveSegmentIn(deps: { db: Db; clock: Clock }, name: string, rule: unknown): Promise<Segment> {
  const saved = await saveSegment(deps, { name, description: '', rule, by })
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved))
  return saved.segment
}
