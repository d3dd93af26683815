import { z } from 'zod'
import { segmentRule } from '#graph/segment-rule.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { draftBodySchema } from '#rag/draft.ts'

const hash = z.custom<Hash>((value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), 'is no content hash')
const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00')
const oneLine = z.string().regex(/^[^\p{Cc}\p{Co}]*$/u, 'must be one line')

const sendStep = z.strictObject({
  key,
  kind: z.literal('send'),
  channel: z.literal('email'),
  contentHash: hash.describe('Of `content`: what the approver read'),
  content: draftBodySchema,
})
const waitStep = z.strictObject({ key, kind: z.literal('wait'), minutes: z.int().min(1).max(525_600) })
const journey = z
  .array(z.discriminatedUnion('kind', [sendStep, waitStep]))
  .min(1)
  .max(50)
  .refine((steps) => new Set(steps.map((step) => step.key)).size === steps.length, 'step keys must differ')
  .refine((steps) => steps.at(-1)?.kind === 'send', 'the last step must be a send')
  .refine(
    (steps) => steps.every((step) => step.kind !== 'send' || hashOf(step.content) === step.contentHash),
    'contentHash is not the hash of content',
  )

/** When messages may leave: between two times of a day, in the person's zone, or the business's where none is known. */
const window = z
  .strictObject({ from: clockTime, to: clockTime, days: z.array(z.int().min(1).max(7)).min(1).optional() })
  .refine((given) => given.from < given.to, '`from` must be before `to`')
  .describe('days: 1 = Monday … 7 = Sunday; all when absent')

const limits = z.strictObject({
  dailyCap: z.int().min(1).nullable().describe('Most messages of this campaign in a day of the business zone'),
  perPersonPerWeek: z.int().min(1).nullable().describe('Most messages of any campaign to one person in seven days'),
  window: window.nullable(),
  expireAfterHours: z.int().min(1).describe('A message that could not leave within this time of its step is not sent'),
})

/** Who the message is from, and the postal address its footer must carry. */
const sender = z.strictObject({
  from: z.strictObject({ name: oneLine.min(1).max(100), address: z.email() }),
  replyTo: z.email().nullable(),
  businessName: oneLine.min(1).max(200),
  postalAddress: oneLine.min(1, 'is required in every commercial message: set BUSINESS_ADDRESS').max(400),
})

/** Everything a campaign is. The approval binds to the hash of the release that holds it. */
export const campaignDefinition = z.strictObject({
  name: key,
  goal: z.string().min(1).max(500),
  audience: z.strictObject({ segment: z.string().min(1), rule: segmentRule, versionHash: hash }),
  journey,
  limits,
  sender,
  startAt: z.iso.datetime().nullable().describe('Nothing leaves before this instant'),
  templateHash: hash,
  guardrailHash: hash.nullable(),
})
export type CampaignDefinition = z.infer<typeof campaignDefinition>
export type SendStep = z.infer<typeof sendStep>
export type SendingWindow = z.infer<typeof window>
export type Limits = z.infer<typeof limits>
export type Sender = z.infer<typeof sender>

export const defaultLimits: Limits = { dailyCap: null, perPersonPerWeek: null, window: null, expireAfterHours: 72 }

/** A send and the waits before it, in milliseconds, counted from the settling of the send before. */
export type TimedSend = { step: SendStep; afterMs: number }

/** The sends of a journey in order, each with the waits that stand before it. */
export function sendsOf(definition: Pick<CampaignDefinition, 'journey'>): TimedSend[] {
  const sends: TimedSend[] = []
  let afterMs = 0
  for (const step of definition.journey) {
    if (step.kind === 'wait') {
      afterMs += step.minutes * 60_000
    } else {
      sends.push({ step, afterMs })
      afterMs = 0
    }
  }
  return sends
}

/** The send of that key, or null: a release that lacks it holds the people who stand there. */
export const sendByKey = (definition: CampaignDefinition, stepKey: string): SendStep | null =>
  sendsOf(definition).find(({ step }) => step.key === stepKey)?.step ?? null

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
