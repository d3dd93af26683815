import { compose } from './compose.ts'
import type { AgentDeps } from './deps.ts'
import type { AgentState, StateUpdate } from './state.ts'

/** Writes the first body. Without one there is nothing to show: the draft fails and says why. */
export const draft =
  (deps: AgentDeps) =>
  async ({ draftId }: AgentState): Promise<StateUpdate> => ({
    next: (await compose(deps, draftId, 0)) ? 'guard' : 'stop',
  })
