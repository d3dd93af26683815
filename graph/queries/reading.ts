import { sql, type Sql } from '#kernel/sql.ts'
import type { EdgeKind } from '../kinds.ts'
import type { Instant, NodeRef } from '../port.ts'
import type { Copy } from './generations.ts'

// Every answer is of one copy and holds at an instant: all nodes and edges on the way to it do.
// What is ordered by time has those without one last, then goes by kind and id.

export type Asked = Instant & { copy: Copy }

/**
 * An answer as one JSON value, if the generation is live: no row when it is not, and then another must be asked. One
 * statement has one view of the world, and holds the tables it reads, so nothing can be published and emptied meanwhile.
 */
export const whileLive = (generation: number, answer: Sql): Sql => sql`
  select (${answer}) as answer from graph.generations where live and number = ${generation}`

/** Whether the node or edge under this alias holds. */
export const holds = (alias: Sql, asked: Instant): Sql =>
  holding(
    sql`${alias}.valid_from`,
    sql`${alias}.valid_to`,
    sql`${alias}.recorded_at`,
    sql`${alias}.end_recorded_at`,
    asked,
  )

/** Whether an edge that its end owns holds, and that end too. */
export const holdsWithEnd = (edge: Sql, asked: Instant): Sql => sql`
  ${holds(edge, asked)} and (${edge}.to_alike or ${holding(
    sql`${edge}.to_valid_from`,
    sql`${edge}.to_valid_to`,
    sql`${edge}.to_recorded_at`,
    sql`${edge}.to_end_recorded_at`,
    asked,
  )})`

function holding(validFrom: Sql, validTo: Sql, recordedAt: Sql, endRecordedAt: Sql, { at, knownAt }: Instant): Sql {
  if (knownAt === undefined) return sql`(${validFrom} is null or ${validFrom} <= ${at}) and (${validTo} is null or ${validTo} > ${at})` // prettier-ignore
  return sql`(${validFrom} is null or ${validFrom} <= ${at})
    and (${recordedAt} is null or ${recordedAt} <= ${knownAt})
    and (${validTo} is null or ${validTo} > ${at} or coalesce(${endRecordedAt} > ${knownAt}, false))`
}

const provenance = (x: Sql): Sql => sql`
  'validFrom', ${x}.valid_from, 'validTo', ${x}.valid_to, 'recordedAt', ${x}.recorded_at,
  'endRecordedAt', ${x}.end_recorded_at, 'recordId', ${x}.record_id, 'runId', ${x}.run_id`

/** A node under this alias as JSON; `more` are further keys and values. */
export const nodeJson = (n: Sql, more: Sql = sql``): Sql => sql`
  json_build_object('kind', ${n}.kind, 'id', ${n}.id, 'label', ${n}.label, 'properties', ${n}.properties,
    ${provenance(n)}${more})`

/** An edge as JSON, with the aliases of the nodes at its ends. */
export const edgeJson = (e: Sql, from: Sql, to: Sql): Sql => sql`
  json_build_object('from', json_build_object('kind', ${from}.kind, 'id', ${from}.id), 'kind', ${e}.kind,
    'to', json_build_object('kind', ${to}.kind, 'id', ${to}.id), 'properties', ${e}.properties, ${provenance(e)})`

/** A list as JSON; the order is that of the words. */
export const listed = (item: Sql, order: Sql): Sql => sql`coalesce(json_agg(${item} order by ${order}), '[]')`

/** One node, if it holds. */
export const nodeAt = (asked: Asked, ref: NodeRef): Sql => sql`
  select n.* from ${asked.copy.nodes} n where n.kind = ${ref.kind} and n.id = ${ref.id} and ${holds(sql`n`, asked)}`

/** The edges of one kind that hold, with the node they lead to. */
export const step = (asked: Asked, kind: EdgeKind): Sql => sql`(
  select e.from_no, e.valid_from as since, e.properties as edge_properties, n.*
  from ${asked.copy.edges} e join ${asked.copy.nodes} n on n.no = e.to_no
  where e.kind = ${kind} and ${holds(sql`e`, asked)} and ${holds(sql`n`, asked)})`

/** Source records of a node and of the edges that touch it. */
export const originsOf = ({ nodes, edges }: Copy, ref: NodeRef, limit: number): Sql => sql`
  with itself as (select * from ${nodes} where kind = ${ref.kind} and id = ${ref.id}),
  origins as (
    select record_id, run_id, 'itself' collate "C" as via from itself
    union
    select e.record_id, e.run_id, e.kind from itself join ${edges} e on e.from_no = itself.no
    union
    select e.record_id, e.run_id, e.kind from itself join ${edges} e on e.to_no = itself.no),
  first as (select * from origins where record_id is not null order by record_id, via limit ${limit})
  select ${listed(sql`json_build_object('recordId', record_id, 'runId', run_id, 'via', via)`, sql`record_id, via`)}
  from first`
