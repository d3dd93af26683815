import { identifier, json, sql, type Sql } from '#kernel/sql.ts'
import type { NodeKind, NodeRef } from '../port.ts'
import { holds, node, type Asked } from './reading.ts'

/** The far ends of the edges at `near` (an alias with kind and id), whichever way they point. */
const neighbours = (asked: Asked, near: Sql): Sql => sql`(
  select e.kind as edge, e.to_kind as kind, e.to_id as id from graph.edges e
  where e.generation = ${asked.generation} and e.from_kind = ${near}.kind and e.from_id = ${near}.id and ${holds(sql`e`, asked.at)}
  union all
  select e.kind, e.from_kind, e.from_id from graph.edges e
  where e.generation = ${asked.generation} and e.to_kind = ${near}.kind and e.to_id = ${near}.id and ${holds(sql`e`, asked.at)})`

type Reach = { name: string; start: NodeRef; depth: number; kinds: readonly NodeKind[] | null }

/**
 * Two common table expressions: `<name>_all`, every node within some steps, once for each distance it is reached at
 * (UNION forgets what a level has seen before, so the work grows with edges times depth and not with the number of
 * ways), and `<name>`, each node with its distance.
 */
function reach(asked: Asked, { name, start, depth, kinds }: Reach): Sql {
  const [all, nearest] = [identifier(`${name}_all`), identifier(name)]
  return sql`${all} (kind, id, distance) as (
    select n.kind, n.id, 0 from graph.nodes n
    where n.generation = ${asked.generation} and n.kind = ${start.kind} and n.id = ${start.id} and ${holds(sql`n`, asked.at)}
    union
    select n.kind, n.id, near.distance + 1
    from ${all} near cross join lateral ${neighbours(asked, sql`near`)} next
    join graph.nodes n on n.generation = ${asked.generation} and n.kind = next.kind and n.id = next.id
      and ${holds(sql`n`, asked.at)} and (${kinds}::text[] is null or n.kind = any(${kinds}::text[]))
    where near.distance < ${depth}),
  ${nearest} as materialized (select kind, id, min(distance) as distance from ${all} group by kind, id)`
}

export type Walk = { depth: number; kinds: readonly NodeKind[] | null; limit: number }
export type Way = { from: NodeRef; to: NodeRef; maxSteps: number }

export const nodesWithin = (asked: Asked, start: NodeRef, { depth, kinds, limit }: Walk): Sql => sql`
  with recursive ${reach(asked, { name: 'near', start, depth, kinds })}
  select ${node(sql`n`)}, near.distance from near
  join graph.nodes n on n.generation = ${asked.generation} and n.kind = near.kind and n.id = near.id
  order by near.distance, n.kind, n.id limit ${limit}`

/** The edges that join nodes of this set. */
export const edgesAmong = (asked: Asked, nodes: readonly NodeRef[]): Sql => sql`
  with chosen as (select kind, id from jsonb_to_recordset(${json(nodes.map(({ kind, id }) => ({ kind, id })))}::jsonb) as ref (kind text, id text))
  select jsonb_build_object('kind', e.from_kind, 'id', e.from_id) as "from", e.kind,
    jsonb_build_object('kind', e.to_kind, 'id', e.to_id) as "to", e.properties,
    e.valid_from as "validFrom", e.valid_to as "validTo", e.record_id as "recordId", e.run_id as "runId"
  from chosen a join graph.edges e on e.generation = ${asked.generation} and e.from_kind = a.kind and e.from_id = a.id
  join chosen b on e.to_kind = b.kind and e.to_id = b.id
  where ${holds(sql`e`, asked.at)}
  order by e.from_kind, e.from_id, e.kind, e.to_kind, e.to_id`

/**
 * The shortest way, sought from both ends, half the steps each. `toward` holds the nodes on any shortest way with the
 * steps left from there; it is walked from the start, each time to the first neighbour one step nearer. `edge` is the
 * first kind of edge that leads to the node.
 */
export const shortestPath = (asked: Asked, { from, to, maxSteps }: Way): Sql => sql`
  with recursive ${reach(asked, { name: 'ahead', start: from, depth: Math.ceil(maxSteps / 2), kinds: null })},
  ${reach(asked, { name: 'behind', start: to, depth: Math.floor(maxSteps / 2), kinds: null })},
  met as materialized (
    select a.kind, a.id, a.distance as gone, b.distance as steps_left from ahead a join behind b using (kind, id)
    where a.distance + b.distance = (select min(x.distance + y.distance) from ahead x join behind y using (kind, id))),
  early (kind, id, gone, steps_left) as (
    select * from met
    union
    select a.kind, a.id, a.distance, early.steps_left + 1
    from early cross join lateral ${neighbours(asked, sql`early`)} next
    join ahead a on a.kind = next.kind and a.id = next.id and a.distance = early.gone - 1),
  toward as materialized (
    select kind, id, steps_left from early
    union
    select kind, id, distance from behind where distance <= (select min(steps_left) from met)),
  walk (kind, id, steps_left, edge) as (
    select kind, id, steps_left, null::text collate "C" from toward where kind = ${from.kind} and id = ${from.id}
    union all
    select next.kind, next.id, walk.steps_left - 1, next.edge from walk cross join lateral (
      select n.kind, n.id, n.edge from ${neighbours(asked, sql`walk`)} n
      join toward on toward.kind = n.kind and toward.id = n.id and toward.steps_left = walk.steps_left - 1
      order by n.kind, n.id, n.edge limit 1) next
    where walk.steps_left > 0)
  select ${node(sql`n`)}, walk.edge from walk
  join graph.nodes n on n.generation = ${asked.generation} and n.kind = walk.kind and n.id = walk.id
  order by walk.steps_left desc`
