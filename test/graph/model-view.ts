import { nodeKey } from '#graph/batch.ts'
import { edgeKinds, type EdgeKind } from '#graph/kinds.ts'
import type { GraphEdge, GraphNode, Instant, NodeRef, Provenance, Weighted } from '#graph/port.ts'

/** What holds at an instant, and which way one can go on from a node. */
export type View = {
  nodes: readonly GraphNode[]
  edges: readonly GraphEdge[]
  node: (ref: NodeRef) => GraphNode | undefined
  out: (from: NodeRef, kind: EdgeKind) => Step[]
  back: (to: NodeRef, kind: EdgeKind) => Step[]
  /** Every edge that touches the node, by kind and direction. */
  ways: (ref: NodeRef) => Step[][]
}
export type Step = { edge: GraphEdge; digest: number; node: GraphNode }

export function viewOf(
  all: { nodes: readonly GraphNode[]; edges: readonly (GraphEdge & { digest: number })[] },
  asked: Instant,
): View {
  const nodes = all.nodes.filter((one) => holds(one, asked))
  const held = all.edges.filter((one) => holds(one, asked)).map(({ digest, ...edge }) => ({ edge, digest }))
  const edges = held.map(({ edge }) => edge)
  const byKey = new Map(nodes.map((one) => [nodeKey(one), one]))
  const node = (ref: NodeRef): GraphNode | undefined => byKey.get(nodeKey(ref))
  const steps = (ref: NodeRef, kind: EdgeKind, near: 'from' | 'to', far: 'from' | 'to'): Step[] =>
    held.flatMap(({ edge, digest }) => {
      if (edge.kind !== kind || !isSame(edge[near], ref)) return []
      const end = node(edge[far])
      return end ? [{ edge, digest, node: end }] : []
    })
  const out = (from: NodeRef, kind: EdgeKind): Step[] => steps(from, kind, 'from', 'to')
  const back = (to: NodeRef, kind: EdgeKind): Step[] => steps(to, kind, 'to', 'from')
  const ways = (ref: NodeRef): Step[][] => edgeKinds.flatMap((kind) => [out(ref, kind), back(ref, kind)])
  return { nodes, edges, node, out, back, ways }
}

/** Begun, heard of, and not ended; or ended, which nobody had heard of. */
function holds({ validFrom, validTo, recordedAt, endRecordedAt }: Provenance, { at, knownAt }: Instant): boolean {
  if (validFrom !== null && validFrom > at) return false
  if (knownAt && recordedAt !== null && recordedAt > knownAt) return false
  if (validTo === null || validTo > at) return true
  return knownAt !== undefined && endRecordedAt !== null && endRecordedAt > knownAt
}

export const isSame = (a: NodeRef, b: NodeRef): boolean => a.kind === b.kind && a.id === b.id

/** By code point, which is how UTF-8 bytes compare. */
export const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
export const byIdentity = (a: NodeRef, b: NodeRef): number => compare(a.kind, b.kind) || compare(a.id, b.id)
export const byEdge = (a: GraphEdge, b: GraphEdge): number =>
  byIdentity(a.from, b.from) || compare(a.kind, b.kind) || byIdentity(a.to, b.to)
/** Between the same two nodes. */
export const byKind = (a: GraphEdge, b: GraphEdge): number => compare(a.kind, b.kind) || byEdge(a, b)

/** When it began; what always was is the oldest. */
export const since = ({ validFrom }: Provenance): number => validFrom?.getTime() ?? -Infinity
const later = (a: Provenance, b: Provenance): number => (since(a) === since(b) ? 0 : since(b) - since(a))

export const newestFirst = (nodes: readonly GraphNode[]): GraphNode[] =>
  nodes.toSorted((a, b) => later(a, b) || byIdentity(a, b))
export const newestSteps = (steps: readonly Step[]): Step[] =>
  steps.toSorted((a, b) => later(a.edge, b.edge) || b.digest - a.digest)

export const distinct = <Ref extends NodeRef>(nodes: readonly Ref[]): Ref[] =>
  nodes.filter((node, nth) => nodes.findIndex((other) => isSame(node, other)) === nth)

/** How often each stands in the list; the most frequent first, then by kind and id. */
export function weigh(nodes: readonly GraphNode[], limit: number): Weighted[] {
  return distinct(nodes)
    .map((node) => ({ node, weight: nodes.filter((other) => isSame(node, other)).length }))
    .toSorted((a, b) => b.weight - a.weight || byIdentity(a.node, b.node))
    .slice(0, limit)
}

/** What a person's identifiers lead to, by an edge of this kind, the newest edge first; each thing once. */
export function things({ out }: View, personId: string, kind: EdgeKind): GraphNode[] {
  const steps = out({ kind: 'person', id: personId }, 'known-as').flatMap((known) => out(known.node, kind))
  return distinct(newestSteps(steps).map((step) => step.node))
}

export const paidOrders = (view: View, personId: string): GraphNode[] =>
  things(view, personId, 'placed').filter((order) => order.properties['status'] === 'paid')

/** Products in a person's paid orders, each once. */
export const boughtBy = (view: View, personId: string): GraphNode[] =>
  distinct(paidOrders(view, personId).flatMap((order) => view.out(order, 'contains').map((step) => step.node)))

export const spent = (orders: readonly GraphNode[]): number =>
  orders.reduce((sum, { properties }) => sum + Number(properties['spentMinor'] ?? 0), 0)
