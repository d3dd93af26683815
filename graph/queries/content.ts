import { json, sql, type Sql } from '#kernel/sql.ts'
import type { NodeRef } from '../port.ts'
import { identifiersOfPerson, paidOrdersOf } from './person.ts'
import { holds, listed, nodeJson, step, type Asked } from './reading.ts'

/** Facts about the subjects, newest first, and chunks that describe them, by how many of them. */
export const contentOf = (asked: Asked, subjects: readonly NodeRef[], limit: number): Sql => sql`
  with ${standingFor(asked, subjects)},
  facts as (
    select distinct on (n.no) n.* from subjects
    join ${asked.copy.edges} e on e.to_no = subjects.no and e.kind = 'about' and ${holds(sql`e`, asked)}
    join ${asked.copy.nodes} n on n.no = e.from_no and n.kind = 'fact' and ${holds(sql`n`, asked)}),
  chunks as (
    select n.*, described.weight from (
      select chunk, count(distinct subject) as weight from (${describing(asked)}) describing group by chunk) described
    join ${asked.copy.nodes} n on n.no = described.chunk
    order by weight desc, n.kind, n.id limit ${limit})
  select json_build_object(
    'facts', (select ${listed(nodeJson(sql`n`), sql`n.valid_from desc nulls last, n.kind, n.id`)} from (
      select * from facts order by valid_from desc nulls last, kind, id limit ${limit}) n),
    'chunks', (select ${listed(sql`json_build_object('node', ${nodeJson(sql`n`)}, 'weight', n.weight)`, sql`n.weight desc, n.kind, n.id`)}
      from chunks n))`

/** A topic stands for its products too; a person for what they bought and the topics of that, and no further. */
const standingFor = (asked: Asked, subjects: readonly NodeRef[]): Sql => sql`
  named as materialized (
    select n.* from jsonb_to_recordset(${json(subjects.map(({ kind, id }) => ({ kind, id })))}::jsonb) as ref (kind text, id text)
    join ${asked.copy.nodes} n on n.kind = ref.kind and n.id = ref.id and ${holds(sql`n`, asked)}),
  person as materialized (select * from named where kind = 'person'),
  known as materialized (${identifiersOfPerson(asked)}),
  paid as materialized (${paidOrdersOf(asked)}),
  bought as materialized (
    select distinct c.no, c.kind from paid join ${step(asked, 'contains')} c on c.from_no = paid.no),
  subjects as materialized (
    select no, kind from named where kind in ('product', 'topic')
    union
    select n.no, n.kind from named
    join ${asked.copy.edges} e on e.to_no = named.no and e.kind = 'tagged' and ${holds(sql`e`, asked)}
    join ${asked.copy.nodes} n on n.no = e.from_no and n.kind = 'product' and ${holds(sql`n`, asked)}
    where named.kind = 'topic'
    union
    select no, kind from bought
    union
    select t.no, t.kind from bought join ${step(asked, 'tagged')} t on t.from_no = bought.no)`

/** A product is described by its chunks, a topic by those of its documents. */
const describing = (asked: Asked): Sql => sql`
  select subjects.no as subject, c.no as chunk from subjects
  join ${step(asked, 'described-by')} c on c.from_no = subjects.no where subjects.kind = 'product'
  union all
  select subjects.no, c.no from subjects
  join ${asked.copy.edges} e on e.to_no = subjects.no and e.kind = 'tagged' and ${holds(sql`e`, asked)}
  join ${asked.copy.nodes} document on document.no = e.from_no and document.kind = 'document' and ${holds(sql`document`, asked)}
  join ${step(asked, 'has')} c on c.from_no = document.no where subjects.kind <> 'product'`
