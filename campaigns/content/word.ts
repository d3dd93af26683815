import { isPolicy, type Actor, type Approver, type Refused } from '#governance/access.ts'
import { approveRelease, decisionsOn, withdrawApproval } from '#governance/approvals.ts'
import { createRelease } from '#governance/releases.ts'
import type { ReleasePins } from '#governance/release.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import { resumeDraft } from '#rag/agent/run.ts'
import { draftAuthors, draftById, leaseMs, type Draft } from '#rag/drafts.ts'

export type WordDeps = { db: Db; clock: Clock; agent: AgentDeps }

/**
 * A yes to a draft, for exactly the text that was read. `people`: how many it is for, typed where it is for everybody.
 * `limits`: those that were read (`DraftLimits.seen`), where they were shown.
 */
export type Yes = { draftId: DraftId; contentHash: Hash; by: Approver; note?: string; people?: number; limits?: Hash }

/** The release of a draft, with those that are tried beside it, by whoever asked for it; whoever wrote or edited one is its author, too. */
export async function releaseOf(
  deps: WordDeps,
  draft: Draft,
  release: { name: string; pins: ReleasePins; definition: unknown },
  beside: readonly Draft[] = [],
): Promise<Hash> {
  const [by, ...own] = await draftAuthors(deps.db, draft)
  const others = await Promise.all(beside.map((one) => draftAuthors(deps.db, one)))
  const authors = [...new Set([...own, ...others.flat()])].filter((author) => author !== by)
  return createRelease(deps, { ...release, by: by as Actor, authors: authors as Actor[] })
}

/**
 * Approves a release and takes the word into the thread of its draft. Said again, it finds what stands already; where the
 * thread does not take it, the approval is taken back. One at a time for each draft, so that no approval is taken back
 * that another counts on.
 */
export async function takeWord(
  deps: WordDeps,
  draft: Draft,
  yes: Yes & { releaseHash: Hash },
): Promise<{ kind: 'taken' } | Refused> {
  return (await underLease(deps, `word:${draft.id}`, leaseMs, () => takeAlone(deps, draft, yes))) ?? busy
}

/** Where another word on the same draft, or on a variant of it, is on its way. */
export const busy: Refused = {
  kind: 'refused',
  rule: 'busy',
  why: 'Somebody else is deciding on this draft: look again in a moment',
}

async function takeAlone(
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
  const { approvalId, isNew } = word
  const withdraw = (note: string) => withdrawApproval(deps, { releaseHash, by: 'millrace', note })
  try {
    const unattended = isPolicy(yes.by)
    const taken = await resumeDraft(deps.agent, { ...yes, decision: 'approved', approvalId, unattended })
    if (taken.kind === 'busy') {
      if (isNew) await withdraw(busy.why)
      return busy
    }
    if (taken.kind !== 'refused') return { kind: 'taken' }
    await withdraw(taken.why)
    return taken
  } catch (fault) {
    if (isNew && (await draftById(deps.db, draft.id))?.approvalId !== approvalId)
      await withdraw('its draft could not take it')
    throw fault
  }
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
