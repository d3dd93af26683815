import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Batch } from '../batch.ts'
import type { EdgeKind, NodeRef } from '../port.ts'

const refs = (nodes: readonly NodeRef[]): Sql =>
  sql`jsonb_to_recordset(${json(nodes.map(({ kind, id }) => ({ kind, id })))}::jsonb) as ref (kind text, id text)`

/** Puts nodes whole. */
export const putNodes = (generation: number, nodes: Batch['nodes']): Sql => sql`
  insert into graph.nodes (generation, kind, id, label, properties, valid_from, valid_to, record_id, run_id, digest, put)
  select ${generation}, kind, id, label, properties, "validFrom", "validTo", "recordId", "runId", digest, true
  from jsonb_to_recordset(${json(nodes)}::jsonb) as node (kind text, id text, label text, properties jsonb,
    "validFrom" timestamptz, "validTo" timestamptz, "recordId" text, "runId" text, digest bigint)
  on conflict (generation, kind, id) do update set label = excluded.label, properties = excluded.properties,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, record_id = excluded.record_id,
    run_id = excluded.run_id, digest = excluded.digest, put = true`

/** Edges of these kinds that start at these nodes, taken away; gives the ends they touched. */
export const takeEdgesFrom = (generation: number, nodes: readonly NodeRef[], kinds: readonly EdgeKind[]): Sql =>
  take(nodes, sql`generation = ${generation} and from_kind = ref.kind and from_id = ref.id and kind = any(${kinds})`)

/** The same of edges that end there. */
export const takeEdgesTo = (generation: number, nodes: readonly NodeRef[], kinds: readonly EdgeKind[]): Sql =>
  take(nodes, sql`generation = ${generation} and to_kind = ref.kind and to_id = ref.id and kind = any(${kinds})`)

/** Node by node (`offset 0` keeps the planner to it): a generation being built has no statistics, and a join would scan it. */
const take = (nodes: readonly NodeRef[], which: Sql): Sql => sql`
  delete from graph.edges e using (
    select edge.ctid from ${refs(nodes)} cross join lateral (
      select ctid from graph.edges where ${which} offset 0) edge) taken
  where e.ctid = taken.ctid
  returning jsonb_build_object('kind', e.from_kind, 'id', e.from_id) as "from",
    jsonb_build_object('kind', e.to_kind, 'id', e.to_id) as "to"`

/** Takes back what was put of these nodes; they stand bare. */
export const bareNodes = (generation: number, nodes: readonly NodeRef[]): Sql => sql`
  update graph.nodes n set label = n.id, properties = '{}', valid_from = null, valid_to = null, record_id = null,
    run_id = null, digest = 0, put = false
  from ${refs(nodes)} where n.generation = ${generation} and n.kind = ref.kind and n.id = ref.id`

export const putEdges = (generation: number, edges: Batch['edges']): Sql => sql`
  insert into graph.edges (generation, from_kind, from_id, kind, to_kind, to_id, properties, valid_from, valid_to,
    record_id, run_id, digest)
  select ${generation}, "from" ->> 'kind', "from" ->> 'id', kind, "to" ->> 'kind', "to" ->> 'id', properties,
    "validFrom", "validTo", "recordId", "runId", digest
  from jsonb_to_recordset(${json(edges)}::jsonb) as edge ("from" jsonb, kind text, "to" jsonb, properties jsonb,
    "validFrom" timestamptz, "validTo" timestamptz, "recordId" text, "runId" text, digest bigint)
  on conflict (generation, from_kind, from_id, kind, to_kind, to_id) do update set properties = excluded.properties,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, record_id = excluded.record_id,
    run_id = excluded.run_id, digest = excluded.digest`

/** An end that nobody put stands as a bare node, called by its id. */
export const putBareNodes = (generation: number, ends: readonly NodeRef[]): Sql => sql`
  insert into graph.nodes (generation, kind, id, label, properties, digest, put)
  select ${generation}, kind, id, id, '{}', 0, false from ${refs(ends)} on conflict do nothing`

/** Bare nodes that no edge touches any more. */
export const removeLonelyBareNodes = (generation: number, ends: readonly NodeRef[]): Sql => sql`
  delete from graph.nodes n using ${refs(ends)}
  where n.generation = ${generation} and n.kind = ref.kind and n.id = ref.id and not n.put
    and not exists (select from graph.edges e where e.generation = ${generation} and e.from_kind = n.kind and e.from_id = n.id)
    and not exists (select from graph.edges e where e.generation = ${generation} and e.to_kind = n.kind and e.to_id = n.id)`

export const tallyNodes = (generation: number): Sql => sql`
  select kind, count(*) as count, sum(digest)::text as digests from graph.nodes
  where generation = ${generation} and put group by kind order by kind`

export const tallyEdges = (generation: number): Sql => sql`
  select kind, count(*) as count, sum(digest)::text as digests from graph.edges
  where generation = ${generation} group by kind order by kind`
