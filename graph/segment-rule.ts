import { z } from 'zod'
import { directions, edgeKinds, nodeKinds } from './kinds.ts'

const days = z.int().min(1).max(36_500)
const times = z.int().min(1).default(1)
const word = z.string().min(1).max(200)
const value = z.union([word, z.number(), z.boolean()])
const digit = z.strictObject({ atLeast: z.int().min(1).max(5).optional(), atMost: z.int().min(1).max(5).optional() })
const hop = z.strictObject({ edge: z.enum(edgeKinds), way: z.enum(directions).default('either') })

const leaves = [
  z.strictObject({
    bought: z
      .strictObject({
        sku: word.optional(),
        type: word.optional(),
        topic: word.optional(),
        atLeast: times,
        withinDays: days.optional(),
      })
      .describe('Paid orders that contain a product of this SKU, type and topic; all orders when none is named'),
  }),
  z.strictObject({
    spent: z
      .strictObject({ atLeastMinor: z.int(), withinDays: days.optional() })
      .describe('Paid less refunded, in minor units of the business currency'),
  }),
  z.strictObject({ subscribed: z.boolean().describe('Whether the newest word on a subscription is that it runs') }),
  z.strictObject({
    consent: z
      .strictObject({ channel: word })
      .describe('Granted by one identifier and withdrawn by none, by the newest word of each'),
  }),
  z.strictObject({ lifecycle: word.describe('What the newest profile that names one says') }),
  z.strictObject({ channel: word.describe('Where they came from, by the oldest profile that names one') }),
  z.strictObject({
    visited: z
      .strictObject({ path: word, atLeast: times, withinDays: days.optional() })
      .describe('Pages of the site whose path starts so'),
  }),
  z.strictObject({
    did: z
      .strictObject({
        event: word,
        where: z.record(word, value).optional(),
        about: word.optional(),
        campaign: word.optional(),
        atLeast: times,
        withinDays: days.optional(),
        beforeDays: days.optional(),
      })
      .describe(
        'Events of this kind, with these properties, about this product, of this campaign; of the last days, and none later than so many days ago',
      ),
  }),
  z.strictObject({
    property: z
      .strictObject({
        name: word,
        is: value.optional(),
        in: z.array(value).min(1).max(500).optional(),
        atLeast: z.number().optional(),
        atMost: z.number().optional(),
        exists: z.boolean().optional(),
      })
      .describe('What is known of the person: every test that is named holds; without one, that it is known at all'),
  }),
  z.strictObject({
    reaches: z
      .strictObject({
        by: z.array(hop).min(1).max(6),
        kind: z.enum(nodeKinds),
        id: word.optional(),
        where: z.record(word, value).optional(),
      })
      .describe(
        'A way through the graph from the person, edge by edge, to a node of this kind, this id, these properties',
      ),
  }),
  z.strictObject({
    engagement: z
      .strictObject({ atLeast: z.number().positive().optional(), atMost: z.number().positive().optional() })
      .describe('How much a person did lately: weighted events that count half after each half-life'),
  }),
  z.strictObject({
    rfm: z
      .strictObject({ recency: digit.optional(), frequency: digit.optional(), monetary: digit.optional() })
      .describe('Fifths of the buyers, 5 the best; who never bought is in none'),
  }),
] as const

const leaf = z.union(leaves)
export type Leaf = z.output<typeof leaf>

/** A rule that selects people: leaves joined by all (true when empty), any (false when empty), not. */
export type SegmentRule = Leaf | { all: SegmentRule[] } | { any: SegmentRule[] } | { not: SegmentRule }

/** Reads a segment rule; unknown words are errors. `{}` of `bought` means any paid order. */
export const segmentRule: z.ZodType<SegmentRule> = z.lazy(() =>
  z.union([
    ...leaves,
    z.strictObject({ all: z.array(segmentRule).max(50) }),
    z.strictObject({ any: z.array(segmentRule).max(50) }),
    z.strictObject({ not: segmentRule }),
  ]),
)
