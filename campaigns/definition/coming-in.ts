import { z } from 'zod'
import { segmentRule } from '#graph/segment-rule.ts'
import { clockTime, occasion, whose, word } from './terms.ts'

/** A date of a person. */
const dateOf = z.union([
  z.enum(['born', 'customer-since']).describe('Of what is known of the person'),
  z
    .strictObject({ event: word, property: word.optional() })
    .describe('Of their newest event of a kind: the date that a property of it says, or the day it happened'),
])
export type DateOf = z.infer<typeof dateOf>

/** How people come in. Left out: whom the audience selects when the campaign starts. The audience's rule always holds. */
export const entry = z.union([
  z.strictObject({ onEntry: word.describe('Who newly comes into this saved segment') }),
  z.strictObject({
    becomes: segmentRule.describe('Who newly fits this rule: a stage of life, a score, anything known'),
  }),
  z.strictObject({ onEvent: occasion.describe('Whoever does this') }),
  z.strictObject({
    onDate: z
      .strictObject({
        property: dateOf,
        once: z.literal(true).optional().describe('On that very day alone, such as a renewal; each year when left out'),
        offsetDays: z.int().min(-180).max(180).describe('So many days later; earlier when negative'),
        time: clockTime,
        zone: whose,
      })
      .refine(
        ({ property, once }) => once === undefined || typeof property === 'object',
        '`once` belongs to the date of an event',
      ),
  }),
  z.strictObject({
    byList: z.literal(true).describe('Only who is put in by hand or by a program'),
    properties: z
      .record(z.string().regex(/^[a-z][a-z_]{0,40}$/, 'must be lower-case letters and underscores'), word)
      .optional()
      .describe('What a program must say of each person, with an example: a slot {{ person.NAME }} shows it'),
  }),
])
export type Entry = z.infer<typeof entry>

/** Who ended may come again. */
export const reentry = z.strictObject({
  afterDays: z.int().min(1).max(3_650).describe('Days since they last came in'),
  most: z.int().min(2).max(1_000).describe('How often in all'),
})

/** People who come in and are sent nothing, so that what the campaign brings can be told. */
export const holdout = z.strictObject({
  share: z.number().min(0.001).max(0.5).describe('Of all who come in, such as 0.05'),
})
