import neo4j from 'neo4j-driver'
import { edgeKinds, leadingTo, nodeKinds, type EdgeKind, type NodeKind } from '../../kinds.ts'
import type { GraphEdge, Instant, Neighbourhood, NodeRef, Path, Question } from '../../port.ts'
import type { Connection, Run } from './connection.ts'
import { live } from './generations.ts'
import {
  edgeFrom,
  holding,
  instants,
  labelOf,
  newestFirst,
  nodeFrom,
  ofOpenEnd,
  openEnd,
  ownedWays,
  partOf,
  storedEdge,
  typeOf,
  type Hold,
  type Stored,
  type StoredEdge,
} from './rows.ts'

type Walk = Question & { depth: number; kinds?: readonly NodeKind[]; fanOut: number }
type Found = { key: string; node: Stored }

/**
 * Level by level, since the ways between two nodes multiply where nodes do not. When a level fills the answer, it is
 * the last: every node of a later one comes after it.
 */
export const neighbourhood = ({ reading }: Connection, start: NodeRef, walk: Walk): Promise<Neighbourhood> =>
  reading(async (run) => {
    const hold = holding(walk)
    const asked = {
      ...instants(walk),
      fanOut: neo4j.int(walk.fanOut),
      passing: toldOf(nodeKinds.map(labelOf), (walk.kinds ?? nodeKinds).map(labelOf)),
      leading: toldOf(edgeKinds, leadingAway(walk.kinds ?? null)),
    }
    const next = nextLevel(hold)
    const first = await run<Found>(
      `${live} MATCH (n:MillraceNode {_key: graph + $part}) WHERE ${hold('n')}
       RETURN n._key AS key, properties(n) AS node`,
      { ...asked, part: partOf(start) },
    )
    const nodes: Neighbourhood['nodes'] = []
    const seen: string[] = []
    for (let level = first, distance = 0; level.length > 0; distance += 1) {
      nodes.push(...level.slice(0, walk.limit - nodes.length).map(({ node }) => ({ ...nodeFrom(node), distance })))
      seen.push(...level.map(({ key }) => key))
      if (nodes.length >= walk.limit || distance >= walk.depth) break
      const frontier = level.map(({ key }) => key)
      level = await run<Found>(next, { ...asked, frontier, seen, limit: neo4j.int(walk.limit - nodes.length) })
    }
    return { nodes, edges: await edgesAmong(run, seen.slice(0, nodes.length), walk) }
  })

/**
 * At a node, the edges it owns are few and are all looked at; of those at whose open end it stands, the index of
 * each kind gives the newest.
 */
const nextLevel = (hold: Hold): string => `
  UNWIND $frontier AS key MATCH (a:MillraceNode {_key: key})
  CALL (a) {
    ${[...ownedWays.map((way) => ownedEnds(way, hold)), ...edgeKinds.map((kind) => newestEnds(kind, hold))].join(' UNION ALL ')}
  }
  WITH DISTINCT b WHERE NOT b._key IN $seen
  WITH b ORDER BY b._key LIMIT $limit
  RETURN b._key AS key, properties(b) AS node`

/** The kinds of edges that lead from their open end to a node of these kinds. */
const leadingAway = (kinds: readonly NodeKind[] | null): EdgeKind[] =>
  (['out', 'back'] as const).flatMap((way) =>
    leadingTo(kinds, way).filter((kind) => openEnd(kind) === (way === 'out' ? 'from' : 'to')),
  )

/** Yes or no of each: a list is planned anew by its length, and a new plan takes a second. */
const toldOf = <Name extends string>(all: readonly Name[], some: readonly Name[]): Record<string, boolean> =>
  Object.fromEntries(all.map((name) => [name, some.includes(name)]))

const passable = 'any(label IN labels(b) WHERE $passing[label])'

const ownedEnds = (way: string, hold: Hold): string => `
  MATCH (a)${way}(b) WHERE ${hold('e', 'b')} AND ${passable}
  WITH type(e) AS type, e, b ORDER BY e._validFrom DESC, e._digest DESC
  WITH type, collect(b)[..$fanOut] AS ends UNWIND ends AS b RETURN b`

/** Of a kind that leads nowhere none is looked up: its hash is null. */
const newestEnds = (kind: EdgeKind, hold: Hold): string => `
  MATCH (a)${openEnd(kind) === 'from' ? `-[e:${typeOf(kind)}]->` : `<-[e:${typeOf(kind)}]-`}(b)
  ${ofOpenEnd(kind, `CASE WHEN $leading['${kind}'] THEN a._hash END`)} AND ${hold('e', 'b')} AND ${passable}
  WITH e, b ORDER BY ${newestFirst} LIMIT $fanOut RETURN b`

/** Every edge is found at its owner, so that none of a node with 100,000 others is looked at. */
async function edgesAmong(run: Run, keys: readonly string[], walk: Instant): Promise<GraphEdge[]> {
  const hold = holding(walk)
  const found = ownedWays.map(
    (way) =>
      `UNWIND $keys AS key MATCH (n:MillraceNode {_key: key})${way}(b) WHERE b._key IN $keys AND ${hold('e')} RETURN e`,
  )
  const rows = await run<{ edge: StoredEdge }>(
    `CALL () { ${found.join(' UNION ALL ')} }
     RETURN ${storedEdge('e')} AS edge ORDER BY edge.from, ${kindIn('e')}, edge.to`,
    { keys, ...instants(walk) },
  )
  return rows.map(({ edge }) => edgeFrom(edge))
}

/** The kind of a relationship, which is how kinds compare. */
const kindIn = (e: string): string => `toLower(replace(type(${e}), '_', '-'))`

export async function shortestPath(
  { read }: Connection,
  from: NodeRef,
  to: NodeRef,
  question: Instant & { maxSteps: number },
): Promise<Path | null> {
  const [start, end] = [partOf(from), partOf(to)]
  const hold = holding(question)
  const [row] = await read<{ nodes: Stored[]; edges: StoredEdge[] }>(
    start === end ? standing(hold) : shortest(hold, Math.trunc(question.maxSteps)),
    { start, end, ...instants(question) },
  )
  return row ? { nodes: row.nodes.map(nodeFrom), edges: row.edges.map(edgeFrom) } : null
}

const standing = (hold: Hold): string => `
  ${live} MATCH (n:MillraceNode {_key: graph + $start}) WHERE ${hold('n')}
  RETURN [properties(n)] AS nodes, [] AS edges`

/** Of equally short ones the first by its nodes, then by the kinds and the direction of its edges. */
const shortest = (hold: Hold, maxSteps: number): string => `
  ${live}
  MATCH (a:MillraceNode {_key: graph + $start}), (b:MillraceNode {_key: graph + $end})
  MATCH way = allShortestPaths((a)-[*..${maxSteps}]-(b))
  WHERE all(n IN nodes(way) WHERE ${hold('n')}) AND all(e IN relationships(way) WHERE ${hold('e')})
  WITH way, [n IN nodes(way) | n._key] AS keys,
    [e IN relationships(way) | [${kindIn('e')}, startNode(e)._key]] AS kinds
  ORDER BY keys, kinds LIMIT 1
  RETURN [n IN nodes(way) | properties(n)] AS nodes, [e IN relationships(way) | ${storedEdge('e')}] AS edges`
