import type { EdgeKind, NodeKind } from '#graph/kinds.ts'
import type { Change, GraphEdge, GraphNode, GraphStore, NodeRef, Provenance } from '#graph/port.ts'

// Nodes and edges as tests write them down.

/** From nowhere, and always so. */
export const nothing: Provenance = {
  recordId: null,
  runId: null,
  validFrom: null,
  validTo: null,
  recordedAt: null,
  endRecordedAt: null,
}

export const node = (
  kind: NodeKind,
  id: string,
  properties: GraphNode['properties'] = {},
  more: Partial<GraphNode> = {},
): GraphNode => ({ kind, id, label: id, properties, ...nothing, ...more })

export const edge = (from: NodeRef, kind: EdgeKind, to: NodeRef, more: Partial<GraphEdge> = {}): GraphEdge => ({
  from: { kind: from.kind, id: from.id },
  kind,
  to: { kind: to.kind, id: to.id },
  properties: {},
  ...nothing,
  ...more,
})

/** A store with these changes in its live generation. */
export async function filled(store: GraphStore, put: readonly Change[]): Promise<GraphStore> {
  const generation = await store.begin('test')
  await store.apply(generation, { put, gone: [] })
  await store.publish(generation, '7')
  return store
}
