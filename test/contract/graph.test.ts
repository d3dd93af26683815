import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { neo4jGraph } from '#graph/adapters/neo4j.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import type { Change, GraphEdge, GraphNode, GraphStore, NodeKind, NodeRef } from '#graph/port.ts'
import { batches, instants, kindsInTest, nodeRef, rule } from '../graph/generated-graph.ts'
import { modelGraph } from '../graph/model-graph.ts'
import { testDatabase } from '../support/database.ts'

const neo4jUrl = process.env['TEST_NEO4J_URL']
const mayskip = process.env['MILLRACE_REQUIRE_ALL'] === undefined

const nothing = { validFrom: null, validTo: null, recordId: null, runId: null }
const node = (
  kind: NodeKind,
  id: string,
  properties: GraphNode['properties'] = {},
  more: Partial<GraphNode> = {},
): GraphNode => ({ kind, id, label: id, properties, ...nothing, ...more })
const edge = (from: NodeRef, kind: GraphEdge['kind'], to: NodeRef, more: Partial<GraphEdge> = {}): GraphEdge => ({
  from: { kind: from.kind, id: from.id },
  kind,
  to: { kind: to.kind, id: to.id },
  properties: {},
  ...nothing,
  ...more,
})

describe('the graph in PostgreSQL', () => {
  const db = testDatabase()
  keepsTheContract(() => postgresGraph(db))
})

describe.skipIf(!neo4jUrl && mayskip)('the graph in Neo4j', () => {
  const opened: { close: () => Promise<void> }[] = []
  afterAll(async () => {
    for (const graph of opened) await graph.close()
  })
  keepsTheContract(() => {
    const graph = neo4jGraph({
      uri: neo4jUrl ?? 'bolt://TEST_NEO4J_URL-is-not-set',
      space: `test-${randomBytes(6).toString('hex')}`,
    })
    opened.push(graph)
    return graph
  })
})

