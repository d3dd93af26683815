import neo4j from 'neo4j-driver'
import type { EdgeKind, GraphNode, Neighbourhood, NodeKind, NodeRef, Path, Question } from '../../port.ts'
import { edgeFrom, hold, instant, keyOf, nodeFrom, read, type Space, type Stored } from './rows.ts'

type Walk = Question & { depth: number; kinds?: readonly NodeKind[] }
type Found = { key: string; node: Stored }

/**
 * Level by level, since the ways between two nodes multiply where nodes do not. When a level fills the answer, it is
 * the last: every node of a later one comes after it.
 */
export async function neighbourhood(space: Space, start: NodeRef, walk: Walk): Promise<Neighbourhood> {
  const at = instant(walk.at)
  const first = await read<Found>(
    space,
    `MATCH (n:MillraceNode {_key: $key}) WHERE ${hold('n')} RETURN n._key AS key, properties(n) AS node`,
    { key: keyOf(space, start), at },
  )
  const nodes: Neighbourhood['nodes'] = []
  const seen: string[] = []
  for (let level = first, distance = 0; level.length > 0; distance += 1) {
    nodes.push(...level.slice(0, walk.limit - nodes.length).map(({ node }) => ({ ...nodeFrom(node), distance })))
    seen.push(...level.map(({ key }) => key))
    if (nodes.length >= walk.limit || distance >= walk.depth) break
    const frontier = level.map(({ key }) => key)
    const limit = neo4j.int(walk.limit - nodes.length)
    level = await read<Found>(space, nextLevel, { frontier, seen, kinds: walk.kinds ?? null, at, limit })
  }
  return { nodes, edges: await edgesAmong(space, nodes, at) }
}

const nextLevel = `
  UNWIND $frontier AS key MATCH (a:MillraceNode {_key: key})-[e]-(b)
  WHERE ${hold('e', 'b')} AND ($kinds IS NULL OR b._kind IN $kinds) AND NOT b._key IN $seen
  WITH DISTINCT b ORDER BY b._kind, b._id LIMIT $limit
  RETURN b._key AS key, properties(b) AS node`

async function edgesAmong(space: Space, nodes: readonly NodeRef[], at: string | null): Promise<Neighbourhood['edges']> {
  const rows = await read<{ from: NodeRef; edge: Stored; to: NodeRef }>(
    space,
    `UNWIND $keys AS key MATCH (a:MillraceNode {_key: key})-[e]->(b) WHERE b._key IN $keys AND ${hold('e')}
     RETURN {kind: a._kind, id: a._id} AS from, properties(e) AS edge, {kind: b._kind, id: b._id} AS to
     ORDER BY a._kind, a._id, e._kind, b._kind, b._id`,
    { keys: nodes.map((node) => keyOf(space, node)), at },
  )
  return rows.map(({ from, edge, to }) => edgeFrom(from, edge, to))
}

export async function shortestPath(
  space: Space,
  from: NodeRef,
  to: NodeRef,
  { at, maxSteps }: { at: Date; maxSteps: number },
): Promise<Path | null> {
  const keys = { from: keyOf(space, from), to: keyOf(space, to), at: instant(at) }
  const [row] = await read<{ nodes: Stored[]; kinds: EdgeKind[] }>(
    space,
    keys.from === keys.to ? standing : shortest(maxSteps),
    keys,
  )
  return row ? { nodes: row.nodes.map((node): GraphNode => nodeFrom(node)), kinds: row.kinds } : null
}

const standing = `MATCH (n:MillraceNode {_key: $from}) WHERE ${hold('n')} RETURN [properties(n)] AS nodes, [] AS kinds`

const shortest = (maxSteps: number): string => `
  MATCH (a:MillraceNode {_key: $from}), (b:MillraceNode {_key: $to})
  MATCH way = allShortestPaths((a)-[*..${Math.trunc(maxSteps)}]-(b))
  WHERE all(n IN nodes(way) WHERE ${hold('n')}) AND all(e IN relationships(way) WHERE ${hold('e')})
  WITH way, [n IN nodes(way) | [n._kind, n._id]] AS ids, [e IN relationships(way) | e._kind] AS kinds
  ORDER BY ids, kinds LIMIT 1
  RETURN [n IN nodes(way) | properties(n)] AS nodes, kinds`
