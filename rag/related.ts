import type { ChunkId } from '#kernel/ids.ts'
import type { NodeRef } from '#graph/port.ts'
import type { ScopedGraph } from '#graph/scoped.ts'
import type { RelatedChunks } from './retrieve.ts'

/** Chunks that describe the products and topics a question is about, as the graph that an agent sees links them. */
export const relatedByGraph =
  (graph: Pick<ScopedGraph, 'scope' | 'contentFor'>): RelatedChunks =>
  async ({ subjects, at, limit }) => {
    const nodes = subjects.flatMap(nodeOf)
    if (nodes.length === 0) return []
    const { chunks } = await graph.contentFor(nodes, { at, limit })
    const why = `the graph links it to ${nodes.map((node) => node.id).join(', ')}`
    return chunks.map(({ node }) => ({ chunkId: node.id as ChunkId, why }))
  }

/** `product:SKU` and `topic:tag` are nodes; `business` is none. */
function nodeOf(subject: string): NodeRef[] {
  const [kind, ...rest] = subject.split(':')
  return (kind === 'product' || kind === 'topic') && rest.length > 0 ? [{ kind, id: rest.join(':') }] : []
}
