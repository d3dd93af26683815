import { z } from 'zod'
import { segmentRule } from '#graph/segment-rule.ts'
import { hashOf } from '#kernel/crypto.ts'
import { draftBodySchema } from '#rag/draft.ts'
import { textChannels } from '../channel.ts'
import { clockTime, hash, key, occasion, weekdays, whose, word } from './terms.ts'

const way = key.nullable()
const next = way.optional().describe('The step that follows; the one below when it is left out, the end of the journey when it is null') // prettier-ignore
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
    otherwise: way.optional().describe('With forEvent: where those go who did not do it in time; null is the end'),
  })
  .refine(
    (step) => [step.minutes, step.until, step.untilDate, step.forEvent].filter((one) => one !== undefined).length === 1,
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
        to: way,
      }),
    )
    .min(1)
    .max(20)
    .describe('The first rule that selects the person decides; null leads to the end of the journey'),
  otherwise: way
    .optional()
    .describe('Where everybody else goes; the following step when it is left out, the end when it is null'),
})

const splitStep = z.strictObject({
  key,
  kind: z.literal('split'),
  arms: z
    .array(z.strictObject({ name: key, weight: z.int().min(1).max(1_000), to: way }))
    .min(2)
    .max(20)
    .refine((arms) => new Set(arms.map((arm) => arm.name)).size === arms.length, 'the names of the arms must differ')
    .describe('Drawn by their weights; null leads to the end of the journey'),
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
