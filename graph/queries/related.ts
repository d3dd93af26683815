import { identifier, sql, type Sql } from '#kernel/sql.ts'
import type { NodeRef } from '../port.ts'
import { edgeJson, holds, holdsWithEnd, listed, nodeAt, nodeJson, type Asked } from './reading.ts'

/** What a person bought: person → identifier → order → product, the order paid. Person and product need not hold yet. */
const purchases = (asked: Asked): Sql => sql`(
  select k.from_no as person, k.to_no as known, p.to_no as bought, c.to_no as product
  from ${asked.copy.edges} k
  join ${asked.copy.edges} p on p.from_no = k.to_no and p.kind = 'placed' and p.to_word = 'paid' and ${holdsWithEnd(sql`p`, asked)}
  join ${asked.copy.edges} c on c.from_no = p.to_no and c.kind = 'contains' and ${holds(sql`c`, asked)}
  where k.kind = 'known-as' and ${holdsWithEnd(sql`k`, asked)})`

/**
 * Products that share buyers with a product, or people that share products with a person, by how many they share.
 * `near` is each way from the start to what is shared, `place` how it stands among all by id; so the least place among
 * what both share begins the first way there, and only that one is walked on.
 */
export function relatedTo(asked: Asked, start: NodeRef & { kind: 'person' | 'product' }, limit: number): Sql {
  const { nodes, edges } = asked.copy
  const ofProduct = start.kind === 'product'
  const [own, shared] = [identifier(start.kind), identifier(ofProduct ? 'person' : 'product')]
  const [there, back] = ofProduct
    ? [sql`bought.id, known.id`, sql`known.id, bought.id`]
    : [sql`known.id, bought.id`, sql`bought.id, known.id`]
  return sql`
  with start as materialized (${nodeAt(asked, start)}),
  near as materialized (
    select distinct on (shared.no) shared.no, way.known, way.bought,
      row_number() over (order by ${there}, shared.id) as place
    from start join ${purchases(asked)} way on way.${own} = start.no
    join ${nodes} shared on shared.no = way.${shared} and ${holds(sql`shared`, asked)}
    join ${nodes} known on known.no = way.known join ${nodes} bought on bought.no = way.bought
    order by shared.no, place),
  sharing as materialized (
    select distinct near.place, way.${own} as no from near join ${purchases(asked)} way on way.${shared} = near.no),
  found as materialized (
    select n.*, weight, place from (
      select no, count(*) as weight, min(place) as place from sharing group by no) weighed
    join ${nodes} n on n.no = weighed.no and ${holds(sql`n`, asked)}
      and n.no <> (select no from start) and n.properties -> 'visitor' is distinct from 'true'
    order by weight desc, n.kind, n.id limit ${limit})
  select ${listed(
    sql`json_build_object('node', ${nodeJson(sql`n`)}, 'weight', n.weight, 'path', way.path)`,
    sql`n.weight desc, n.kind, n.id`,
  )}
  from found n join near using (place) cross join lateral (
    select way.* from ${purchases(asked)} way
    join ${nodes} known on known.no = way.known join ${nodes} bought on bought.no = way.bought
    where way.${own} = n.no and way.${shared} = near.no order by ${back} limit 1) far
  cross join lateral (${pathOf(edges, nodes, ofProduct)}) way`
}

/** The way from the start by `near` and `far` to `n`, as JSON. */
function pathOf(edges: Sql, nodes: Sql, ofProduct: boolean): Sql {
  const [near, far] = [
    { known: sql`near.known`, bought: sql`near.bought` },
    { known: sql`far.known`, bought: sql`far.bought` },
  ]
  const start = sql`(select no from start)`
  const steps = ofProduct
    ? [start, near.bought, near.known, sql`near.no`, far.known, far.bought, sql`n.no`]
    : [start, near.known, near.bought, sql`near.no`, far.bought, far.known, sql`n.no`]
  const kinds = ofProduct
    ? ['contains', 'placed', 'known-as', 'known-as', 'placed', 'contains']
    : ['known-as', 'placed', 'contains', 'contains', 'placed', 'known-as']
  const array = steps.reduce((list, no) => sql`${list}, ${no}`)
  return sql`
    select json_build_object('nodes', json_agg(${nodeJson(sql`s`)} order by step.nth),
      'edges', json_agg(step.edge order by step.nth) filter (where step.nth > 1)) as path
    from (
      select at.no, at.nth, ${edgeJson(sql`e`, sql`f`, sql`t`)} as edge
      from unnest(array[${array}], ${[null, ...kinds]}::text[], array[null, ${array}]) with ordinality as at (no, kind, before, nth)
      left join ${edges} e on e.kind = at.kind
        and ((e.from_no = at.before and e.to_no = at.no) or (e.from_no = at.no and e.to_no = at.before))
      left join ${nodes} f on f.no = e.from_no left join ${nodes} t on t.no = e.to_no) step
    join ${nodes} s on s.no = step.no`
}
