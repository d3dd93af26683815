import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Occasion } from '../definition/steps.ts'
import { countsAs } from './travellers.ts'

/** What a split notes of whom it drew (`drawn for warm`), how many people, and how many of them reached the goal. */
export type DrawnCount = { why: string; people: number; converted: number }

/** Everybody whom a split of a release drew, by their first draw; the goal counts within its days from then. */
export const countDrawn = (
  db: Queryable,
  input: { campaign: string; releaseHash: Hash; stepKey: string; goal: Occasion & { withinDays: number } },
): Promise<DrawnCount[]> =>
  db.query<DrawnCount>(sql`
    with drawn as (
      select distinct on (e.person_id) e.person_id, e.identifier_id, t.taken_at, t.why
      from campaigns.enrolments e join campaigns.turns t on t.enrolment_id = e.id and t.step_key = ${input.stepKey}
      where e.campaign = ${input.campaign} and e.release_hash = ${input.releaseHash}
      order by e.person_id, t.taken_at)
    select why, count(*) as people, count(*) filter (where exists (
      select from ingest.people known join ingest.people p on p.person_id = known.person_id
      join ingest.events v on v.identifier_id = p.identifier_id
      where known.identifier_id = drawn.identifier_id and v.occurred_at > drawn.taken_at
        and v.occurred_at <= drawn.taken_at + ${input.goal.withinDays} * interval '1 day'
        and ${countsAs(input.campaign, sql`${input.goal.event}`, sql`${json(input.goal.where ?? {})}::jsonb`)})) as converted
    from drawn group by why`)
