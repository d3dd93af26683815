import { z } from 'zod'
import { hashOf, sha256 } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'
import { segmentRule } from '#graph/segment-rule.ts'
import { formNames } from '#rag/forms.ts'
import { agentNames } from './declared.ts'
import type { Interaction, Versions } from './interactions.ts'

const hash = z.custom<Hash>((value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), 'is no content hash')
const name = z.string().min(1)

/** What of an agent's work a policy may decide on, and how much of it a person still sees. */
const scopeSchema = z.strictObject({
  forms: z.array(z.enum(formNames)).min(1),
  /** By name and rule: one whose rule was changed selects other people than were meant. */
  segments: z.array(z.strictObject({ name, ruleHash: hash })).min(1),
  mostPeople: z.int().min(1),
  /** What writing one may cost, in millionths of a US dollar. */
  mostCostMicroUsd: z.int().min(0),
  sampleShare: z.number().min(0.05).max(1),
})
export type Scope = z.infer<typeof scopeSchema>

/** What an owner delegated: a version of kind `delegation`. `models` are those whose work was reviewed. */
export const delegationSchema = z.strictObject({
  agent: z.enum(agentNames),
  versions: z.strictObject({
    prompt: hash.nullable(),
    guardrails: hash.nullable(),
    brand: hash.nullable(),
    router: hash.nullable(),
  }),
  models: z.array(name),
  scope: scopeSchema,
  from: z.iso.datetime(),
  until: z.iso.datetime(),
})
export type Delegation = z.infer<typeof delegationSchema>

/** What a person asks to be delegated, before it is read. Segments come with their rules. */
export const askedScopeSchema = scopeSchema
  .omit({ segments: true, sampleShare: true })
  .extend({
    segments: z.array(z.object({ name, rule: z.unknown() })).min(1, 'Name at least one segment'),
    forms: z.array(z.enum(formNames)).min(1, 'Name at least one form'),
    samplePercent: z.int().min(5, 'At least 5 % stay reviewed').max(100).default(10),
    days: z.int().min(1).max(365, 'A delegation lasts a year at most').default(30),
  })
  .strict()
export type AskedScope = z.input<typeof askedScopeSchema>

/** The same for a rule as somebody wrote it and as a release pins it: read, with what is left out filled in. */
export function ruleHash(rule: unknown): Hash {
  const read = segmentRule.safeParse(rule)
  return hashOf(read.success ? read.data : rule)
}

/** Whether an interaction is of the share that a person still sees: decided by its id alone, so that asking again changes nothing. */
export const isSampled = (id: string, share: number): boolean =>
  Number.parseInt(sha256(`reviewed/${id}`).slice(0, 8), 16) / 2 ** 32 < share

/**
 * Why a delegation does not cover an interaction, in words; null when it does. Pure; the sample comes last, so that
 * its share is of what would have been delegated.
 * @param people how many people the interaction's segment selects now
 */
export const notCovered = (given: Delegation, done: Interaction, people: number): string | null =>
  notDelegated(given, done, people) ??
  (isSampled(done.id, given.scope.sampleShare) ? 'It belongs to the share that a person still reviews' : null)

/** Whether an interaction waits for a person only because it is of the share that stays reviewed. */
export const isOfSample = (given: Delegation, done: Interaction): boolean =>
  isSampled(done.id, given.scope.sampleShare) && notDelegated(given, done, 0) === null

const notDelegated = (given: Delegation, done: Interaction, people: number): string | null =>
  outsideScope(given.scope, done, people) ?? otherVersions(given.versions, done.versions) ?? unreviewed(given, done)

function outsideScope(scope: Scope, done: Interaction, people: number): string | null {
  const { mostPeople, mostCostMicroUsd } = scope
  const elsewhere = notFor(scope, done)
  if (elsewhere !== null) return elsewhere
  if (people > mostPeople) return `It is for ${people} people, and at most ${mostPeople} were delegated`
  return done.costMicroUsd > mostCostMicroUsd ? 'It cost more to write than was delegated' : null
}

/** Why neither form nor readers of something are those of a scope, in words; null when they are. Pure. */
export function notFor(
  { forms, segments }: Pick<Scope, 'forms' | 'segments'>,
  done: { form: string; segment: { name: string; rule: unknown } },
): string | null {
  if (!forms.some((form) => form === done.form)) return 'Its form was not delegated'
  const segment = segments.find((one) => one.name === done.segment.name)
  if (!segment) return `The segment "${done.segment.name}" was not delegated`
  if (segment.ruleHash === ruleHash(done.segment.rule)) return null
  return `The segment "${segment.name}" selects others than it did`
}

/** What each of the versions is called. */
const called: Readonly<Record<keyof Versions, string>> = {
  prompt: 'The prompt is',
  guardrails: 'The guardrails are',
  brand: 'The brand is',
  router: 'The policy of the router is',
}

function otherVersions(reviewed: Versions, now: Versions): string | null {
  const keys = ['prompt', 'guardrails', 'brand', 'router'] as const
  const other = keys.find((key) => reviewed[key] !== now[key])
  return other ? `${called[other]} not what was reviewed: its first hundred are to be reviewed anew` : null
}

function unreviewed({ models }: Delegation, done: Interaction): string | null {
  if (done.model === null || !models.includes(done.model)) return 'Nothing of the model that wrote it was reviewed'
  if (done.edited) return 'A person had a hand in it'
  if (done.hasVariants) return 'It is one of several, of which a person picks'
  if (done.campaign !== null) return 'It would be the next version of a campaign that a person approved'
  if (done.objections === null) return 'The guardrails have not run on it'
  return done.objections > 0 ? 'A guardrail objects' : null
}
