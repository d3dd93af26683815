import { messageOf } from '#kernel/errors.ts'
import { newId, type DraftId, type Hash } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import {
  briefSchema,
  checkedDraft,
  draftById,
  leaseMs,
  leaseOf,
  listDrafts,
  type Brief,
  type Draft,
  type DraftState,
} from '../drafts.ts'
import { passes } from '../guardrails/check.ts'
import { insertRequest, requestsOf } from '../queries/draft-requests.ts'
import { draftOfApproval, insertDrafts, keepPlan, moveDraft, noteProblem } from '../queries/drafts.ts'
import type { AgentDeps } from './deps.ts'
import type { Thread } from './thread.ts'

/** Whoever writes nothing (a process that only sends) does without the agent's library, a hundred megabytes. */
async function openThread(deps: AgentDeps, draft: Draft): Promise<Thread> {
  const thread = await import('./thread.ts')
  return thread.openThread(deps, draft)
}

/**
 * Enters a brief; `runDraft` then writes it. For callers that answer before the writing is done.
 * @param options.rehearsal written to be scored: nobody's to decide on
 */
export async function createDraft(
  deps: Pick<AgentDeps, 'db' | 'clock'>,
  brief: Brief,
  { rehearsal = false }: { rehearsal?: boolean } = {},
): Promise<DraftId> {
  const id = newId<'draft'>(deps.clock)
  const draft = { id, threadId: newId<'thread'>(deps.clock), brief: briefSchema.parse(brief) }
  await insertDrafts(deps.db, [draft], { at: deps.clock(), rehearsal })
  return id
}

/** Writes a draft for a brief and returns when it waits for a person, or has failed. */
export async function startDraft(deps: AgentDeps, brief: Brief): Promise<DraftId> {
  const id = await createDraft(deps, brief)
  await runDraft(deps, id)
  return id
}

/**
 * Drives a draft from where it stands until it waits for a person or has failed; returns its state then, or null when
 * another process is at it. A fault (no database, no embedder) leaves it resumable and is thrown.
 */
export async function runDraft(deps: AgentDeps, draftId: DraftId): Promise<DraftState | null> {
  return underLease(deps, leaseOf(draftId), leaseMs, async () => {
    const draft = await draftById(deps.db, draftId)
    if (!draft) throw new Error(`There is no draft ${draftId}`)
    if (draft.state !== 'drafting') return draft.state
    const thread = await openThread(deps, draft)
    try {
      if ((await thread.run()) === 'asking' && (await answered(deps, thread, draftId))) {
        await moveDraft(deps.db, draftId, 'drafting', 'waiting', deps.clock())
        return 'waiting'
      }
    } catch (fault) {
      await noteProblem(deps.db, draftId, messageOf(fault), 0, deps.clock())
      throw fault
    }
    await moveDraft(deps.db, draftId, 'drafting', 'failed', deps.clock())
    await thread.forget()
    return 'failed'
  })
}

/** Takes what a person asked to be changed into the thread that waits; true when it waits (again). */
async function answered(deps: AgentDeps, thread: Thread, draftId: DraftId): Promise<boolean> {
  const [open] = (await requestsOf(deps.db, draftId)).filter(({ round }) => round === null)
  if (!open) return true
  await thread.answer({ decision: 'changes' })
  return (await thread.run()) === 'asking'
}

export type AskedFor =
  | { kind: 'asked' }
  | { kind: 'busy' }
  | { kind: 'refused'; rule: 'unknown' | 'not-waiting' | 'changed'; why: string }

/**
 * Takes what a person wants changed, in words; `runDraft` then has it written, on what is known of it, and it waits
 * again. For callers that answer before the writing is done.
 * @param input.contentHash what the person saw
 */
export async function askForChange(
  deps: Pick<AgentDeps, 'db' | 'clock'>,
  input: { draftId: DraftId; contentHash: Hash; words: string; by: string },
): Promise<AskedFor> {
  const asked = await underLease(deps, leaseOf(input.draftId), leaseMs, async (): Promise<AskedFor> => {
    const draft = await draftById(deps.db, input.draftId)
    if (!draft || draft.rehearsal) return { kind: 'refused', rule: 'unknown', why: 'There is no such draft' }
    if (draft.state !== 'waiting')
      return {
        kind: 'refused',
        rule: 'not-waiting',
        why: `The draft is ${draft.state}: start a new one from its brief`,
      }
    if (draft.contentHash !== input.contentHash)
      return { kind: 'refused', rule: 'changed', why: 'The draft was edited since: read it again' }
    const request = { ...input, id: newId<'draft-request'>(deps.clock), at: deps.clock() }
    await deps.db.transaction(async (tx) => {
      await insertRequest(tx, request)
      await moveDraft(tx, input.draftId, 'waiting', 'drafting', request.at)
      await keepPlan(tx, input.draftId, [...new Set([...draft.plan, input.words])], request.at)
    })
    return { kind: 'asked' }
  })
  return asked ?? { kind: 'busy' }
}

