import { isPolicy, type Actor, type Approver, type Refused } from '#governance/access.ts'
import { approveRelease, decisionsOn, withdrawApproval } from '#governance/approvals.ts'
import { createRelease } from '#governance/releases.ts'
import type { ReleasePins } from '#governance/release.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import { resumeDraft } from '#rag/agent/run.ts'
import { draftAuthors, type Draft } from '#rag/drafts.ts'

export type WordDeps = { db: Db; clock: Clock; agent: AgentDeps }

/** A yes to a draft, for exactly the text that was read. */
export type Yes = { draftId: DraftId; contentHash: Hash; by: Approver; note?: string }

/** The release of a draft, by whoever asked for it; whoever wrote or edited it is its author, too. */
export async function releaseOf(
  deps: WordDeps,
  draft: Draft,
  release: { name: string; pins: ReleasePins; definition: unknown },
): Promise<Hash> {
  const [by, ...authors] = await draftAuthors(deps.db, draft)
  return createRelease(deps, { ...release, by: by as Actor, authors: authors as Actor[] })
}

/**
 * Approves a release and takes the word into the thread of its draft. Said again, it finds what stands already; where the
 * thread does not take it, the approval is taken back.
 */
export async function takeWord(
  deps: WordDeps,
  draft: Draft,
  { releaseHash, ...yes }: Yes & { releaseHash: Hash },
): Promise<{ kind: 'taken' } | Refused> {
  if (!(await undecided(deps.db, draft, releaseHash))) {
    const why = `The draft is ${draft.state}, and its approval does not stand: start a new one from its brief`
    return { kind: 'refused', rule: 'decided', why }
  }
  const word = await approveRelease(deps, { releaseHash, by: yes.by, ...(yes.note ? { note: yes.note } : {}) })
  if (word.kind === 'refused') return word
  const unattended = isPolicy(yes.by)
  const taken = await resumeDraft(deps.agent, { ...yes, decision: 'approved', approvalId: word.approvalId, unattended })
  if (taken.kind === 'busy') {
    return { kind: 'refused', rule: 'busy', why: 'Somebody else is deciding on this draft: look again in a moment' }
  }
  if (taken.kind === 'refused') {
    await withdrawApproval(deps, { releaseHash, by: 'millrace', note: taken.why })
    return taken
  }
  return { kind: 'taken' }
}

/** Whether a yes may still count: the draft waits, or the yes that was given to it stands (and is being finished). */
async function undecided(db: Db, draft: Draft, releaseHash: Hash): Promise<boolean> {
  if (draft.state === 'waiting') return true
  const [standing] = await decisionsOn(db, releaseHash)
  return draft.state === 'approved' && standing?.decision === 'approved' && standing.id === draft.approvalId
}

/** One release name a draft: the words of its segment and the end of its id. */
export function releaseNameOf(draft: Draft): string {
  const words = draft.brief.segment.name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `${words.slice(0, 40) || 'campaign'}-${draft.id.slice(-6)}`
}
