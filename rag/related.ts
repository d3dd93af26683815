import type { ChunkId } from '#kernel/ids.ts'
import type { GraphStore, NodeRef } from '#graph/port.ts'
import type { RelatedChunks } from './retrieve.ts'

/** Chunks that describe the products and topics a question is about, as the graph links them. */
export const relatedByGraph =
  (store: Pick<GraphStore, 'contentFor'>): RelatedChunks =>
  async ({ subjects, at, limit }) => {
    const nodes = subjects.flatMap(nodeOf)
    if (nodes.length === 0) return []
    const { chunks } = await store.contentFor(nodes, { at, limit })
    const why = `the graph links it to ${nodes.map((node) => node.id).join(', ')}`
    return chunks.map(({ node }) => ({ chunkId: node.id as ChunkId, why }))
  }

/** `product:SKU` and `topic:tag` are nodes; `business` is none. */
function nodeOf(subject: string): NodeRef[] {
  const [kind, ...rest] = subject.split(':')
  return (kind === 'product' || kind === 'topic') && rest.length > 0 ? [{ kind, id: rest.join(':') }] : []
}