export type Resumed = { draftId: DraftId } & (
  | { kind: 'resumed'; state: DraftState }
  | { kind: 'busy' }
  | { kind: 'fault'; why: string }
)

/** Goes on with every draft that a killed process left behind; one that fails does not stop the others. */
export async function resumeUnfinished(deps: AgentDeps): Promise<Resumed[]> {
  const results: Resumed[] = []
  for (const { id: draftId } of await listDrafts(deps.db, { states: ['drafting'], limit: 1000 })) {
    try {
      const state = await runDraft(deps, draftId)
      results.push(state === null ? { draftId, kind: 'busy' } : { draftId, kind: 'resumed', state })
    } catch (fault) {
      results.push({ draftId, kind: 'fault', why: messageOf(fault) })
    }
  }
  return results
}

export type Word = {
  draftId: DraftId
  decision: 'approved' | 'rejected'
  by: string
  approvalId?: string
  reason?: string
  /** What the person saw; when the draft was edited since, the word does not count. */
  contentHash?: Hash
  /** Said by no person: what guardrails only warn of forbids it, too. */
  unattended?: boolean
}

export type WordTaken =
  | { kind: 'recorded' | 'already'; state: 'approved' | 'rejected' }
  | { kind: 'busy' }
  | {
      kind: 'refused'
      rule: 'unknown' | 'decided' | 'not-waiting' | 'changed' | 'approval-used' | 'blocked'
      why: string
    }

/**
 * Takes a person's word on a waiting draft, once: the same word again is `already`, another is refused. The guardrails
 * run once more before an approval, because facts may have changed while the draft lay there.
 */
export async function resumeDraft(deps: AgentDeps, word: Word): Promise<WordTaken> {
  const taken = await underLease(deps, leaseOf(word.draftId), leaseMs, () => take(deps, word))
  return taken ?? { kind: 'busy' }
}

async function take(deps: AgentDeps, word: Word): Promise<WordTaken> {
  const draft = await draftById(deps.db, word.draftId)
  if (!draft) return refused('unknown', 'There is no such draft')
  const thread = await openThread(deps, draft)
  if (draft.state === 'approved' || draft.state === 'rejected') {
    const same = draft.state === word.decision && draft.approvalId === (word.approvalId ?? null)
    if (!same) return refused('decided', `The draft is already ${draft.state}`)
    await thread.forget()
    return { kind: 'already', state: draft.state }
  }
  if (draft.rehearsal) return refused('unknown', 'It was written to be scored, and cannot be decided on')
  if (draft.state !== 'waiting') return refused('not-waiting', `The draft is ${draft.state}: it cannot be decided on`)
  if (word.contentHash !== undefined && word.contentHash !== draft.contentHash) {
    return refused('changed', 'The draft was edited since: read it again')
  }
  if (word.approvalId !== undefined && (await draftOfApproval(deps.db, word.approvalId)) !== null) {
    return refused('approval-used', 'This approval was given to another draft')
  }
  if (word.decision === 'approved') {
    const findings = await checkedDraft(deps, draft)
    if (!passes(findings))
      return refused('blocked', 'A guardrail forbids it: see the findings, edit the draft, or reject it')
    if (word.unattended && findings.some(({ verdict }) => verdict === 'warn'))
      return refused('blocked', 'A guardrail warns of it: a person must decide')
  }
  // Killed between saying that it waits and the checkpoint: the thread has still to reach its question.
  await thread.run()
  const decision = {
    decision: word.decision,
    by: word.by,
    approvalId: word.approvalId ?? null,
    reason: word.reason ?? null,
  }
  if (!(await thread.answer(decision))) {
    throw new Error(`The thread of draft ${draft.id} does not wait for a decision: start the draft anew from its brief`)
  }
  await thread.forget()
  return { kind: 'recorded', state: word.decision }
}

const refused = (rule: Extract<WordTaken, { kind: 'refused' }>['rule'], why: string): WordTaken => ({
  kind: 'refused',
  rule,
  why,
})
