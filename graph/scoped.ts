import { edgeEnds, nodeKinds, type EdgeKind, type NodeKind } from './kinds.ts'
import type {
  GraphEdge,
  GraphNode,
  GraphReader,
  Instant,
  Neighbourhood,
  NodeRef,
  PersonContext,
  Related,
} from './port.ts'
import type { SegmentRule } from './segment-rule.ts'

/** Kinds of nodes that are somebody, or say what one of them did: nobody walks through them to another. */
const personal: ReadonlySet<NodeKind> = new Set([
  'person', 'identifier', 'organisation', 'order', 'subscription', 'event', 'consent', 'message',
]) // prettier-ignore

export type Tool = keyof GraphReader | 'count'

/** What of the graph may be seen, as data; what is not named here is not there for who asks. */
export type GraphScope = {
  /** Whose it is: named where something is refused. */
  name: string
  /** Kinds of nodes, and the properties of each. */
  nodes: Readonly<Partial<Record<NodeKind, readonly string[]>>>
  /** Kinds of edges between two nodes that are seen, and their properties. */
  edges: Readonly<Partial<Record<EdgeKind, readonly string[]>>>
  /** What may be asked. Personal kinds are told by `personContext` alone, and of one person. */
  tools: readonly Tool[]
  /** Counts of fewer people are not told, nor what so few show (bought-with). */
  fewest: number
}

/** Something outside a scope was asked for. What was asked stays as it was; the message says whose scope forbids it. */
export class OutOfScope extends Error {
  override name = 'OutOfScope'
  readonly scope: string
  constructor(scope: string, what: string) {
    super(`The scope of ${scope} does not hold ${what}: ask for what it does, or widen it where it is declared`)
    this.scope = scope
  }
}

/** The graph as one agent may see it. */
export type ScopedGraph = GraphReader & {
  readonly scope: string
  /** How many people a rule selects; null where they are too few to be told. */
  count: (rule: SegmentRule, asked: Instant) => Promise<number | null>
}

/**
 * A reader that gives what a scope holds, and no more: asking for what is outside throws `OutOfScope`; nodes, edges and
 * properties outside are left out of every answer, and ways that lead through them are not given. People are not
 * walked through by any scope. Where something came from is told to those who may ask for `lineage`.
 * @param person the only one whose context may be asked for, where the scope holds people
 */
export function scopedGraph(reader: GraphReader, scope: GraphScope, person: string | null = null): ScopedGraph {
  const bounds: Bounds = { scope, person, sight: sightOf(scope) }
  return { scope: scope.name, ...ofThings(reader, bounds), ...ofPeople(reader, bounds) }
}

type Sight = ReturnType<typeof sightOf>
type Bounds = { scope: GraphScope; person: string | null; sight: Sight }

function mayAsk({ scope }: Bounds, tool: Tool): void {
  if (!scope.tools.includes(tool)) throw new OutOfScope(scope.name, `the question ${tool}`)
}

function isTheOne({ scope, person, sight }: Bounds, id: string): void {
  if (!sight.has('person') || person === null || id !== person) throw new OutOfScope(scope.name, 'that person')
}

type ThingQuestions = 'neighbourhood' | 'related' | 'path' | 'lineage'

/** Questions that walk from thing to thing. */
function ofThings(reader: GraphReader, bounds: Bounds): Pick<GraphReader, ThingQuestions> {
  const { scope, sight } = bounds
  return {
    neighbourhood: async (node, question) => {
      mayAsk(bounds, 'neighbourhood')
      const kinds = question.kinds ?? sight.walked
      for (const kind of [node.kind, ...kinds]) sight.mustWalk(kind)
      const around = await reader.neighbourhood(node, { ...question, kinds })
      const { nodes, edges } = withoutFew(node, around, scope.fewest)
      return { nodes: nodes.flatMap((one) => sight.node(one)), edges: sight.edges(edges) }
    },
    related: async (node, question) => {
      mayAsk(bounds, 'related')
      sight.mustWalk(node.kind)
      return (await reader.related(node, question)).flatMap((found) => relatedWithin(sight, scope.fewest, found))
    },
    path: async (from, to, question) => {
      mayAsk(bounds, 'path')
      for (const { kind } of [from, to]) sight.mustWalk(kind)
      const found = await reader.path(from, to, question)
      if (!found) return null
      const [nodes, edges] = [found.nodes.flatMap((one) => sight.node(one)), sight.edges(found.edges)]
      return nodes.length === found.nodes.length && edges.length === found.edges.length ? { nodes, edges } : null
    },
    lineage: async (node, limit) => {
      mayAsk(bounds, 'lineage')
      sight.mustWalk(node.kind)
      const origins = await reader.lineage(node, limit)
      return origins.filter(({ via }) => via === 'itself' || sight.leadsNowhereElse(node, via))
    },
  }
}

