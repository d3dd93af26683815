import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, it, inject } from 'vitest'
import { neo4jGraph } from '#graph/adapters/neo4j.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import { nodeKinds } from '#graph/kinds.ts'
import type { Change, GraphReader, GraphStore, Instant, NodeRef } from '#graph/port.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import { asked, batches, ids, nodeRef } from '../graph/generated-graph.ts'
import { rule } from '../graph/generated-rules.ts'
import { modelGraph } from '../graph/model-graph.ts'
import { edge, filled as fill, node } from '../graph/parts.ts'
import { testDatabase } from '../support/database.ts'
import { withstandsBadInput } from './graph-bad-input.ts'

const neo4jUrl = process.env['TEST_NEO4J_URL']
const mayskip = process.env['MILLRACE_REQUIRE_ALL'] === undefined

describe('the graph in PostgreSQL', () => {
  const db = testDatabase()
  keepsTheContract(12, () => postgresGraph(db))
})

// Once, beside the embedded engine, and with fewer graphs: every new rule is a plan of its own, which takes Neo4j a second.
describe.skipIf((!neo4jUrl && mayskip) || inject('engine') === 'postgres')('the graph in Neo4j', () => {
  const opened: { close: () => Promise<void> }[] = []
  afterAll(async () => {
    for (const graph of opened) await graph.close()
  })
  keepsTheContract(5, () => {
    const graph = neo4jGraph({
      uri: neo4jUrl ?? 'bolt://TEST_NEO4J_URL-is-not-set',
      space: `test-${randomBytes(6).toString('hex')}`,
    })
    opened.push(graph)
    return graph
  })
})

type Asking = Instant & { limit: number; fanOut: number; ids: string[]; rules: SegmentRule[]; refs: NodeRef[] }

const questions: fc.Arbitrary<Asking> = fc
  .record({
    asked,
    limit: fc.integer({ min: 1, max: 12 }),
    fanOut: fc.integer({ min: 1, max: 4 }),
    ids: fc.array(fc.constantFrom(...ids), { minLength: 3, maxLength: 3 }),
    rules: fc.array(rule, { minLength: 8, maxLength: 8 }),
    refs: fc.array(nodeRef, { minLength: 3, maxLength: 3 }),
  })
  .map(({ asked: when, ...question }) => ({ ...question, ...when }))

async function answersAlike(store: GraphReader, model: GraphReader, asking: Asking): Promise<void> {
  const { limit, fanOut, ids: some, rules, refs, ...when } = asking
  const question = { ...when, limit }
  const alike = async (answer: (graph: GraphReader) => Promise<unknown>, about: unknown): Promise<void> =>
    expect(await answer(store), JSON.stringify(about)).toEqual(await answer(model))
  for (const id of some) {
    await alike((graph) => graph.personContext(id, question), { personContext: id })
    for (const kind of ['product', 'person'] as const) {
      await alike((graph) => graph.related({ kind, id }, question), { related: kind, id })
    }
  }
  for (const one of rules) {
    await alike((graph) => graph.segment(one, when), one)
    await alike((graph) => graph.segment(one, { ...when, among: some }), { among: some, one })
  }
  await alike((graph) => graph.segment({ all: [] }, { ...when, among: [] }), 'among nobody')
  for (const ref of refs) {
    const walks = [{ depth: 1 }, { depth: 3 }, { depth: 2, kinds: nodeKinds.slice(0, 6) }]
    for (const walk of walks) {
      await alike((graph) => graph.neighbourhood(ref, { ...question, ...walk, fanOut }), { ref, walk })
    }
    await alike((graph) => graph.lineage(ref, limit), { lineage: ref })
    for (const other of refs) {
      await alike((graph) => graph.path(ref, other, { ...when, maxSteps: 5 }), { path: [ref, other] })
    }
  }
  const subjects = some.flatMap((id, nth): NodeRef => ({ kind: (['topic', 'product', 'person'] as const)[nth]!, id }))
  await alike((graph) => graph.contentFor(subjects, question), { contentFor: subjects })
  for (const subject of subjects) await alike((graph) => graph.contentFor([subject], question), { contentFor: subject })
}

