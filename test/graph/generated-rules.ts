import fc from 'fast-check'
import { directions, edgeKinds, nodeKinds, type Direction, type EdgeKind, type NodeKind } from '#graph/kinds.ts'
import type { Leaf, SegmentRule } from '#graph/segment-rule.ts'
import { engagementPoints, eventNames, ids, personValues, propertyNames, values } from './generated-graph.ts'

type Hop = { edge: EdgeKind; way: Direction }

const id = fc.constantFrom(...ids.slice(0, 3), ids[0], ids[1])
/** One in so many times; not `fc.option`, which gives less and less the deeper a rule nests. */
const onceIn = <T>(times: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.tuple(fc.nat({ max: times - 1 }), value).map(([nth, one]) => (nth === 0 ? one : undefined))
const perhaps = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => onceIn(2, value)
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => onceIn(6, value)
const withinDays = perhaps(fc.integer({ min: 1, max: 6 }))
const often = { atLeast: fc.constantFrom(1, 1, 1, 2, 3), withinDays }
const where = seldom(fc.dictionary(fc.constantFrom(...propertyNames), fc.constantFrom(...values), { maxKeys: 1 }))
const bounds = perhaps(
  fc.record({ atLeast: perhaps(fc.constantFrom(1, 2, 3)), atMost: perhaps(fc.constantFrom(3, 4, 5)) }),
)
const points = perhaps(fc.constantFrom(...engagementPoints))

const out = (...edges: EdgeKind[]): Hop[] => edges.map((edge) => ({ edge, way: 'out' }))

/** Ways that graphs have, and any others, which may lead nowhere. */
const ways: fc.Arbitrary<{ by: Hop[]; kind: NodeKind }> = fc.oneof(
  fc.constantFrom<{ by: Hop[]; kind: NodeKind }>(
    { by: out('known-as', 'placed', 'contains'), kind: 'product' },
    { by: out('known-as', 'placed', 'contains', 'tagged'), kind: 'topic' },
    { by: [...out('known-as'), { edge: 'works-at', way: 'either' }], kind: 'organisation' },
    { by: [...out('in'), { edge: 'in', way: 'back' }, ...out('known-as')], kind: 'identifier' },
    { by: [...out('known-as'), { edge: 'known-as', way: 'either' }, ...out('in')], kind: 'segment' },
    { by: out('known-as', 'did', 'about'), kind: 'topic' },
  ),
  fc.record({
    by: fc.array(fc.record({ edge: fc.constantFrom(...edgeKinds), way: fc.constantFrom(...directions) }), {
      minLength: 1,
      maxLength: 3,
    }),
    kind: fc.constantFrom(...nodeKinds),
  }),
)

const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.record({
    bought: fc.record({
      sku: perhaps(id),
      type: perhaps(fc.constantFrom('coffee', 'gear')),
      topic: perhaps(id),
      ...often,
    }),
  }),
  fc.record({ spent: fc.record({ atLeastMinor: fc.constantFrom(0, 1, 1_000_000, 5_000_000), withinDays }) }),
  fc.record({ subscribed: fc.boolean() }),
  fc.record({ consent: fc.record({ channel: fc.constantFrom('email', 'sms') }) }),
  fc.record({ lifecycle: fc.constantFrom('lead', 'customer') }),
  fc.record({ channel: fc.constantFrom('email', 'organic') }),
  fc.record({ visited: fc.record({ path: fc.constantFrom('/', '/shop'), ...often }) }),
  fc.record({
    did: fc.record({
      event: fc.constantFrom(...eventNames),
      where,
      about: seldom(id),
      campaign: seldom(id),
      ...often,
      beforeDays: withinDays,
    }),
  }),
  fc.record({
    property: fc.record({
      name: fc.constantFrom(...propertyNames, 'lifecycle', 'recency', 'visitor'),
      is: perhaps(fc.constantFrom(...values, ...personValues)),
      in: perhaps(fc.array(fc.constantFrom(...values, ...personValues), { minLength: 1, maxLength: 4 })),
      atLeast: seldom(fc.constantFrom(-1, 0.5, 1, 3)),
      atMost: seldom(fc.constantFrom(-1, 0.5, 1, 3)),
      exists: seldom(fc.boolean()),
    }),
  }),
  fc.record({
    reaches: fc.tuple(ways, seldom(id), where).map(([way, named, having]) => ({ ...way, id: named, where: having })),
  }),
  fc.record({ engagement: fc.record({ atLeast: points, atMost: points }) }),
  fc.record({ rfm: fc.record({ recency: bounds, frequency: bounds, monetary: bounds }) }),
)

/** Rules as they are after reading: defaults filled in, what was left out undefined. */
export const rule: fc.Arbitrary<SegmentRule> = fc.letrec<{ rule: SegmentRule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: leaf },
    { weight: 1, arbitrary: fc.record({ not: tie('rule') }) },
    { weight: 1, arbitrary: fc.record({ all: fc.array(tie('rule'), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ any: fc.array(tie('rule'), { maxLength: 3 }) }) },
  ),
})).rule
