import { json, sql, type Sql } from '#kernel/sql.ts'
import { nodeKey, ownedBy, type Batch } from '../batch.ts'
import { edgeOwners, type NodeKind } from '../kinds.ts'
import type { GraphNode, NodeRef, Provenance } from '../port.ts'
import type { Copy } from './generations.ts'

const refs = (nodes: readonly NodeRef[]): Sql =>
  sql`jsonb_to_recordset(${json(nodes.map(({ kind, id }) => ({ kind, id })))}::jsonb) as ref (kind text, id text)`

/** Puts nodes whole. */
export const putNodes = ({ nodes }: Copy, put: Batch['nodes']): Sql => sql`
  insert into ${nodes} (kind, id, label, properties, valid_from, valid_to, recorded_at, end_recorded_at, record_id,
    run_id, digest, put)
  select kind, id, label, properties, "validFrom", "validTo", "recordedAt", "endRecordedAt", "recordId", "runId", digest,
    true
  from jsonb_to_recordset(${json(put)}::jsonb) as node (kind text, id text, label text, properties jsonb,
    "validFrom" timestamptz, "validTo" timestamptz, "recordedAt" timestamptz, "endRecordedAt" timestamptz,
    "recordId" text, "runId" text, digest bigint)
  on conflict (kind, id) do update set label = excluded.label, properties = excluded.properties,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, recorded_at = excluded.recorded_at,
    end_recorded_at = excluded.end_recorded_at, record_id = excluded.record_id, run_id = excluded.run_id,
    digest = excluded.digest, put = true`

/** An end that nobody put stands as a bare node, called by its id. */
export const putBareNodes = ({ nodes }: Copy, ends: readonly NodeRef[]): Sql => sql`
  insert into ${nodes} (kind, id, label, properties, digest, put)
  select kind, id, id, '{}', 0, false from ${refs(ends)} on conflict do nothing`

/** Puts edges whose ends are there, and of which none with the same ends and kind is. */
export const putEdges = ({ nodes, edges }: Copy, batch: Batch): Sql => sql`
  insert into ${edges} (from_no, kind, to_no, properties, valid_from, valid_to, recorded_at, end_recorded_at, record_id,
    run_id, digest, to_alike, to_valid_from, to_valid_to, to_recorded_at, to_end_recorded_at, to_word, to_is_on,
    to_spent_minor)
  select f.no, e.kind, t.no, e.properties, "validFrom", "validTo", "recordedAt", "endRecordedAt", "recordId",
    "runId", e.digest, coalesce("toAlike", false), "toValidFrom", "toValidTo", "toRecordedAt", "toEndRecordedAt", "toWord",
    "toIsOn", "toSpentMinor"
  from jsonb_to_recordset(${json(edgeRows(batch))}::jsonb) as e ("fromKind" text, "fromId" text, kind text, "toKind" text,
    "toId" text, properties jsonb, "validFrom" timestamptz, "validTo" timestamptz, "recordedAt" timestamptz,
    "endRecordedAt" timestamptz, "recordId" text, "runId" text, digest bigint, "toAlike" boolean, "toValidFrom" timestamptz,
    "toValidTo" timestamptz, "toRecordedAt" timestamptz, "toEndRecordedAt" timestamptz, "toWord" text, "toIsOn" boolean,
    "toSpentMinor" bigint)
  join ${nodes} f on f.kind = "fromKind" and f.id = "fromId"
  join ${nodes} t on t.kind = "toKind" and t.id = "toId"`

/** What an edge is written as: with what it carries of an end that owns it, which is in the same batch. */
function edgeRows(batch: Batch): object[] {
  const put = new Map(batch.nodes.map((node) => [nodeKey(node), node]))
  return batch.edges.map(({ from, to, ...edge }) => ({
    ...edge,
    fromKind: from.kind,
    fromId: from.id,
    toKind: to.kind,
    toId: to.id,
    ...(edgeOwners[edge.kind] === 'to' && carried(edge, put.get(nodeKey(to))!)),
  }))
}

const times = ['validFrom', 'validTo', 'recordedAt', 'endRecordedAt'] as const

