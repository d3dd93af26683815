import { batchOf, edgeKinds, endsOf, nodeKey, tallier, type Batch } from '#graph/batch.ts'
import {
  edgeOwners,
  type EdgeKind,
  type GraphEdge,
  type GraphNode,
  type GraphStore,
  type NodeRef,
  type Provenance,
  type Weighted,
} from '#graph/port.ts'
import type { Leaf, SegmentRule } from '#graph/segment-rule.ts'

/**
 * The graph as plain arrays, written as the port's words read and without a thought for speed: what both stores must
 * answer. Only what is read is here; generations are the stores' own affair.
 */
export type ModelGraph = Pick<
  GraphStore,
  'personContext' | 'neighbourhood' | 'related' | 'contentFor' | 'segment' | 'path' | 'lineage'
> & {
  apply: (batch: { put: Parameters<typeof batchOf>[0]; gone: readonly NodeRef[] }) => void
  census: () => ReturnType<ReturnType<typeof tallier>['census']>
}

type Edge = GraphEdge & { digest: number }
type World = { nodes: Map<string, GraphNode & { digest: number; put: boolean }>; edges: Map<string, Edge> }
type Step = { edge: Edge; node: GraphNode }

export function modelGraph(): ModelGraph {
  const world: World = { nodes: new Map(), edges: new Map() }
  const view = (at: Date): View => viewOf(world, at)
  return {
    apply: ({ put, gone }) => write(world, batchOf(put), gone),
    census: () => {
      const tally = tallier()
      tally.add({ nodes: [...world.nodes.values()].filter(({ put }) => put), edges: [...world.edges.values()] })
      return tally.census()
    },
    personContext: (id, { at, limit }) => Promise.resolve(personContext(view(at), id, limit)),
    neighbourhood: (start, { at, limit, depth, kinds }) => {
      const { node, nodes, both, edges } = view(at)
      if (!node(start)) return Promise.resolve({ nodes: [], edges: [] })
      const distance = distances(view(at), start, depth, (next) => !kinds || kinds.includes(next.kind))
      const near = nodes
        .filter((one) => distance.has(nodeKey(one)))
        .map((one) => ({ ...one, distance: distance.get(nodeKey(one))! }))
      const kept = near.toSorted((a, b) => a.distance - b.distance || byIdentity(a, b)).slice(0, limit)
      const keys = new Set(kept.map(nodeKey))
      const among = edges.filter(({ from, to }) => keys.has(nodeKey(from)) && keys.has(nodeKey(to)))
      void both
      return Promise.resolve({ nodes: kept, edges: among.toSorted(byEdge).map(bareEdge) })
    },
    related: (id, { at, limit }) => Promise.resolve(related(view(at), id, limit)),
    contentFor: (subjects, { at, limit }) => {
      const { node, out, back } = view(at)
      const asked = subjects.filter(node)
      const tagged = asked.flatMap((subject) => back(subject, 'tagged'))
      const all = distinct([...asked.flatMap((subject) => node(subject) ?? []), ...tagged.map((step) => step.node)])
      const facts = distinct(
        all.flatMap((subject) => back(subject, 'about').map((step) => step.node)).filter(({ kind }) => kind === 'fact'),
      )
      const chunks = all.flatMap((subject) => out(subject, 'described-by').map((step) => step.node))
      return Promise.resolve({ facts: newest(facts).slice(0, limit), chunks: weigh(chunks, limit) })
    },
    segment: (rule, at) => {
      const seen = view(at)
      const people = seen.nodes.filter(({ kind, properties }) => kind === 'person' && properties['visitor'] !== true)
      return Promise.resolve(
        people
          .filter((person) => selects(seen, person, rule, at))
          .toSorted(byIdentity)
          .map(({ id }) => id),
      )
    },
    path: (from, to, { at, maxSteps }) => Promise.resolve(path(view(at), from, to, maxSteps)),
    lineage: (ref) => {
      const key = nodeKey(ref)
      const found = world.nodes.get(key)
      const touching = [...world.edges.values()].filter(({ from, to }) => nodeKey(from) === key || nodeKey(to) === key)
      const origins = [
        ...(found ? [{ ...found, via: 'itself' as const }] : []),
        ...touching.map((edge) => ({ ...edge, via: edge.kind })),
      ].flatMap(({ recordId, runId, via }) => (recordId === null ? [] : [{ recordId, runId, via }]))
      const once = new Map(origins.map((origin) => [JSON.stringify(origin), origin]))
      return Promise.resolve(
        [...once.values()].toSorted((a, b) => compare(a.recordId, b.recordId) || compare(a.via, b.via)),
      )
    },
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byIdentity = (a: NodeRef, b: NodeRef): number => compare(a.kind, b.kind) || compare(a.id, b.id)
const byEdge = (a: GraphEdge, b: GraphEdge): number =>
  byIdentity(a.from, b.from) || compare(a.kind, b.kind) || byIdentity(a.to, b.to)
const time = (node: Provenance): number => node.validFrom?.getTime() ?? -Infinity
const newest = (nodes: GraphNode[]): GraphNode[] =>
  nodes.toSorted((a, b) => (time(a) === time(b) ? byIdentity(a, b) : time(b) - time(a)))
const distinct = (nodes: GraphNode[]): GraphNode[] => [...new Map(nodes.map((node) => [nodeKey(node), node])).values()]
const edgeKey = (edge: GraphEdge): string => [nodeKey(edge.from), edge.kind, nodeKey(edge.to)].join('→')

function bareEdge({ digest: _digest, ...edge }: Edge): GraphEdge {
  return edge
}

function write(world: World, batch: Batch, gone: readonly NodeRef[]): void {
  const owners = new Set([...gone, ...batch.nodes].map(nodeKey))
  for (const [key, edge] of world.edges) {
    if (owners.has(nodeKey(edge[edgeOwners[edge.kind]]))) world.edges.delete(key)
  }
  for (const ref of gone) if (world.nodes.has(nodeKey(ref))) world.nodes.set(nodeKey(ref), { ...bare(ref), put: false })
  for (const node of batch.nodes) world.nodes.set(nodeKey(node), { ...node, put: true })
  for (const edge of batch.edges) world.edges.set(edgeKey(edge), edge)
  const touched = new Set(endsOf([...world.edges.values()]).map(nodeKey))
  for (const end of endsOf(batch.edges)) {
    if (!world.nodes.has(nodeKey(end))) world.nodes.set(nodeKey(end), { ...bare(end), put: false })
  }
  for (const [key, node] of world.nodes) if (!node.put && !touched.has(key)) world.nodes.delete(key)
}

const bare = (ref: NodeRef): GraphNode & { digest: number } => ({
  ...ref,
  label: ref.id,
  properties: {},
  validFrom: null,
  validTo: null,
  recordId: null,
  runId: null,
  digest: 0,
})

/** What holds at an instant. */
type View = {
  nodes: GraphNode[]
  edges: Edge[]
  node: (ref: NodeRef) => GraphNode | undefined
  out: (from: NodeRef, kind: EdgeKind) => Step[]
  back: (to: NodeRef, kind: EdgeKind) => Step[]
  both: (at: NodeRef) => Step[]
}

function viewOf(world: World, at: Date): View {
  const holds = ({ validFrom, validTo }: Provenance): boolean =>
    (validFrom === null || validFrom <= at) && (validTo === null || validTo > at)
  const nodes = [...world.nodes.values()]
    .filter(holds)
    .map(({ digest: _digest, put: _put, ...node }): GraphNode => node)
  const byKey = new Map(nodes.map((node) => [nodeKey(node), node]))
  const edges = [...world.edges.values()].filter(holds)
  const node = (ref: NodeRef): GraphNode | undefined => byKey.get(nodeKey(ref))
  const out = (from: NodeRef, kind: EdgeKind): Step[] =>
    edges.flatMap((edge) => {
      const end = node(edge.to)
      return end && edge.kind === kind && nodeKey(edge.from) === nodeKey(from) ? [{ edge, node: end }] : []
    })
  const back = (to: NodeRef, kind: EdgeKind): Step[] =>
    edges.flatMap((edge) => {
      const end = node(edge.from)
      return end && edge.kind === kind && nodeKey(edge.to) === nodeKey(to) ? [{ edge, node: end }] : []
    })
  const both = (ref: NodeRef): Step[] => edgeKinds.flatMap((kind) => [...out(ref, kind), ...back(ref, kind)])
  return { nodes, edges, node, out, back, both }
}

function things({ out }: View, personId: string, kind: EdgeKind): GraphNode[] {
  const identifiers = out({ kind: 'person', id: personId }, 'known-as')
  return distinct(identifiers.flatMap((known) => out(known.node, kind).map((step) => step.node)))
}

const paidOrders = (view: View, personId: string): GraphNode[] =>
  things(view, personId, 'placed').filter(({ properties }) => properties['status'] === 'paid')

function weigh(nodes: GraphNode[], limit: number): Weighted[] {
  const weights = new Map<string, Weighted>()
  for (const node of nodes) weights.set(nodeKey(node), { node, weight: (weights.get(nodeKey(node))?.weight ?? 0) + 1 })
  return [...weights.values()].toSorted((a, b) => b.weight - a.weight || byIdentity(a.node, b.node)).slice(0, limit)
}

const sum = (nodes: GraphNode[]): number =>
  nodes.reduce((total, { properties }) => total + Number(properties['spentMinor'] ?? 0), 0)

function personContext(view: View, id: string, limit: number): Awaited<ReturnType<GraphStore['personContext']>> {
  const person = view.node({ kind: 'person', id })
  if (!person) return null
  const paid = paidOrders(view, id)
  const times = paid.flatMap(({ validFrom }) => validFrom ?? []).toSorted((a, b) => a.getTime() - b.getTime())
  const topics = paid.flatMap((order) =>
    distinct(view.out(order, 'contains').flatMap((line) => view.out(line.node, 'tagged').map((step) => step.node))),
  )
  return {
    person,
    identifiers: view
      .out(person, 'known-as')
      .map((step) => step.node)
      .toSorted(byIdentity),
    totals: {
      orders: paid.length,
      spentMinor: sum(paid),
      firstOrderAt: times[0] ?? null,
      lastOrderAt: times.at(-1) ?? null,
    },
    orders: newest(things(view, id, 'placed'))
      .slice(0, limit)
      .map((order) => ({
        ...order,
        products: view
          .out(order, 'contains')
          .map(({ edge, node }) => ({ id: node.id, label: node.label, quantity: Number(edge.properties['quantity']) }))
          .toSorted((a, b) => compare(a.id, b.id)),
      })),
    events: newest(things(view, id, 'did')).slice(0, limit),
    consents: newest(things(view, id, 'consented')).slice(0, limit),
    interests: weigh(topics, limit),
  }
}

function related(view: View, id: string, limit: number): Weighted[] {
  const product = { kind: 'product' as const, id }
  if (!view.node(product)) return []
  const people = view.nodes.filter(({ kind }) => kind === 'person')
  const baskets = people.map((person) =>
    distinct(paidOrders(view, person.id).flatMap((order) => view.out(order, 'contains').map((step) => step.node))),
  )
  const buyers = baskets.filter((basket) => basket.some((bought) => bought.id === id))
  return weigh(
    buyers.flatMap((basket) => basket.filter((bought) => bought.id !== id)),
    limit,
  )
}

function distances(
  view: View,
  start: NodeRef,
  depth: number,
  passes: (node: GraphNode) => boolean,
): Map<string, number> {
  const found = new Map([[nodeKey(start), 0]])
  let level: NodeRef[] = [start]
  for (let distance = 1; distance <= depth; distance += 1) {
    const next = distinct(level.flatMap((ref) => view.both(ref).map((step) => step.node))).filter(
      (node) => passes(node) && !found.has(nodeKey(node)),
    )
    for (const node of next) found.set(nodeKey(node), distance)
    level = next
  }
  return found
}

function path(view: View, from: NodeRef, to: NodeRef, maxSteps: number): Awaited<ReturnType<GraphStore['path']>> {
  const start = view.node(from)
  if (!start || !view.node(to)) return null
  const toGo = distances(view, to, maxSteps, () => true)
  let left = toGo.get(nodeKey(from))
  if (left === undefined) return null
  const nodes = [start]
  const kinds: EdgeKind[] = []
  for (; left > 0; left -= 1) {
    const nearer = view.both(nodes.at(-1)!).filter(({ node }) => toGo.get(nodeKey(node)) === left! - 1)
    const [first] = nearer.toSorted((a, b) => byIdentity(a.node, b.node) || compare(a.edge.kind, b.edge.kind))
    nodes.push(first!.node)
    kinds.push(first!.edge.kind)
  }
  return { nodes, kinds }
}

function selects(view: View, person: GraphNode, rule: SegmentRule, at: Date): boolean {
  if ('all' in rule) return rule.all.every((part) => selects(view, person, part, at))
  if ('any' in rule) return rule.any.some((part) => selects(view, person, part, at))
  if ('not' in rule) return !selects(view, person, rule.not, at)
  return leaf(view, person, rule, at)
}

function leaf(view: View, person: GraphNode, rule: Leaf, at: Date): boolean {
  const recent = (days: number | undefined) => (node: GraphNode) =>
    days === undefined || time(node) > at.getTime() - days * 86_400_000
  const events = things(view, person.id, 'did')
  if ('bought' in rule) {
    const { sku, type, topic, atLeast, withinDays } = rule.bought
    const wanted = (product: GraphNode): boolean =>
      (sku === undefined || product.id === sku) &&
      (type === undefined || product.properties['type'] === type) &&
      (topic === undefined || view.out(product, 'tagged').some((step) => step.node.id === topic))
    const any = sku === undefined && type === undefined && topic === undefined
    const orders = paidOrders(view, person.id).filter(recent(withinDays))
    return (
      orders.filter((order) => any || view.out(order, 'contains').some((step) => wanted(step.node))).length >= atLeast
    )
  }
  if ('spent' in rule)
    return sum(paidOrders(view, person.id).filter(recent(rule.spent.withinDays))) >= rule.spent.atLeastMinor
  if ('subscribed' in rule) {
    const words = events.filter((event) => event.validFrom && 'subscription' in event.properties)
    const last = words.toSorted((a, b) => time(b) - time(a) || compare(b.id, a.id))[0]
    return (last?.properties['subscription'] === 'on') === rule.subscribed
  }
  if ('consent' in rule) {
    const words = view.out(person, 'known-as').flatMap((known) => {
      const said = view.out(known.node, 'consented').map((step) => step.node)
      const ours = said.filter((consent) => consent.validFrom && consent.properties['channel'] === rule.consent.channel)
      return ours.toSorted((a, b) => time(b) - time(a) || compare(b.id, a.id)).slice(0, 1)
    })
    return words.length > 0 && words.every((word) => word.properties['state'] === 'granted')
  }
  if ('lifecycle' in rule) return person.properties['lifecycle'] === rule.lifecycle
  if ('channel' in rule) return person.properties['channel'] === rule.channel
  if ('visited' in rule) {
    const visits = events.filter((event) => String(event.properties['path'] ?? '\0').startsWith(rule.visited.path))
    return visits.filter(recent(rule.visited.withinDays)).length >= rule.visited.atLeast
  }
  return (
    events.filter((event) => event.properties['event'] === rule.did.event).filter(recent(rule.did.withinDays)).length >=
    rule.did.atLeast
  )
}
