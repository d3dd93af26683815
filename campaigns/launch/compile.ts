import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, register } from '#kernel/versions.ts'
import type { SegmentRule } from '#graph/segment-rule.ts'
import type { ReleasePins } from '#governance/release.ts'
import type { DraftBody, Finding } from '#rag/draft.ts'
import type { RolloutPlan } from '../canary/plan.ts'
import type { ChannelName } from '../channel.ts'
import {
  campaignDefinition,
  copiesOf,
  defaultLimits,
  type CampaignDefinition,
  type Limits,
  type Sender,
} from '../definition.ts'
import { problemLines, problemsOf } from '../definition/soundness.ts'
import { letter, letterName, type Layout } from '../render/layout.ts'
import { ContentError } from '../render/slots.ts'
import { compileText } from '../render/text.ts'
import { compileVariant } from '../render/variant.ts'
import { inDefinition, type TriedContents } from './tried.ts'
import { isText } from '../render/variants.ts'

/** What of a draft goes into a campaign. */
export type CompilableDraft = {
  brief: { goal: string; segment: { name: string; rule: SegmentRule } }
  body: DraftBody
  findings: readonly Finding[]
  guardrailHash: Hash | null
}

/** What the marketer chose beside the draft. `waits` stand before each later content of a sequence, in minutes. */
export type CampaignChoices = {
  name: string
  sender: Sender
  limits?: Partial<Limits>
  startAt?: Date
  /** The stages it goes out by; to everybody at once when left out. */
  rollout?: RolloutPlan
  /** By what it is sent; by e-mail when left out. */
  channel?: ChannelName
  later?: readonly { waitMinutes: number; body: DraftBody }[]
  /** Other contents of the first step, to be tried against the draft. */
  tried?: TriedContents
}

export type Compiled =
  | { kind: 'compiled'; definition: CampaignDefinition; pins: ReleasePins }
  | { kind: 'blocked'; rule: 'guardrails' | 'content' | 'definition'; why: string }

/**
 * Compiles a draft into a campaign definition and the pins of its release: everything a send depends on, by value or
 * hash, ready for `createRelease`. The content is rendered once here, so that what is approved can be sent.
 */
export async function compileDraft(
  deps: { db: Db; clock: Clock },
  draft: CompilableDraft,
  choices: CampaignChoices,
): Promise<Compiled> {
  const findings = [draft, ...(choices.tried?.others ?? [])].flatMap((one) => one.findings)
  const blocking = findings.filter((finding) => finding.verdict === 'block')
  if (blocking.length > 0)
    return { kind: 'blocked', rule: 'guardrails', why: blocking.map(({ why }) => why).join('; ') }
  const { segment, goal } = draft.brief
  const versionHash = await register(deps.db, { clock: deps.clock, by: 'millrace' }, 'segment', segment.name, {
    rule: segment.rule,
  })
  const template = await liveTemplate(deps)
  const tried = choices.tried && inDefinition(choices.tried)
  const [first, ...rest] = journeyOf(choices.channel ?? 'email', draft.body, choices.later ?? [])
  const parsed = campaignDefinition.safeParse({
    name: choices.name,
    goal,
    audience: { segment: segment.name, rule: segment.rule, versionHash },
    journey: [tried ? { ...first, experiment: tried.experiment } : first, ...rest],
    ...(tried ? { goalReachedBy: tried.goalReachedBy } : {}),
    ...(choices.rollout ? { rollout: choices.rollout } : {}),
    limits: { ...defaultLimits, ...choices.limits },
    sender: choices.sender,
    startAt: choices.startAt?.toISOString() ?? null,
    templateHash: template.hash,
    guardrailHash: draft.guardrailHash,
  })
  if (!parsed.success) {
    const why = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    return { kind: 'blocked', rule: 'definition', why }
  }
  const problems = problemLines(problemsOf(parsed.data))
  if (problems.length > 0) return { kind: 'blocked', rule: 'definition', why: problems.join('; ') }
  const problem = await contentProblem(parsed.data, template.layout)
  if (problem !== null) return { kind: 'blocked', rule: 'content', why: problem }
  return { kind: 'compiled', definition: parsed.data, pins: pinsOf(parsed.data) }
}

function journeyOf(
  channel: ChannelName,
  first: DraftBody,
  later: readonly { waitMinutes: number; body: DraftBody }[],
): Record<string, unknown>[] {
  const rest = later.flatMap(({ waitMinutes, body }, index) => [
    { key: `wait-${index + 1}`, kind: 'wait', minutes: waitMinutes },
    sendOf(channel, body, index + 2),
  ])
  return [sendOf(channel, first, 1), ...rest]
}

const sendOf = (channel: ChannelName, body: DraftBody, place: number) => ({
  key: `${channel === 'email' ? 'mail' : channel}-${place}`,
  kind: 'send',
  channel,
  contentHash: hashOf(body),
  content: body,
})

/** The live layout; the house's own is registered when none was ever made live. */
export async function liveTemplate(deps: { db: Db; clock: Clock }): Promise<{ hash: Hash; layout: Layout }> {
  const live = await liveVersion<Layout>(deps.db, 'template', letterName)
  if (live) return { hash: live.hash, layout: live.body }
  const hash = await register(deps.db, { clock: deps.clock, by: 'millrace' }, 'template', letterName, letter)
  return { hash, layout: letter }
}

/** Several times what Gmail shows of a message (102 KB of HTML). */
const largestContent = 256 * 1024

export async function contentProblem(definition: CampaignDefinition, layout: Layout): Promise<string | null> {
  try {
    for (const step of copiesOf(definition)) {
      // Asked before anything is compiled: what is far too large would keep everybody waiting.
      const size = Buffer.byteLength(JSON.stringify(step.content))
      if (size > largestContent) return `The content of step “${step.key}” has ${Math.ceil(size / 1024)} KB: no message may have more than ${largestContent / 1024}. Shorten it` // prettier-ignore
      if (isText(step)) compileText(step, definition.sender)
      else await compileVariant(step.content, layout, definition.sender)
    }
    return null
  } catch (fault) {
    if (fault instanceof ContentError) return fault.message
    throw fault
  }
}

export function pinsOf(definition: CampaignDefinition): ReleasePins {
  const contents = copiesOf(definition).map(({ contentHash }) => contentHash)
  return {
    contentHash: contents.length === 1 ? contents[0]! : hashOf(contents),
    contentHashes: contents,
    templateHash: definition.templateHash,
    guardrailHash: definition.guardrailHash,
    audience: definition.audience,
    limits: definition.limits,
    sender: definition.sender,
    channel: [...new Set(copiesOf(definition).map(({ channel }) => channel))].join(', '),
  }
}
