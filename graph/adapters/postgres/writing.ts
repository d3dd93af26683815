import type { Queryable, Tx } from '#kernel/db.ts'
import { batchOf, endsOf, nodeKey, type Batch } from '../../batch.ts'
import type { Change, NodeRef } from '../../port.ts'
import * as changes from '../../queries/changes.ts'
import { copies, copyOf as whereKept, type Copy, type CopyName } from '../../queries/generations.ts'

/** The tables of a generation, which is not dropped before the transaction ends. */
export async function copyOf(db: Queryable, generation: number): Promise<Copy> {
  const [kept] = await db.query<{ copy: CopyName }>(whereKept(generation))
  if (!kept) throw new Error(`There is no generation ${generation} of the graph: rebuild it`)
  return copies[kept.copy]
}

/** Puts a batch, and takes back what the gone nodes said. */
export async function write(
  tx: Tx,
  generation: number,
  { put, gone }: { put: readonly Change[]; gone: readonly NodeRef[] },
): Promise<void> {
  const batch = batchOf(put)
  const copy = await copyOf(tx, generation)
  const ends = await tx.query<NodeRef>(changes.takeOwnedEdges(copy, [...batch.nodes, ...gone]))
  if (gone.length > 0) await tx.query(changes.bareNodes(copy, gone))
  await tx.query(changes.putNodes(copy, batch.nodes))
  await tx.query(changes.putBareNodes(copy, others(batch)))
  await tx.query(changes.putEdges(copy, batch))
  if (ends.length + gone.length > 0) await tx.query(changes.removeLonelyBareNodes(copy, [...ends, ...gone]))
}

/** Ends of edges that are no nodes of the batch. */
function others({ nodes, edges }: Batch): NodeRef[] {
  const put = new Set(nodes.map(nodeKey))
  return endsOf(edges).filter((end) => !put.has(nodeKey(end)))
}
