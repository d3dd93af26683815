import neo4j from 'neo4j-driver'
import type {
  BoughtProduct,
  Content,
  GraphNode,
  NodeRef,
  Origin,
  PersonContext,
  Question,
  Weighted,
} from '../../port.ts'
import { dateOf, hold, instant, keyOf, nodeFrom, read, type Space, type Stored } from './rows.ts'

type NodeRow = { node: Stored }
type WeightedRow = NodeRow & { weight: number }

/** Parameters of every question. */
const asked = (space: Space, node: NodeRef, { at, limit }: Question): Record<string, unknown> => ({
  key: keyOf(space, node),
  at: instant(at),
  limit: neo4j.int(limit),
})

/** A person's things: what their identifiers lead to by one type of relationship. */
const things = (type: string): string => `
  MATCH (:MillraceNode {_key: $key})-[k:KNOWN_AS]->(i)-[d:${type}]->(thing) WHERE ${hold('k', 'i', 'd', 'thing')}`

/** Newest first; without a time last; then by id. */
const newestFirst = (name: string): string =>
  `ORDER BY ${name}._validFrom IS NULL, ${name}._validFrom DESC, ${name}._kind, ${name}._id`

export async function personContext(space: Space, id: string, question: Question): Promise<PersonContext | null> {
  const parameters = asked(space, { kind: 'person', id }, question)
  const nodes = async (cypher: string): Promise<GraphNode[]> =>
    (await read<NodeRow>(space, cypher, parameters)).map(({ node }) => nodeFrom(node))
  const [person] = await nodes(`MATCH (n:MillraceNode {_key: $key}) WHERE ${hold('n')} RETURN properties(n) AS node`)
  if (!person) return null
  return {
    person,
    identifiers: await nodes(`
      MATCH (:MillraceNode {_key: $key})-[k:KNOWN_AS]->(i) WHERE ${hold('k', 'i')}
      RETURN properties(i) AS node ORDER BY i._id`),
    totals: await totals(space, parameters),
    orders: await orders(space, parameters),
    events: await nodes(`
      ${things('DID')} WITH DISTINCT thing ${newestFirst('thing')} LIMIT $limit RETURN properties(thing) AS node`),
    consents: await nodes(`
      ${things('CONSENTED')} WITH DISTINCT thing ${newestFirst('thing')} LIMIT $limit RETURN properties(thing) AS node`),
    interests: await interests(space, parameters),
  }
}

type Totals = { orders: number; spentMinor: number; first: string | null; last: string | null }

async function totals(space: Space, parameters: Record<string, unknown>): Promise<PersonContext['totals']> {
  const [row] = await read<Totals>(
    space,
    `${things('PLACED')} AND thing.status = 'paid' WITH DISTINCT thing
     RETURN count(*) AS orders, sum(coalesce(thing.spentMinor, 0)) AS spentMinor,
       min(thing._validFrom) AS first, max(thing._validFrom) AS last`,
    parameters,
  )
  return {
    orders: row?.orders ?? 0,
    spentMinor: row?.spentMinor ?? 0,
    firstOrderAt: dateOf(row?.first),
    lastOrderAt: dateOf(row?.last),
  }
}

async function orders(space: Space, parameters: Record<string, unknown>): Promise<PersonContext['orders']> {
  const rows = await read<NodeRow & { products: BoughtProduct[] }>(
    space,
    `${things('PLACED')} WITH DISTINCT thing ${newestFirst('thing')} LIMIT $limit
     RETURN properties(thing) AS node, COLLECT {
       MATCH (thing)-[c:CONTAINS]->(p) WHERE ${hold('c', 'p')}
       WITH c, p ORDER BY p._id RETURN {id: p._id, label: p._label, quantity: c.quantity}
     } AS products ${newestFirst('thing')}`,
    parameters,
  )
  return rows.map(({ node, products }) => ({ ...nodeFrom(node), products }))
}

