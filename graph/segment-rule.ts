import { z } from 'zod'

const days = z.int().min(1).max(36_500)
const times = z.int().min(1).default(1)
const word = z.string().min(1).max(200)

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
    did: z.strictObject({ event: word, atLeast: times, withinDays: days.optional() }).describe('Events of this kind'),
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
