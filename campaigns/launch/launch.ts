import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { segmentRule } from '#graph/segment-rule.ts'
import { isPolicy, type Approver } from '#governance/access.ts'
import { approved } from '#governance/approvals.ts'
import { releaseCampaign, releaseHistory } from '#governance/releases.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import { draftById, type Draft } from '#rag/drafts.ts'
import { forms, type FormName } from '#rag/forms.ts'
import { audienceRefusal } from './audience-size.ts'
import type { PersonCaps } from '../delivery/caps.ts'
import type { ChannelName } from '../channel.ts'
import { checkLaunch } from '../content/check-messages.ts'
import { compileDraft, type CompilableDraft } from './compile.ts'
import type { Limits, Sender } from '../definition.ts'
import type { PreflightSettings } from '../deliverability/point.ts'
import { refusedByPreflight } from '../deliverability/preflight.ts'
import { limitsOfDraft } from './draft-limits.ts'
import { senderNow } from '../way-out/live.ts'
import { planRelease, type Members, type PlanReport } from '../journeys/enrol.ts'
import { channelOfForm } from '../render/text.ts'
import { evidenceOf, triedContents, type Beside } from './tried.ts'
import { releaseNameOf, releaseOf, takeWord, type Yes } from '../content/word.ts'

export type LaunchSettings = {
  db: Db
  clock: Clock
  agent: AgentDeps
  members: Members
  /** Who messages are from; null where the settings name no sender or postal address. */
  sender: Sender | null
  limits: Partial<Limits>
  /** What one person gets at most of all campaigns, whatever one says: rehearsals ask it, as the claim does. */
  houseCaps?: PersonCaps
  /** By what this house can send; e-mail alone when left out. */
  channels?: readonly ChannelName[]
  /** What the first send of a campaign is asked by. */
  preflight: PreflightSettings
}

/** The channel that a form of copy would be sent by in this house, or null: then it is approved to be published. */
export function sentBy({ channels = ['email'] }: Pick<LaunchSettings, 'channels'>, form: FormName): ChannelName | null {
  const channel = channelOfForm(form)
  return channel !== null && channels.includes(channel) ? channel : null
}

export type Launched =
  | { kind: 'launched'; campaign: string; releaseHash: Hash; plan: PlanReport }
  | { kind: 'refused'; rule: string; why: string }

/**
 * A person's yes at the desk, or that of a policy they delegated to, from the draft to the plan: compile, release,
 * approve, take the word into the draft's thread, make the release live, enrol its audience. What a killed process left
 * undone is done by saying yes again: every step finds what stands already.
 * @param input.contentHash what the person saw; the word does not count for anything else
 * @param beside other drafts that are tried against this one, in the same campaign
 */
export async function launchDraft(deps: LaunchSettings, input: Yes, beside?: Beside): Promise<Launched> {
  const draft = await draftById(deps.db, input.draftId)
  if (!draft) return refused('unknown', 'There is no such draft')
  const { words } = forms[draft.brief.channel]
  const channel = sentBy(deps, draft.brief.channel)
  if (channel === null) return refused('form', `Nothing sends a ${words} yet: approve it as copy`)
  const compilable = readable(draft, input.contentHash)
  if (compilable.kind === 'refused') return compilable
  const sender = await senderNow(deps.db, deps.sender)
  if (!sender) return refused('no-sender', 'Set MAIL_FROM and BUSINESS_ADDRESS: every message must say who sends it')
  const campaign = draft.brief.campaign ?? releaseNameOf(draft)
  const { limits, startAt, rollout, seen } = await limitsOfDraft(deps, draft)
  if (input.limits !== undefined && input.limits !== seen)
    return refused('changed', 'Its caps, window or start were changed since: read them again')
  const compiled = await compileDraft(deps, compilable.draft, {
    name: campaign,
    sender,
    channel,
    limits,
    ...(startAt === null ? {} : { startAt }),
    ...(rollout === null ? {} : { rollout }),
    ...(beside ? { tried: triedContents(draft, beside) } : {}),
  })
  if (compiled.kind === 'blocked') return refused(compiled.rule, compiled.why)
  const { definition, pins } = compiled
  const releaseHash = await releaseOf(deps, draft, { name: campaign, pins, definition }, beside?.drafts)
  const checked = await checkLaunch(deps, definition, evidenceOf([draft, ...(beside?.drafts ?? [])]))
  if (checked.kind === 'unsound') return refused('messages', checked.why)
  const against = await refusedByPreflight(deps, definition)
  if (against) return against
  const size = await audienceRefusal(deps, definition, input.people)
  if (size) return size
  const word = await takeWord(deps, draft, { ...input, releaseHash })
  if (word.kind === 'refused') return word
  return goLive(deps, { campaign, releaseHash, by: input.by })
}

/**
 * Makes an approved release live and lets its audience in; what stands already is found. That the audience was let in to
 * the last is written down: what broke off before goes on by that (`finish-launches.ts`).
 */
export async function goLive(
  deps: LaunchSettings,
  input: { campaign: string; releaseHash: Hash; by: Approver },
): Promise<Launched> {
  const { campaign, releaseHash, by } = input
  const moves = await releaseHistory(deps.db, campaign)
  if (!moves.some((move) => move.hash === releaseHash)) {
    const reason = isPolicy(by) ? 'approved by what was delegated' : 'approved at the desk'
    const released = await releaseCampaign(deps, { hash: releaseHash, by, reason })
    if (released.kind === 'refused') return released
  }
  const release = await approved(deps.db, releaseHash)
  if (!release) return refused('not-approved', 'The approval was taken back meanwhile')
  const plan = await planRelease(deps, release)
  const entry = { actor: 'millrace', action: 'release.planned', subject: releaseHash, detail: plan }
  await deps.db.transaction((tx) => appendAudit(tx, deps.clock, entry))
  return { kind: 'launched', campaign, releaseHash, plan }
}

function readable(
  draft: Draft,
  contentHash: Hash,
): { kind: 'readable'; draft: CompilableDraft } | Extract<Launched, { kind: 'refused' }> {
  if (!draft.body || draft.contentHash !== contentHash)
    return refused('changed', 'The draft was edited since: read it again')
  const { brief, body, findings, guardrailHash } = draft
  const rule = segmentRule.safeParse(brief.segment.rule)
  if (!rule.success)
    return refused('segment', `The rule of the segment "${brief.segment.name}" cannot be read: choose another segment`)
  return {
    kind: 'readable',
    draft: {
      brief: { goal: brief.sentence, segment: { name: brief.segment.name, rule: rule.data } },
      body,
      findings,
      guardrailHash,
    },
  }
}

const refused = (rule: string, why: string): Extract<Launched, { kind: 'refused' }> => ({ kind: 'refused', rule, why })
