/** What a node can be. The id is the canonical row's, or the natural key: a product's SKU, a topic's tag, a campaign's reference. */
export const nodeKinds = [
  'person',
  'identifier',
  'organisation',
  'product',
  'offer',
  'order',
  'subscription',
  'event',
  'consent',
  'topic',
  'document',
  'chunk',
  'fact',
  'campaign',
  'step',
  'message',
  'segment',
] as const
export type NodeKind = (typeof nodeKinds)[number]

/**
 * What an edge can say, read from left to right (person *known-as* identifier), and which end's row says it: that end
 * owns the edge, and every change of it replaces the edges it owns.
 */
export const edgeOwners = {
  'known-as': 'to', // person → identifier
  'works-at': 'from', // identifier → organisation
  in: 'from', // person → segment
  placed: 'to', // identifier → order
  holds: 'to', // identifier → subscription
  contains: 'from', // order, subscription → product
  did: 'to', // identifier → event
  about: 'from', // event, fact → product, topic
  of: 'from', // event → message, subscription
  'part-of': 'from', // event, message, step → campaign; message → step
  consented: 'to', // identifier → consent
  tagged: 'from', // product, document → topic
  'described-by': 'from', // product → chunk
  'bought-with': 'from', // product → product
  'offered-as': 'to', // product → offer
  has: 'to', // document → chunk
  states: 'to', // document → fact
} as const satisfies Record<string, 'from' | 'to'>
export type EdgeKind = keyof typeof edgeOwners

export const edgeKinds = Object.keys(edgeOwners) as [EdgeKind, ...EdgeKind[]]

/** What can stand at either end, as [from, to]: an edge between anything else says nothing. */
export const edgeEnds: Readonly<Record<EdgeKind, readonly (readonly [from: NodeKind, to: NodeKind])[]>> = {
  'known-as': [['person', 'identifier']],
  'works-at': [['identifier', 'organisation']],
  in: [['person', 'segment']],
  placed: [['identifier', 'order']],
  holds: [['identifier', 'subscription']],
  contains: [['order', 'product'], ['subscription', 'product']], // prettier-ignore
  did: [['identifier', 'event']],
  about: [['event', 'product'], ['event', 'topic'], ['fact', 'product'], ['fact', 'topic']], // prettier-ignore
  of: [['event', 'message'], ['event', 'subscription']], // prettier-ignore
  'part-of': [['event', 'campaign'], ['message', 'campaign'], ['message', 'step'], ['step', 'campaign']], // prettier-ignore
  consented: [['identifier', 'consent']],
  tagged: [['product', 'topic'], ['document', 'topic']], // prettier-ignore
  'described-by': [['product', 'chunk']],
  'bought-with': [['product', 'product']],
  'offered-as': [['product', 'offer']],
  has: [['document', 'chunk']],
  states: [['document', 'fact']],
}

/** The kinds of edges that lead, as they read or against that, to a node of one of these kinds; null: of any kind. */
export const leadingTo = (kinds: readonly NodeKind[] | null, way: 'out' | 'back'): EdgeKind[] =>
  edgeKinds.filter((kind) => edgeEnds[kind].some(([from, to]) => kinds?.includes(way === 'out' ? to : from) ?? true))

/** Which way an edge is walked: as it reads, against that, or whichever leads on. */
export const directions = ['out', 'back', 'either'] as const
export type Direction = (typeof directions)[number]
