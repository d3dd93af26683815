import { z } from 'zod'
import type { Hash } from '#kernel/ids.ts'

export const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is no content hash')
  .transform((text) => text as Hash)
export const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00')
export const weekdays = z.array(z.int().min(1).max(7)).min(1).describe('1 = Monday … 7 = Sunday')
export const word = z.string().min(1).max(200)

/** Something a person does. Of messages (`message_opened`, …) only those of this campaign count, and never a machine's. */
export const occasion = z.strictObject({
  event: word.describe('The kind of the event, such as order_paid or message_clicked'),
  where: z
    .record(word, z.union([word, z.number(), z.boolean()]))
    .optional()
    .describe('Properties the event must have'),
})
export type Occasion = z.infer<typeof occasion>

/** Whose clock a time of day is read on: the person's where it is known, else the business's. */
export const whose = z.enum(['person', 'business']).describe('Whose clock: the person’s zone where it is known')
