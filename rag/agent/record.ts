import { appendAudit } from '#kernel/audit.ts'
import { decideDraft } from '../queries/drafts.ts'
import type { AgentDeps } from './deps.ts'
import type { AgentState, StateUpdate } from './state.ts'

/**
 * Writes the decision and its entry in the audit chain together, and tells whoever counts, once: a decided draft is left
 * as it is.
 */
export const record =
  (deps: AgentDeps) =>
  async ({ draftId, decision }: AgentState): Promise<StateUpdate> => {
    if (!decision) throw new Error(`Draft ${draftId} was resumed without a decision`)
    await deps.db.transaction(async (tx) => {
      const at = deps.clock()
      const contentHash = await decideDraft(tx, draftId, { ...decision, at })
      if (contentHash === null) return
      await deps.onDecision?.(tx, { ...decision, draftId, at })
      const action = `draft.${decision.decision}`
      const detail = { contentHash, approvalId: decision.approvalId }
      await appendAudit(tx, deps.clock, { actor: decision.by, action, subject: `draft:${draftId}`, detail })
    })
    return {}
  }
