import { hashOf } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import { newId, type DraftId, type Hash, type Id } from '#kernel/ids.ts'
import { checkpointer } from '../agent/checkpointer.ts'
import type { AgentDeps } from '../agent/deps.ts'
import { createDraft, runDraft } from '../agent/run.ts'
import { draftById } from '../drafts.ts'
import { removeRehearsals } from '../queries/drafts.ts'
import { evaluations, insertEvaluation, type KeptEvaluation } from '../queries/evaluations.ts'
import type { GoldenBrief } from './golden.ts'
import { scoreDraft, type Score } from './score-draft.ts'
import { setupHash, setupVersion, type Setup } from './setup.ts'

export type BriefScore = { brief: string; score: Score; costMicroUsd: number; problem: string | null }

export type Evaluation = {
  id: Id<'evaluation'>
  setupHash: Hash
  briefsHash: Hash
  scores: BriefScore[]
  /** Mean over the briefs. */
  total: number
  costMicroUsd: number
  at: Date
}

export type EvaluateDeps = {
  agent: AgentDeps
  models: readonly string[]
}

/** What an earlier process left behind when it was killed is old. */
const leftBehindMs = 6 * 3_600_000

/**
 * Has a setup write every golden brief, scores what it wrote, and keeps the scores. What it wrote is nobody's to decide
 * on and is removed. Models are paid for as ever: the budgets hold.
 * @param deps.agent the agent with the setup in it
 */
export async function evaluate(
  deps: EvaluateDeps,
  input: { setup: Setup; briefs: readonly GoldenBrief[]; by: string; onBrief?: (done: number) => void },
): Promise<Evaluation> {
  const { agent } = deps
  await remove(agent, null)
  const scores: BriefScore[] = []
  for (const brief of input.briefs) {
    scores.push(await rehearse(agent, brief))
    input.onBrief?.(scores.length)
  }
  const version = setupVersion(input.setup, deps.models)
  const evaluation: Evaluation = {
    id: newId<'evaluation'>(agent.clock),
    setupHash: setupHash(version),
    briefsHash: hashOf(input.briefs),
    scores,
    total: scores.reduce((sum, { score }) => sum + score.total, 0) / scores.length,
    costMicroUsd: scores.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
    at: agent.clock(),
  }
  await insertEvaluation(agent.db, { ...evaluation, setup: version, by: input.by })
  return evaluation
}

/** Evaluations of any setup, newest first. */
export const pastEvaluations = (db: Queryable, limit: number): Promise<KeptEvaluation[]> => evaluations(db, limit)

async function rehearse(agent: AgentDeps, golden: GoldenBrief): Promise<BriefScore> {
  const { segment, sentence } = golden
  const brief = {
    segment: { ...segment, rule: { any: [] } },
    goal: 'orders',
    sentence,
    channel: 'email' as const,
    by: 'millrace',
  }
  const id = await createDraft(agent, brief, { rehearsal: true })
  try {
    await runDraft(agent, id)
    const draft = await draftById(agent.db, id)
    if (!draft) throw new Error(`The rehearsal ${id} went while it was being written: evaluate again`)
    return {
      brief: golden.id,
      score: scoreDraft(draft, golden),
      costMicroUsd: draft.costMicroUsd,
      problem: draft.problem,
    }
  } finally {
    await remove(agent, id)
  }
}

async function remove({ db, clock }: AgentDeps, id: DraftId | null): Promise<void> {
  const gone = await removeRehearsals(db, id, new Date(clock().getTime() - leftBehindMs))
  const saver = await checkpointer(db)
  for (const { threadId } of gone) await saver.deleteThread(threadId)
}
