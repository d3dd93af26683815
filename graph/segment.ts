import type { Clock } from '#kernel/clock.ts'
import type { PersonId } from '#kernel/ids.ts'
import type { GraphStore } from './port.ts'
import type { SegmentRule } from './segment-rule.ts'

type Deps = { store: Pick<GraphStore, 'segment'>; clock: Clock }

/** The people whom a rule selects now, by id. Whether one of them may be written to is the gate's question. */
export async function segmentMembers({ store, clock }: Deps, rule: SegmentRule): Promise<PersonId[]> {
  return (await store.segment(rule, clock())) as PersonId[]
}

/** How many people a rule selects now, and the first of them. */
export async function previewSegment(
  deps: Deps,
  rule: SegmentRule,
  sampleSize = 10,
): Promise<{ count: number; sample: PersonId[] }> {
  const members = await segmentMembers(deps, rule)
  return { count: members.length, sample: members.slice(0, sampleSize) }
}