/** What is said under these names by an end of this kind, and by no other: the properties of an event are anybody's. */
const saidBy: Partial<Record<NodeKind, { word: string; isOn?: [name: string, when: string] }>> = {
  order: { word: 'status' },
  event: { word: 'event', isOn: ['subscription', 'on'] },
  consent: { word: 'channel', isOn: ['state', 'granted'] },
}

const carried = (edge: Provenance, end: GraphNode): object => {
  const { kind, validFrom, validTo, recordedAt, endRecordedAt, properties } = end
  const alike = times.every((time) => edge[time]?.getTime() === end[time]?.getTime())
  const { word, isOn } = saidBy[kind] ?? {}
  const said = word === undefined ? undefined : properties[word]
  const state = isOn && properties[isOn[0]]
  const spent = kind === 'order' ? properties['spentMinor'] : undefined
  return {
    toAlike: alike,
    toValidFrom: validFrom,
    ...(!alike && { toValidTo: validTo, toRecordedAt: recordedAt, toEndRecordedAt: endRecordedAt }),
    toWord: typeof said === 'string' ? said : undefined,
    toIsOn: state === undefined ? undefined : state === isOn?.[1],
    toSpentMinor: typeof spent === 'number' ? spent : undefined,
  }
}

/** Takes away the edges that these nodes own; gives the ends they touched. */
export const takeOwnedEdges = (copy: Copy, owners: readonly NodeRef[]): Sql => sql`
  with taken as (
    delete from ${copy.edges} e using (${ownedEdges(copy, owners)}) owned where e.ctid = owned.ctid
    returning e.from_no, e.to_no)
  select n.kind, n.id from taken join ${copy.nodes} n on n.no = taken.from_no
  union
  select n.kind, n.id from taken join ${copy.nodes} n on n.no = taken.to_no`

/** Node by node (`offset 0` keeps the planner to it): a generation being built has no statistics, and a join would scan it. */
const ownedEdges = ({ nodes, edges }: Copy, owners: readonly NodeRef[]): Sql => sql`
  select edge.ctid from ${refs(owners)} join ${nodes} n on n.kind = ref.kind and n.id = ref.id
  cross join lateral (
    select ctid from ${edges} where from_no = n.no and kind = any(${ownedBy('from')})
    union all
    select ctid from ${edges} where to_no = n.no and kind = any(${ownedBy('to')}) offset 0) edge`

/** Takes back what was put of these nodes; they stand bare. */
export const bareNodes = ({ nodes }: Copy, gone: readonly NodeRef[]): Sql => sql`
  update ${nodes} n set label = n.id, properties = '{}', valid_from = null, valid_to = null, recorded_at = null,
    end_recorded_at = null, record_id = null, run_id = null, digest = 0, put = false
  from ${refs(gone)} where n.kind = ref.kind and n.id = ref.id`

/** Bare nodes that no edge touches any more. */
export const removeLonelyBareNodes = ({ nodes, edges }: Copy, ends: readonly NodeRef[]): Sql => sql`
  delete from ${nodes} n using ${refs(ends)}
  where n.kind = ref.kind and n.id = ref.id and not n.put
    and not exists (select from ${edges} e where e.from_no = n.no)
    and not exists (select from ${edges} e where e.to_no = n.no)`

export const tallyNodes = ({ nodes }: Copy): Sql => sql`
  select kind, count(*) as count, sum(digest)::text as digests from ${nodes} where put group by kind order by kind`

export const tallyEdges = ({ edges }: Copy): Sql => sql`
  select kind, count(*) as count, sum(digest)::text as digests from ${edges} group by kind order by kind`

export type DigestPage = { kind: NodeKind; after: string; limit: number }

/** Digests of nodes that were put and the edges they own, by id. */
export const digestsOf = ({ nodes, edges }: Copy, { kind, after, limit }: DigestPage): Sql => sql`
  with page as (
    select no, id, digest from ${nodes} where put and kind = ${kind} and id > ${after} order by id limit ${limit})
  select page.id, (page.digest
    + coalesce((select sum(digest) from ${edges} where from_no = page.no and kind = any(${ownedBy('from')})), 0)
    + coalesce((select sum(digest) from ${edges} where to_no = page.no and kind = any(${ownedBy('to')})), 0))::bigint as digest
  from page order by page.id`
