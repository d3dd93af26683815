import { sha256 } from '#kernel/crypto.ts'
import { edgeEnds, edgeKinds, edgeOwners, nodeKinds, type EdgeKind } from './kinds.ts'
import type { Census, Change, GraphEdge, GraphNode, NodeRef, Properties, Provenance } from './port.ts'

/** One batch as both stores write it: nothing twice, and every node and edge with its digest. */
export type Batch = {
  nodes: readonly (GraphNode & { digest: number })[]
  edges: readonly (GraphEdge & { digest: number })[]
}

/** A node's identity as one string: no kind holds a blank, so an id may hold anything. */
export const nodeKey = (node: NodeRef): string => `${node.kind} ${node.id}`

const edgeKey = ({ from, kind, to }: GraphEdge): string => JSON.stringify([from.kind, from.id, kind, to.kind, to.id])

/** What was readied already: a projection counts what a store has just been given. */
const readied = new WeakMap<readonly Change[], Batch>()

/** Readies changes for writing. Of a node that is put twice, the later word counts. Unknown kinds and impossible edges throw. */
export function batchOf(changes: readonly Change[]): Batch {
  const batch = readied.get(changes) ?? ready(changes)
  readied.set(changes, batch)
  return batch
}

function ready(changes: readonly Change[]): Batch {
  const latest = new Map(changes.map((change) => [nodeKey(change.node), change]))
  const edges = new Map<string, GraphEdge>()
  for (const change of latest.values()) {
    refuseUnknown(change.node)
    for (const edge of change.edges) {
      refuseForeign(change.node, edge)
      edges.set(edgeKey(edge), edge)
    }
  }
  return {
    nodes: [...latest.values()].map(({ node }) => ({ ...node, digest: digestOfNode(node) })),
    edges: [...edges.values()].map((edge) => ({ ...edge, digest: digestOfEdge(edge) })),
  }
}

const known: ReadonlySet<string> = new Set(nodeKinds)
const possible: ReadonlySet<string> = new Set(
  edgeKinds.flatMap((kind) => edgeEnds[kind].map(([from, to]) => `${from} ${kind} ${to}`)),
)

function refuseUnknown(node: NodeRef): void {
  if (!known.has(node.kind)) throw new Error(`The graph knows no kind of node "${node.kind}": see graph/kinds.ts`)
}

function refuseForeign(node: NodeRef, edge: GraphEdge): void {
  if (!Object.hasOwn(edgeOwners, edge.kind)) {
    throw new Error(`The graph knows no kind of edge "${edge.kind}": see graph/kinds.ts`)
  }
  refuseUnknown(edge.from)
  refuseUnknown(edge.to)
  if (!possible.has(`${edge.from.kind} ${edge.kind} ${edge.to.kind}`)) {
    throw new Error(`No "${edge.kind}" leads from ${edge.from.kind} to ${edge.to.kind}: see edgeEnds in graph/kinds.ts`)
  }
  const owner = edge[edgeOwners[edge.kind]]
  if (nodeKey(owner) === nodeKey(node)) return
  throw new Error(
    `A change of ${node.kind} ${node.id} carries an edge "${edge.kind}" that ${owner.kind} ${owner.id} owns`,
  )
}

const digestOfNode = (node: GraphNode): number => digestOf([node.kind, node.id, node.label], node)

const digestOfEdge = ({ from, kind, to, ...held }: GraphEdge): number =>
  digestOf([from.kind, from.id, kind, to.kind, to.id], held)

/** The first 40 bits of SHA-256: sums of millions stay exact in 64 bits. Written out, since it is made for every edge. */
function digestOf(names: readonly string[], held: Provenance & { properties: Properties }): number {
  const { properties, recordId, runId, validFrom, validTo, recordedAt, endRecordedAt } = held
  const values = Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const told = JSON.stringify([names, values, recordId, runId, validFrom, validTo, recordedAt, endRecordedAt])
  return Number.parseInt(sha256(told).slice(0, 10), 16)
}

/** The nodes that edges touch, each once. */
export function endsOf(edges: readonly { from: NodeRef; to: NodeRef }[]): NodeRef[] {
  const ends = edges.flatMap(({ from, to }) => [from, to])
  return [...new Map(ends.map((end) => [nodeKey(end), { kind: end.kind, id: end.id }])).values()]
}

/** The kinds of edges that their start, or their end, owns. */
export const ownedBy = (end: 'from' | 'to'): EdgeKind[] => edgeKinds.filter((kind) => edgeOwners[kind] === end)

/** Rows of a census: how many of a kind, and the sum of their digests. */
export type Tally = { kind: string; count: number; digests: string }

export function censusOf(nodes: readonly Tally[], edges: readonly Tally[]): Census {
  const counts = (tallies: readonly Tally[]): Record<string, number> =>
    Object.fromEntries(tallies.map(({ kind, count }) => [kind, count]))
  const checksum = [...nodes, ...edges].reduce((sum, { digests }) => sum + BigInt(digests), 0n)
  return { nodes: counts(nodes), edges: counts(edges), checksum: checksum.toString() }
}

/** What a store must count after it was given these batches, none of which repeats another's nodes or edges. */
export function tallier(): { add: (batch: Batch) => void; census: () => Census } {
  const nodes = new Map<string, { count: number; sum: bigint }>()
  const edges = new Map<string, { count: number; sum: bigint }>()
  const tallies = (counted: typeof nodes): Tally[] =>
    [...counted].map(([kind, { count, sum }]) => ({ kind, count, digests: sum.toString() }))
  return {
    add: (batch) => {
      for (const { kind, digest } of batch.nodes) tally(nodes, kind, digest)
      for (const { kind, digest } of batch.edges) tally(edges, kind, digest)
    },
    census: () => censusOf(tallies(nodes), tallies(edges)),
  }
}

function tally(counted: Map<string, { count: number; sum: bigint }>, kind: string, digest: number): void {
  const before = counted.get(kind) ?? { count: 0, sum: 0n }
  counted.set(kind, { count: before.count + 1, sum: before.sum + BigInt(digest) })
}
