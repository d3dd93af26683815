import neo4j from 'neo4j-driver'
import type { Content, NodeRef, Origin, Question, Related, Weighted } from '../../port.ts'
import type { Connection } from './connection.ts'
import { live } from './generations.ts'
import {
  edgeFrom,
  holding,
  instants,
  nodeFrom,
  partOf,
  storedEdge,
  type Hold,
  type Stored,
  type StoredEdge,
} from './rows.ts'

type WeightedRow = { node: Stored; weight: number }

const weighted = (rows: WeightedRow[]): Weighted[] => rows.map(({ node, weight }) => ({ node: nodeFrom(node), weight }))

export async function related(
  { read }: Connection,
  start: NodeRef & { kind: 'person' | 'product' },
  question: Question,
): Promise<Related[]> {
  const hold = holding(question)
  const rows = await read<WeightedRow & { nodes: Stored[]; edges: StoredEdge[] }>(
    start.kind === 'product' ? relatedProducts(hold) : relatedPeople(hold),
    { part: partOf(start), limit: neo4j.int(question.limit), ...instants(question) },
  )
  return rows.map(({ node, weight, nodes, edges }) => ({
    node: nodeFrom(node),
    weight,
    path: { nodes: nodes.map(nodeFrom), edges: edges.map(edgeFrom) },
  }))
}

/** From a product to who paid for it; the names of its steps begin with a letter of choice. */
const bought = (x: string, hold: Hold): string =>
  `${hold(`${x}c`, `${x}o`, `${x}p`, `${x}i`, `${x}k`)} AND ${x}o.status = 'paid'`

/** The first way of a purchase, its nodes compared in turn; weighed and cut before, so that few are compared. */
const firstWay = (nodes: string[], edges: string[]): string => `
  WITH ${nodes.join(', ')}, ${edges.join(', ')}
  ORDER BY ${nodes
    .slice(1)
    .map((name) => `${name}._key`)
    .join(', ')} LIMIT 1
  RETURN [n IN [${nodes.join(', ')}] | properties(n)] AS nodes, [${edges.map((e) => storedEdge(e)).join(', ')}] AS edges`

const relatedProducts = (hold: Hold): string => `
  ${live}
  MATCH (x:MillraceNode {_key: graph + $part}) WHERE ${hold('x')}
  MATCH (x)<-[ac:CONTAINS]-(ao)<-[ap:PLACED]-(ai)<-[ak:KNOWN_AS]-(person) WHERE ${bought('a', hold)} AND ${hold('person')}
  WITH DISTINCT x, person
  MATCH (person)-[bk:KNOWN_AS]->(bi)-[bp:PLACED]->(bo)-[bc:CONTAINS]->(found)
  WHERE found <> x AND ${bought('b', hold)} AND ${hold('found')}
  WITH x, found, collect(DISTINCT person) AS people
  WITH x, found, people, size(people) AS weight ORDER BY weight DESC, found._key LIMIT $limit
  CALL (x, found, people) {
    UNWIND people AS person
    MATCH (person)-[ak:KNOWN_AS]->(ai)-[ap:PLACED]->(ao)-[ac:CONTAINS]->(x) WHERE ${bought('a', hold)}
    MATCH (person)-[bk:KNOWN_AS]->(bi)-[bp:PLACED]->(bo)-[bc:CONTAINS]->(found) WHERE ${bought('b', hold)}
    ${firstWay(['x', 'ao', 'ai', 'person', 'bi', 'bo', 'found'], ['ac', 'ap', 'ak', 'bk', 'bp', 'bc'])}
  }
  RETURN properties(found) AS node, weight, nodes, edges ORDER BY weight DESC, found._key`