async function interests(space: Space, parameters: Record<string, unknown>): Promise<Weighted[]> {
  return weighted(
    space,
    `${things('PLACED')} AND thing.status = 'paid' WITH DISTINCT thing
     MATCH (thing)-[c:CONTAINS]->(p)-[t:TAGGED]->(topic) WHERE ${hold('c', 'p', 't', 'topic')}
     WITH topic, count(DISTINCT thing) AS weight ORDER BY weight DESC, topic._kind, topic._id LIMIT $limit
     RETURN properties(topic) AS node, weight`,
    parameters,
  )
}

async function weighted(space: Space, cypher: string, parameters: Record<string, unknown>): Promise<Weighted[]> {
  const rows = await read<WeightedRow>(space, cypher, parameters)
  return rows.map(({ node, weight }) => ({ node: nodeFrom(node), weight }))
}

export const related = (space: Space, productId: string, question: Question): Promise<Weighted[]> =>
  weighted(
    space,
    `MATCH (x:MillraceNode {_key: $key})<-[xc:CONTAINS]-(xo)<-[xp:PLACED]-(xi)<-[xk:KNOWN_AS]-(person)
     WHERE xo.status = 'paid' AND ${hold('x', 'xc', 'xo', 'xp', 'xi', 'xk')}
     WITH DISTINCT x, person
     MATCH (person)-[k:KNOWN_AS]->(i)-[p:PLACED]->(o)-[c:CONTAINS]->(product)
     WHERE product <> x AND o.status = 'paid' AND ${hold('k', 'i', 'p', 'o', 'c', 'product')}
     WITH product, count(DISTINCT person) AS weight ORDER BY weight DESC, product._kind, product._id LIMIT $limit
     RETURN properties(product) AS node, weight`,
    asked(space, { kind: 'product', id: productId }, question),
  )

/** The subjects, and for a topic the products tagged with it. */
const widened = `
  UNWIND $keys AS key MATCH (asked:MillraceNode {_key: key})
  CALL (asked) {
    WITH asked WHERE ${hold('asked')} RETURN asked AS s
    UNION
    MATCH (asked)<-[t:TAGGED]-(s) WHERE ${hold('t', 's', 'asked')} RETURN s
  }
  WITH DISTINCT s`

export async function contentFor(
  space: Space,
  subjects: readonly NodeRef[],
  { at, limit }: Question,
): Promise<Content> {
  const parameters = {
    keys: subjects.map((subject) => keyOf(space, subject)),
    at: instant(at),
    limit: neo4j.int(limit),
  }
  const facts = await read<NodeRow>(
    space,
    `${widened} MATCH (s)<-[a:ABOUT]-(fact:Fact) WHERE ${hold('a', 'fact')}
     WITH DISTINCT fact ${newestFirst('fact')} LIMIT $limit RETURN properties(fact) AS node`,
    parameters,
  )
  const chunks = await weighted(
    space,
    `${widened} MATCH (s)-[d:DESCRIBED_BY]->(chunk) WHERE ${hold('d', 'chunk')}
     WITH chunk, count(*) AS weight ORDER BY weight DESC, chunk._id LIMIT $limit
     RETURN properties(chunk) AS node, weight`,
    parameters,
  )
  return { facts: facts.map(({ node }) => nodeFrom(node)), chunks }
}

export const lineage = (space: Space, node: NodeRef): Promise<Origin[]> =>
  read<Origin>(
    space,
    `MATCH (n:MillraceNode {_key: $key})
     CALL (n) {
       WITH n WHERE n._recordId IS NOT NULL RETURN n._recordId AS recordId, n._runId AS runId, 'itself' AS via
       UNION
       MATCH (n)-[e]-() WHERE e._recordId IS NOT NULL RETURN e._recordId AS recordId, e._runId AS runId, e._kind AS via
     }
     RETURN DISTINCT recordId, runId, via ORDER BY recordId, via`,
    { key: keyOf(space, node) },
  )
