import { canonicalJson, sha256 } from '#kernel/crypto.ts'
import {
  edgeOwners,
  type Census,
  type Change,
  type EdgeKind,
  type GraphEdge,
  type GraphNode,
  type NodeRef,
} from './port.ts'

/** One batch as both stores write it: nothing twice, and every node and edge with its digest. */
export type Batch = {
  nodes: readonly (GraphNode & { digest: number })[]
  edges: readonly (GraphEdge & { digest: number })[]
}

/** Ids come from outside and may hold any character but this one. */
const between = '\u001f'

/** A node's identity as one string. */
export const nodeKey = (node: NodeRef): string => `${node.kind}${between}${node.id}`

const edgeKey = (edge: GraphEdge): string => [nodeKey(edge.from), edge.kind, nodeKey(edge.to)].join(between)

/** Readies changes for writing. Of a node that is put twice, the later word counts. */
export function batchOf(changes: readonly Change[]): Batch {
  const latest = new Map(changes.map((change) => [nodeKey(change.node), change]))
  const edges = new Map<string, GraphEdge>()
  for (const change of latest.values()) {
    for (const edge of change.edges) {
      refuseForeign(change.node, edge)
      edges.set(edgeKey(edge), edge)
    }
  }
  return {
    nodes: [...latest.values()].map(({ node }) => ({ ...node, digest: digestOf(node) })),
    edges: [...edges.values()].map((edge) => ({ ...edge, digest: digestOf(edge) })),
  }
}

function refuseForeign(node: NodeRef, edge: GraphEdge): void {
  const owner = edge[edgeOwners[edge.kind]]
  if (nodeKey(owner) === nodeKey(node)) return
  throw new Error(
    `A change of ${node.kind} ${node.id} carries an edge "${edge.kind}" that ${owner.kind} ${owner.id} owns`,
  )
}

/** The first 40 bits of SHA-256: sums of millions stay exact in 64 bits. */
const digestOf = (item: GraphNode | GraphEdge): number => Number.parseInt(sha256(canonicalJson(item)).slice(0, 10), 16)

/** The nodes that edges touch, each once. */
export function endsOf(edges: readonly { from: NodeRef; to: NodeRef }[]): NodeRef[] {
  const ends = edges.flatMap(({ from, to }) => [from, to])
  return [...new Map(ends.map((end) => [nodeKey(end), { kind: end.kind, id: end.id }])).values()]
}

export const edgeKinds = Object.keys(edgeOwners) as EdgeKind[]

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

/**
 * Reads of the live generation, again when another was published meanwhile (the old one is then being dropped).
 * Gives `nothing` before the first was published.
 */
export async function ofLive<T>(
  live: () => Promise<{ number: number } | null>,
  nothing: T,
  read: (generation: number) => Promise<T>,
): Promise<T> {
  let generation = await live()
  while (generation) {
    const answer = await read(generation.number)
    const now = await live()
    if (now?.number === generation.number) return answer
    generation = now
  }
  return nothing
}
