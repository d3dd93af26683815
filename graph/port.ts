import type { EdgeKind, NodeKind } from './kinds.ts'
import type { SegmentRule } from './segment-rule.ts'

export type NodeRef = { kind: NodeKind; id: string }

/** Flat values that both stores keep exactly: text, safe integers and other finite numbers, booleans. */
export type Properties = Readonly<Record<string, string | number | boolean>>

/**
 * Where something came from, when it held, and since when the house knows. It holds from `validFrom` (null: always)
 * until before `validTo` (null: still). `recordedAt`: when the house heard of it (null: it always knew); `endRecordedAt`:
 * when it heard of the end (null: with the rest). Asked what was known before that, the thing has no end yet.
 */
export type Provenance = {
  recordId: string | null
  runId: string | null
  validFrom: Date | null
  validTo: Date | null
  recordedAt: Date | null
  endRecordedAt: Date | null
}

export type GraphNode = NodeRef & Provenance & { label: string; properties: Properties }
export type GraphEdge = Provenance & { from: NodeRef; kind: EdgeKind; to: NodeRef; properties: Properties }

/**
 * The whole of what one canonical row says: a node and every edge it owns. Applying it again replaces both, so an edge
 * the row no longer speaks of goes. An end that nobody put (yet) stands as a bare node while an edge touches it.
 */
export type Change = { node: GraphNode; edges: readonly GraphEdge[] }

/** One copy of the graph. Of two, one is read while the other is being built. */
export type Generation = { number: number; version: string; watermark: string }

/** How many there are of each kind, and a sum over the digests of all: equal for equal graphs, in any order. */
export type Census = {
  nodes: Readonly<Record<string, number>>
  edges: Readonly<Record<string, number>>
  checksum: string
}

/**
 * The instant asked about, and the most of each kind to return. `knownAt`: only what the house had heard of by then
 * (left out: all it knows). Who is who is always today's knowledge.
 */
export type Instant = { at: Date; knownAt?: Date }
export type Question = Instant & { limit: number }

export type PersonContext = {
  person: GraphNode
  /** By id, as are organisations, subscriptions and segments; the first `limit` of each. */
  identifiers: GraphNode[]
  organisations: GraphNode[]
  subscriptions: GraphNode[]
  segments: GraphNode[]
  /** Over all paid orders up to the instant; money in minor units of the business currency. */
  totals: { orders: number; spentMinor: number; firstOrderAt: Date | null; lastOrderAt: Date | null }
  /** Newest first by when the person's identifier came to it (the edge), then as edges are; so are events and consents. */
  orders: (GraphNode & { products: BoughtProduct[] })[]
  events: GraphNode[]
  consents: GraphNode[]
  /** Topics of what was bought, the most frequent first. */
  interests: Weighted[]
}
export type BoughtProduct = { id: string; label: string; quantity: number }
export type Weighted = { node: GraphNode; weight: number }
/**
 * What is related, how strongly, and one of the ways that count: product ← order ← identifier ← person → identifier →
 * order → product, or the same from a person; the first, its nodes compared in turn by id.
 */
export type Related = Weighted & { path: Path }

export type Neighbourhood = { nodes: (GraphNode & { distance: number })[]; edges: GraphEdge[] }
/** One edge fewer than nodes; an edge may point either way. */
export type Path = { nodes: GraphNode[]; edges: GraphEdge[] }
export type Content = { facts: GraphNode[]; chunks: Weighted[] }
export type Origin = { recordId: string; runId: string | null; via: 'itself' | EdgeKind }

/** A node that was put, and the sum of the digests of it and the edges it owns. */
export type Digest = { id: string; digest: number }

/** Where a projection writes: copies of the graph, of which one is live. */
export type GraphWriter = {
  /** The generation that is read, or null before the first was published. */
  live: () => Promise<Generation | null>
  /** Starts an empty generation beside the live one; an unfinished earlier attempt is dropped. */
  begin: (version: string) => Promise<number>
  /**
   * Puts a batch of changes, and takes back what the rows of the gone nodes said: the edges they own go, and they
   * themselves, or they stand bare where another row still speaks of them. Idempotent.
   */
  apply: (generation: number, batch: { put: readonly Change[]; gone: readonly NodeRef[] }) => Promise<void>
  /** Counts what was put (bare ends are implied by their edges, and not counted). */
  census: (generation: number) => Promise<Census>
  /** The nodes of a kind that were put, by id, after an id ('' for the first): what a check compares with the canon. */
  digests: (generation: number, page: { kind: NodeKind; after: string; limit: number }) => Promise<Digest[]>
  /** Makes a generation the live one, complete up to the watermark, and drops the one before. */
  publish: (generation: number, watermark: string) => Promise<void>
}

/**
 * The graph of customers and content. Everything read is of the live generation, and holds at the instant asked about.
 * Two stores keep it, and give the same answers in the same order: ids compare by code point.
 */
export type GraphReader = {
  /** Who a person is and what they did; null when the graph does not know them. */
  personContext: (personId: string, question: Question) => Promise<PersonContext | null>
  /**
   * What lies within `depth` steps, either way, passing through the given kinds only. By distance, kind, id. From one
   * node no more than `fanOut` edges of a kind are followed each way, the newest first (validFrom, none last; of one
   * instant the edge with the greater digest): a node with 100,000 edges costs no more than that.
   */
  neighbourhood: (
    node: NodeRef,
    question: Question & { depth: number; kinds?: readonly NodeKind[]; fanOut: number },
  ) => Promise<Neighbourhood>
  /**
   * Of a product: products bought by the people who bought it, by how many of them. Of a person: other people by how
   * many products both bought (visitors are nobody), each product counted once. Paid orders only.
   */
  related: (node: NodeRef & { kind: 'person' | 'product' }, question: Question) => Promise<Related[]>
  /**
   * Facts about products or topics (a topic stands for the products tagged with it, a person for the products they
   * bought and the topics of these) and chunks that describe them.
   */
  contentFor: (subjects: readonly NodeRef[], question: Question) => Promise<Content>
  /** The people a rule selects, by id; of `among` where given. A visitor who never said who they are is in no segment. */
  segment: (rule: SegmentRule, question: Instant & { among?: readonly string[] }) => Promise<string[]>
  /** The shortest way between two nodes; of equally short ones the first by kind and id. Null within `maxSteps`. */
  path: (from: NodeRef, to: NodeRef, question: Instant & { maxSteps: number }) => Promise<Path | null>
  /** The source records behind a node and the edges that touch it, at any time; the first `limit` by record and via. */
  lineage: (node: NodeRef, limit: number) => Promise<Origin[]>
}

export type GraphStore = GraphWriter & GraphReader
