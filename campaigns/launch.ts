import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DraftId, Hash, UserId } from '#kernel/ids.ts'
import { segmentRule } from '#graph/segment-rule.ts'
import type { Actor } from '#governance/access.ts'
import { approved, approveRelease, decisionsOn, withdrawApproval } from '#governance/approvals.ts'
import { createRelease, releaseCampaign, releaseHistory } from '#governance/releases.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import { resumeDraft } from '#rag/agent/run.ts'
import { draftAuthors, draftById, type Draft } from '#rag/drafts.ts'
import { compileDraft, type CompilableDraft } from './compile.ts'
import type { Limits, Sender } from './definition.ts'
import { planRelease, type Members, type PlanReport } from './enrol.ts'

export type LaunchSettings = {
  db: Db
  clock: Clock
  agent: AgentDeps
  members: Members
  /** Who messages are from; null where the settings name no sender or postal address. */
  sender: Sender | null
  limits: Partial<Limits>
}

export type Launched =
  | { kind: 'launched'; campaign: string; releaseHash: Hash; plan: PlanReport }
  | { kind: 'refused'; rule: string; why: string }

/**
 * A person's yes at the desk, from the draft to the plan: compile, release, approve, take the word into the draft's
 * thread, make the release live, enrol its audience. What a killed process left undone is done by saying yes again:
 * every step finds what stands already.
 * @param input.contentHash what the person saw; the word does not count for anything else
 */
export async function launchDraft(
  deps: LaunchSettings,
  input: { draftId: DraftId; contentHash: Hash; by: UserId; note?: string },
): Promise<Launched> {
  const draft = await draftById(deps.db, input.draftId)
  if (!draft) return refused('unknown', 'There is no such draft')
  const compilable = readable(draft, input.contentHash)
  if (compilable.kind === 'refused') return compilable
  if (!deps.sender)
    return refused('no-sender', 'Set MAIL_FROM and BUSINESS_ADDRESS: every message must say who sends it')
  const campaign = campaignName(draft)
  const compiled = await compileDraft(deps, compilable.draft, {
    name: campaign,
    sender: deps.sender,
    limits: deps.limits,
  })
  if (compiled.kind === 'blocked') return refused(compiled.rule, compiled.why)
  const { definition, pins } = compiled
  const [by, ...authors] = await draftAuthors(deps.db, draft)
  const releaseHash = await createRelease(deps, {
    name: campaign,
    pins,
    definition,
    by: by as Actor,
    authors: authors as Actor[],
  })
  if (!(await undecided(deps.db, draft, releaseHash))) {
    return refused(
      'decided',
      `The draft is ${draft.state}, and its approval does not stand: start a new one from its brief`,
    )
  }
  const word = await approveRelease(deps, { releaseHash, by: input.by, ...(input.note ? { note: input.note } : {}) })
  if (word.kind === 'refused') return word
  const taken = await resumeDraft(deps.agent, { ...input, decision: 'approved', approvalId: word.approvalId })
  if (taken.kind === 'busy') return refused('busy', 'Somebody else is deciding on this draft: look again in a moment')
  if (taken.kind === 'refused') {
    await withdrawApproval(deps, { releaseHash, by: 'millrace', note: taken.why })
    return taken
  }
  return goLive(deps, { campaign, releaseHash, by: input.by })
}

async function goLive(
  deps: LaunchSettings,
  input: { campaign: string; releaseHash: Hash; by: UserId },
): Promise<Launched> {
  const { campaign, releaseHash, by } = input
  const moves = await releaseHistory(deps.db, campaign)
  if (!moves.some((move) => move.hash === releaseHash)) {
    const released = await releaseCampaign(deps, { hash: releaseHash, by, reason: 'approved at the desk' })
    if (released.kind === 'refused') return released
  }
  const release = await approved(deps.db, releaseHash)
  if (!release) return refused('not-approved', 'The approval was taken back meanwhile')
  return { kind: 'launched', campaign, releaseHash, plan: await planRelease(deps, release) }
}

/** Whether a yes may still count: the draft waits, or the yes that was given to it stands (and is being finished). */
async function undecided(db: Db, draft: Draft, releaseHash: Hash): Promise<boolean> {
  if (draft.state === 'waiting') return true
  const [standing] = await decisionsOn(db, releaseHash)
  return draft.state === 'approved' && standing?.decision === 'approved' && standing.id === draft.approvalId
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

/** One campaign a draft: the words of its segment and the end of its id. */
function campaignName(draft: Draft): string {
  const words = draft.brief.segment.name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `${words.slice(0, 40) || 'campaign'}-${draft.id.slice(-6)}`
}

const refused = (rule: string, why: string): Extract<Launched, { kind: 'refused' }> => ({ kind: 'refused', rule, why })
