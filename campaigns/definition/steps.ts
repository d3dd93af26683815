import { z } from 'zod'
import { segmentRule } from '#graph/segment-rule.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { isCurrency } from '#kernel/money.ts'
import { draftBodySchema } from '#rag/draft.ts'
import { textChannels } from '../channel.ts'

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

const copy = {
  channel: z.enum(['email', ...textChannels]),
  contentHash: hash.describe('Of `content`: what the approver read'),
  content: draftBodySchema,
}
const isHashed = ({ content, contentHash }: { content: unknown; contentHash: string }): boolean =>
  hashOf(content) === contentHash
const notHashed = 'contentHash is not the hash of content'

const weight = z.int().min(1).max(1_000)
const controlShare = z.number().min(0.05).max(0.9)

/** Several contents of one step: who is drawn to which stays with it. */
const experiment = z
  .strictObject({
    control: z.strictObject({ name: key, weight }).describe('The content of the step itself'),
    others: z
      .array(
        z
          .strictObject({ name: key, weight, contentHash: copy.contentHash, content: copy.content })
          .refine(isHashed, notHashed),
      )
      .min(1)
      .max(9),
    allocation: z.enum(['fixed', 'bandit']).describe('By the weights, or more and more to what does better'),
    everyMinutes: z
      .int()
      .min(15)
      .max(10_080)
      .optional()
      .describe('How often a bandit sets its shares; 60 when left out'),
  })
  .refine(
    ({ control, others }) => new Set([control.name, ...others.map((one) => one.name)]).size === others.length + 1,
    'the names of the contents must differ',
  )
  .refine(
    ({ allocation, everyMinutes }) => everyMinutes === undefined || allocation === 'bandit',
    '`everyMinutes` belongs to a bandit',
  )

const sendStep = z
  .strictObject({
    key,
    kind: z.literal('send'),
    next,
    ...copy,
    experiment: experiment.optional(),
    bestChannel: z
      .strictObject({ control: controlShare })
      .optional()
      .describe(
        'By the channel each answers best, then the others; a share of people, the control, in the order that is written down',
      ),
    instead: z
      .array(z.strictObject(copy).refine(isHashed, notHashed))
      .min(1)
      .max(3)
      .optional()
      .describe('What those get who cannot be reached by the channel before, in this order'),
  })
  .refine(isHashed, notHashed)
  .refine(
    ({ channel, instead = [] }) => new Set([channel, ...instead.map((one) => one.channel)]).size === instead.length + 1,
    'the channels of a step must differ',
  )

const waitStep = z
  .strictObject({
    key,
    kind: z.literal('wait'),
    next,
    minutes: minutes.optional().describe('A stretch of time'),
    until: z
      .strictObject({
        time: clockTime,
        days: weekdays.optional(),
        zone: whose,
        best: z
          .strictObject({ control: controlShare })
          .optional()
          .describe(
            'At the hour at which each answers best; a share of people, the control, at `time` as the others would',
          ),
      })
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
    .array(
      z.strictObject({
        segment: word
          .optional()
          .describe('A saved segment by its name; `if` is its rule, as it was when this was read'),
        versionHash: hash.optional().describe('Of the version of that segment'),
        if: segmentRule,
        to: key,
      }),
    )
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

/** What a campaign is for, as it can be counted. Who reaches it leaves the journey. */
export const goalReachedBy = occasion.extend({
  withinDays: z.int().min(1).max(365).describe('Counted from when the person came in'),
})

/** People who come in and are sent nothing, so that what the campaign brings can be told. */
export const holdout = z.strictObject({
  share: z.number().min(0.001).max(0.5).describe('Of all who come in, such as 0.05'),
})

const share = z.number().gt(0).lt(1).describe('0.02 is 2 %')

/** When the campaign itself is over: whichever comes first. */
export const ends = z
  .strictObject({
    at: z.iso.datetime({ offset: true }).optional(),
    goals: z.int().min(1).optional().describe('After so many people reached the goal'),
    sends: z.int().min(1).optional().describe('After so many messages'),
    decided: key
      .optional()
      .describe('The key of a split, or of a send that tries several contents: when it is clear which does best'),
    fatigue: z
      .strictObject({
        unsubscribed: share.optional(),
        complained: share.optional(),
        afterSends: z.int().min(1).describe('Messages before which a share says nothing'),
      })
      .refine(
        ({ unsubscribed, complained }) => (unsubscribed ?? complained) !== undefined,
        'says of what: unsubscribed, complained',
      )
      .optional()
      .describe('When more than this share of its messages tired their readers'),
    budget: z
      .strictObject({
        amountMinor: z.int().min(1).describe('In the smallest unit of the currency'),
        currency: z.string().refine(isCurrency, 'is no ISO 4217 currency, such as EUR'),
        perMessageMicro: z.int().min(0).describe('What a message costs, in millionths of the currency'),
      })
      .optional()
      .describe('When its messages, and the models that wrote them, cost so much'),
  })
  .refine((given) => Object.keys(given).length > 0, 'says when: at, goals, sends, decided, fatigue or budget')
