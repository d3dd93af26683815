import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgeKinds, nodeKinds } from '#graph/kinds.ts'
import type { GraphReader, NodeRef } from '#graph/port.ts'
import { OutOfScope, scopedGraph, type GraphScope, type ScopedGraph, type Tool } from '#graph/scoped.ts'
import { agentScopes, graphFor, type AgentName } from '#rag/scopes.ts'
import { asked, batches, ids, nodeRef, propertyNames } from '../graph/generated-graph.ts'
import { rule } from '../graph/generated-rules.ts'
import { modelGraph, type ModelGraph } from '../graph/model-graph.ts'
import { edge, node } from '../graph/parts.ts'
import { today } from './corpus.ts'
import { personal } from './personal-kinds.ts'

const names = Object.keys(agentScopes) as AgentName[]
const tools: readonly Tool[] = [
  'personContext', 'neighbourhood', 'related', 'contentFor', 'segment', 'path', 'lineage', 'count',
] // prettier-ignore

/** Scopes of all kinds, the agents' own among them. */
const scope: fc.Arbitrary<GraphScope> = fc.oneof(
  fc.constantFrom(...names.map((name) => agentScopes[name].graph)),
  fc.record({
    name: fc.constant('somebody'),
    nodes: fc.dictionary(fc.constantFrom(...nodeKinds), fc.subarray([...propertyNames, 'status', 'channel'])),
    edges: fc.dictionary(fc.constantFrom(...edgeKinds), fc.subarray(['quantity'])),
    tools: fc.subarray([...tools]),
    fewest: fc.integer({ min: 0, max: 3 }),
  }),
)

const questions = fc.record({
  asked,
  limit: fc.integer({ min: 1, max: 30 }),
  ids: fc.array(fc.constantFrom(...ids), { minLength: 2, maxLength: 2 }),
  refs: fc.array(nodeRef, { minLength: 2, maxLength: 2 }),
  kinds: fc.option(fc.subarray([...nodeKinds], { minLength: 1 }), { nil: undefined }),
  rule,
})
type Questions = typeof questions extends fc.Arbitrary<infer Value> ? Value : never

/** Every question of the port, as somebody would who wants to know everything. */
async function everything(graph: ScopedGraph, { asked: when, limit, ids: some, refs, kinds, rule: one }: Questions) {
  const question = { ...when, limit }
  const walk = { ...question, depth: 3, fanOut: 20, ...(kinds && { kinds }) }
  const [id = '', other = ''] = some
  const [from, to] = [refs[0]!, refs[1]!]
  const answers: Record<string, () => Promise<unknown>> = {
    context: () => graph.personContext(id, question),
    otherContext: () => graph.personContext(other, question),
    around: () => graph.neighbourhood(from, walk),
    relatedProducts: () => graph.related({ kind: 'product', id }, question),
    relatedPeople: () => graph.related({ kind: 'person', id }, question),
    content: () => graph.contentFor(refs, question),
    ofPerson: () => graph.contentFor([{ kind: 'person', id }], question),
    segment: () => graph.segment(one, when),
    among: () => graph.segment(one, { ...when, among: some }),
    path: () => graph.path(from, to, { ...when, maxSteps: 5 }),
    lineage: () => graph.lineage(from, limit),
    count: () => graph.count(one, when),
  }
  const told = new Map<string, unknown>()
  for (const [name, ask] of Object.entries(answers)) {
    try {
      told.set(name, await ask())
    } catch (fault) {
      expect(fault).toBeInstanceOf(OutOfScope)
      expect((fault as OutOfScope).scope).toBe(graph.scope)
    }
  }
  return told
}

type Told = {
  kind: string
  id: string
  properties?: Record<string, unknown>
  from?: NodeRef
  to?: NodeRef
  recordId?: unknown
}

/** Every node and edge in an answer, wherever it stands there. */
function thingsIn(answer: unknown): Told[] {
  if (typeof answer !== 'object' || answer === null || answer instanceof Date) return []
  const own = 'kind' in answer && ('id' in answer || 'from' in answer) ? [answer as Told] : []
  return [...own, ...Object.values(answer).flatMap(thingsIn)]
}

function staysWithin(told: ReadonlyMap<string, unknown>, limits: GraphScope, person: string | null): void {
  const ofOne = thingsIn(told.get('context')).concat(thingsIn(told.get('otherContext')))
  for (const thing of thingsIn(Object.fromEntries(told))) {
    const isEdge = thing.from !== undefined
    const seen = isEdge ? limits.edges[thing.kind as never] : limits.nodes[thing.kind as never]
    expect(seen, `${thing.kind} is outside`).toBeDefined()
    const properties = Object.keys(thing.properties ?? {})
    expect(properties.filter((name) => !(seen as readonly string[]).includes(name))).toEqual([])
    if (!limits.tools.includes('lineage')) expect(thing.recordId ?? null).toBeNull()
    if (personal.has(thing.kind)) expect(ofOne).toContain(thing)
    if (thing.kind === 'person') expect(thing.id).toBe(person)
  }
  for (const name of ['segment', 'among'])
    for (const id of (told.get(name) as string[] | undefined) ?? []) expect(id).toBe(person)
  expect(told.get('relatedPeople')).toBeUndefined()
  const count = told.get('count')
  if (typeof count === 'number') expect(count).toBeGreaterThanOrEqual(limits.fewest)
}

