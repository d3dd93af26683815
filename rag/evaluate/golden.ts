import { z } from 'zod'
import { formNames } from '../forms.ts'
import { ideaNames } from '../ideas.ts'

/** A brief whose good draft is known: what it must rest on, and what it must never say. */
export const goldenBriefSchema = z.strictObject({
  id: z.string().min(1).max(80),
  segment: z.strictObject({ name: z.string().min(1), description: z.string().optional() }),
  sentence: z.string().min(1).max(500),
  channel: z.enum(formNames).default('email'),
  idea: z.enum(ideaNames).optional(),
  /** How many people it would go to: the router weighs it. */
  audience: z.int().min(0).default(0),
  expects: z.strictObject({
    /** Each is met by a cited fact or passage whose subject, predicate, title or text has all of its words. */
    cites: z.array(z.string().min(1)).default([]),
    never: z.array(z.string().min(1)).default([]),
  }),
})
export const goldenBriefsSchema = z.array(goldenBriefSchema).min(1).max(500)
export type GoldenBrief = z.infer<typeof goldenBriefSchema>
