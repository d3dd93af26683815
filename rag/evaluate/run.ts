import { hashOf } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import { newId, type DraftId, type Hash, type Id } from '#kernel/ids.ts'
import { checkpointer } from '../agent/checkpointer.ts'
import type { AgentDeps } from '../agent/deps.ts'
import { createDraft, runDraft } from '../agent/run.ts'
import { draftById } from '../drafts.ts'
import { removeRehearsals } from '../queries/drafts.ts'
import { evaluationById, evaluations, insertEvaluation, type KeptEvaluation } from '../queries/evaluations.ts'
import { ownTexts } from '../queries/brand-sources.ts'
import { featuresOfSubject } from '../queries/writer.ts'
import { route, routeFeaturesSchema, type RouterPolicy } from '../router/policy.ts'
import { isStrong } from '../router/replay.ts'
import type { GoldenBrief } from './golden.ts'
import { checkLabelled, type CaseResult, type Labelled } from './labelled.ts'
import { scoreDraft, scoring, type Score } from './score-draft.ts'
import { setupHash, setupVersion, type Setup } from './setup.ts'
import { ownStyle, type OwnStyle } from './style.ts'

/** How a brief was written: by whom in the end, and how many of the requests for it went to the strong vendors. */
export type BriefScore = {
  brief: string
  score: Score
  model: string | null
  routed: { decisions: number; strong: number }
  costMicroUsd: number
  problem: string | null
}

export type Evaluation = {
  id: Id<'evaluation'>
  setupHash: Hash
  briefsHash: Hash
  scores: BriefScore[]
  /** What guardrails and finders made of labelled texts; none where none were given. */
  checks: CaseResult[]
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

/** Own texts enough to know how a business writes. */
const most = { texts: 200, characters: 10_000 }

/** What setups are evaluated on. */
export type Golden = { briefs: readonly GoldenBrief[]; labelled?: Labelled }

/** What two evaluations must have in common to be compared: briefs, labelled texts, and what a score means. */
export const goldenHash = ({ briefs, labelled }: Golden): Hash =>
  hashOf({ briefs, labelled: labelled ?? null, scoring })

type Input = Golden & { setup: Setup; by: string; onBrief?: (done: number) => void }

/**
 * Has a setup write every golden brief, scores what it wrote, checks labelled texts, and keeps the scores. What it wrote
 * is nobody's to decide on and is removed. Models are paid for as ever: the budgets hold.
 * @param deps.agent the agent with the setup in it
 */
export async function evaluate(deps: EvaluateDeps, input: Input): Promise<Evaluation> {
  const { agent } = deps
  await remove(agent, null)
  const texts = await ownTexts(agent.db, agent.clock(), most)
  const own = ownStyle(texts.flatMap(({ body }) => body.split(/\n{2,}/)))
  const scores: BriefScore[] = []
  for (const brief of input.briefs) {
    scores.push(await rehearse(agent, brief, input.setup.policy, own))
    input.onBrief?.(scores.length)
  }
  const checks = input.labelled ? checkLabelled(input.labelled, agent.clock()) : []
  const version = setupVersion(input.setup, { brand: (await agent.brand()).hash, models: deps.models })
  const evaluation: Evaluation = {
    id: newId<'evaluation'>(agent.clock),
    setupHash: setupHash(version),
    briefsHash: goldenHash(input),
    scores,
    checks,
    total: scores.reduce((sum, { score }) => sum + score.total, 0) / scores.length,
    costMicroUsd: scores.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
    at: agent.clock(),
  }
  await insertEvaluation(agent.db, { ...evaluation, setup: version, by: input.by })
  return evaluation
}

/** Evaluations of any setup, newest first. */
export const pastEvaluations = (db: Queryable, limit: number): Promise<KeptEvaluation[]> => evaluations(db, limit)

/** One evaluation, or null where there is none of that id. */
export const pastEvaluation = (db: Queryable, id: Id<'evaluation'>): Promise<KeptEvaluation | null> =>
  evaluationById(db, id)

async function rehearse(
  agent: AgentDeps,
  golden: GoldenBrief,
  policy: RouterPolicy,
  own: OwnStyle | null,
): Promise<BriefScore> {
  const { segment, sentence, channel, idea, audience } = golden
  const brief = {
    segment: { ...segment, rule: { any: [] } },
    goal: 'orders',
    sentence,
    channel,
    ...(idea && { idea }),
    by: 'millrace',
  }
  const id = await createDraft(agent, brief, { rehearsal: true })
  try {
    await runDraft({ ...agent, audienceOf: () => Promise.resolve(audience) }, id)
    const draft = await draftById(agent.db, id)
    if (!draft) throw new Error(`The rehearsal ${id} went while it was being written: evaluate again`)
    return {
      brief: golden.id,
      score: scoreDraft(draft, golden, own),
      model: draft.model,
      routed: await routedOf(agent.db, id, policy),
      costMicroUsd: draft.costMicroUsd,
      problem: draft.problem,
    }
  } finally {
    await remove(agent, id)
  }
}

async function routedOf(db: Queryable, id: DraftId, policy: RouterPolicy): Promise<BriefScore['routed']> {
  const rows = await featuresOfSubject(db, `draft:${id}`)
  const tiers = rows.map(({ features }) => route(routeFeaturesSchema.parse(features), policy).tier)
  return { decisions: tiers.length, strong: tiers.filter(isStrong).length }
}

async function remove({ db, clock }: AgentDeps, id: DraftId | null): Promise<void> {
  const gone = await removeRehearsals(db, id, new Date(clock().getTime() - leftBehindMs))
  const saver = await checkpointer(db)
  for (const { threadId } of gone) await saver.deleteThread(threadId)
}
