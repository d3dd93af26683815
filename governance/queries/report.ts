import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { Group } from '../metrics/metric.ts'
import { valuation, type Reading } from './valuation.ts'

/** Everything the owner's report is made of, in one statement and so of one moment: the parts, added up. */
export const selectGroups = (db: Queryable, reading: Reading): Promise<Group[]> =>
  db.query<Group>(sql`
    with ${valuation(reading)},
    in_period as (
      select month, sum(gross)::bigint as gross, sum(net)::bigint as net, count(*) as count from valued
      where day >= ${reading.from}::date and day < ${reading.to}::date group by month),
    bought as materialized (
      select a.month, a.channel, v.month as activity, sum(v.net)::bigint as net, count(*) as count,
        count(distinct person_id) filter (where v.net > 0) as active
      from acquisitions a join valued v using (person_id) group by a.month, a.channel, v.month),
    groups (part, month, channel, activity, amount, count) as (
      select 'gross', month, null::text, null::date, gross, count from in_period
      union all select 'net', month, null, null, net, count from in_period
      union all select 'customer', month, channel, null, 0, count(*) from acquisitions group by month, channel
      union all select 'paid-customer', month, channel, null, 0, count(*) from acquisitions
        where channel in (select channel from spent where is_ad) group by month, channel
      union all select 'margin', month, channel, activity, net, count from bought
      union all select 'active', month, channel, activity, 0, active from bought where active > 0
      union all select case when is_ad then 'ads' else 'overhead' end, month, channel, null, sum(amount)::bigint, count(*)
        from spent group by is_ad, month, channel)
    select part, to_char(month, 'YYYY-MM') as month, channel, to_char(activity, 'YYYY-MM') as activity,
      amount as "amountMinor", count from groups`)

export type Doubts = { unvalued: number; orphans: number; pendingDisputes: number; foreignRates: number }

/** What the figures leave out, so that the report can say so. */
export async function selectDoubts(db: Queryable, { asOf, currency }: Reading): Promise<Doubts> {
  const rows = await db.query<Doubts>(sql`
    select
      count(*) filter (where a.status = 'settled' and a.currency not in (o.currency, ${currency}::text)) as unvalued,
      count(*) filter (where o.id is null) as orphans,
      count(*) filter (where a.status = 'pending' and a.kind = 'dispute') as "pendingDisputes",
      (select count(*) from ingest.orders where status = 'paid' and currency = ${currency} and rate_minor <> 1) as "foreignRates"
    from ingest.adjustments a left join ingest.orders o on o.source = a.source and o.external_id = a.order_external_id
    where a.occurred_at <= ${asOf}`)
  return rows[0] ?? { unvalued: 0, orphans: 0, pendingDisputes: 0, foreignRates: 0 }
}