const relatedPeople = (hold: Hold): string => `
  ${live}
  MATCH (x:MillraceNode {_key: graph + $part}) WHERE ${hold('x')}
  MATCH (x)-[ak:KNOWN_AS]->(ai)-[ap:PLACED]->(ao)-[ac:CONTAINS]->(product) WHERE ${bought('a', hold)} AND ${hold('product')}
  WITH DISTINCT x, product
  MATCH (product)<-[bc:CONTAINS]-(bo)<-[bp:PLACED]-(bi)<-[bk:KNOWN_AS]-(found)
  WHERE found <> x AND coalesce(found.visitor <> true, true) AND ${bought('b', hold)} AND ${hold('found')}
  WITH x, found, collect(DISTINCT product) AS products
  WITH x, found, products, size(products) AS weight ORDER BY weight DESC, found._key LIMIT $limit
  CALL (x, found, products) {
    UNWIND products AS product
    MATCH (x)-[ak:KNOWN_AS]->(ai)-[ap:PLACED]->(ao)-[ac:CONTAINS]->(product) WHERE ${bought('a', hold)}
    MATCH (found)-[bk:KNOWN_AS]->(bi)-[bp:PLACED]->(bo)-[bc:CONTAINS]->(product) WHERE ${bought('b', hold)}
    ${firstWay(['x', 'ai', 'ao', 'product', 'bo', 'bi', 'found'], ['ak', 'ap', 'ac', 'bc', 'bp', 'bk'])}
  }
  RETURN properties(found) AS node, weight, nodes, edges ORDER BY weight DESC, found._key`

/** The subjects, and what they stand for: products and topics. */
const widened = (hold: Hold): string => `
  ${live}
  UNWIND $parts AS part MATCH (asked:MillraceNode {_key: graph + part}) WHERE ${hold('asked')}
  CALL (asked) {
    WITH asked WHERE asked:Product OR asked:Topic RETURN asked AS s
    UNION
    WITH asked WHERE asked:Topic MATCH (asked)<-[t:TAGGED]-(s:Product) WHERE ${hold('t', 's')} RETURN s
    UNION
    WITH asked WHERE asked:Person
    MATCH (asked)-[ak:KNOWN_AS]->(ai)-[ap:PLACED]->(ao)-[ac:CONTAINS]->(product) WHERE ${bought('a', hold)} AND ${hold('product')}
    WITH DISTINCT product
    UNWIND [product] + COLLECT { MATCH (product)-[t:TAGGED]->(topic) WHERE ${hold('t', 'topic')} RETURN topic } AS s
    RETURN s
  }
  WITH DISTINCT s`

const facts = (hold: Hold): string => `
  ${widened(hold)}
  MATCH (s)<-[a:ABOUT]-(fact:Fact) WHERE ${hold('a', 'fact')}
  WITH DISTINCT fact ORDER BY fact._validFrom DESC, fact._key LIMIT $limit RETURN properties(fact) AS node`

const chunks = (hold: Hold): string => `
  ${widened(hold)}
  CALL (s) {
    WITH s WHERE s:Product MATCH (s)-[d:DESCRIBED_BY]->(chunk) WHERE ${hold('d', 'chunk')} RETURN chunk
    UNION
    WITH s WHERE s:Topic
    MATCH (s)<-[t:TAGGED]-(document:Document)-[h:HAS]->(chunk) WHERE ${hold('t', 'document', 'h', 'chunk')} RETURN chunk
  }
  WITH chunk, count(*) AS weight ORDER BY weight DESC, chunk._key LIMIT $limit
  RETURN properties(chunk) AS node, weight`

export async function contentFor(
  { read }: Connection,
  subjects: readonly NodeRef[],
  question: Question,
): Promise<Content> {
  const hold = holding(question)
  const parameters = { parts: subjects.map(partOf), limit: neo4j.int(question.limit), ...instants(question) }
  const [factRows, chunkRows] = await Promise.all([
    read<{ node: Stored }>(facts(hold), parameters),
    read<WeightedRow>(chunks(hold), parameters),
  ])
  return { facts: factRows.map(({ node }) => nodeFrom(node)), chunks: weighted(chunkRows) }
}

/** Not what holds, but whatever there is. */
export function lineage({ read }: Connection, node: NodeRef, limit: number): Promise<Origin[]> {
  return read<Origin>(
    `${live}
     MATCH (n:MillraceNode {_key: graph + $part})
     CALL (n) {
       WITH n WHERE n._recordId IS NOT NULL RETURN n._recordId AS recordId, n._runId AS runId, 'itself' AS via
       UNION
       MATCH (n)-[e]-() WHERE e._recordId IS NOT NULL
       RETURN e._recordId AS recordId, e._runId AS runId, toLower(replace(type(e), '_', '-')) AS via
     }
     RETURN DISTINCT recordId, runId, via ORDER BY recordId, via, runId LIMIT $limit`,
    { part: partOf(node), limit: neo4j.int(limit) },
  )
}
