import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Occasion } from '../definition/steps.ts'
import { countsAs } from './travellers.ts'

type Goal = Occasion & { withinDays: number }

/**
 * An arm as counted: its people, those who reached the goal, and how both outcomes (the goal, 0 or 1, and what they spent
 * in its days) went with what each had spent before. Money is in minor units of the business currency, without taxes,
 * before refunds.
 */
export type ArmCount = {
  arm: string
  people: number
  converted: number
  before: number
  beforeVariance: number
  reachedVariance: number
  reachedCovariance: number
  spent: number
  spentVariance: number
  spentCovariance: number
}

/** Purchases count as known before over so many days, or as long as the goal's if that is longer. */
const fewestDaysBefore = 90

/**
 * Counts arms. `drawn` selects who is in which: `arm`, `identifier_id`, and `taken_at`, from when on it counts. People are
 * found by who their address is now, so that a merge loses nothing.
 */
export const countArms = (
  db: Queryable,
  { campaign, goal, drawn }: { campaign: string; goal: Goal; drawn: Sql },
): Promise<ArmCount[]> => {
  const within = sql`${goal.withinDays} * interval '1 day'`
  const earlier = sql`${Math.max(goal.withinDays, fewestDaysBefore)} * interval '1 day'`
  return db.query<ArmCount>(sql`
    with drawn as (${drawn}),
    measured as (
      select d.arm, (exists (
          select from ingest.people known join ingest.people p on p.person_id = known.person_id
          join ingest.events v on v.identifier_id = p.identifier_id
          where known.identifier_id = d.identifier_id and v.occurred_at > d.taken_at
            and v.occurred_at <= d.taken_at + ${within}
            and ${countsAs(campaign, sql`${goal.event}`, sql`${json(goal.where ?? {})}::jsonb`)}))::integer::float8 as reached,
        coalesce(bought.before, 0)::float8 as before, coalesce(bought.since, 0)::float8 as spent
      from drawn d left join lateral (
        select sum((o.gross_minor - o.tax_minor) * o.rate_minor) filter (where o.ordered_at <= d.taken_at) as before,
          sum((o.gross_minor - o.tax_minor) * o.rate_minor) filter (where o.ordered_at > d.taken_at) as since
        from ingest.people known join ingest.people p on p.person_id = known.person_id
        join ingest.orders o on o.identifier_id = p.identifier_id and o.status = 'paid'
        where known.identifier_id = d.identifier_id and o.ordered_at > d.taken_at - ${earlier}
          and o.ordered_at <= d.taken_at + ${within}) bought on true)
    select arm, count(*) as people, count(*) filter (where reached = 1) as converted,
      avg(before) as before, coalesce(var_samp(before), 0) as "beforeVariance",
      coalesce(var_samp(reached), 0) as "reachedVariance", coalesce(covar_samp(reached, before), 0) as "reachedCovariance",
      avg(spent) as spent, coalesce(var_samp(spent), 0) as "spentVariance",
      coalesce(covar_samp(spent, before), 0) as "spentCovariance"
    from measured group by arm`)
}

/** Everybody whom a split of a release drew, by their first draw; an arm is called as the turn notes it (`drawn for warm`). */
export const drawnBySplit = (input: { campaign: string; releaseHash: Hash; stepKey: string }): Sql => sql`
  select distinct on (e.person_id) t.why as arm, e.identifier_id, t.taken_at
  from campaigns.enrolments e join campaigns.turns t on t.enrolment_id = e.id and t.step_key = ${input.stepKey}
  where e.campaign = ${input.campaign} and e.release_hash = ${input.releaseHash}
  order by e.person_id, t.taken_at`