/** Questions about somebody, or answered through people: of one person, or how many. */
function ofPeople(
  reader: GraphReader,
  bounds: Bounds,
): Pick<ScopedGraph, 'personContext' | 'contentFor' | 'segment' | 'count'> {
  const { scope, person, sight } = bounds
  return {
    personContext: async (id, question) => {
      mayAsk(bounds, 'personContext')
      isTheOne(bounds, id)
      const context = await reader.personContext(id, question)
      return context && contextWithin(sight, context)
    },
    contentFor: async (subjects, question) => {
      mayAsk(bounds, 'contentFor')
      for (const { kind, id } of subjects) {
        if (kind === 'person') isTheOne(bounds, id)
        else sight.mustWalk(kind)
      }
      const { facts, chunks } = await reader.contentFor(subjects, question)
      return {
        facts: facts.flatMap((fact) => sight.node(fact)),
        chunks: chunks.flatMap(({ node, weight }) => sight.node(node).map((seen) => ({ node: seen, weight }))),
      }
    },
    segment: async (rule, question) => {
      mayAsk(bounds, 'segment')
      for (const id of question.among ?? [person ?? '']) isTheOne(bounds, id)
      return reader.segment(rule, { ...question, among: question.among ?? (person === null ? [] : [person]) })
    },
    count: async (rule, asked) => {
      mayAsk(bounds, 'count')
      const { length } = await reader.segment(rule, asked)
      return length < scope.fewest ? null : length
    },
  }
}

/** What a scope lets through. */
function sightOf(scope: GraphScope) {
  const traced = scope.tools.includes('lineage')
  const walked = nodeKinds.filter((kind) => scope.nodes[kind] && !personal.has(kind))
  const walks = (kind: NodeKind): boolean => walked.includes(kind)
  const within = <Thing extends Pick<GraphNode, 'properties' | 'recordId' | 'runId'>>(
    thing: Thing,
    names: readonly string[],
  ): Thing => ({
    ...thing,
    ...(!traced && { recordId: null, runId: null }),
    properties: Object.fromEntries(Object.entries(thing.properties).filter(([name]) => names.includes(name))),
  })
  const one = <Node extends GraphNode>(node: Node): Node[] => {
    const names = scope.nodes[node.kind]
    return names ? [within(node, names)] : []
  }
  return {
    walked,
    has: (kind: NodeKind): boolean => scope.nodes[kind] !== undefined,
    mustWalk: (kind: NodeKind): void => {
      if (!walks(kind)) throw new OutOfScope(scope.name, `nodes of the kind ${kind}`)
    },
    /** A node of one person's own context. */
    own: one,
    node: <Node extends GraphNode>(node: Node): Node[] => (walks(node.kind) ? one(node) : []),
    edges: (edges: readonly GraphEdge[]): GraphEdge[] =>
      edges.flatMap((edge) => {
        const names = scope.edges[edge.kind]
        const seen = names && walks(edge.from.kind) && walks(edge.to.kind) && shownByEnough(edge, scope.fewest)
        return seen ? [within(edge, names)] : []
      }),
    /** Whether an edge of that kind joins such a node to nothing but what is seen. */
    leadsNowhereElse: ({ kind }: NodeRef, via: EdgeKind): boolean =>
      scope.edges[via] !== undefined &&
      edgeEnds[via].every((ends) => !ends.includes(kind) || ends.every((end) => walks(end))),
  }
}

function contextWithin(sight: Sight, context: PersonContext): PersonContext | null {
  const [person] = sight.own(context.person)
  if (!person) return null
  const nothing = { orders: 0, spentMinor: 0, firstOrderAt: null, lastOrderAt: null }
  return {
    person,
    identifiers: context.identifiers.flatMap((one) => sight.own(one)),
    organisations: context.organisations.flatMap((one) => sight.own(one)),
    subscriptions: context.subscriptions.flatMap((one) => sight.own(one)),
    segments: context.segments.flatMap((one) => sight.own(one)),
    totals: sight.has('order') ? context.totals : nothing,
    orders: context.orders
      .flatMap((one) => sight.own(one))
      .map((order) => (sight.has('product') ? order : { ...order, products: [] })),
    events: context.events.flatMap((one) => sight.own(one)),
    consents: context.consents.flatMap((one) => sight.own(one)),
    interests: context.interests.flatMap(({ node, weight }) => sight.own(node).map((seen) => ({ node: seen, weight }))),
  }
}

/** What people buy together says who they are where they are few. */
const shownByEnough = ({ kind, properties }: GraphEdge, fewest: number): boolean =>
  kind !== 'bought-with' || Number(properties['people'] ?? 0) >= fewest

const nameOf = ({ kind, id }: NodeRef): string => `${kind} ${id}`
const waysAlong = ([from, to]: readonly [string, string]) => [[from, to], [to, from]] as const // prettier-ignore

/** A neighbourhood without what too few people show, and without what that alone leads to, which would tell of it. */
function withoutFew(start: NodeRef, { nodes, edges }: Neighbourhood, fewest: number): Neighbourhood {
  const kept = edges.filter((edge) => shownByEnough(edge, fewest))
  if (kept.length === edges.length) return { nodes, edges }
  const steps = new Map([[nameOf(start), 0]])
  for (let step = 1, before = 0; before < steps.size; step += 1) {
    before = steps.size
    const last = new Set([...steps].flatMap(([name, far]) => (far === step - 1 ? [name] : [])))
    for (const ends of kept.map(({ from, to }) => [nameOf(from), nameOf(to)] as const))
      for (const [here, there] of waysAlong(ends)) if (last.has(here) && !steps.has(there)) steps.set(there, step)
  }
  return {
    nodes: nodes.flatMap((node) => {
      const distance = steps.get(nameOf(node))
      return distance === undefined ? [] : [{ ...node, distance }]
    }),
    edges: kept.filter(({ from }) => steps.has(nameOf(from))),
  }
}

/** The way from one product to another is through people: how many, where they are enough, and not who. */
const relatedWithin = (sight: Sight, fewest: number, { node, weight }: Related): Related[] =>
  weight < fewest ? [] : sight.node(node).map((seen) => ({ node: seen, weight, path: { nodes: [], edges: [] } }))
