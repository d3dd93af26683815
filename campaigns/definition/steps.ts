import { z } from 'zod'
import { segmentRule } from '#graph/segment-rule.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { draftBodySchema } from '#rag/draft.ts'

export const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is no content hash')
  .transform((text) => text as Hash)
export const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00')
export const weekdays = z.array(z.int().min(1).max(7)).min(1).describe('1 = Monday … 7 = Sunday')
const word = z.string().min(1).max(200)

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
const whose = z.enum(['person', 'business']).describe('Whose clock: the person’s zone where it is known')
const next = key.optional().describe('The step that follows; the one below when it is left out')
const minutes = z.int().min(1).max(525_600)

const sendStep = z
  .strictObject({
    key,
    kind: z.literal('send'),
    next,
    channel: z.literal('email'),
    contentHash: hash.describe('Of `content`: what the approver read'),
    content: draftBodySchema,
  })
  .refine((step) => hashOf(step.content) === step.contentHash, 'contentHash is not the hash of content')

const waitStep = z
  .strictObject({
    key,
    kind: z.literal('wait'),
    next,
    minutes: minutes.optional().describe('A stretch of time'),
    until: z
      .strictObject({ time: clockTime, days: weekdays.optional(), zone: whose })
      .optional()
      .describe('The next time that clocks show this'),
    untilDate: z.iso.datetime({ offset: true }).optional().describe('An instant; who comes later goes straight on'),
    forEvent: occasion.extend({ withinMinutes: minutes }).optional().describe('Until the person does this'),
    otherwise: key.optional().describe('With forEvent: where those go who did not do it in time'),
  })
  .refine(
    (step) => [step.minutes, step.until, step.untilDate, step.forEvent].filter((way) => way !== undefined).length === 1,
    'a wait says exactly one of minutes, until, untilDate and forEvent',
  )
  .refine((step) => step.otherwise === undefined || step.forEvent !== undefined, '`otherwise` belongs to `forEvent`')

const branchStep = z.strictObject({
  key,
  kind: z.literal('branch'),
  next,
  when: z
    .array(z.strictObject({ if: segmentRule, to: key }))
    .min(1)
    .max(20)
    .describe('The first rule that selects the person decides'),
  otherwise: key.optional().describe('Where everybody else goes; the following step when it is left out'),
})

const splitStep = z.strictObject({
  key,
  kind: z.literal('split'),
  arms: z
    .array(z.strictObject({ name: key, weight: z.int().min(1).max(1_000), to: key }))
    .min(2)
    .max(20)
    .refine((arms) => new Set(arms.map((arm) => arm.name)).size === arms.length, 'the names of the arms must differ'),
})

const exitStep = z.strictObject({ key, kind: z.literal('exit'), reason: z.string().min(1).max(200) })

export const journey = z
  .array(z.discriminatedUnion('kind', [sendStep, waitStep, branchStep, splitStep, exitStep]))
  .min(1)
  .max(50)
  .refine((steps) => new Set(steps.map((step) => step.key)).size === steps.length, 'step keys must differ')

export type Journey = z.infer<typeof journey>
export type Step = Journey[number]
export type SendStep = z.infer<typeof sendStep>
export type WaitStep = z.infer<typeof waitStep>
export type BranchStep = z.infer<typeof branchStep>
export type SplitStep = z.infer<typeof splitStep>

/** How people come in. Left out: whom the audience selects when the campaign starts. The audience's rule always holds. */
export const entry = z.union([
  z.strictObject({ onEntry: word.describe('Who newly comes into this saved segment') }),
  z.strictObject({ onEvent: occasion.describe('Whoever does this') }),
  z.strictObject({
    onDate: z.strictObject({
      property: z.enum(['born', 'customer-since']).describe('Each year on this day of the person'),
      offsetDays: z.int().min(-180).max(180).describe('So many days later; earlier when negative'),
      time: clockTime,
      zone: whose,
    }),
  }),
  z.strictObject({ byList: z.literal(true).describe('Only who is put in by hand or by a program') }),
])
export type Entry = z.infer<typeof entry>

/** Who ended may come again. */
export const reentry = z.strictObject({
  afterDays: z.int().min(1).max(3_650).describe('Days since they last came in'),
  most: z.int().min(2).max(1_000).describe('How often in all'),
})

/** What a campaign is for, as it can be counted. Who reaches it leaves the journey. */
export const goalReachedBy = occasion.extend({
  withinDays: z.int().min(1).max(365).describe('Counted from when the person came in'),
})

/** When the campaign itself is over: whichever comes first. */
export const ends = z
  .strictObject({
    at: z.iso.datetime({ offset: true }).optional(),
    goals: z.int().min(1).optional().describe('After so many people reached the goal'),
    sends: z.int().min(1).optional().describe('After so many messages'),
  })
  .refine((given) => Object.keys(given).length > 0, 'says when: at, goals or sends')