/** Every store passes the same cases; the plain model says what generated graphs must answer. */
function keepsTheContract(numRuns: number, open: () => GraphStore): void {
  const at = new Date('2026-03-10T00:00:00Z')

  const filled = (put: readonly Change[]): Promise<GraphStore> => fill(open(), put)

  it('answers every question about a generated graph as the model does', async () => {
    const store = open()
    await fc.assert(
      fc.asyncProperty(batches, questions, async (sent, question) => {
        const model = modelGraph()
        const generation = await store.begin('test')
        for (const batch of sent) {
          model.apply(batch)
          await store.apply(generation, batch)
        }
        expect(await store.census(generation)).toEqual(model.census())
        for (const kind of nodeKinds) {
          const page = { kind, after: question.ids[0]!, limit: question.limit }
          expect(await store.digests(generation, page), kind).toEqual(model.digests(page))
        }
        await store.publish(generation, '1')
        await answersAlike(store, model, question)
      }),
      { numRuns },
    )
  }, 600_000)

  it('shows nothing before it was published, and then all of it', async () => {
    const store = open()
    expect(await store.live()).toBeNull()
    expect(await store.segment({ all: [] }, { at })).toEqual([])
    const generation = await store.begin('v1')
    await store.apply(generation, { put: [{ node: node('person', 'ann'), edges: [] }], gone: [] })
    expect(await store.personContext('ann', { at, limit: 5 })).toBeNull()
    await store.publish(generation, '42')
    expect(await store.live()).toEqual({ number: generation, version: 'v1', watermark: '42' })
    expect(await store.segment({ all: [] }, { at })).toEqual(['ann'])
  })

  it('keeps answering from the live generation while another is built, and drops an unfinished one', async () => {
    const store = await filled([{ node: node('person', 'ann'), edges: [] }])
    const unfinished = await store.begin('v2')
    await store.apply(unfinished, { put: [{ node: node('person', 'bob'), edges: [] }], gone: [] })
    expect(await store.segment({ all: [] }, { at })).toEqual(['ann'])
    const next = await store.begin('v2')
    await store.apply(next, { put: [{ node: node('person', 'cas'), edges: [] }], gone: [] })
    await store.publish(next, '8')
    expect(await store.segment({ all: [] }, { at })).toEqual(['cas'])
    await expect(store.publish(next + 100, '9')).rejects.toThrow('rebuild it')
    expect(await store.segment({ all: [] }, { at })).toEqual(['cas'])
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
      recordedAt: new Date('2026-03-01T10:11:12.346Z'),
      endRecordedAt: new Date('2026-03-02T00:00:00.001Z'),
      recordId: 'r1',
      runId: 'run1',
    })
    const store = await filled([{ node: given, edges: [] }])
    const { nodes } = await store.neighbourhood(given, { at, limit: 1, depth: 1, fanOut: 1 })
    expect(nodes).toEqual([{ ...given, distance: 0 }])
  })

  it('answers with what was known then: a price before its end was heard of has no end', async () => {
    const day = (nth: number): Date => new Date(Date.UTC(2026, 2, nth))
    const price = node('offer', 'p1', {}, {
      validFrom: day(1),
      validTo: day(5),
      recordedAt: day(2),
      endRecordedAt: day(8),
    }) // prettier-ignore
    const store = await filled([{ node: price, edges: [] }])
    const shown = async (when: Instant): Promise<number> =>
      (await store.neighbourhood(price, { ...when, limit: 1, depth: 1, fanOut: 1 })).nodes.length
    expect(await shown({ at: day(4) })).toBe(1)
    expect(await shown({ at: day(6) })).toBe(0)
    expect(await shown({ at: day(6), knownAt: day(7) })).toBe(1)
    expect(await shown({ at: day(6), knownAt: day(8) })).toBe(0)
    expect(await shown({ at: day(4), knownAt: day(1) })).toBe(0)
  })

  it('pages through digests by id, which sum up to the census', async () => {
    const store = await filled(
      ids.map((id) => {
        const product = node('product', id)
        return { node: product, edges: [edge(product, 'tagged', node('topic', 't')), edge(product, 'bought-with', node('product', 'z'))] } // prettier-ignore
      }),
    )
    const { number } = (await store.live())!
    const found: { id: string; digest: number }[] = []
    for (let after = ''; ;) {
      const page = await store.digests(number, { kind: 'product', after, limit: 4 })
      found.push(...page)
      if (page.length < 4) break
      after = page.at(-1)!.id
    }
    expect(found.map(({ id }) => id)).toEqual([...ids])
    const { checksum } = await store.census(number)
    expect(String(found.reduce((sum, { digest }) => sum + digest, 0))).toBe(checksum)
  })

  withstandsBadInput(open)
}
