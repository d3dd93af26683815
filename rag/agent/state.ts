import { Annotation } from '@langchain/langgraph'
import type { DraftId } from '#kernel/ids.ts'

/** A person's word on a draft, as it resumes the thread. */
export type Decision = {
  decision: 'approved' | 'rejected'
  by: string
  approvalId: string | null
  reason: string | null
}

/**
 * What the checkpointer keeps of a thread: ids, and where it stands. Plans, evidence, bodies and findings are in rag.drafts,
 * so that no text of a customer or a source lies in a checkpoint.
 */
export const AgentState = Annotation.Root({
  draftId: Annotation<DraftId>(),
  /** 0 for the first body, 1 and 2 for its revisions. */
  round: Annotation<number>(),
  next: Annotation<'guard' | 'revise' | 'review' | 'stop'>(),
  decision: Annotation<Decision | null>(),
})
export type AgentState = typeof AgentState.State
export type StateUpdate = Partial<AgentState>

/** Revisions that a draft gets before a person sees it, whatever the guardrails still say. */
export const mostRevisions = 2
