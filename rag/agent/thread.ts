import { Command } from '@langchain/langgraph'
import type { Draft } from '../drafts.ts'
import { checkpointer } from './checkpointer.ts'
import type { AgentDeps } from './deps.ts'
import { agentGraph } from './graph.ts'
import type { Decision } from './state.ts'

export type Thread = {
  /** Runs until a person is asked, or the draft has failed; goes on from the last checkpoint when there is one. */
  run: () => Promise<'asking' | 'ended'>
  /** Answers the question that the thread waits with; false when it does not wait. */
  answer: (decision: Decision) => Promise<boolean>
  /** Removes the checkpoints: the draft itself is kept in rag.drafts. */
  forget: () => Promise<void>
}

/** The thread of a draft. Hold the draft's lease: two runs of one thread would both go on. */
export async function openThread(deps: AgentDeps, draft: Pick<Draft, 'id' | 'threadId'>): Promise<Thread> {
  const saver = await checkpointer(deps.db)
  const graph = agentGraph(deps, saver)
  // A checkpoint is written before the next step starts, so that a kill loses at most the step it fell into.
  const config = { configurable: { thread_id: draft.threadId }, durability: 'sync' as const }
  const asking = async (): Promise<boolean> => {
    const { next, tasks } = await graph.getState(config)
    return next.includes('review') && tasks.some((task) => task.interrupts.length > 0)
  }
  return {
    run: async () => {
      const { next, metadata } = await graph.getState(config)
      const started = metadata !== undefined
      // Invoking an interrupted or finished thread with an input would start it anew from its first node.
      if (!started) await graph.invoke({ draftId: draft.id }, config)
      else if (next.length > 0 && !(await asking())) await graph.invoke(null, config)
      return (await asking()) ? 'asking' : 'ended'
    },
    answer: async (decision) => {
      // The library answers a thread that does not wait with silence.
      if (!(await asking())) return false
      await graph.invoke(new Command({ resume: decision }), config)
      return true
    },
    forget: () => saver.deleteThread(draft.threadId),
  }
}
