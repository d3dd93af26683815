import { expect, it } from 'vitest'
import type { EdgeKind, NodeKind } from '#graph/kinds.ts'
import type { Change, GraphStore } from '#graph/port.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import { modelGraph } from '../graph/model-graph.ts'
import { edge, filled as fill, node } from '../graph/parts.ts'

/** Enough that a store which reads them all, or one by one, is seen. */
const manyEvents = 3_000

/** What no store may fall for: words that look like queries, unknown kinds, very many edges, circles, missing ends. */
export function withstandsBadInput(open: () => GraphStore): void {
  const at = new Date('2026-03-10T00:00:00Z')
  const filled = (put: readonly Change[]): Promise<GraphStore> => fill(open(), put)

  it('takes ids, labels, names and values of properties and words of rules as values, never as query', async () => {
    const evil = `x' OR true //"\`\\) DETACH DELETE n; drop schema graph cascade; --`
    const named = node('person', evil, { [evil]: evil, lifecycle: evil, visitor: false }, { label: evil })
    const bystander = node('person', 'ann')
    const mail = node('identifier', evil)
    const store = await filled([
      { node: named, edges: [] },
      { node: bystander, edges: [] },
      { node: mail, edges: [edge(named, 'known-as', mail, { properties: { [evil]: 1 } })] },
    ])
    const tail = "' OR true //"
    const rules: [SegmentRule, string[]][] = [
      [{ lifecycle: tail }, []],
      [{ lifecycle: evil }, [evil]],
      [{ property: { name: evil } }, [evil]],
      [{ property: { name: evil, is: evil } }, [evil]],
      [{ property: { name: tail } }, []],
      [{ property: { name: '__proto__' } }, []],
      [{ property: { name: 'toString' } }, []],
      [{ did: { event: tail, where: { [tail]: tail }, atLeast: 1 } }, []],
      [{ reaches: { by: [{ edge: 'known-as', way: 'out' }], kind: 'identifier', id: tail } }, []],
      [{ reaches: { by: [{ edge: 'known-as', way: 'out' }], kind: 'identifier', id: evil } }, [evil]],
      [{ visited: { path: '%', atLeast: 1 } }, []],
    ]
    for (const [one, members] of rules) expect(await store.segment(one, { at }), JSON.stringify(one)).toEqual(members)
    expect(await store.neighbourhood(named, { at, limit: 5, depth: 1, fanOut: 5 })).toEqual({
      nodes: [
        { ...named, distance: 0 },
        { ...mail, distance: 1 },
      ],
      edges: [edge(named, 'known-as', mail, { properties: { [evil]: 1 } })],
    })
    expect(await store.segment({ all: [] }, { at, among: [tail, evil] })).toEqual([evil])
  })

  it('refuses kinds of nodes and edges it does not know, and edges between what they cannot join', async () => {
    const store = await filled([{ node: node('person', 'ann'), edges: [] }])
    const { number } = (await store.live())!
    const wizard = node('wizard' as NodeKind, 'merlin')
    const charmed = edge(wizard, 'charmed' as EdgeKind, node('person', 'ann'))
    await expect(store.apply(number, { put: [{ node: wizard, edges: [] }], gone: [] })).rejects.toThrow('wizard')
    await expect(
      store.apply(number, { put: [{ node: node('person', 'ann'), edges: [charmed] }], gone: [] }),
    ).rejects.toThrow('charmed')
    const enchanted = edge(node('person', 'ann'), 'in', wizard)
    await expect(
      store.apply(number, { put: [{ node: node('person', 'ann'), edges: [enchanted] }], gone: [] }),
    ).rejects.toThrow('wizard')
    const bought = edge(node('person', 'ann'), 'in', node('product', 'kettle'))
    await expect(
      store.apply(number, { put: [{ node: node('person', 'ann'), edges: [bought] }], gone: [] }),
    ).rejects.toThrow('leads from person to product')
    expect((await store.census(number)).nodes).toEqual({ person: 1 })
    expect(await store.neighbourhood(wizard, { at, limit: 5, depth: 1, fanOut: 5 })).toEqual({ nodes: [], edges: [] })
  })

  it('stays bounded at a node with very many edges', async () => {
    const [ann, mail] = [node('person', 'ann'), node('identifier', 'mail')]
    const minute = (nth: number): Date => new Date(at.getTime() - (manyEvents - nth) * 60_000)
    const name = (nth: number): string => `e${String(nth).padStart(6, '0')}`
    const events = Array.from({ length: manyEvents }, (_, nth) =>
      node('event', name(nth), { event: 'page', path: '/' }, { validFrom: minute(nth), recordId: `r${name(nth)}` }),
    )
    const store = await filled([
      { node: ann, edges: [] },
      { node: mail, edges: [edge(ann, 'known-as', mail)] },
      ...events.map((event) => ({ node: event, edges: [edge(mail, 'did', event, { validFrom: event.validFrom })] })),
    ])
    const newest = events.slice(-3).toReversed().map(({ id }) => id) // prettier-ignore
    const near = await store.neighbourhood(ann, { at, limit: 100, depth: 2, fanOut: 3 })
    expect(near.nodes.map(({ id }) => id)).toEqual(['ann', 'mail', ...newest.toSorted()])
    expect(near.edges).toHaveLength(4)
    const context = await store.personContext('ann', { at, limit: 3 })
    expect(context?.events.map(({ id }) => id)).toEqual(newest)
    expect(await store.lineage(mail, 2)).toEqual([])
    const often: SegmentRule = { did: { event: 'page', atLeast: manyEvents } }
    expect(await store.segment(often, { at })).toEqual(['ann'])
    expect(await store.segment(often, { at, knownAt: at, among: ['ann', 'nobody'] })).toEqual(['ann'])
  }, 120_000)

  it('stays bounded at a hub with very many edges of one instant, and of none', async () => {
    const [segment, topic] = [node('segment', 'all'), node('topic', 'tea')]
    const many = Array.from({ length: manyEvents }, (_, nth) => String(nth).padStart(6, '0'))
    const put = [
      { node: segment, edges: [] },
      ...many.flatMap((id) => {
        const [member, product] = [node('person', id), node('product', id)]
        return [
          { node: member, edges: [edge(member, 'in', segment, { validFrom: at })] },
          { node: product, edges: [edge(product, 'tagged', topic)] },
        ]
      }),
    ]
    const [store, model] = [await filled(put), modelGraph()]
    model.apply({ put, gone: [] })
    const walk = { at, limit: 40, depth: 2, fanOut: 15 }
    for (const start of [segment, topic, node('person', many[7]!), node('product', many[8]!)]) {
      for (const asked of [walk, { ...walk, limit: 9 }, { ...walk, kinds: ['order', 'segment'] as const }]) {
        expect(await store.neighbourhood(start, asked)).toEqual(await model.neighbourhood(start, asked))
      }
    }
  }, 120_000)

  it('walks a circle once around and no further', async () => {
    const circle = ['a', 'b', 'c', 'd', 'e'].map((id) => node('product', id))
    const store = await filled(
      circle.map((one, nth) => ({ node: one, edges: [edge(one, 'bought-with', circle[(nth + 1) % 5]!)] })),
    )
    const { nodes, edges } = await store.neighbourhood(circle[0]!, { at, limit: 50, depth: 40, fanOut: 10 })
    expect(nodes.map(({ id, distance }) => [id, distance])).toEqual([['a', 0], ['b', 1], ['e', 1], ['c', 2], ['d', 2]]) // prettier-ignore
    expect(edges).toHaveLength(5)
    const way = await store.path(circle[0]!, circle[3]!, { at, maxSteps: 40 })
    expect(way?.nodes.map(({ id }) => id)).toEqual(['a', 'e', 'd'])
    expect(way?.edges.map(({ from, to }) => `${from.id}>${to.id}`)).toEqual(['e>a', 'd>e'])
    expect(await store.path(circle[0]!, circle[0]!, { at, maxSteps: 40 })).toEqual({ nodes: [circle[0]], edges: [] })
  })

  it('shows an end that nobody put as a bare node, and finds no way to one that nobody names', async () => {
    const order = node('order', 'o1', { status: 'paid', spentMinor: 5 })
    const store = await filled([
      {
        node: order,
        edges: [edge(node('identifier', 'lost'), 'placed', order), edge(order, 'contains', node('product', 'p'))],
      },
    ])
    const { nodes } = await store.neighbourhood(order, { at, limit: 5, depth: 1, fanOut: 5 })
    expect(nodes.slice(1)).toEqual([
      { ...node('identifier', 'lost'), distance: 1 },
      { ...node('product', 'p'), distance: 1 },
    ])
    expect(await store.related({ kind: 'product', id: 'p' }, { at, limit: 5 })).toEqual([])
    expect(await store.path(order, node('product', 'q'), { at, maxSteps: 3 })).toBeNull()
    expect(await store.digests((await store.live())!.number, { kind: 'product', after: '', limit: 5 })).toEqual([])
    expect(await store.lineage(node('product', 'q'), 5)).toEqual([])
  })
}
