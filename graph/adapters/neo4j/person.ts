import neo4j from 'neo4j-driver'
import type { EdgeKind } from '../../kinds.ts'
import type { BoughtProduct, PersonContext, Question } from '../../port.ts'
import type { Connection } from './connection.ts'
import { live } from './generations.ts'
import {
  dated,
  dateOf,
  holding,
  instants,
  newestFirst,
  nodeFrom,
  ofOpenEnd,
  partOf,
  refOf,
  typeOf,
  type Hold,
  type Stored,
} from './rows.ts'

type Row = {
  person: Stored
  identifiers: Stored[]
  organisations: Stored[]
  subscriptions: Stored[]
  segments: Stored[]
  orders: { node: Stored; products: { key: string; label: string | null; quantity: number }[] }[]
  events: { node: Stored }[]
  consents: { node: Stored }[]
  totals: { orders: number; spentMinor: number; first: number | null; last: number | null }[]
  interests: { node: Stored; weight: number }[]
}

/** One statement and one way to the server and back, the live generation included. */
export async function personContext(
  { read }: Connection,
  id: string,
  question: Question,
): Promise<PersonContext | null> {
  const [row] = await read<Row>(context(holding(question)), {
    ...instants(question),
    part: partOf({ kind: 'person', id }),
    limit: neo4j.int(question.limit),
  })
  if (!row) return null
  const [totals] = row.totals
  return {
    person: nodeFrom(row.person),
    identifiers: row.identifiers.map(nodeFrom),
    organisations: row.organisations.map(nodeFrom),
    subscriptions: row.subscriptions.map(nodeFrom),
    segments: row.segments.map(nodeFrom),
    totals: {
      orders: totals?.orders ?? 0,
      spentMinor: totals?.spentMinor ?? 0,
      firstOrderAt: dateOf(totals?.first),
      lastOrderAt: dateOf(totals?.last),
    },
    orders: row.orders.map(({ node, products }) => ({
      ...nodeFrom(node),
      products: products.map(({ key, label, quantity }): BoughtProduct => {
        const { id: product } = refOf(key)
        return { id: product, label: label ?? product, quantity }
      }),
    })),
    events: row.events.map(({ node }) => nodeFrom(node)),
    consents: row.consents.map(({ node }) => nodeFrom(node)),
    interests: row.interests.map(({ node, weight }) => ({ node: nodeFrom(node), weight })),
  }
}

const context = (hold: Hold): string => `
  ${live}
  MATCH (person:MillraceNode {_key: graph + $part}) WHERE ${hold('person')}
  WITH graph, person, COLLECT {
    MATCH (person)-[k:KNOWN_AS]->(i) WHERE ${hold('k', 'i')} RETURN i ORDER BY i._key
  } AS known
  WITH graph, person, known, COLLECT {
    UNWIND known AS i MATCH (i)-[e:PLACED]->(thing) WHERE thing.status = 'paid' AND ${hold('e', 'thing')}
    RETURN DISTINCT thing
  } AS paid
  RETURN properties(person) AS person,
    [i IN known[..$limit] | properties(i)] AS identifiers,
    COLLECT { ${byId('works-at', hold)} } AS organisations,
    COLLECT { ${byId('holds', hold)} } AS subscriptions,
    COLLECT {
      MATCH (person)-[e:IN]->(s) WHERE ${hold('e', 's')}
      WITH s ORDER BY s._key LIMIT $limit RETURN properties(s)
    } AS segments,
    COLLECT {
      UNWIND paid AS o
      WITH count(o) AS orders, sum(coalesce(o.spentMinor, 0)) AS spentMinor,
        min(${begun('o')}) AS first, max(${begun('o')}) AS last
      RETURN {orders: orders, spentMinor: spentMinor, first: first, last: last}
    } AS totals,
    COLLECT {
      ${newest('placed', hold)}
      RETURN {node: properties(thing), products: COLLECT {
        MATCH (thing)-[c:CONTAINS]->(p) WHERE ${hold('c', 'p')}
        WITH c, p ORDER BY p._key
        RETURN {key: p._key, label: p._label, quantity: c.quantity}
      }} ORDER BY since DESC
    } AS orders,
    COLLECT { ${newest('did', hold)} RETURN {node: properties(thing)} ORDER BY since DESC } AS events,
    COLLECT { ${newest('consented', hold)} RETURN {node: properties(thing)} ORDER BY since DESC } AS consents,
    COLLECT {
      UNWIND paid AS o
      MATCH (o)-[c:CONTAINS]->(p)-[t:TAGGED]->(topic) WHERE ${hold('c', 'p', 't', 'topic')}
      WITH topic, count(DISTINCT o) AS weight ORDER BY weight DESC, topic._key LIMIT $limit
      RETURN {node: properties(topic), weight: weight}
    } AS interests`

const begun = (name: string): string => `CASE WHEN ${dated(name)} THEN ${name}._validFrom END`

const byId = (kind: EdgeKind, hold: Hold): string => `
  UNWIND known AS i MATCH (i)-[e:${typeOf(kind)}]->(thing) WHERE ${hold('e', 'thing')}
  WITH DISTINCT thing ORDER BY thing._key LIMIT $limit RETURN properties(thing)`

/**
 * The newest things of all identifiers, each at its newest edge. Of one identifier the index gives the newest first, and
 * no more than the limit is looked at; what is not among these is not among the newest of all.
 */
const newest = (kind: EdgeKind, hold: Hold): string => `
  UNWIND known AS i
  CALL (i) {
    MATCH (i)-[e:${typeOf(kind)}]->(thing) ${ofOpenEnd(kind, 'i._hash')} AND ${hold('e', 'thing')}
    WITH e, thing ORDER BY ${newestFirst} LIMIT $limit
    RETURN thing, [e._validFrom, e._digest] AS since
  }
  WITH thing, max(since) AS since ORDER BY since DESC LIMIT $limit`
