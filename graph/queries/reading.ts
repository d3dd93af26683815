import { json, sql, type Sql } from '#kernel/sql.ts'
import type { NodeRef } from '../port.ts'

// Every answer is of one generation and holds at an instant: all nodes and edges on the way to it do.
// What is ordered by time has those without one last, then goes by id.

export type Asked = { generation: number; at: Date }

/** Whether the node or edge under this alias holds at the instant. */
export const holds = (alias: Sql, at: Date): Sql => sql`
  (${alias}.valid_from is null or ${alias}.valid_from <= ${at}) and (${alias}.valid_to is null or ${alias}.valid_to > ${at})`

/** The columns of a node under this alias. */
export const node = (n: Sql): Sql => sql`
  ${n}.kind, ${n}.id, ${n}.label, ${n}.properties, ${n}.valid_from as "validFrom", ${n}.valid_to as "validTo",
  ${n}.record_id as "recordId", ${n}.run_id as "runId"`

/** The edges of one kind that hold, with the node they lead to. */
export const step = ({ generation, at }: Asked, kind: string): Sql => sql`(
  select e.from_kind, e.from_id, e.properties as edge_properties, n.*
  from graph.edges e join graph.nodes n on n.generation = e.generation and n.kind = e.to_kind and n.id = e.to_id
  where e.generation = ${generation} and e.kind = ${kind} and ${holds(sql`e`, at)} and ${holds(sql`n`, at)})`

/** A person's things: what their identifiers lead to by one kind of edge, each once. */
export const things = (asked: Asked, personId: string | Sql, kind: string): Sql => sql`(
  select distinct on (thing.kind, thing.id) thing.*
  from ${step(asked, 'known-as')} known join ${step(asked, kind)} thing
    on thing.from_kind = known.kind and thing.from_id = known.id
  where known.from_kind = 'person' and known.from_id = ${personId})`

/** One node, if it holds. */
export const nodeAt = (asked: Asked, ref: NodeRef): Sql => sql`
  select ${node(sql`n`)} from graph.nodes n
  where n.generation = ${asked.generation} and n.kind = ${ref.kind} and n.id = ${ref.id} and ${holds(sql`n`, asked.at)}`

export const identifiersOf = (asked: Asked, personId: string): Sql => sql`
  select ${node(sql`known`)} from ${step(asked, 'known-as')} known
  where known.from_kind = 'person' and known.from_id = ${personId} order by known.id`

/** Events or consents of a person, newest first. */
export const thingsOf = (asked: Asked, personId: string, kind: 'did' | 'consented', limit: number): Sql => sql`
  select ${node(sql`thing`)} from ${things(asked, personId, kind)} thing
  order by thing.valid_from desc nulls last, thing.kind, thing.id limit ${limit}`

/** Orders of a person with what they contain, newest first. */
export const ordersOf = (asked: Asked, personId: string, limit: number): Sql => sql`
  select ${node(sql`o`)}, coalesce((
    select jsonb_agg(jsonb_build_object('id', c.id, 'label', c.label, 'quantity', c.edge_properties -> 'quantity') order by c.id)
    from ${step(asked, 'contains')} c where c.from_kind = o.kind and c.from_id = o.id), '[]') as products
  from ${things(asked, personId, 'placed')} o
  order by o.valid_from desc nulls last, o.kind, o.id limit ${limit}`

/** Over the paid orders of a person. */
export const totalsOf = (asked: Asked, personId: string): Sql => sql`
  select count(*) as orders, coalesce(sum((o.properties ->> 'spentMinor')::bigint), 0)::bigint as "spentMinor",
    min(o.valid_from) as "firstOrderAt", max(o.valid_from) as "lastOrderAt"
  from ${things(asked, personId, 'placed')} o where o.properties ->> 'status' = 'paid'`

/** Topics of what a person bought, by the number of paid orders that speak for them. */
export const interestsOf = (asked: Asked, personId: string, limit: number): Sql => sql`
  select ${node(sql`topic`)}, weight from (
    select t.kind, t.id, count(distinct o.id) as weight
    from ${things(asked, personId, 'placed')} o
    join ${step(asked, 'contains')} c on c.from_kind = o.kind and c.from_id = o.id
    join ${step(asked, 'tagged')} t on t.from_kind = c.kind and t.from_id = c.id
    where o.properties ->> 'status' = 'paid' group by t.kind, t.id) weighed
  join graph.nodes topic on topic.generation = ${asked.generation} and topic.kind = weighed.kind and topic.id = weighed.id
  order by weight desc, topic.kind, topic.id limit ${limit}`

