import { sql, type Sql } from '#kernel/sql.ts'
import { leadingTo, type NodeKind } from '../kinds.ts'
import type { NodeRef } from '../port.ts'
import { edgeJson, holds, listed, nodeAt, nodeJson, type Asked } from './reading.ts'

export type Walk = { depth: number; kinds: readonly NodeKind[] | null; limit: number; fanOut: number }

/**
 * What lies around a node. `reached` holds every node once for each distance it is reached at: UNION forgets what a
 * level has seen before, so the work grows with nodes times depth and not with the number of ways. The edges among what
 * is found are looked up pair by pair (`offset 0` keeps the planner to it): one of the nodes may have 100,000.
 */
export const around = (asked: Asked, start: NodeRef, walk: Walk): Sql => sql`
  with recursive reached (no, distance) as (
    select no, 0 from (${nodeAt(asked, start)}) start
    union
    select next.no, near.distance + 1 from reached near cross join lateral ${nextNodes(asked, walk)} next
    where near.distance < ${walk.depth}),
  nearest as materialized (
    select n.*, near.distance from (select no, min(distance) as distance from reached group by no) near
    join ${asked.copy.nodes} n on n.no = near.no
    order by near.distance, n.kind, n.id limit ${walk.limit})
  select json_build_object(
    'nodes', (select ${listed(nodeJson(sql`n`, sql`, 'distance', n.distance`), sql`n.distance, n.kind, n.id`)} from nearest n),
    'edges', (select ${listed(edgeJson(sql`e`, sql`f`, sql`t`), sql`f.kind, f.id, e.kind, t.kind, t.id`)}
      from nearest f cross join nearest t cross join lateral (
        select * from ${asked.copy.edges} e where e.from_no = f.no and e.to_no = t.no and ${holds(sql`e`, asked)} offset 0) e))`

/** From `near`, of each kind of edge and each way the newest that lead on. */
const nextNodes = (asked: Asked, walk: Walk): Sql => sql`(
  ${onward(asked, walk, 'out')}
  union all
  ${onward(asked, walk, 'back')})`

/** In the order of an index, which breaks ties too: of 100,000 edges of one instant no more are read than are followed. */
function onward(asked: Asked, { kinds, fanOut }: Walk, way: 'out' | 'back'): Sql {
  const [near, far] = way === 'out' ? [sql`e.from_no`, sql`e.to_no`] : [sql`e.to_no`, sql`e.from_no`]
  return sql`
    select far.no from unnest(${leadingTo(kinds, way)}::text[]) as way (kind) cross join lateral (
      select n.no from ${asked.copy.edges} e join ${asked.copy.nodes} n on n.no = ${far}
      where ${near} = near.no and e.kind = way.kind and ${holds(sql`e`, asked)} and ${holds(sql`n`, asked)}
        ${kinds === null ? sql`` : sql`and n.kind = any(${kinds})`}
      order by e.valid_from desc nulls last, e.digest desc limit ${fanOut}) far`
}

/** The nodes next to any of these, whichever way the edges point. */
export const nextTo = (asked: Asked, nodes: readonly number[]): Sql => sql`
  select coalesce(json_agg(n.no), '[]') from (
    select e.to_no as no from ${asked.copy.edges} e where e.from_no = any(${nodes}) and ${holds(sql`e`, asked)}
    union
    select e.from_no from ${asked.copy.edges} e where e.to_no = any(${nodes}) and ${holds(sql`e`, asked)}) far
  join ${asked.copy.nodes} n on n.no = far.no and ${holds(sql`n`, asked)}`

/** The numbers of two nodes, if both hold. */
export const endsOfWay = (asked: Asked, from: NodeRef, to: NodeRef): Sql => sql`
  select json_build_array(f.no, t.no) from (${nodeAt(asked, from)}) f, (${nodeAt(asked, to)}) t`

/**
 * The way through layers of nodes, the first of which is the start alone: each time to the first neighbour in the next,
 * by the first edge there.
 */
export const wayThrough = (asked: Asked, layers: readonly (readonly number[])[]): Sql => sql`
  with recursive layers as materialized (
    select layer.nth, no::bigint from jsonb_array_elements(${JSON.stringify(layers)}::jsonb) with ordinality as layer (nodes, nth)
    cross join lateral jsonb_array_elements_text(layer.nodes) no),
  walk (nth, no, edge) as (
    select nth, no, null::json from layers where nth = 1
    union all
    select next.nth, next.no, next.edge from walk cross join lateral (
      select layers.nth, n.no, ${edgeJson(sql`e`, sql`f`, sql`t`)} as edge from (
        select e.to_no as far, e.* from ${asked.copy.edges} e where e.from_no = walk.no and ${holds(sql`e`, asked)}
        union all
        select e.from_no, e.* from ${asked.copy.edges} e where e.to_no = walk.no and ${holds(sql`e`, asked)}) e
      join layers on layers.nth = walk.nth + 1 and layers.no = e.far
      join ${asked.copy.nodes} n on n.no = e.far
      join ${asked.copy.nodes} f on f.no = e.from_no join ${asked.copy.nodes} t on t.no = e.to_no
      order by n.kind, n.id, e.kind, f.kind, f.id limit 1) next)
  select json_build_object('nodes', json_agg(${nodeJson(sql`n`)} order by walk.nth),
    'edges', coalesce(json_agg(walk.edge order by walk.nth) filter (where walk.nth > 1), '[]'))
  from walk join ${asked.copy.nodes} n on n.no = walk.no`
