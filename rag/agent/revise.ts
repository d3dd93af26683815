import { compose } from './compose.ts'
import type { AgentDeps } from './deps.ts'
import type { AgentState, StateUpdate } from './state.ts'

/** Asks for a body that mends what the guardrails found; when nobody answers, a person sees the last one. */
export const revise =
  (deps: AgentDeps) =>
  async ({ draftId, round }: AgentState): Promise<StateUpdate> => {
    const written = await compose(deps, draftId, round + 1)
    return { round: round + 1, next: written ? 'guard' : 'review' }
  }
