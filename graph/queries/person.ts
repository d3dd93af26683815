import { joined, sql, type Sql } from '#kernel/sql.ts'
import type { EdgeKind } from '../kinds.ts'
import { holds, holdsWithEnd, listed, nodeAt, nodeJson, step, type Asked } from './reading.ts'

/** The identifiers a person is known as now: expects `person` in scope. */
export const identifiersOfPerson = (asked: Asked): Sql => sql`
  select n.* from person join ${step(asked, 'known-as')} n on n.from_no = person.no`

/**
 * A person's paid orders, each once, out of the edges alone: expects `known` in scope.
 * Columns: no, spent_minor, valid_from (of the order).
 */
export const paidOrdersOf = (asked: Asked): Sql => sql`
  select distinct e.to_no as no, e.to_spent_minor as spent_minor, e.to_valid_from as valid_from
  from known join ${asked.copy.edges} e on e.from_no = known.no
  where e.kind = 'placed' and e.to_word = 'paid' and ${holdsWithEnd(sql`e`, asked)}`

/** Who a person is and what they did, in one statement; null when the graph does not know them. */
export const contextOf = (asked: Asked, personId: string, limit: number): Sql => sql`
  with person as materialized (${nodeAt(asked, { kind: 'person', id: personId })}),
  known as materialized (${identifiersOfPerson(asked)}),
  paid as materialized (${paidOrdersOf(asked)}),
  ${joined([newest(asked, 'placed', limit), newest(asked, 'did', limit), newest(asked, 'consented', limit)])}
  select json_build_object('person', ${nodeJson(sql`person`)},
    'identifiers', ${nodesById(sql`select * from known`, limit)},
    'organisations', ${nodesById(sql`select distinct on (n.no) n.* from known join ${step(asked, 'works-at')} n on n.from_no = known.no`, limit)},
    'subscriptions', ${nodesById(sql`select distinct on (n.no) n.* from known join ${step(asked, 'holds')} n on n.from_no = known.no`, limit)},
    'segments', ${nodesById(sql`select n.* from ${step(asked, 'in')} n where n.from_no = person.no`, limit)},
    'totals', (select json_build_object('orders', count(*), 'spentMinor', coalesce(sum(spent_minor), 0),
      'firstOrderAt', min(valid_from), 'lastOrderAt', max(valid_from)) from paid),
    'orders', (select ${listed(nodeJson(sql`n`, sql`, 'products', ${products(asked)}`), newestFirst)} from newest_placed n),
    'events', (select ${listed(nodeJson(sql`n`), newestFirst)} from newest_did n),
    'consents', (select ${listed(nodeJson(sql`n`), newestFirst)} from newest_consented n),
    'interests', ${interests(asked, limit)})
  from person`

const nodesById = (which: Sql, limit: number): Sql => sql`(
  select ${listed(nodeJson(sql`n`), sql`n.kind, n.id`)} from (
    select * from (${which}) n order by n.kind, n.id limit ${limit}) n)`

const newestFirst = sql`n.since desc nulls last, n.edge_digest desc`

/**
 * The newest things that a person's identifiers lead to, by when they did. Of each identifier no more than so many are
 * read: nothing further down its list can stand among the first of all.
 */
const newest = (asked: Asked, kind: EdgeKind, limit: number): Sql => {
  const name = { placed: sql`newest_placed`, did: sql`newest_did`, consented: sql`newest_consented` }[kind as 'did']
  return sql`${name} as materialized (
    select * from (
      select distinct on (thing.no) thing.* from known cross join lateral (
        select e.valid_from as since, e.digest as edge_digest, n.* from ${asked.copy.edges} e join ${asked.copy.nodes} n on n.no = e.to_no
        where e.from_no = known.no and e.kind = ${kind} and ${holdsWithEnd(sql`e`, asked)}
        order by e.valid_from desc nulls last, e.digest desc limit ${limit}) thing
      order by thing.no, thing.since desc nulls last, thing.edge_digest desc) n
    order by ${newestFirst} limit ${limit})`
}

const products = (asked: Asked): Sql => sql`(
  select ${listed(sql`json_build_object('id', c.id, 'label', c.label, 'quantity', c.edge_properties -> 'quantity')`, sql`c.id`)}
  from ${step(asked, 'contains')} c where c.from_no = n.no)`

/** Topics of what was bought, by the number of paid orders that speak for them. */
const interests = (asked: Asked, limit: number): Sql => sql`(
  select ${listed(sql`json_build_object('node', ${nodeJson(sql`n`)}, 'weight', n.weight)`, sql`n.weight desc, n.kind, n.id`)}
  from (
    select n.*, spoken.weight from (
      select t.to_no as no, count(distinct paid.no) as weight from paid
      join ${step(asked, 'contains')} c on c.from_no = paid.no
      join ${asked.copy.edges} t on t.from_no = c.no and t.kind = 'tagged' and ${holds(sql`t`, asked)}
      group by t.to_no) spoken
    join ${asked.copy.nodes} n on n.no = spoken.no and ${holds(sql`n`, asked)}
    order by spoken.weight desc, n.kind, n.id limit ${limit}) n)`
