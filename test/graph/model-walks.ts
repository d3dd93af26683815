import { nodeKey } from '#graph/batch.ts'
import type { EdgeKind } from '#graph/kinds.ts'
import type {
  Content,
  GraphEdge,
  GraphNode,
  Neighbourhood,
  NodeRef,
  Path,
  PersonContext,
  Question,
  Related,
} from '#graph/port.ts'
import {
  boughtBy,
  byEdge,
  byIdentity,
  byKind,
  compare,
  distinct,
  isSame,
  newestFirst,
  newestSteps,
  paidOrders,
  spent,
  things,
  weigh,
  type Step,
  type View,
} from './model-view.ts'

// The verbs of the port that walk, each as its words read.

export function personContext(view: View, id: string, limit: number): PersonContext | null {
  const person = view.node({ kind: 'person', id })
  if (!person) return null
  const paid = paidOrders(view, id)
  const times = paid.flatMap(({ validFrom }) => validFrom ?? []).toSorted((a, b) => a.getTime() - b.getTime())
  const topics = paid.flatMap((order) =>
    distinct(view.out(order, 'contains').flatMap((line) => view.out(line.node, 'tagged').map((step) => step.node))),
  )
  const first = (nodes: GraphNode[]): GraphNode[] => nodes.slice(0, limit)
  const byId = (steps: Step[]): GraphNode[] => first(steps.map((step) => step.node).toSorted(byIdentity))
  return {
    person,
    identifiers: byId(view.out(person, 'known-as')),
    organisations: first(things(view, id, 'works-at').toSorted(byIdentity)),
    subscriptions: first(things(view, id, 'holds').toSorted(byIdentity)),
    segments: byId(view.out(person, 'in')),
    totals: {
      orders: paid.length,
      spentMinor: spent(paid),
      firstOrderAt: times[0] ?? null,
      lastOrderAt: times.at(-1) ?? null,
    },
    orders: first(things(view, id, 'placed')).map((order) => ({ ...order, products: productsOf(view, order) })),
    events: first(things(view, id, 'did')),
    consents: first(things(view, id, 'consented')),
    interests: weigh(topics, limit),
  }
}

const productsOf = (view: View, order: GraphNode): PersonContext['orders'][number]['products'] =>
  view
    .out(order, 'contains')
    .map(({ edge, node }) => ({ id: node.id, label: node.label, quantity: Number(edge.properties['quantity']) }))
    .toSorted((a, b) => compare(a.id, b.id))

export function neighbourhood(
  view: View,
  start: NodeRef,
  { limit, depth, kinds, fanOut }: Omit<Question, 'at'> & { depth: number; kinds?: readonly string[]; fanOut: number },
): Neighbourhood {
  if (!view.node(start)) return { nodes: [], edges: [] }
  const next = (ref: NodeRef): GraphNode[] =>
    view.ways(ref).flatMap((way) => {
      const passable = way.filter(({ node }) => !kinds || kinds.includes(node.kind))
      return newestSteps(passable)
        .slice(0, fanOut)
        .map((step) => step.node)
    })
  const distance = distances(start, depth, next)
  const nodes = view.nodes
    .filter((node) => distance.has(nodeKey(node)))
    .map((node) => ({ ...node, distance: distance.get(nodeKey(node))! }))
    .toSorted((a, b) => a.distance - b.distance || byIdentity(a, b))
    .slice(0, limit)
  const returned = (ref: NodeRef): boolean => nodes.some((node) => isSame(node, ref))
  return { nodes, edges: view.edges.filter(({ from, to }) => returned(from) && returned(to)).toSorted(byEdge) }
}

/** How many steps away each node is that lies within so many. */
function distances(start: NodeRef, depth: number, next: (ref: NodeRef) => GraphNode[]): Map<string, number> {
  const found = new Map([[nodeKey(start), 0]])
  let level: NodeRef[] = [start]
  for (let distance = 1; distance <= depth; distance += 1) {
    level = distinct(level.flatMap(next)).filter((node) => !found.has(nodeKey(node)))
    for (const node of level) found.set(nodeKey(node), distance)
  }
  return found
}

export function path(view: View, from: NodeRef, to: NodeRef, maxSteps: number): Path | null {
  const start = view.node(from)
  if (!start || !view.node(to)) return null
  const around = (ref: NodeRef): Step[] => view.ways(ref).flat()
  const toGo = distances(to, maxSteps, (ref) => around(ref).map((step) => step.node))
  let left = toGo.get(nodeKey(from))
  if (left === undefined) return null
  const nodes = [start]
  const edges: GraphEdge[] = []
  for (; left > 0; left -= 1) {
    const nearer = around(nodes.at(-1)!).filter(({ node }) => toGo.get(nodeKey(node)) === left! - 1)
    const [first] = nearer.toSorted((a, b) => byIdentity(a.node, b.node) || byKind(a.edge, b.edge))
    nodes.push(first!.node)
    edges.push(first!.edge)
  }
  return { nodes, edges }
}

