import { z } from 'zod'
import { segmentRule } from '#graph/segment-rule.ts'
import type { Purpose } from '#governance/consent.ts'
import type { Hash } from '#kernel/ids.ts'
import { rolloutPlan } from './canary/plan.ts'
import type { ChannelName } from './channel.ts'
import { entry, holdout, reentry } from './definition/coming-in.ts'
import { ends, goalReachedBy } from './definition/ends.ts'
import { journey, type SendStep } from './definition/steps.ts'
import { clockTime, hash, key, occasion, weekdays } from './definition/terms.ts'

export type { SendStep } from './definition/steps.ts'

const oneLine = z.string().regex(/^[^\p{Cc}\p{Co}]*$/u, 'must be one line')

const isTime = (text: string): boolean => clockTime.safeParse(text).success

/** When messages may leave: between two times of a day, wherever the person may be (see window.ts). */
const window = z
  .strictObject({ from: clockTime, to: clockTime, days: weekdays.optional() })
  .refine(({ from, to }) => from < to || !isTime(from) || !isTime(to), 'must open before it closes, within one day')
  .describe('All days when `days` is absent')

const limits = z.strictObject({
  dailyCap: z.int().min(1).nullable().describe('Most messages of this campaign in a day of the business zone'),
  perPersonPerDay: z.int().min(1).nullable().optional().describe('Most messages of any campaign, by any channel, to one person in 24 hours'), // prettier-ignore
  perPersonPerWeek: z.int().min(1).nullable().describe('Most messages of any campaign, by any channel, to one person in seven days'), // prettier-ignore
  window: window.nullable(),
  expireAfterHours: z.int().min(1).describe('A message that could not leave within this time of its step is not sent'),
  priority: z
    .int()
    .min(0)
    .max(9)
    .optional()
    .describe('The higher goes first where people may not have all; 5 when absent'),
})

/** Who the message is from, and the postal address its footer must carry. */
export const sender = z.strictObject({
  from: z.strictObject({ name: oneLine.min(1).max(100), address: z.email() }),
  replyTo: z.email().nullable(),
  businessName: oneLine.min(1).max(200),
  postalAddress: oneLine.min(1, 'is required in every commercial message: set BUSINESS_ADDRESS').max(400),
})

/** Everything a campaign is. The approval binds to the hash of the release that holds it. */
export const campaignDefinition = z.strictObject({
  name: key,
  goal: z.string().min(1).max(500),
  kind: z
    .enum(['marketing', 'transactional'])
    .optional()
    .describe(
      'Marketing when absent. Transactional: an answer to what its readers did or ordered, sent without consent to marketing, before it, and outside its hours',
    ),
  ifUnknown: z
    .enum(['leave', 'send-again'])
    .optional()
    .describe(
      'What becomes of a message of which nobody knows whether it arrived: left, when absent; or sent again once after an hour, which may be a second copy, of transactional ones alone',
    ),
  audience: z.strictObject({ segment: z.string().min(1), rule: segmentRule, versionHash: hash }),
  journey,
  enter: entry.optional(),
  reentry: reentry.optional(),
  goalReachedBy: goalReachedBy.optional(),
  exitOn: z.array(occasion).min(1).max(20).optional().describe('Who does one of these leaves, wherever they stand'),
  ends: ends.optional(),
  holdout: holdout.optional(),
  rollout: rolloutPlan.optional().describe('Stage by stage while its guards hold; to everybody at once when left out'),
  limits,
  sender,
  startAt: z.iso.datetime({ offset: true }).nullable().describe('Nothing leaves before this instant'),
  templateHash: hash,
  guardrailHash: hash.nullable(),
})
export type CampaignDefinition = z.infer<typeof campaignDefinition>
export type SendingWindow = z.infer<typeof window>
export type Limits = z.infer<typeof limits>
export type Sender = z.infer<typeof sender>

export const defaultLimits: Limits = { dailyCap: null, perPersonPerWeek: null, window: null, expireAfterHours: 72 }

/** What a campaign's messages are to their readers: whose consent they need. */
export const purposeOf = ({ kind = 'marketing' }: Pick<CampaignDefinition, 'kind'>): Purpose => kind

/** The sends of a journey, in the order they are written down. */
export const sendsOf = ({ journey: steps }: Pick<CampaignDefinition, 'journey'>): SendStep[] =>
  steps.filter((step) => step.kind === 'send')

/** The send of that key, or null: a release that lacks it holds the people who stand there. */
export const sendByKey = (definition: CampaignDefinition, stepKey: string): SendStep | null =>
  sendsOf(definition).find((step) => step.key === stepKey) ?? null

/** One piece of copy of a send: what its readers get by one channel. */
export type Copy = Pick<SendStep, 'key' | 'channel' | 'contentHash' | 'content'> & {
  /** Which of several contents that are tried; left out for a step's own. */
  arm?: string
}

/**
 * Every piece of copy of a journey: that of each send, what is tried beside it, and what stands in for it by other channels,
 * in order of preference.
 */
export const copiesOf = (definition: Pick<CampaignDefinition, 'journey'>): Copy[] =>
  sendsOf(definition).flatMap(({ experiment, ...step }) => [
    step,
    ...(experiment?.others ?? []).map(({ name, contentHash, content }) => ({
      ...step,
      contentHash,
      content,
      arm: name,
    })),
    ...(step.instead ?? []).map((copy) => ({ ...copy, key: step.key })),
  ])

/** The copy of a step for a channel, or null; of several that are tried that of an arm, or the step's own. */
export const copyFor = (
  definition: CampaignDefinition,
  stepKey: string,
  channel: string,
  arm?: string,
): Copy | null => {
  const copies = copiesOf(definition).filter((copy) => copy.key === stepKey && copy.channel === channel)
  return copies.find((copy) => copy.arm === arm) ?? copies[0] ?? null
}

/** By which channels a step is sent, the preferred first. */
export const channelsOf = ({ channel, instead = [] }: SendStep): ChannelName[] => [
  channel,
  ...instead.map((copy) => copy.channel),
]

/** Whether all of a campaign is e-mail: nobody's address is chosen by channel then. */
export const mailsOnly = (definition: Pick<CampaignDefinition, 'journey'>): boolean =>
  copiesOf(definition).every(({ channel }) => channel === 'email')

const read = new WeakMap<object, CampaignDefinition>()

/**
 * The definition a release holds. Throws when it is none: such a release was not made by `compileDraft`.
 */
export function definitionOf(release: { readonly hash: Hash; readonly definition: unknown }): CampaignDefinition {
  const known = read.get(release)
  if (known) return known
  const parsed = campaignDefinition.safeParse(release.definition)
  if (!parsed.success) {
    throw new Error(`Release ${release.hash.slice(0, 12)} holds no campaign: compile its draft again`, {
      cause: parsed.error,
    })
  }
  read.set(release, parsed.data)
  return parsed.data
}
