import fc from 'fast-check'
import {
  edgeOwners,
  type Change,
  type EdgeKind,
  type GraphEdge,
  type GraphNode,
  type NodeKind,
  type NodeRef,
} from '#graph/port.ts'
import type { Leaf, SegmentRule } from '#graph/segment-rule.ts'

/** Few ids and few instants, so that things meet, repeat, begin and end. Code points beyond the usual sort too. */
const ids = ['a', 'b', 'c', 'É', 'z', 'Ω'] as const
export const instants = [1, 2, 3, 4, 5].map((day) => new Date(Date.UTC(2026, 2, day, 12)))

const ends: Record<EdgeKind, readonly (readonly [NodeKind, NodeKind])[]> = {
  'known-as': [['person', 'identifier']],
  placed: [['identifier', 'order']],
  contains: [['order', 'product']],
  did: [['identifier', 'event']],
  about: [['event', 'product'], ['fact', 'product'], ['fact', 'topic']], // prettier-ignore
  'part-of': [['event', 'campaign'], ['message', 'campaign']], // prettier-ignore
  of: [['event', 'message']],
  consented: [['identifier', 'consent']],
  tagged: [['product', 'topic']],
  'described-by': [['product', 'chunk']],
  has: [['document', 'chunk']],
  states: [['document', 'fact']],
}
export const kindsInTest = [
  'person',
  'identifier',
  'order',
  'product',
  'event',
  'consent',
  'topic',
  'document',
  'chunk',
  'fact',
  'campaign',
  'message',
] as const satisfies readonly NodeKind[]

const id = fc.constantFrom(...ids)
const instant = fc.constantFrom(...instants)
const provenance = fc
  .record({
    validFrom: fc.option(instant, { freq: 3 }),
    validTo: fc.option(instant, { freq: 1 }),
    recordId: fc.option(fc.constantFrom('r1', 'r2', 'r3')),
  })
  .map((from) => ({ ...from, runId: from.recordId && `run of ${from.recordId}` }))

const propertiesOf: Partial<Record<NodeKind, fc.Arbitrary<GraphNode['properties']>>> = {
  person: fc.record(
    {
      lifecycle: fc.constantFrom('lead', 'customer'),
      channel: fc.constantFrom('email', 'organic'),
      visitor: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  order: fc.record({
    status: fc.constantFrom('paid', 'paid', 'open'),
    spentMinor: fc.integer({ min: 0, max: 9_000_000 }),
  }),
  product: fc.record(
    { type: fc.constantFrom('coffee', 'gear'), weight: fc.constantFrom(0.25, 1, 2.5) },
    { requiredKeys: [] },
  ),
  event: fc.oneof(
    fc.record({ event: fc.constant('page'), path: fc.constantFrom('/', '/shop', '/shop/kettle') }),
    fc.record({ event: fc.constant('plan'), subscription: fc.constantFrom('on', 'off') }),
  ),
  consent: fc.record({ channel: fc.constantFrom('email', 'sms'), state: fc.constantFrom('granted', 'withdrawn') }),
}
const someProperties = fc.record(
  { flag: fc.boolean(), note: fc.string({ maxLength: 3, unit: 'grapheme-ascii' }) },
  { requiredKeys: [] },
)

const nodeOf = (kind: NodeKind): fc.Arbitrary<GraphNode> =>
  fc
    .record({
      id,
      label: fc.constantFrom('One', 'Two'),
      properties: propertiesOf[kind] ?? someProperties,
      from: provenance,
    })
    .map(({ from, ...node }) => ({ kind, ...node, ...from }))

const edgeOf = (owner: NodeRef): fc.Arbitrary<GraphEdge>[] =>
  (Object.keys(ends) as EdgeKind[]).flatMap((kind) =>
    ends[kind].flatMap(([from, to]) => {
      const side = edgeOwners[kind]
      if ((side === 'from' ? from : to) !== owner.kind) return []
      const other = { kind: side === 'from' ? to : from }
      return fc
        .record({ id, properties: fc.record({ quantity: fc.constantFrom(1, 2, 0.5) }), from: provenance })
        .map((edge): GraphEdge => {
          const end = { kind: other.kind, id: edge.id }
          return {
            kind,
            from: side === 'from' ? { kind: owner.kind, id: owner.id } : end,
            to: side === 'from' ? end : { kind: owner.kind, id: owner.id },
            properties: edge.properties,
            ...edge.from,
          }
        })
    }),
  )

const change: fc.Arbitrary<Change> = fc
  .constantFrom(...kindsInTest)
  .chain(nodeOf)
  .chain((node) => {
    const kinds = edgeOf(node)
    const edges = kinds.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...kinds), { maxLength: 5 })
    return edges.map((list) => ({ node, edges: list }))
  })

export const nodeRef: fc.Arbitrary<NodeRef> = fc.record({ kind: fc.constantFrom(...kindsInTest), id })

/** Batches as a projection would send them: changes, some of nodes put before, and some removals. */
export const batches = fc.array(
  fc.record({ put: fc.array(change, { minLength: 5, maxLength: 60 }), gone: fc.array(nodeRef, { maxLength: 2 }) }),
  { minLength: 1, maxLength: 4 },
)

const often = {
  atLeast: fc.integer({ min: 1, max: 3 }),
  withinDays: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
}
const perhaps = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({
    bought: fc.record({
      sku: perhaps(id),
      type: perhaps(fc.constantFrom('coffee', 'gear')),
      topic: perhaps(id),
      ...often,
    }),
  }),
  fc.record({
    spent: fc.record({ atLeastMinor: fc.integer({ min: 0, max: 9_000_000 }), withinDays: often.withinDays }),
  }),
  fc.record({ subscribed: fc.boolean() }),
  fc.record({ consent: fc.record({ channel: fc.constantFrom('email', 'sms') }) }),
  fc.record({ lifecycle: fc.constantFrom('lead', 'customer') }),
  fc.record({ channel: fc.constantFrom('email', 'organic') }),
  fc.record({ visited: fc.record({ path: fc.constantFrom('/', '/shop'), ...often }) }),
  fc.record({ did: fc.record({ event: fc.constantFrom('plan', 'page'), ...often }) }),
)
export const rule: fc.Arbitrary<SegmentRule> = fc.letrec<{ rule: SegmentRule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ not: tie('rule') }),
    fc.record({ all: fc.array(tie('rule'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('rule'), { maxLength: 3 }) }),
  ),
})).rule
