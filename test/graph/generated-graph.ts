import fc from 'fast-check'
import { engagementLevel } from '#graph/engagement.ts'
import { edgeEnds, edgeKinds, edgeOwners, nodeKinds, type NodeKind } from '#graph/kinds.ts'
import type { Change, GraphEdge, GraphNode, Instant, NodeRef, Properties, Provenance } from '#graph/port.ts'

/**
 * Few ids and few instants, so that things meet, repeat, begin and end. Among them a quote of every language, and two
 * that compare otherwise by UTF-16 unit than by code point.
 */
export const ids = ['a', 'b', `c'"\`\\`, 'É', '\uFB00', '\u{1D49C}'] as const
export const instants = [1, 2, 3, 4, 5].map((day) => new Date(Date.UTC(2026, 2, day, 12)))
const labels = ['One', 'Two', `'); drop table "x"; //`] as const

export const propertyNames = ['flag', 'note', "it's `so`", '$1'] as const
export const values = [true, false, 'true', '', 1, '1', 0.5, -3, "' or 1=1 --"] as const
export const eventNames = ['page', 'plan', 'open'] as const
/** Values that people have under the names which the projection gives them. */
export const personValues = ['lead', 'customer', 3] as const
export const engagementPoints = [0.5, 1, 2, 4] as const

const id = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ids.slice(0, 2)) },
  { weight: 1, arbitrary: fc.constantFrom(...ids.slice(2)) },
)
const instant = fc.constantFrom(...instants)
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value })
const provenance: fc.Arbitrary<Provenance> = fc
  .record({
    validFrom: fc.option(fc.constantFrom(...instants, instants[0]!, instants[0]!), { freq: 2 }),
    validTo: seldom(instant),
    recordedAt: seldom(instant),
    endRecordedAt: fc.option(instant, { freq: 1 }),
    recordId: fc.option(fc.constantFrom('r1', 'r2', 'r3')),
  })
  .map((from) => ({ ...from, runId: from.recordId && `run of ${from.recordId}` }))

/** The instant asked about, and sometimes the one up to which things were known. */
export const asked: fc.Arbitrary<Instant> = fc
  .record({ at: fc.constantFrom(...instants.slice(2)), knownAt: fc.option(instant, { nil: undefined, freq: 1 }) })
  .map(({ at, knownAt }) => (knownAt === undefined ? { at } : { at, knownAt }))

const some = fc.dictionary(fc.constantFrom(...propertyNames), fc.constantFrom(...values), { maxKeys: 2 })
/** Names that mean something on one kind of node, and nothing on the others that happen to have them. */
const misleading = fc.dictionary(
  fc.constantFrom('status', 'state', 'spentMinor', 'channel', 'event', 'subscription'),
  fc.constantFrom('paid', 'granted', 'withdrawn', 'on', 'page', 'email', 7),
  { maxKeys: 2 },
)
const withSome = (own: fc.Arbitrary<Properties>): fc.Arbitrary<Properties> =>
  fc.tuple(some, misleading, own).map(([more, other, properties]) => ({ ...more, ...other, ...properties }))

const level = fc.tuple(fc.constantFrom(...engagementPoints), instant).map(([points, at]) => engagementLevel(points, at))
const fifth = fc.integer({ min: 1, max: 5 })

const propertiesOf: Partial<Record<NodeKind, fc.Arbitrary<Properties>>> = {
  person: fc.record(
    {
      lifecycle: fc.constantFrom('lead', 'customer'),
      channel: fc.constantFrom('email', 'organic'),
      visitor: fc.boolean(),
      engagement: level,
      recency: fifth,
      frequency: fifth,
      monetary: fifth,
    },
    { requiredKeys: [] },
  ),
  order: fc.record({
    status: fc.constantFrom('paid', 'paid', 'paid', 'open'),
    spentMinor: fc.integer({ min: 0, max: 9_000_000 }),
  }),
  product: fc.record(
    { type: fc.constantFrom('coffee', 'gear'), weight: fc.constantFrom(0.25, 1, 2.5) },
    { requiredKeys: [] },
  ),
  event: fc.oneof(
    fc.record({ event: fc.constant('page'), path: fc.constantFrom('/', '/shop', '/shop/kettle') }),
    fc.record({ event: fc.constant('plan'), subscription: fc.constantFrom('on', 'off') }),
    fc.record({ event: fc.constant('open') }),
  ),
  consent: fc.record({ channel: fc.constantFrom('email', 'sms'), state: fc.constantFrom('granted', 'withdrawn') }),
}

const nodeOf = (kind: NodeKind): fc.Arbitrary<GraphNode> =>
  fc
    .record({
      id,
      label: fc.constantFrom(...labels),
      properties: withSome(propertiesOf[kind] ?? fc.constant({})),
      from: provenance,
    })
    .map(({ from, ...node }) => ({ kind, ...node, ...from }))

const edgesOf = (owner: NodeRef): fc.Arbitrary<GraphEdge>[] =>
  edgeKinds.flatMap((kind) =>
    edgeEnds[kind].flatMap(([from, to]) => {
      const side = edgeOwners[kind]
      if ((side === 'from' ? from : to) !== owner.kind) return []
      const own: NodeRef = { kind: owner.kind, id: owner.id }
      return fc
        .record({ id, properties: fc.record({ quantity: fc.constantFrom(1, 2, 0.5) }), held: provenance })
        .map(({ id: other, properties, held }): GraphEdge => {
          const far: NodeRef = { kind: side === 'from' ? to : from, id: other }
          return { kind, from: side === 'from' ? own : far, to: side === 'from' ? far : own, properties, ...held }
        })
    }),
  )

/** More of the kinds that people are reached by, so that their paths meet. */
const kindOfChange = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<NodeKind>('person', 'identifier', 'identifier', 'order', 'event', 'product', 'consent'),
  },
  { weight: 2, arbitrary: fc.constantFrom<NodeKind>(...nodeKinds) },
)

const change: fc.Arbitrary<Change> = kindOfChange.chain(nodeOf).chain((node) => {
  const kinds = edgesOf(node)
  const edges = kinds.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...kinds), { minLength: 2, maxLength: 8 })
  return edges.map((list) => ({ node, edges: list }))
})

export const nodeRef: fc.Arbitrary<NodeRef> = fc.record({ kind: fc.constantFrom(...nodeKinds), id })

/** Batches as a projection would send them: changes, some of nodes put before, and some removals. */
export const batches = fc.array(
  fc.record({
    put: fc.array(change, { minLength: 40, maxLength: 100, size: 'max' }),
    gone: fc.array(nodeRef, { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 3 },
)
