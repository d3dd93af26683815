import { interrupt } from '@langchain/langgraph'
import type { DraftId } from '#kernel/ids.ts'
import { moveDraft } from '../queries/drafts.ts'
import type { AgentDeps } from './deps.ts'
import type { AgentState, Decision, StateUpdate } from './state.ts'

/**
 * Stops for a person. The node runs again from its top when it is resumed: what stands before the interrupt must do
 * nothing the second time, and nothing may catch what the interrupt throws.
 */
export const review =
  (deps: AgentDeps) =>
  async ({ draftId, round }: AgentState): Promise<StateUpdate> => {
    await moveDraft(deps.db, draftId, 'drafting', 'waiting', deps.clock())
    const decision = interrupt<{ draftId: DraftId }, Decision>({ draftId })
    if (decision.decision !== 'changes') return { decision, next: 'record' }
    await moveDraft(deps.db, draftId, 'waiting', 'drafting', deps.clock())
    return { decision: null, next: 'retrieve', askedRound: round + 1 }
  }
