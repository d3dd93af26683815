import type { SegmentRule } from './segment-rule.ts'

/** What a node can be. The id is the canonical row's, or the natural key: a product's SKU, a topic's tag, a campaign's reference. */
export const nodeKinds = [
  'person',
  'identifier',
  'product',
  'order',
  'event',
  'consent',
  'topic',
  'document',
  'chunk',
  'fact',
  'campaign',
  'message',
] as const
export type NodeKind = (typeof nodeKinds)[number]

/**
 * What an edge can say, read from left to right (person *known-as* identifier), and which end's row says it: that end
 * owns the edge, and every change of it replaces the edges it owns.
 */
export const edgeOwners = {
  'known-as': 'to', // person → identifier
  placed: 'to', // identifier → order
  contains: 'from', // order → product
  did: 'to', // identifier → event
  about: 'from', // event, fact → product, topic
  'part-of': 'from', // event, message → campaign
  of: 'from', // event → message
  consented: 'to', // identifier → consent
  tagged: 'from', // product → topic
  'described-by': 'from', // product → chunk
  has: 'to', // document → chunk
  states: 'to', // document → fact
} as const satisfies Record<string, 'from' | 'to'>
export type EdgeKind = keyof typeof edgeOwners

export type NodeRef = { kind: NodeKind; id: string }

/** Flat values that both stores keep exactly: text, safe integers and other finite numbers, booleans. */
export type Properties = Readonly<Record<string, string | number | boolean>>

/** Where something came from and when it held: from `validFrom` (null: always) until before `validTo` (null: still). */
export type Provenance = { recordId: string | null; runId: string | null; validFrom: Date | null; validTo: Date | null }

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

/** The instant asked about, and the most to return. */
export type Question = { at: Date; limit: number }

export type PersonContext = {
  person: GraphNode
  identifiers: GraphNode[]
  /** Over all orders up to the instant; money in minor units of the business currency. */
  totals: { orders: number; spentMinor: number; firstOrderAt: Date | null; lastOrderAt: Date | null }
  /** Newest first, as are events and consents. */
  orders: (GraphNode & { products: BoughtProduct[] })[]
  events: GraphNode[]
  consents: GraphNode[]
  /** Topics of what was bought, the most frequent first. */
  interests: Weighted[]
}
export type BoughtProduct = { id: string; label: string; quantity: number }
export type Weighted = { node: GraphNode; weight: number }

export type Neighbourhood = { nodes: (GraphNode & { distance: number })[]; edges: GraphEdge[] }
export type Path = { nodes: GraphNode[]; kinds: EdgeKind[] }
export type Content = { facts: GraphNode[]; chunks: Weighted[] }
export type Origin = { recordId: string; runId: string | null; via: 'itself' | EdgeKind }

/**
 * The graph of customers and content. Two stores keep it, and give the same answers in the same order: ids compare by
 * code point. Everything read is of the live generation, and holds at the instant asked about.
 */
export type GraphStore = {
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
  /** Makes a generation the live one, complete up to the watermark, and drops the one before. */
  publish: (generation: number, watermark: string) => Promise<void>

  /** Who a person is and what they did; null when the graph does not know them. */
  personContext: (personId: string, question: Question) => Promise<PersonContext | null>
  /** What lies within `depth` steps, either way, passing through the given kinds only. By distance, kind, id. */
  neighbourhood: (
    node: NodeRef,
    question: Question & { depth: number; kinds?: readonly NodeKind[] },
  ) => Promise<Neighbourhood>
  /** Products bought by the people who bought this one, by how many of them. */
  related: (productId: string, question: Question) => Promise<Weighted[]>
  /** Facts about products or topics (a topic stands for the products tagged with it too), and chunks that describe them. */
  contentFor: (subjects: readonly NodeRef[], question: Question) => Promise<Content>
  /** The people a rule selects, by id. A visitor who never said who they are is in no segment. */
  segment: (rule: SegmentRule, at: Date) => Promise<string[]>
  /** The shortest way between two nodes; of equally short ones the first by kind and id. Null within `maxSteps`. */
  path: (from: NodeRef, to: NodeRef, question: { at: Date; maxSteps: number }) => Promise<Path | null>
  /** The source records behind a node and the edges that touch it, at any time. */
  lineage: (node: NodeRef) => Promise<Origin[]>
}
