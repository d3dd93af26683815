import { endsOf, nodeKey, type Batch } from '../../batch.ts'
import type { EdgeKind } from '../../kinds.ts'
import type { NodeRef } from '../../port.ts'
import type { Connection, Run } from './connection.ts'
import { bareNode, ownedWays, putEdge, putNode, typeOf, type EdgeRow, type NodeRow } from './rows.ts'

/**
 * Writes one batch in one transaction. Owners are locked first and in the order of their keys, so that two writers of
 * the same nodes wait for each other; where they meet at a node both lead to, the driver repeats one of them.
 */
export async function writeBatch(
  { writing }: Connection,
  graph: string,
  batch: Batch,
  gone: readonly NodeRef[],
): Promise<void> {
  const put = new Set(batch.nodes.map(nodeKey))
  const rows = inOrder(batch.nodes.map((node) => putNode(graph, node)))
  const ends = endsOf(batch.edges).filter((end) => !put.has(nodeKey(end)))
  const bare = inOrder(ends.map((end) => bareNode(graph, end)))
  const laid = inOrder(gone.map((node) => bareNode(graph, node)))
  const edges = edgeRows(graph, batch)
  await writing(async (run) => {
    // Sent one behind the other without waiting: the server takes them in this order.
    const [touched] = await Promise.all([
      replaceNodes(run, rows, laid),
      putEnds(run, bare),
      ...[...edges].map(([kind, of]) => putEdges(run, kind, of)),
    ])
    await removeLonely(run, [...touched, ...laid.map(({ key }) => key)])
  })
}

const inOrder = (rows: NodeRow[]): NodeRow[] => rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))

function edgeRows(graph: string, { edges }: Batch): Map<EdgeKind, EdgeRow[]> {
  const rows = new Map<EdgeKind, EdgeRow[]>()
  for (const edge of edges) {
    const of = rows.get(edge.kind) ?? []
    if (of.length === 0) rows.set(edge.kind, of)
    of.push(putEdge(graph, edge))
  }
  return rows
}

/** Lays the gone nodes bare, puts the others, and takes the relationships all of these owned; gives where these led. */
async function replaceNodes(run: Run, put: readonly NodeRow[], gone: readonly NodeRow[]): Promise<string[]> {
  const keys = [...put, ...gone].map(({ key }) => key)
  const [, , ...taken] = await Promise.all([
    run('UNWIND $rows AS row MATCH (n:MillraceNode {_key: row.key}) SET n = row.fields', { rows: gone }),
    run('UNWIND $rows AS row MERGE (n:MillraceNode {_key: row.key}) SET n = row.fields, n:$(row.label)', { rows: put }),
    ...ownedWays.map((way) =>
      run<{ key: string }>(
        `UNWIND $keys AS key MATCH (n:MillraceNode {_key: key})${way}(other)
         WITH e, other._key AS key DELETE e RETURN DISTINCT key`,
        { keys },
      ),
    ),
  ])
  return [...new Set(taken.flat().map(({ key }) => key))]
}

async function putEnds(run: Run, rows: readonly NodeRow[]): Promise<void> {
  await run(
    `UNWIND $rows AS row MERGE (n:MillraceNode {_key: row.key})
     ON CREATE SET n = row.fields, n:$(row.label)`,
    { rows },
  )
}

/** The owners' relationships were taken before: these are new. */
async function putEdges(run: Run, kind: EdgeKind, rows: readonly EdgeRow[]): Promise<void> {
  await run(
    `UNWIND $rows AS row
     MATCH (a:MillraceNode {_key: row.from}) MATCH (b:MillraceNode {_key: row.to})
     CREATE (a)-[e:${typeOf(kind)}]->(b) SET e = row.fields`,
    { rows },
  )
}

/** Bare nodes go with their last edge. */
async function removeLonely(run: Run, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await run(
    `UNWIND $keys AS key MATCH (n:MillraceNode {_key: key})
     WHERE n._digest IS NULL AND NOT EXISTS { (n)--() } DELETE n`,
    { keys },
  )
}
