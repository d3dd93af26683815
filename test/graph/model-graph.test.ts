import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change, GraphEdge, NodeRef } from '#graph/port.ts'
import { batches, instants } from './generated-graph.ts'
import { modelGraph } from './model-graph.ts'
import { edge, node } from './parts.ts'

// The plain model is what both stores are measured by, so here it is measured by hand.

const at = new Date('2026-03-10T00:00:00Z')
const person = (id: string): NodeRef => ({ kind: 'person', id })
const mail = (id: string): Change => ({
  node: node('identifier', `${id}@`),
  edges: [edge(person(id), 'known-as', node('identifier', `${id}@`))],
})
const order = (id: string, by: string, ...skus: string[]): Change => {
  const one = node('order', id, { status: 'paid', spentMinor: 100 })
  const contains = skus.map((sku) => edge(one, 'contains', node('product', sku)))
  return { node: one, edges: [edge(node('identifier', `${by}@`), 'placed', one), ...contains] }
}
const filled = (...put: Change[]) => {
  const graph = modelGraph()
  graph.apply({ put, gone: [] })
  return graph
}

describe('the plain model of the graph', () => {
  it('relates products by their buyers and people by their products, each with the first way by ids', async () => {
    const graph = filled(mail('ann'), mail('bob'), order('o1', 'ann', 'cup', 'pot'), order('o2', 'bob', 'pot', 'tea'), order('o3', 'bob', 'cup')) // prettier-ignore
    const products = await graph.related({ kind: 'product', id: 'pot' }, { at, limit: 5 })
    expect(products.map((found) => [found.node.id, found.weight])).toEqual([['cup', 2], ['tea', 1]]) // prettier-ignore
    expect(products[0]?.path.nodes.map(({ id }) => id)).toEqual(['pot', 'o1', 'ann@', 'ann', 'ann@', 'o1', 'cup'])
    const people = await graph.related({ kind: 'person', id: 'ann' }, { at, limit: 5 })
    expect(people.map((found) => [found.node.id, found.weight])).toEqual([['bob', 2]])
    expect(people[0]?.path.nodes.map(({ id }) => id)).toEqual(['ann', 'ann@', 'o1', 'cup', 'o3', 'bob@', 'bob'])
    expect(people[0]?.path.edges).toHaveLength(6)
  })

  it('counts a chunk once for each subject that it describes', async () => {
    const tagged = (kind: 'product' | 'document', id: string, ...more: GraphEdge[]): Change => ({
      node: node(kind, id),
      edges: [edge(node(kind, id), 'tagged', node('topic', 'tea')), ...more],
    })
    const chunk: Change = {
      node: node('chunk', 'c1'),
      edges: [edge(node('document', 'guide'), 'has', node('chunk', 'c1'))],
    }
    const described = edge(node('product', 'pot'), 'described-by', node('chunk', 'c1'))
    const graph = filled(mail('ann'), order('o1', 'ann', 'pot'), tagged('product', 'pot', described), tagged('document', 'guide'), chunk) // prettier-ignore
    const weight = async (subject: NodeRef): Promise<number | undefined> =>
      (await graph.contentFor([subject], { at, limit: 5 })).chunks[0]?.weight
    expect(await weight({ kind: 'product', id: 'pot' })).toBe(1)
    expect(await weight({ kind: 'topic', id: 'tea' })).toBe(2)
    expect(await weight(person('ann'))).toBe(2)
  })

  it('follows the newest edges of a kind, so many each way', async () => {
    const did = (id: string, validFrom: Date): Change => ({
      node: node('event', id),
      edges: [edge(node('identifier', 'ann@'), 'did', node('event', id), { validFrom })],
    })
    const graph = filled(mail('ann'), ...instants.map((when, nth) => did(`e${nth}`, when)))
    const near = await graph.neighbourhood(person('ann'), { at, limit: 9, depth: 2, fanOut: 2 })
    expect(near.nodes.map(({ id, distance }) => `${distance} ${id}`)).toEqual(['0 ann', '1 ann@', '2 e3', '2 e4'])
  })

  it('says nothing of what a gone row said, but keeps its node bare where another row names it', async () => {
    const graph = filled(mail('ann'), order('o1', 'ann', 'cup'))
    graph.apply({ put: [], gone: [{ kind: 'identifier', id: 'ann@' }] })
    expect(await graph.personContext('ann', { at, limit: 1 })).toBeNull()
    expect(graph.digests({ kind: 'identifier', after: '', limit: 5 })).toEqual([])
    graph.apply({ put: [], gone: [{ kind: 'order', id: 'o1' }] })
    expect(graph.census()).toEqual({ nodes: {}, edges: {}, checksum: '0' })
  })

  it('is the same graph after the same batches twice', () => {
    fc.assert(
      fc.property(batches, (sent) => {
        const [once, twice] = [modelGraph(), modelGraph()]
        for (const batch of sent) once.apply(batch)
        for (const batch of [...sent, sent.at(-1)!]) twice.apply(batch)
        expect(twice.census()).toEqual(once.census())
      }),
      { numRuns: 20 },
    )
  })

  it('tells apart a property that is absent, of another type, and out of bounds', async () => {
    const graph = filled(...[{}, { age: '40' }, { age: 40 }].map((properties, nth): Change => ({ node: node('person', `p${nth}`, properties), edges: [] }))) // prettier-ignore
    const having = (property: object) => graph.segment({ property: { name: 'age', ...property } }, { at })
    expect(await having({})).toEqual(['p1', 'p2'])
    expect(await having({ exists: false })).toEqual(['p0'])
    expect(await having({ is: 40 })).toEqual(['p2'])
    expect(await having({ in: ['40', 41] })).toEqual(['p1'])
    expect(await having({ atMost: 50 })).toEqual(['p2'])
    expect(await having({ exists: false, is: 40 })).toEqual([])
  })
})