function graphOf(sent: typeof batches extends fc.Arbitrary<infer Value> ? Value : never): ModelGraph {
  const graph = modelGraph()
  for (const batch of sent) graph.apply(batch)
  return graph
}

describe('the graph within a scope', () => {
  it('gives no node, edge or property outside it, whatever is asked of whatever graph', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches,
        scope,
        questions,
        fc.option(fc.constantFrom(...ids)),
        async (sent, limits, question, person) => {
          const graph = scopedGraph(graphOf(sent), limits, person)
          staysWithin(await everything(graph, question), limits, person)
        },
      ),
      { numRuns: 150 },
    )
  }, 60_000)

  it('answers of a neighbourhood as if there were nothing but what it holds', async () => {
    await fc.assert(
      fc.asyncProperty(batches, scope, questions, async (sent, limits, { asked: when, refs, limit }) => {
        const walked = nodeKinds.filter((kind) => limits.nodes[kind] && !personal.has(kind))
        const start = refs.find(({ kind }) => walked.includes(kind))
        fc.pre(start !== undefined && limits.tools.includes('neighbourhood'))
        const walk = { ...when, limit, depth: 3, fanOut: 2 }
        const whole = graphOf(sent)
        const less = graphOf(
          sent.map(({ put, gone }) => ({
            gone: gone.filter(({ kind }) => walked.includes(kind)),
            put: put
              .filter(({ node: one }) => walked.includes(one.kind))
              .map((change) => ({
                ...change,
                edges: change.edges.filter(({ from, to }) => walked.includes(from.kind) && walked.includes(to.kind)),
              })),
          })),
        )
        const [seen, would] = [
          await scopedGraph(whole, { ...limits, fewest: 0 }).neighbourhood(start, walk),
          await less.neighbourhood(start, walk),
        ]
        const place = (one: { kind: string; id: string; distance: number }) => [one.distance, one.kind, one.id]
        // A node that only something outside speaks of stands bare: it is known, and nothing of it.
        if (seen.nodes.length === would.nodes.length) expect(seen.nodes.map(place)).toEqual(would.nodes.map(place))
        else expect(would.nodes).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('refuses by name what it does not hold, before anything is read', async () => {
    const unread = new Proxy({} as GraphReader, { get: (_, verb) => () => expect.unreachable(String(verb)) })
    const writer = graphFor(unread, 'copywriter')
    const at = { at: today, limit: 5 }
    const refusals = [
      writer.personContext('ann', at),
      writer.segment({ all: [] }, at),
      writer.contentFor([{ kind: 'person', id: 'ann' }], at),
      writer.neighbourhood({ kind: 'identifier', id: 'i' }, { ...at, depth: 1, fanOut: 5 }),
      graphFor(unread, 'analyst').neighbourhood(
        { kind: 'product', id: 'p' },
        { ...at, depth: 2, fanOut: 5, kinds: ['order'] },
      ),
      graphFor(unread, 'analyst').related({ kind: 'person', id: 'ann' }, at),
      graphFor(unread, 'support', 'ann').personContext('bob', at),
      graphFor(unread, 'support').personContext('ann', at),
    ]
    for (const refusal of refusals) await expect(refusal).rejects.toThrow(OutOfScope)
    await expect(writer.personContext('ann', at)).rejects.toThrow(
      /scope of copywriter does not hold the question personContext/,
    )
  })

  it('tells support of one person, without an address', async () => {
    const graph = modelGraph()
    const [ann, mail, order, kettle] = [
      node('person', 'ann', { givenName: 'Ann', email: 'ann@example.org', monetary: 5 }),
      node('identifier', 'm', { type: 'email' }, { label: 'ann@example.org' }),
      node('order', 'o', { status: 'paid', spentMinor: 1200, source: 'shop' }),
      node('product', 'kettle'),
    ]
    graph.apply({
      put: [
        { node: ann, edges: [] },
        { node: mail, edges: [edge(ann, 'known-as', mail)] },
        {
          node: order,
          edges: [edge(mail, 'placed', order), edge(order, 'contains', kettle, { properties: { quantity: 1 } })],
        },
        { node: kettle, edges: [] },
      ],
      gone: [],
    })
    const context = await graphFor(graph, 'support', 'ann').personContext('ann', { at: today, limit: 5 })
    expect(context?.person.properties).toEqual({ givenName: 'Ann' })
    expect(context?.identifiers).toEqual([])
    expect(context?.orders).toMatchObject([
      { properties: { status: 'paid', spentMinor: 1200 }, products: [{ id: 'kettle' }] },
    ])
    expect(JSON.stringify(context)).not.toContain('@')
  })

  it('tells the analyst how many, and not of few', async () => {
    const graph = modelGraph()
    const people = Array.from({ length: 12 }, (_, nth) =>
      node('person', `p${nth}`, { lifecycle: nth < 3 ? 'lead' : 'customer' }),
    )
    graph.apply({ put: people.map((one) => ({ node: one, edges: [] })), gone: [] })
    const analyst = graphFor(graph, 'analyst')
    expect(await analyst.count({ all: [] }, { at: today })).toBe(12)
    expect(await analyst.count({ lifecycle: 'lead' }, { at: today })).toBeNull()
    await expect(analyst.segment({ all: [] }, { at: today })).rejects.toThrow(OutOfScope)
  })
})
