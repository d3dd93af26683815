import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type Hash, type Id } from '#kernel/ids.ts'
import type { ChatAnswer, ChatModel, Failed, RedactedRequest } from '../chat-model.ts'
import {
  finishModelCall,
  insertModelCall,
  lockModelCalls,
  spentMicroUsd,
  type CallId,
  type CallRow,
} from '../queries/model-calls.ts'
import type { Route, RouteFeatures } from './policy.ts'

/** What was decided, and from what. */
export type Decision = {
  id: Id<'model-decision'>
  purpose: string
  subject: string | null
  policyHash: Hash
  features: RouteFeatures
  route: Route
}

type Deps = { db: Db; clock: Clock; budgetMicroUsdPerDay: number }
type Attempt = { model: ChatModel; attempt: 'call' | 'repair'; ordinal: number }

/** The UTC day that a budget is for. */
export function budgetDay(now: Date): { from: Date; to: Date } {
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()))
  return { from, to: new Date(from.getTime() + 86_400_000) }
}

/**
 * One attempt, in its three steps: a short transaction sets the most it may cost aside (or finds the day's budget too
 * small for it), the model is asked outside of any transaction, and the row is finished with what happened.
 */
export async function recordedCall<T>(
  deps: Deps,
  decision: Decision,
  attempt: Attempt,
  request: RedactedRequest<T>,
): Promise<ChatAnswer<T>> {
  const reserved = await reserve(deps, decision, attempt, request)
  if (reserved.kind === 'failed') return reserved
  const start = deps.clock().getTime()
  try {
    const answer = await attempt.model.complete(request)
    await finish(deps, reserved.id, answer, deps.clock().getTime() - start)
    return answer
  } catch (fault) {
    await finish(deps, reserved.id, 'fault', deps.clock().getTime() - start)
    throw new Error(`${attempt.model.id} could not be asked`, { cause: fault })
  }
}

/** A decision that nobody may be asked leaves a row as well. */
export async function recordNobody(deps: Deps, decision: Decision, result: ChatAnswer<unknown>): Promise<void> {
  const failed = result.kind === 'failed' ? result : null
  const row = { ...rowOf(deps, decision), ordinal: 0, model: null, vendor: null, attempt: 'none' as const }
  const outcome = failed?.reason ?? 'fault'
  await insertModelCall(deps.db, { ...row, outcome, why: failed?.why ?? null, costMicroUsd: 0 })
}

const rowOf = (deps: Deps, decision: Decision) => ({
  id: newId<'model-call'>(deps.clock),
  decisionId: decision.id,
  purpose: decision.purpose,
  subject: decision.subject,
  policyHash: decision.policyHash,
  features: decision.features,
  chain: decision.route.chain,
  reasons: decision.route.reasons,
  at: deps.clock(),
})

async function reserve<T>(
  deps: Deps,
  decision: Decision,
  { model, attempt, ordinal }: Attempt,
  request: RedactedRequest<T>,
): Promise<{ kind: 'reserved'; id: CallId } | Failed> {
  const most = mostMicroUsd(model, decision.features.promptTokens, request)
  const row: CallRow = {
    ...rowOf(deps, decision),
    ordinal,
    model: model.id,
    vendor: model.vendor,
    attempt,
    outcome: 'pending',
    why: null,
    costMicroUsd: most,
  }
  const { from, to } = budgetDay(row.at)
  return deps.db.transaction(async (tx) => {
    await lockModelCalls(tx)
    const spent = most === 0 ? 0 : await spentMicroUsd(tx, from, to)
    if (most > 0 && spent + most > deps.budgetMicroUsdPerDay) {
      const why = `The call may cost ${dollars(most)} and the day's budget has ${dollars(Math.max(0, deps.budgetMicroUsdPerDay - spent))} left: raise MODEL_BUDGET_PER_DAY or wait for the next day`
      await insertModelCall(tx, { ...row, outcome: 'budget', why, costMicroUsd: 0 })
      return { kind: 'failed', reason: 'budget', why }
    }
    await insertModelCall(tx, row)
    return { kind: 'reserved', id: row.id }
  })
}

/** The whole prompt (with a repair's former answer) stored in a cache, which is its dearest, and the longest answer with all its thinking. */
function mostMicroUsd(model: ChatModel, promptTokens: number, request: RedactedRequest<unknown>): number {
  const { input, output } = model.priceMicroUsdPerMTok
  const said = promptTokens + Math.ceil((request.repair?.output.length ?? 0) / 3)
  return Math.ceil((said * 1.25 * input + (request.maxTokens + model.thinkingTokens) * output) / 1_000_000)
}

const dollars = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`

async function finish(deps: Deps, id: CallId, answer: ChatAnswer<unknown> | 'fault', latencyMs: number): Promise<void> {
  const failed = answer !== 'fault' && answer.kind === 'failed' ? answer : null
  const usage = answer === 'fault' ? undefined : answer.usage
  await finishModelCall(deps.db, id, {
    outcome: answer === 'fault' ? 'fault' : (failed?.reason ?? 'answer'),
    why: failed?.why ?? null,
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
    costMicroUsd: usage?.costMicroUsd ?? 0,
    latencyMs: latencyMs,
    retryAfterMs: failed?.retryAfterMs ?? null,
    finishedAt: deps.clock(),
  })
}
