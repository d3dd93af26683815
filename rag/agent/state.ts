import { Annotation } from '@langchain/langgraph'
import type { DraftId } from '#kernel/ids.ts'

/** A person's last word on a draft. */
export type Verdict = {
  decision: 'approved' | 'rejected'
  by: string
  approvalId: string | null
  reason: string | null
}

/** What resumes a thread: a last word, or that it be changed (how, lies in rag.draft_requests). */
export type Decision = Verdict | { decision: 'changes' }

/**
 * What the checkpointer keeps of a thread: ids, and where it stands. Plans, evidence, bodies and findings are in rag.drafts,
 * so that no text of a customer or a source lies in a checkpoint.
 */
export const AgentState = Annotation.Root({
  draftId: Annotation<DraftId>(),
  /** 0 for the first body, then one for each revision. */
  round: Annotation<number>(),
  /** The round that a person last asked for; 0 for the first body. */
  askedRound: Annotation<number>(),
  next: Annotation<'draft' | 'guard' | 'revise' | 'review' | 'retrieve' | 'record' | 'stop'>(),
  decision: Annotation<Verdict | null>(),
})
export type AgentState = typeof AgentState.State
export type StateUpdate = Partial<AgentState>

/** Revisions for the guardrails before a person sees a draft, whatever these still say. */
export const mostRevisions = 2
