import { json, sql, type Sql } from '#kernel/sql.ts'
import { halfLifeDays } from '../engagement.ts'
import type { Scoring } from '../scores/scoring.ts'

export const scoreRow = (person: string): Sql => sql`
  select engagement, lead_score as "leadScore", recency, frequency, monetary, reasons, computed_at as "computedAt"
  from graph.scores where person_id = ${person}`

/** The deeds that weigh most in a person's engagement at an instant, with the points each is still worth. */
export const weightiestDeeds = (person: string, scoring: Scoring, at: Date, limit: number): Sql => sql`
  with own as (select identifier_id from ingest.people where person_id = ${person}),
  deed as (
    select 'event' as row_kind, e.id, e.kind, e.occurred_at as at from own join ingest.events e using (identifier_id)
    where e.properties ->> 'machine' is null
    union all
    select 'order', o.id, 'order', o.ordered_at from own join ingest.orders o using (identifier_id) where o.status = 'paid')
  select d.row_kind as kind, d.id, d.kind as what, d.at, w.value::double precision * power(2, greatest(-60,
      extract(epoch from d.at - ${at}::timestamptz)::double precision / ${halfLifeDays * 86_400}::integer)) as points
  from deed d join jsonb_each_text(${json(scoring.engagement)}::jsonb) w on w.key = d.kind
  where d.at <= ${at} and w.value::double precision > 0
  order by points desc, d.id limit ${limit}`

/**
 * Products a person has not bought yet, by what those they bought say together: Σ confidence · ln lift over pairs that
 * go together more often than by chance. What is known to be sold out is left out.
 */
export const nextProducts = (person: string, limit: number): Sql => sql`
  with own as materialized (
    select distinct l.sku collate "C" as product from ingest.people p join ingest.orders o using (identifier_id)
    join ingest.order_lines l on l.order_id = o.id
    where p.person_id = ${person} and o.status = 'paid' and l.sku is not null),
  speaking as (
    select c.other, c.product, c.people, c.support, c.confidence, c.lift from own join graph.co_purchases c using (product)
    where not c.gone and c.lift > 1 and not exists (select from own bought where bought.product = c.other)),
  catalogue as (
    select distinct on (coalesce(p.sku, p.external_id)) coalesce(p.sku, p.external_id) as product, p.title, p.available
    from ingest.products p where coalesce(p.sku, p.external_id) in (
      select product from speaking union select other from speaking)
    order by coalesce(p.sku, p.external_id), p.id desc),
  spoken as (
    select s.other, sum(s.confidence * ln(s.lift)) as strength,
      jsonb_agg(jsonb_build_object('product', s.product, 'label', coalesce(c.title, s.product), 'people', s.people,
        'support', s.support, 'confidence', s.confidence, 'lift', s.lift)
        order by s.confidence * ln(s.lift) desc, s.product) as because
    from speaking s left join catalogue c on c.product = s.product group by s.other)
  select s.other as product, coalesce(c.title, s.other) as label, s.strength, s.because
  from spoken s left join catalogue c on c.product = s.other
  where c.available is null or c.available <> 0
  order by s.strength desc, s.other limit ${limit}`
