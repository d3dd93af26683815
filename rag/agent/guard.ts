import { checkedDraft, draftById } from '../drafts.ts'
import { passes } from '../guardrails/check.ts'
import type { AgentDeps } from './deps.ts'
import { mostRevisions, type AgentState, type StateUpdate } from './state.ts'

/** Runs the guardrails. What they block is revised at most twice; then a person sees it with the findings. */
export const guard =
  (deps: AgentDeps) =>
  async ({ draftId, round, askedRound }: AgentState): Promise<StateUpdate> => {
    const draft = await draftById(deps.db, draftId)
    if (!draft) throw new Error(`Draft ${draftId} is gone: it cannot be checked`)
    const findings = await checkedDraft(deps, draft)
    return { next: passes(findings) || round - askedRound >= mostRevisions ? 'review' : 'revise' }
  }
