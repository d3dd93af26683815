import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Occasion } from '../definition/terms.ts'
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

/** Sums over the people of an arm who bought or reached the goal: what everybody else adds is nothing. Outcomes as in ArmCount. */
type Sums = {
  arm: string
  people: number
  converted: number
  before: number
  beforeSquares: number
  reachedBefore: number
  spent: number
  spentSquares: number
  spentBefore: number
}

/**
 * Counts arms. `drawn` selects who is in which, each address once: `arm`, `identifier_id`, and `taken_at`, from when on it
 * counts. People are found by who their address is now, so that a merge loses nothing. It begins with what happened in
 * the days that count and looks whose it was: most people did nothing, and need only be counted.
 */
export async function countArms(
  db: Queryable,
  { campaign, goal, drawn }: { campaign: string; goal: Goal; drawn: Sql },
): Promise<ArmCount[]> {
  const within = sql`${goal.withinDays} * interval '1 day'`
  const earlier = sql`${Math.max(goal.withinDays, fewestDaysBefore)} * interval '1 day'`
  const sums = await db.query<Sums>(sql`
    with drawn as materialized (${drawn}),
    everybody as materialized (
      select arm, count(*) as people, min(taken_at) as first, max(taken_at) as last from drawn group by arm),
    span as materialized (select min(first) as first, max(last) as last from everybody),
    deeds as materialized (
      select v.identifier_id, v.occurred_at as at, true as reaches, 0::float8 as money from ingest.deeds v
      where v.occurred_at > (select first from span) and v.occurred_at <= (select last from span) + ${within}
        and ${countsAs(campaign, sql`${goal.event}`, sql`${json(goal.where ?? {})}::jsonb`)}
      union all
      select o.identifier_id, o.ordered_at, false, ((o.gross_minor - o.tax_minor) * o.rate_minor)::float8 from ingest.orders o
      where o.status = 'paid' and o.ordered_at > (select first from span) - ${earlier}
        and o.ordered_at <= (select last from span) + ${within}),
    theirs as materialized (
      select known.identifier_id, deeds.at, deeds.reaches, deeds.money
      from deeds join ingest.people p on p.identifier_id = deeds.identifier_id
      join ingest.people known on known.person_id = p.person_id),
    measured as materialized (
      select d.arm, bool_or(t.reaches and t.at > d.taken_at)::integer::float8 as reached,
        coalesce(sum(t.money) filter (where t.at <= d.taken_at), 0) as before,
        coalesce(sum(t.money) filter (where t.at > d.taken_at), 0) as spent
      from theirs t join drawn d on d.identifier_id = t.identifier_id
      where t.at > d.taken_at - ${earlier} and t.at <= d.taken_at + ${within}
      group by d.arm, d.identifier_id, d.taken_at),
    summed as (
      select arm, sum(reached) as converted, sum(before) as before, sum(before * before) as before_squares,
        sum(reached * before) as reached_before, sum(spent) as spent, sum(spent * spent) as spent_squares,
        sum(spent * before) as spent_before
      from measured group by arm)
    select arm, people, coalesce(converted, 0) as converted, coalesce(before, 0) as before,
      coalesce(before_squares, 0) as "beforeSquares", coalesce(reached_before, 0) as "reachedBefore",
      coalesce(spent, 0) as spent, coalesce(spent_squares, 0) as "spentSquares", coalesce(spent_before, 0) as "spentBefore"
    from everybody left join summed using (arm)`)
  return sums.map(momentsOf)
}

function momentsOf({ arm, people, converted, ...sums }: Sums): ArmCount {
  /** Of two outcomes by the sums over each, and over their product; samples' (n - 1), nothing of fewer than two. */
  const spread = (one: number, other: number, both: number): number =>
    people < 2 ? 0 : (both - (one * other) / people) / (people - 1)
  const { before, spent } = sums
  return {
    arm,
    people,
    converted,
    before: before / people,
    beforeVariance: Math.max(0, spread(before, before, sums.beforeSquares)),
    reachedVariance: Math.max(0, spread(converted, converted, converted)),
    reachedCovariance: spread(converted, before, sums.reachedBefore),
    spent: spent / people,
    spentVariance: Math.max(0, spread(spent, spent, sums.spentSquares)),
    spentCovariance: spread(spent, before, sums.spentBefore),
  }
}

/** Everybody whom a split of a release drew, by their first draw; an arm is called as the turn notes it (`drawn for warm`). */
export const drawnBySplit = (input: { campaign: string; releaseHash: Hash; stepKey: string }): Sql => sql`
  select distinct on (e.person_id) t.why as arm, e.identifier_id, t.taken_at
  from campaigns.enrolments e join campaigns.turns t on t.enrolment_id = e.id and t.step_key = ${input.stepKey}
  where e.campaign = ${input.campaign} and e.release_hash = ${input.releaseHash}
  order by e.person_id, t.taken_at`
