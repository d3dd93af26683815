import { batchOf, endsOf, nodeKey, tallier, type Batch } from '#graph/batch.ts'
import { edgeOwners } from '#graph/kinds.ts'
import type {
  Census,
  Change,
  Digest,
  GraphEdge,
  GraphNode,
  GraphReader,
  GraphWriter,
  Instant,
  NodeRef,
  Origin,
} from '#graph/port.ts'
import { selects } from './model-segments.ts'
import { byIdentity, compare, isSame, viewOf, type View } from './model-view.ts'
import { contentFor, neighbourhood, path, personContext, related } from './model-walks.ts'

/**
 * The graph as plain lists, written as the port's words read and without a thought for speed: what both stores must
 * answer. Generations are the stores' own affair: here everything that was applied is live.
 */
export type ModelGraph = GraphReader & {
  apply: (batch: { put: readonly Change[]; gone: readonly NodeRef[] }) => void
  census: () => Census
  digests: (page: Parameters<GraphWriter['digests']>[1]) => Digest[]
}

type Node = GraphNode & { digest: number; put: boolean }
type Edge = GraphEdge & { digest: number }
type World = { nodes: Map<string, Node>; edges: Map<string, Edge> }

export function modelGraph(): ModelGraph {
  const world: World = { nodes: new Map(), edges: new Map() }
  const view = (asked: Instant): View => viewOf(plain(world), asked)
  return {
    apply: ({ put, gone }) => write(world, batchOf(put), gone),
    census: () => census(world),
    digests: (page) => digests(world, page),
    personContext: async (id, asked) => personContext(view(asked), id, asked.limit),
    neighbourhood: async (start, asked) => neighbourhood(view(asked), start, asked),
    related: async (start, asked) => related(view(asked), start, asked.limit),
    contentFor: async (subjects, asked) => contentFor(view(asked), subjects, asked.limit),
    segment: async (rule, asked) => {
      const seen = view(asked)
      const people = seen.nodes.filter(({ kind, properties }) => kind === 'person' && properties['visitor'] !== true)
      const among = people.filter(({ id }) => asked.among?.includes(id) ?? true)
      const selected = among.filter((person) => selects(seen, person, rule, asked.at))
      return selected.toSorted(byIdentity).map(({ id }) => id)
    },
    path: async (from, to, asked) => path(view(asked), from, to, asked.maxSteps),
    lineage: async (ref, limit) => lineage(plain(world), ref, limit),
  }
}

const edgeKey = (edge: GraphEdge): string => [nodeKey(edge.from), edge.kind, nodeKey(edge.to)].join('→')

function write(world: World, batch: Batch, gone: readonly NodeRef[]): void {
  const owners = new Set([...gone, ...batch.nodes].map(nodeKey))
  for (const [key, edge] of world.edges) {
    if (owners.has(nodeKey(edge[edgeOwners[edge.kind]]))) world.edges.delete(key)
  }
  for (const ref of gone) if (world.nodes.has(nodeKey(ref))) world.nodes.set(nodeKey(ref), bare(ref))
  for (const node of batch.nodes) world.nodes.set(nodeKey(node), { ...node, put: true })
  for (const edge of batch.edges) world.edges.set(edgeKey(edge), edge)
  for (const end of endsOf(batch.edges)) if (!world.nodes.has(nodeKey(end))) world.nodes.set(nodeKey(end), bare(end))
  const touched = new Set(endsOf([...world.edges.values()]).map(nodeKey))
  for (const [key, node] of world.nodes) if (!node.put && !touched.has(key)) world.nodes.delete(key)
}

const bare = ({ kind, id }: NodeRef): Node => ({
  kind,
  id,
  label: id,
  properties: {},
  validFrom: null,
  validTo: null,
  recordedAt: null,
  endRecordedAt: null,
  recordId: null,
  runId: null,
  digest: 0,
  put: false,
})

const plain = (world: World): { nodes: GraphNode[]; edges: Edge[] } => ({
  nodes: [...world.nodes.values()].map(({ digest: _digest, put: _put, ...node }) => node),
  edges: [...world.edges.values()],
})

function census(world: World): Census {
  const tally = tallier()
  tally.add({ nodes: [...world.nodes.values()].filter(({ put }) => put), edges: [...world.edges.values()] })
  return tally.census()
}

function digests(world: World, { kind, after, limit }: Parameters<GraphWriter['digests']>[1]): Digest[] {
  const nodes = [...world.nodes.values()].filter(
    (node) => node.put && node.kind === kind && compare(node.id, after) > 0,
  )
  return nodes
    .toSorted(byIdentity)
    .slice(0, limit)
    .map((node) => {
      const owned = [...world.edges.values()].filter((edge) => isSame(edge[edgeOwners[edge.kind]], node))
      return { id: node.id, digest: owned.reduce((sum, edge) => sum + edge.digest, node.digest) }
    })
}

function lineage({ nodes, edges }: ReturnType<typeof plain>, ref: NodeRef, limit: number): Origin[] {
  const itself = nodes.filter((node) => isSame(node, ref)).map((node) => ({ ...node, via: 'itself' as const }))
  const touching = edges.filter(({ from, to }) => isSame(from, ref) || isSame(to, ref))
  const origins = [...itself, ...touching.map((edge) => ({ ...edge, via: edge.kind }))].flatMap(
    ({ recordId, runId, via }) => (recordId === null ? [] : [{ recordId, runId, via }]),
  )
  const once = new Map(origins.map((origin) => [JSON.stringify(origin), origin]))
  return [...once.values()].toSorted((a, b) => compare(a.recordId, b.recordId) || compare(a.via, b.via)).slice(0, limit)
}