/** Every store passes the same cases; the plain model says what generated graphs must answer. */
function keepsTheContract(open: () => GraphStore): void {
  const at = new Date('2026-03-10T00:00:00Z')

  async function filled(put: Change[]): Promise<GraphStore> {
    const store = open()
    const generation = await store.begin('test')
    await store.apply(generation, { put, gone: [] })
    await store.publish(generation, '7')
    return store
  }

  it('answers every question about a generated graph as the model does', async () => {
    const store = open()
    await fc.assert(
      fc.asyncProperty(
        batches,
        fc.constantFrom(...instants),
        fc.integer({ min: 1, max: 12 }),
        fc.array(rule, { minLength: 4, maxLength: 4 }),
        fc.array(nodeRef, { minLength: 3, maxLength: 3 }),
        async (sent, instant, limit, rules, refs) => {
          const model = modelGraph()
          const generation = await store.begin('test')
          for (const batch of sent) {
            model.apply(batch)
            await store.apply(generation, batch)
          }
          expect(await store.census(generation)).toEqual(model.census())
          await store.publish(generation, '1')
          const question = { at: instant, limit }
          for (const id of ['a', 'b', 'É']) {
            expect(await store.personContext(id, question)).toEqual(await model.personContext(id, question))
            expect(await store.related(id, question)).toEqual(await model.related(id, question))
          }
          for (const one of rules)
            expect(await store.segment(one, instant), JSON.stringify(one)).toEqual(await model.segment(one, instant))
          for (const ref of refs) {
            for (const walk of [{ depth: 1 }, { depth: 3 }, { depth: 2, kinds: kindsInTest.slice(0, 4) }]) {
              expect(await store.neighbourhood(ref, { ...question, ...walk })).toEqual(
                await model.neighbourhood(ref, { ...question, ...walk }),
              )
            }
            expect(await store.lineage(ref)).toEqual(await model.lineage(ref))
            for (const other of refs) {
              const way = { at: instant, maxSteps: 4 }
              expect(await store.path(ref, other, way)).toEqual(await model.path(ref, other, way))
            }
          }
          const subjects: NodeRef[] = [
            { kind: 'topic', id: 'a' },
            { kind: 'product', id: 'b' },
            { kind: 'product', id: 'z' },
          ]
          expect(await store.contentFor(subjects, question)).toEqual(await model.contentFor(subjects, question))
        },
      ),
      { numRuns: 12 },
    )
  }, 300_000)

  it('shows nothing before it was published, and then all of it', async () => {
    const store = open()
    expect(await store.live()).toBeNull()
    expect(await store.segment({ all: [] }, at)).toEqual([])
    const generation = await store.begin('v1')
    await store.apply(generation, { put: [{ node: node('person', 'ann'), edges: [] }], gone: [] })
    expect(await store.personContext('ann', { at, limit: 5 })).toBeNull()
    await store.publish(generation, '42')
    expect(await store.live()).toEqual({ number: generation, version: 'v1', watermark: '42' })
    expect(await store.segment({ all: [] }, at)).toEqual(['ann'])
  })

  it('keeps answering from the live generation while another is built, and drops an unfinished one', async () => {
    const store = await filled([{ node: node('person', 'ann'), edges: [] }])
    const unfinished = await store.begin('v2')
    await store.apply(unfinished, { put: [{ node: node('person', 'bob'), edges: [] }], gone: [] })
    expect(await store.segment({ all: [] }, at)).toEqual(['ann'])
    const next = await store.begin('v2')
    await store.apply(next, { put: [{ node: node('person', 'cas'), edges: [] }], gone: [] })
    await store.publish(next, '8')
    expect(await store.segment({ all: [] }, at)).toEqual(['cas'])
    await expect(store.publish(next + 100, '9')).rejects.toThrow('rebuild it')
    expect(await store.segment({ all: [] }, at)).toEqual(['cas'])
  })

  it('takes the same batch again without a change', async () => {
    const order = node(
      'order',
      'o1',
      { status: 'paid', spentMinor: 1250 },
      { validFrom: new Date('2026-03-01T00:00:00Z') },
    )
    const put = [
      {
        node: order,
        edges: [
          edge(node('identifier', 'i1'), 'placed', order),
          edge(order, 'contains', node('product', 'kettle'), { properties: { quantity: 2 } }),
        ],
      },
    ]
    const store = await filled(put)
    const live = await store.live()
    const before = await store.census(live!.number)
    await store.apply(live!.number, { put, gone: [] })
    expect(await store.census(live!.number)).toEqual(before)
    expect(before).toMatchObject({ nodes: { order: 1 }, edges: { placed: 1, contains: 1 } })
  })

  it('moves a person by replacing what an identifier says, and forgets a bare node with its last edge', async () => {
    const mail = node('identifier', 'mail')
    const store = await filled([{ node: mail, edges: [edge(node('person', 'ann'), 'known-as', mail)] }])
    const live = await store.live()
    await store.apply(live!.number, {
      put: [{ node: mail, edges: [edge(node('person', 'bea'), 'known-as', mail)] }],
      gone: [],
    })
    expect(await store.personContext('ann', { at, limit: 5 })).toBeNull()
    expect((await store.personContext('bea', { at, limit: 5 }))?.identifiers).toEqual([mail])
  })

  it('refuses a change that carries an edge another row owns', async () => {
    const store = open()
    const generation = await store.begin('test')
    const stolen = edge(node('person', 'ann'), 'known-as', node('identifier', 'mail'))
    await expect(
      store.apply(generation, { put: [{ node: node('person', 'ann'), edges: [stolen] }], gone: [] }),
    ).rejects.toThrow('owns')
  })

  it('keeps text, whole and broken numbers, truth and time exactly', async () => {
    const properties = {
      text: 'naïve \' " \\ $1 ${x} ☕',
      whole: 9_007_199_254_740_991,
      negative: -3,
      broken: 0.1,
      yes: true,
      no: false,
      empty: '',
    }
    const given = node('fact', 'f1', properties, {
      label: '€13.50 for 250 g',
      validFrom: new Date('2026-03-01T10:11:12.345Z'),
      validTo: new Date('2027-01-01T00:00:00Z'),
      recordId: 'r1',
      runId: 'run1',
    })
    const store = await filled([{ node: given, edges: [] }])
    const { nodes } = await store.neighbourhood(given, { at, limit: 1, depth: 1 })
    expect(nodes).toEqual([{ ...given, distance: 0 }])
  })

  it('takes words of a rule as values, never as query', async () => {
    const store = await filled([{ node: node('person', 'ann', { lifecycle: "x' OR true //" }), edges: [] }])
    expect(await store.segment({ lifecycle: "' OR true //" }, at)).toEqual([])
    expect(await store.segment({ lifecycle: "x' OR true //" }, at)).toEqual(['ann'])
  })
}
