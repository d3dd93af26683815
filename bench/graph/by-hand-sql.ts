import type { PersonContext } from '#graph/port.ts'
import type { Db } from '#kernel/db.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { ByHand } from './reading.ts'
import { today } from './shop.ts'

const timed = ['validFrom', 'validTo', 'recordedAt', 'endRecordedAt', 'firstOrderAt', 'lastOrderAt']

/** JSON with text for instants, as they were. */
const revived = (text: string): PersonContext => JSON.parse(text, (key, value: unknown) => (timed.includes(key) && typeof value === 'string' ? new Date(value) : value)) as PersonContext // prettier-ignore

export function contextBySql(db: Db): ByHand {
  return async (personId, limit) => {
    const [row] = await db.query<{ answer: string }>(personSql(personId, limit))
    return row ? revived(row.answer) : null
  }
}

const nodeColumns = (
  n: Sql,
): Sql => sql`'kind', ${n}.kind, 'id', ${n}.id, 'label', ${n}.label, 'properties', ${n}.properties,
  'validFrom', ${n}.valid_from, 'validTo', ${n}.valid_to, 'recordedAt', ${n}.recorded_at, 'endRecordedAt', ${n}.end_recorded_at,
  'recordId', ${n}.record_id, 'runId', ${n}.run_id`

const personSql = (personId: string, limit: number): Sql => sql`
  with p as (select * from graph.nodes_a where kind = 'person' and id = ${personId}
      and coalesce(valid_from <= ${today}, true) and coalesce(valid_to > ${today}, true)),
  i as materialized (
    select n.* from p join graph.edges_a e on e.from_no = p.no and e.kind = 'known-as'
    join graph.nodes_a n on n.no = e.to_no
    where ${now(sql`e`)} and ${now(sql`n`)}),
  o as materialized (
    select n.*, max(e.valid_from) as came, (array_agg(e.digest order by e.valid_from desc nulls last, e.digest desc))[1] as nth
    from i join graph.edges_a e on e.from_no = i.no and e.kind = 'placed'
    join graph.nodes_a n on n.no = e.to_no where ${now(sql`e`)} and ${now(sql`n`)} group by n.no),
  ev as (${newestOf(sql`'did'`, limit)}),
  co as (${newestOf(sql`'consented'`, limit)})
  select json_build_object('person', json_build_object(${nodeColumns(sql`p`)}),
    'identifiers', (select coalesce(json_agg(json_build_object(${nodeColumns(sql`i`)}) order by id), '[]') from (select * from i order by id limit ${limit}) i),
    'organisations', (select coalesce(json_agg(json_build_object(${nodeColumns(sql`n`)}) order by n.id), '[]') from (
      select distinct n.id, n.no from i join graph.edges_a e on e.from_no = i.no and e.kind = 'works-at' and ${now(sql`e`)}
      join graph.nodes_a n on n.no = e.to_no where ${now(sql`n`)} order by n.id limit ${limit}) w join graph.nodes_a n on n.no = w.no),
    'subscriptions', (select coalesce(json_agg(json_build_object(${nodeColumns(sql`n`)}) order by n.id), '[]') from (
      select distinct n.id, n.no from i join graph.edges_a e on e.from_no = i.no and e.kind = 'holds' and ${now(sql`e`)}
      join graph.nodes_a n on n.no = e.to_no where ${now(sql`n`)} order by n.id limit ${limit}) w join graph.nodes_a n on n.no = w.no),
    'segments', (select coalesce(json_agg(json_build_object(${nodeColumns(sql`n`)}) order by n.id), '[]') from (
      select n.* from graph.edges_a e join graph.nodes_a n on n.no = e.to_no
      where e.from_no = p.no and e.kind = 'in' and ${now(sql`e`)} and ${now(sql`n`)} order by n.id limit ${limit}) n),
    'totals', (select json_build_object('orders', count(*), 'spentMinor', coalesce(sum((properties ->> 'spentMinor')::bigint), 0),
      'firstOrderAt', min(valid_from), 'lastOrderAt', max(valid_from)) from o where properties ->> 'status' = 'paid'),
    'orders', (select coalesce(json_agg(json_build_object(${nodeColumns(sql`o`)}, 'products', (
        select coalesce(json_agg(json_build_object('id', n.id, 'label', n.label, 'quantity', e.properties -> 'quantity') order by n.id), '[]')
        from graph.edges_a e join graph.nodes_a n on n.no = e.to_no
        where e.from_no = o.no and e.kind = 'contains' and ${now(sql`e`)} and ${now(sql`n`)})) order by came desc nulls last, nth desc), '[]')
      from (select * from o order by came desc nulls last, nth desc limit ${limit}) o),
    'events', (select coalesce(json_agg(json_build_object(${nodeColumns(sql`n`)}) order by came desc nulls last, nth desc), '[]') from ev n),
    'consents', (select coalesce(json_agg(json_build_object(${nodeColumns(sql`n`)}) order by came desc nulls last, nth desc), '[]') from co n),
    'interests', (select coalesce(json_agg(json_build_object('node', json_build_object(${nodeColumns(sql`n`)}), 'weight', t.weight) order by t.weight desc, n.id), '[]') from (
      select n.no, count(distinct o.no) as weight from o
      join graph.edges_a c on c.from_no = o.no and c.kind = 'contains' and ${now(sql`c`)}
      join graph.nodes_a product on product.no = c.to_no and ${now(sql`product`)}
      join graph.edges_a t on t.from_no = product.no and t.kind = 'tagged' and ${now(sql`t`)}
      join graph.nodes_a n on n.no = t.to_no and ${now(sql`n`)}
      where o.properties ->> 'status' = 'paid' group by n.no, n.id order by weight desc, n.id limit ${limit}) t join graph.nodes_a n on n.no = t.no))::text as answer
  from p`

const now = (x: Sql): Sql =>
  sql`(${x}.valid_from is null or ${x}.valid_from <= ${today}) and (${x}.valid_to is null or ${x}.valid_to > ${today})`

const newestOf = (kind: Sql, limit: number): Sql => sql`
  select n.*, e.valid_from as came, e.digest as nth from i cross join lateral (
    select * from graph.edges_a e where e.from_no = i.no and e.kind = ${kind} and ${now(sql`e`)}
    order by e.valid_from desc nulls last, e.digest desc limit ${limit}) e
  join graph.nodes_a n on n.no = e.to_no where ${now(sql`n`)} order by e.valid_from desc nulls last, e.digest desc limit ${limit}`