/** The way of a purchase, and back to somebody or something else. */
const waysOfRelation = {
  product: ['back contains', 'back placed', 'back known-as', 'out known-as', 'out placed', 'out contains'],
  person: ['out known-as', 'out placed', 'out contains', 'back contains', 'back placed', 'back known-as'],
} as const

export function related(view: View, start: NodeRef & { kind: 'person' | 'product' }, limit: number): Related[] {
  if (!view.node(start)) return []
  const people = view.nodes.filter(({ kind }) => kind === 'person')
  const of = start.kind === 'product' ? productsRelated(view, people, start) : peopleRelated(view, people, start)
  const paths = walks(view, start, waysOfRelation[start.kind]).filter(({ nodes }) =>
    nodes.every(({ kind, properties }) => kind !== 'order' || properties['status'] === 'paid'),
  )
  return weigh(of, limit).map((found) => {
    const [first] = paths
      .filter(({ nodes }) => isSame(nodes.at(-1)!, found.node))
      .toSorted((a, b) => byNodes(a.nodes, b.nodes))
    return { ...found, path: first! }
  })
}

/** What the buyers of a product bought beside it, once for each of them. Visitors buy too. */
function productsRelated(view: View, people: GraphNode[], product: NodeRef): GraphNode[] {
  const baskets = people.map((person) => boughtBy(view, person.id))
  const buyers = baskets.filter((basket) => basket.some((bought) => isSame(bought, product)))
  return buyers.flatMap((basket) => basket.filter((bought) => !isSame(bought, product)))
}

/** The others, once for each product that both bought. */
function peopleRelated(view: View, people: GraphNode[], person: NodeRef): GraphNode[] {
  const mine = boughtBy(view, person.id)
  const others = people.filter((other) => !isSame(other, person) && other.properties['visitor'] !== true)
  return others.flatMap((other) =>
    boughtBy(view, other.id)
      .filter((bought) => mine.some((product) => isSame(product, bought)))
      .map(() => other),
  )
}

function walks(view: View, start: NodeRef, ways: readonly `${'out' | 'back'} ${EdgeKind}`[]): Path[] {
  let paths: Path[] = [{ nodes: [view.node(start)!], edges: [] }]
  for (const way of ways) {
    const [direction, kind] = way.split(' ') as ['out' | 'back', EdgeKind]
    paths = paths.flatMap(({ nodes, edges }) =>
      view[direction](nodes.at(-1)!, kind).map(({ node, edge }) => ({
        nodes: [...nodes, node],
        edges: [...edges, edge],
      })),
    )
  }
  return paths
}

function byNodes(a: readonly NodeRef[], b: readonly NodeRef[]): number {
  const nth = a.findIndex((node, at) => node.id !== b[at]?.id)
  return nth === -1 ? 0 : compare(a[nth]!.id, b[nth]!.id)
}

export function contentFor(view: View, subjects: readonly NodeRef[], limit: number): Content {
  const asked = distinct(subjects.flatMap((ref) => view.node(ref) ?? []).flatMap((subject) => standsFor(view, subject)))
  const about = asked.flatMap((subject) => view.back(subject, 'about').map((step) => step.node))
  const facts = distinct(about.filter(({ kind }) => kind === 'fact'))
  const chunks = asked.flatMap((subject) => distinct(describing(view, subject)))
  return { facts: newestFirst(facts).slice(0, limit), chunks: weigh(chunks, limit) }
}

/** A topic: itself and its products. A person: what they bought and its topics, and no further. */
function standsFor(view: View, subject: GraphNode): GraphNode[] {
  if (subject.kind === 'product') return [subject]
  if (subject.kind === 'topic') return [subject, ...tagged(view, subject, 'product')]
  if (subject.kind !== 'person') return []
  const products = boughtBy(view, subject.id)
  return [...products, ...products.flatMap((product) => view.out(product, 'tagged').map((step) => step.node))]
}

const tagged = (view: View, topic: NodeRef, kind: 'product' | 'document'): GraphNode[] =>
  view
    .back(topic, 'tagged')
    .map((step) => step.node)
    .filter((node) => node.kind === kind)

/** Chunks of a product by name; of a topic all chunks of its documents. */
const describing = (view: View, subject: GraphNode): GraphNode[] =>
  subject.kind === 'product'
    ? view.out(subject, 'described-by').map((step) => step.node)
    : tagged(view, subject, 'document').flatMap((document) => view.out(document, 'has').map((step) => step.node))
