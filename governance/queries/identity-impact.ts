import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { valuation, type Reading } from './valuation.ts'

/** New customers of a month, as people stood before the pending changes of identity and as they stand now. */
export type MovedMonth = { month: string; before: number; after: number }

/**
 * The months whose new customers the pending changes of identity move. Before: everybody moved is again who they were
 * before the first of these changes. A new customer is as in the report: the first paid order with net revenue above zero.
 */
export const selectMovedMonths = (db: Queryable, reading: Reading): Promise<MovedMonth[]> =>
  db.query<MovedMonth>(sql`
    with ${valuation(reading)},
    moved as (
      select distinct on (m.identifier_id) m.identifier_id, m.from_person
      from ingest.identity_moves m join ingest.identity_changes c on c.id = m.change_id
      where c.impact is null order by m.identifier_id, c.seq),
    concerned as (
      select from_person as person_id from moved
      union select p.person_id from moved join ingest.people p using (identifier_id)),
    bought as (
      select v.month, v.ordered_at, v.id, v.person_id as after, coalesce(moved.from_person, v.person_id) as before
      from valued v join concerned using (person_id) join ingest.orders o on o.id = v.id
      left join moved on moved.identifier_id = o.identifier_id where v.net > 0),
    counted as (
      select month, 1 as before, 0 as after from (
        select distinct on (before) month from bought order by before, ordered_at, id) firsts
      union all select month, 0, 1 from (
        select distinct on (after) month from bought order by after, ordered_at, id) firsts)
    select to_char(month, 'YYYY-MM') as month, sum(before)::int as before, sum(after)::int as after
    from counted group by month having sum(before) <> sum(after) order by month`)
