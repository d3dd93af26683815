import { describe, expect, it } from 'vitest'
import type { NodeRef } from '#graph/port.ts'
import { graphFor } from '#rag/scopes.ts'
import { modelGraph } from '../graph/model-graph.ts'
import { edge, node } from '../graph/parts.ts'
import { today } from './corpus.ts'

describe('what few people bought together', () => {
  const [kettle, filter, mug] = [node('product', 'kettle'), node('product', 'filter'), node('product', 'mug')]
  const together = (from: NodeRef, to: NodeRef, people: number) =>
    edge(from, 'bought-with', to, { properties: { people, support: people / 20, confidence: 0.5, lift: 2 } })
  const graph = modelGraph()
  graph.apply({
    put: [
      { node: kettle, edges: [together(kettle, filter, 12), together(kettle, mug, 3)] },
      { node: filter, edges: [] },
      { node: mug, edges: [] },
    ],
    gone: [],
  })
  const at = { at: today, limit: 10, depth: 2, fanOut: 10, maxSteps: 3 }
  const analyst = graphFor(graph, 'analyst')

  it('is in no neighbourhood of the analyst’s, nor what that alone leads to', async () => {
    const { nodes, edges } = await analyst.neighbourhood(kettle, at)
    expect(nodes.map(({ id }) => id)).toEqual(['kettle', 'filter'])
    expect(edges.map(({ to, properties }) => [to.id, properties])).toEqual([['filter', { support: 0.6, confidence: 0.5, lift: 2 }]]) // prettier-ignore
    const whole = await graph.neighbourhood(kettle, at)
    expect(whole.nodes.map(({ id }) => id).toSorted()).toEqual(['filter', 'kettle', 'mug'])
  })

  it('is on no path of hers', async () => {
    expect((await analyst.path(kettle, filter, at))?.nodes.map(({ id }) => id)).toEqual(['kettle', 'filter'])
    expect(await analyst.path(kettle, mug, at)).toBeNull()
  })

  it('is related for her by ten people, and by nine not', async () => {
    const shared = modelGraph()
    const buyers = Array.from({ length: 10 }, (_, nth) => nth)
    shared.apply({
      put: [
        ...[kettle, filter, mug].map((one) => ({ node: one, edges: [] })),
        ...buyers.flatMap((nth) => {
          const [person, known, order] = [node('person', `p${nth}`), node('identifier', `i${nth}`), node('order', `o${nth}`, { status: 'paid' })] // prettier-ignore
          const bought = nth === 0 ? [kettle, filter] : [kettle, filter, mug]
          return [
            { node: person, edges: [] },
            { node: known, edges: [edge(person, 'known-as', known)] },
            {
              node: order,
              edges: [edge(known, 'placed', order), ...bought.map((one) => edge(order, 'contains', one))],
            },
          ]
        }),
      ],
      gone: [],
    })
    expect((await graphFor(shared, 'analyst').related(kettle as never, at)).map(({ node: { id }, weight, path }) => ({ id, weight, path }))).toEqual([
      { id: 'filter', weight: 10, path: { nodes: [], edges: [] } },
    ]) // prettier-ignore
  })
})
