import { END, START, StateGraph } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import type { AgentDeps } from './deps.ts'
import { draft } from './draft.ts'
import { guard } from './guard.ts'
import { plan } from './plan.ts'
import { record } from './record.ts'
import { retrieve } from './retrieve.ts'
import { review } from './review.ts'
import { revise } from './revise.ts'
import { AgentState } from './state.ts'

const following = ({ next }: AgentState) => next

/**
 * plan → retrieve → draft → guard → revise (at most twice) → review by a person → record. What a person asks to be
 * changed goes back to retrieve: it may need other evidence.
 */
export function agentGraph(deps: AgentDeps, saver: BaseCheckpointSaver) {
  return new StateGraph(AgentState)
    .addNode('plan', plan(deps))
    .addNode('retrieve', retrieve(deps))
    .addNode('draft', draft(deps))
    .addNode('guard', guard(deps))
    .addNode('revise', revise(deps))
    .addNode('review', review(deps))
    .addNode('record', record(deps))
    .addEdge(START, 'plan')
    .addEdge('plan', 'retrieve')
    .addConditionalEdges('retrieve', following, { draft: 'draft', revise: 'revise' })
    .addConditionalEdges('draft', following, { guard: 'guard', stop: END })
    .addConditionalEdges('guard', following, { revise: 'revise', review: 'review' })
    .addConditionalEdges('revise', following, { guard: 'guard', review: 'review' })
    .addConditionalEdges('review', following, { retrieve: 'retrieve', record: 'record' })
    .addEdge('record', END)
    .compile({ checkpointer: saver })
}
