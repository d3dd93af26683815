import type { EdgeKind, NodeKind } from '../kinds.ts'
import type { GraphEdge, GraphNode, NodeRef, Properties, Provenance } from '../port.ts'

// What the functions of this folder are made of. Each says what one canonical row says, as a node and the edges it owns.

/** Where a row is from: its key in the graph, the record behind it, and the run that read that. */
export type Origin = { key: string; recordId: string | null; runId: string | null }

/** When something held, and when the house heard of it and of its end. What is left out: always, still, with the rest. */
export type Times = Partial<Omit<Provenance, 'recordId' | 'runId'>>

export const ref = (kind: NodeKind, id: string): NodeRef => ({ kind, id })

/** Leaves out what is not known. */
export function given(values: Record<string, string | number | boolean | null | undefined>): Properties {
  const known: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined) known[name] = value
  return known
}

export const held = ({ recordId, runId }: Omit<Origin, 'key'>, times: Times = {}): Provenance => ({
  recordId,
  runId,
  validFrom: times.validFrom ?? null,
  validTo: times.validTo ?? null,
  recordedAt: times.recordedAt ?? null,
  endRecordedAt: times.endRecordedAt ?? null,
})

/** What the house itself reckoned or decided: no record says it. */
export const byTheHouse = { recordId: null, runId: null }

export const nodeOf = (
  node: NodeRef,
  label: string,
  properties: Properties,
  provenance: Provenance,
): GraphNode => ({ kind: node.kind, id: node.id, label, properties, ...provenance }) // prettier-ignore

export const edge = (
  from: NodeRef,
  kind: EdgeKind,
  to: NodeRef,
  provenance: Provenance,
  properties: Properties = {},
): GraphEdge => ({ from, kind, to, properties, ...provenance })
