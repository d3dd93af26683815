import { sql, type Sql } from '#kernel/sql.ts'
import type { Scoring } from '../scores/scoring.ts'
import { takenFrom, takes } from './taken.ts'

/**
 * Paid orders up to an instant and what is left of each, in the business currency: gross less settled refunds and
 * disputes.
 */
const kept = (at: Date): Sql => sql`
  taken as materialized (
    select o.id, ${takenFrom(sql`o`, sql`a`)} as minor
    from ingest.adjustments a join ingest.orders o on o.source = a.source and o.external_id = a.order_external_id
    where ${takes(sql`a`)} and a.occurred_at <= ${at} group by o.id),
  kept as materialized (
    select p.person_id, o.id, o.ordered_at, round(o.gross_minor * o.rate_minor) - coalesce(t.minor, 0) as minor
    from ingest.orders o join ingest.people p using (identifier_id) left join taken t using (id)
    where o.status = 'paid' and o.ordered_at <= ${at})`

/**
 * The digits of all buyers (who made a paid order of which something is left), written where they are other than
 * before. A digit is 1 + the whole fifths of buyers who are worse: people who are equal have equal digits.
 */
export const scoreBuyers = (at: Date): Sql => sql`
  with ${kept(at)},
  buyer as (
    select person_id, max(ordered_at) as newest, count(*) as orders, sum(minor) as spent from kept where minor > 0
    group by person_id),
  digits as materialized (
    select person_id, ${digit(sql`newest`)} as recency, ${digit(sql`orders`)} as frequency, ${digit(sql`spent`)} as monetary
    from buyer),
  put as (
    insert into graph.scores as old (person_id, recency, frequency, monetary, computed_at)
    select person_id, recency, frequency, monetary, ${at} from digits
    on conflict (person_id) do update set recency = excluded.recency, frequency = excluded.frequency,
      monetary = excluded.monetary, computed_at = excluded.computed_at
    where (old.recency, old.frequency, old.monetary)
      is distinct from (excluded.recency, excluded.frequency, excluded.monetary)
    returning person_id),
  taken_back as (
    update graph.scores s set recency = null, frequency = null, monetary = null, computed_at = ${at}
    where s.recency is not null and not exists (select from digits d where d.person_id = s.person_id)
    returning person_id)
  select (select count(*) from put) + (select count(*) from taken_back) as written`

const digit = (by: Sql): Sql => sql`(1 + 5 * (rank() over (order by ${by}) - 1) / count(*) over ())::integer`

/** What a person's digits stand on: orders of which something is left, their sum, and the newest of them. */
export const purchasesOf = (person: string, at: Date): Sql => sql`
  with own as (select identifier_id from ingest.people where person_id = ${person}),
  mine as (
    select o.id, o.ordered_at, round(o.gross_minor * o.rate_minor) - coalesce((
      select ${takenFrom(sql`o`, sql`a`)} from ingest.adjustments a where a.source = o.source and a.order_external_id = o.external_id
        and ${takes(sql`a`)} and a.occurred_at <= ${at}), 0) as minor
    from own join ingest.orders o using (identifier_id) where o.status = 'paid' and o.ordered_at <= ${at})
  select count(*) as orders, coalesce(sum(minor), 0)::bigint as "spentMinor", max(ordered_at) as "lastOrderAt",
    coalesce((array_agg(id order by ordered_at desc, id))[1:3], '{}') as newest
  from mine where minor > 0`

/** Who bought what, at least once: the products each person bought last, so many of them. Paid orders only. */
const baskets = ({ pairs }: Scoring, at: Date): Sql => sql`
  basket as materialized (
    select person_id, product from (
      select p.person_id, l.sku collate "C" as product,
        row_number() over (partition by p.person_id order by max(o.ordered_at) desc, l.sku collate "C") as nth
      from ingest.orders o join ingest.people p using (identifier_id) join ingest.order_lines l on l.order_id = o.id
      where o.status = 'paid' and o.ordered_at <= ${at} and l.sku is not null group by p.person_id, l.sku) bought
    where nth <= ${pairs.perPerson})`

/**
 * Products bought by the same people, written where they are other than before; a pair that no longer counts is marked
 * gone. Support, confidence and lift as in Brin et al., "Dynamic itemset counting" (1997): P(both), P(both) / P(one),
 * P(both) / (P(one) P(other)), where P is the share of all buyers.
 */
export const scorePairs = (scoring: Scoring, at: Date): Sql => sql`
  with ${baskets(scoring, at)},
  buyers as (select count(distinct person_id) as people from basket),
  bought as materialized (select product, count(*) as people from basket group by product),
  counted as materialized (
    select one.product, other.product as other, count(*) as people
    from basket one join basket other on other.person_id = one.person_id and other.product <> one.product
    group by one.product, other.product having count(*) >= ${scoring.pairs.minPeople}),
  ranked as (
    select c.product, c.other, c.people, c.people::double precision / b.people as support,
      c.people::double precision / p.people as confidence,
      c.people::double precision * b.people / (p.people::double precision * o.people) as lift,
      row_number() over (partition by c.product order by c.people desc, o.people, c.other) as nth
    from counted c join bought p on p.product = c.product join bought o on o.product = c.other cross join buyers b),
  pairs as materialized (select * from ranked where nth <= ${scoring.pairs.perProduct}),
  put as (
    insert into graph.co_purchases as old (product, other, people, support, confidence, lift)
    select product, other, people, support, confidence, lift from pairs
    on conflict (product, other) do update set people = excluded.people, support = excluded.support,
      confidence = excluded.confidence, lift = excluded.lift, gone = false
    where (old.people, old.support, old.confidence, old.lift, old.gone)
      is distinct from (excluded.people, excluded.support, excluded.confidence, excluded.lift, false)
    returning product),
  taken_back as (
    update graph.co_purchases c set gone = true
    where not c.gone and not exists (select from pairs p where p.product = c.product and p.other = c.other)
    returning product)
  select (select count(*) from put) + (select count(*) from taken_back) as written`