/** Products that buyers of this one bought too, in paid orders, by the number of those people. */
export const relatedTo = (asked: Asked, productId: string, limit: number): Sql => sql`
  with buyers as (
    select distinct k.from_id as person_id from ${step(asked, 'contains')} c
    join ${step(asked, 'placed')} o on o.kind = c.from_kind and o.id = c.from_id
    join ${step(asked, 'known-as')} k on k.kind = o.from_kind and k.id = o.from_id
    where c.kind = 'product' and c.id = ${productId} and o.properties ->> 'status' = 'paid'),
  bought as (
    select c.kind, c.id, count(distinct buyers.person_id) as weight
    from buyers join ${step(asked, 'known-as')} k on k.from_kind = 'person' and k.from_id = buyers.person_id
    join ${step(asked, 'placed')} o on o.from_kind = k.kind and o.from_id = k.id
    join ${step(asked, 'contains')} c on c.from_kind = o.kind and c.from_id = o.id
    where c.id <> ${productId} and o.properties ->> 'status' = 'paid' group by c.kind, c.id)
  select ${node(sql`product`)}, weight from bought
  join graph.nodes product on product.generation = ${asked.generation} and product.kind = bought.kind and product.id = bought.id
  order by weight desc, product.kind, product.id limit ${limit}`

/** The subjects, and for a topic the products tagged with it. */
const widened = (asked: Asked, subjects: readonly NodeRef[]): Sql => sql`(
  with asked as (select kind, id from jsonb_to_recordset(${json(subjects)}::jsonb) as subject (kind text, id text))
  select s.kind, s.id from asked s join graph.nodes n
    on n.generation = ${asked.generation} and n.kind = s.kind and n.id = s.id and ${holds(sql`n`, asked.at)}
  union
  select t.from_kind, t.from_id from asked s join ${step(asked, 'tagged')} t on t.kind = s.kind and t.id = s.id
    join graph.nodes n on n.generation = ${asked.generation} and n.kind = t.from_kind and n.id = t.from_id
      and ${holds(sql`n`, asked.at)})`

/** Facts about the subjects, newest first. */
export const factsAbout = (asked: Asked, subjects: readonly NodeRef[], limit: number): Sql => sql`
  select distinct on (fact.valid_from is null, fact.valid_from, fact.id) ${node(sql`fact`)}
  from ${widened(asked, subjects)} s
  join graph.edges e on e.generation = ${asked.generation} and e.kind = 'about' and e.from_kind = 'fact'
    and e.to_kind = s.kind and e.to_id = s.id and ${holds(sql`e`, asked.at)}
  join graph.nodes fact on fact.generation = e.generation and fact.kind = e.from_kind and fact.id = e.from_id
    and ${holds(sql`fact`, asked.at)}
  order by fact.valid_from is null, fact.valid_from desc, fact.id limit ${limit}`

/** Chunks that describe the subjects, by how many of them. */
export const chunksAbout = (asked: Asked, subjects: readonly NodeRef[], limit: number): Sql => sql`
  select ${node(sql`chunk`)}, weight from (
    select c.kind, c.id, count(*) as weight from ${widened(asked, subjects)} s
    join ${step(asked, 'described-by')} c on c.from_kind = s.kind and c.from_id = s.id
    group by c.kind, c.id) described
  join graph.nodes chunk on chunk.generation = ${asked.generation} and chunk.kind = described.kind and chunk.id = described.id
  order by weight desc, chunk.id limit ${limit}`

/** Source records of a node and of the edges that touch it. */
export const originsOf = (generation: number, ref: NodeRef): Sql => sql`
  select record_id collate "C" as "recordId", run_id as "runId", 'itself' collate "C" as via from graph.nodes
  where generation = ${generation} and kind = ${ref.kind} and id = ${ref.id} and record_id is not null
  union
  select record_id collate "C", run_id, kind from graph.edges
  where generation = ${generation} and from_kind = ${ref.kind} and from_id = ${ref.id} and record_id is not null
  union
  select record_id collate "C", run_id, kind from graph.edges
  where generation = ${generation} and to_kind = ${ref.kind} and to_id = ${ref.id} and record_id is not null
  order by 1, 3`
