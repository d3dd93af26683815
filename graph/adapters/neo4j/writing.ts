import neo4j, { type ManagedTransaction } from 'neo4j-driver'
import { censusOf, edgeKinds, endsOf, ownedBy, type Batch, type Tally } from '../../batch.ts'
import type { Census, EdgeKind, NodeKind, NodeRef } from '../../port.ts'
import { keyOf, read, storedProperties, storedProvenance, typeOf, type Space, type Stored } from './rows.ts'

/** Writes one batch in one transaction. */
export async function writeBatch(space: Space, batch: Batch, gone: readonly NodeRef[]): Promise<void> {
  const session = space.driver.session()
  try {
    await session.executeWrite(async (tx) => {
      const taken = await takeOwnedEdges(tx, space, [...batch.nodes, ...gone])
      await bareNodes(tx, space, gone)
      await putNodes(tx, space, batch)
      await putBareNodes(tx, space, endsOf(batch.edges))
      for (const kind of edgeKinds) await putEdges(tx, space, kind, batch)
      await tx.run(
        `UNWIND $keys AS key MATCH (n:MillraceNode {_key: key})
         WHERE NOT n._put AND NOT EXISTS { (n)--() } DELETE n`,
        { keys: [...new Set([...taken, ...keysOf(space, gone)])] },
      )
    })
  } finally {
    await session.close()
  }
}

const keysOf = (space: Space, nodes: readonly NodeRef[]): string[] => nodes.map((node) => keyOf(space, node))

const types = (end: 'from' | 'to'): string => ownedBy(end).map(typeOf).join('|')

/** Takes the relationships these nodes own; gives the keys of the ends they touched. */
async function takeOwnedEdges(tx: ManagedTransaction, space: Space, owners: readonly NodeRef[]): Promise<string[]> {
  const keys: string[] = []
  for (const owned of [`-[e:${types('from')}]->`, `<-[e:${types('to')}]-`]) {
    const { records } = await tx.run<{ touched: string[] }>(
      `UNWIND $keys AS key MATCH (n:MillraceNode {_key: key}) MATCH (n)${owned}(other)
       WITH e, [n._key, other._key] AS touched DELETE e RETURN DISTINCT touched`,
      { keys: keysOf(space, owners) },
    )
    keys.push(...records.flatMap((record) => record.get('touched')))
  }
  return keys
}

/** The kind is a label too, so that the graph reads well in Neo4j's own browser: Person for person. */
const labelOf = (kind: NodeKind): string => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`

const identity = (space: Space, { kind, id }: NodeRef): Stored => ({
  _key: keyOf(space, { kind, id }),
  _graph: space.graph,
  _kind: kind,
  _id: id,
})

async function putNodes(tx: ManagedTransaction, space: Space, batch: Batch): Promise<void> {
  const rows = batch.nodes.map((node) => ({
    key: keyOf(space, node),
    label: labelOf(node.kind),
    fields: {
      ...storedProperties(node.properties),
      ...identity(space, node),
      ...storedProvenance(node),
      _label: node.label,
      _digest: neo4j.int(node.digest),
      _put: true,
    },
  }))
  await tx.run('UNWIND $rows AS row MERGE (n:MillraceNode {_key: row.key}) SET n = row.fields, n:$(row.label)', {
    rows,
  })
}

const bareRows = (space: Space, nodes: readonly NodeRef[]): Stored[] =>
  nodes.map((node) => ({
    key: keyOf(space, node),
    label: labelOf(node.kind),
    fields: { ...identity(space, node), _label: node.id, _digest: neo4j.int(0), _put: false },
  }))

async function putBareNodes(tx: ManagedTransaction, space: Space, ends: readonly NodeRef[]): Promise<void> {
  await tx.run(
    `UNWIND $rows AS row MERGE (n:MillraceNode {_key: row.key}) ON CREATE SET n = row.fields
     WITH n, row WHERE NOT n._put SET n:$(row.label)`,
    { rows: bareRows(space, ends) },
  )
}

/** Takes back what was put of these nodes; they stand bare. */
async function bareNodes(tx: ManagedTransaction, space: Space, nodes: readonly NodeRef[]): Promise<void> {
  const rows = bareRows(space, nodes)
  await tx.run('UNWIND $rows AS row MATCH (n:MillraceNode {_key: row.key}) SET n = row.fields', { rows })
}

async function putEdges(tx: ManagedTransaction, space: Space, kind: EdgeKind, batch: Batch): Promise<void> {
  const rows = batch.edges
    .filter((edge) => edge.kind === kind)
    .map((edge) => ({
      from: keyOf(space, edge.from),
      to: keyOf(space, edge.to),
      fields: {
        ...storedProperties(edge.properties),
        ...storedProvenance(edge),
        _kind: kind,
        _digest: neo4j.int(edge.digest),
      },
    }))
  if (rows.length === 0) return
  await tx.run(
    `UNWIND $rows AS row
     MATCH (a:MillraceNode {_key: row.from}) MATCH (b:MillraceNode {_key: row.to})
     MERGE (a)-[e:${typeOf(kind)}]->(b) SET e = row.fields`,
    { rows },
  )
}

export async function census(space: Space): Promise<Census> {
  const nodes = await read<Tally>(
    space,
    `MATCH (n:MillraceNode) WHERE n._graph = $graph AND n._kind IS NOT NULL AND n._put
     RETURN n._kind AS kind, count(*) AS count, toString(sum(n._digest)) AS digests ORDER BY kind`,
  )
  const edges = await read<Tally>(
    space,
    `MATCH (n:MillraceNode)-[e]->() WHERE n._graph = $graph AND n._kind IS NOT NULL
     RETURN e._kind AS kind, count(*) AS count, toString(sum(e._digest)) AS digests ORDER BY kind`,
  )
  return censusOf(nodes, edges)
}
