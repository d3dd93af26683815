import neo4j from 'neo4j-driver'
import { censusOf, type Tally } from '../../batch.ts'
import { nodeKinds, type NodeKind } from '../../kinds.ts'
import type { Census, Digest } from '../../port.ts'
import type { Connection } from './connection.ts'
import { inKey, kindOf, ownedWays, refOf } from './rows.ts'

/** A node that only stands at the end of an edge has no digest, and is not counted. */
export async function census({ read }: Connection, graph: string): Promise<Census> {
  const nodes = await read<Tally>(
    `UNWIND $kinds AS kind
     CALL (kind) {
       MATCH (n:MillraceNode) WHERE n._key STARTS WITH $graph + kind + '/' AND n._digest IS NOT NULL
       RETURN count(*) AS count, toString(sum(n._digest)) AS digests
     }
     WITH kind, count, digests WHERE count > 0
     RETURN kind, count, digests ORDER BY kind`,
    { graph, kinds: nodeKinds },
  )
  const edges = await read<Tally>(
    `MATCH (n:MillraceNode) WHERE n._key STARTS WITH $graph
     MATCH (n)-[e]->()
     RETURN type(e) AS kind, count(*) AS count, toString(sum(e._digest)) AS digests`,
    { graph },
  )
  return censusOf(
    nodes,
    edges.map((tally) => ({ ...tally, kind: kindOf(tally.kind) })),
  )
}

const sumOfOwned = ownedWays.map((way) => `reduce(s = 0, d IN COLLECT { MATCH (n)${way}() RETURN e._digest } | s + d)`)

export async function digests(
  { read }: Connection,
  graph: string,
  { kind, after, limit }: { kind: NodeKind; after: string; limit: number },
): Promise<Digest[]> {
  const rows = await read<{ key: string; digest: number }>(
    `MATCH (n:MillraceNode) WHERE n._key STARTS WITH $of AND n._key > $of + $after AND n._digest IS NOT NULL
     WITH n ORDER BY n._key LIMIT $limit
     RETURN n._key AS key, n._digest + ${sumOfOwned.join(' + ')} AS digest ORDER BY key`,
    { of: `${graph}${kind}/`, after: inKey(after), limit: neo4j.int(limit) },
  )
  return rows.map(({ key, digest }) => ({ id: refOf(key).id, digest }))
}
