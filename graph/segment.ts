import type { Clock } from '#kernel/clock.ts'
import type { PersonId } from '#kernel/ids.ts'
import type { GraphReader } from './port.ts'
import type { SegmentRule } from './segment-rule.ts'

/** How many people a rule selects now, and the first of them by id. Whether one may be written to is the gate's question. */
export async function previewSegment(
  { store, clock }: { store: Pick<GraphReader, 'segment'>; clock: Clock },
  rule: SegmentRule,
  sampleSize = 10,
): Promise<{ count: number; sample: PersonId[] }> {
  const members = (await store.segment(rule, { at: clock() })) as PersonId[]
  return { count: members.length, sample: members.slice(0, sampleSize) }
}
