import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type Hash, type Id } from '#kernel/ids.ts'
import type { ChatAnswer, ChatModel, Failed, RedactedRequest } from '../chat-model.ts'
import {
  askedOf,
  costOfCampaign,
  costOfSubject,
  finishModelCall,
  insertModelCall,
  lockModelCalls,
  spentMicroUsd,
  type CallId,
  type CallRow,
} from '../queries/model-calls.ts'
import type { Route, RouteFeatures, RouterPolicy } from './policy.ts'

/** What was decided, and from what. */
export type Decision = {
  id: Id<'model-decision'>
  purpose: string
  subject: string | null
  policyHash: Hash
  features: RouteFeatures
  route: Route
}

/**
 * The most that calls may cost, in millionths of a US dollar: in a UTC day, for one subject (a draft) ever, for all
 * drafts of one campaign (or that were asked for at once) ever, and one call.
 */
export type Budget = { perDay: number; perSubject: number; perCampaign: number; perCall: number }

type Deps = { db: Db; clock: Clock; budget: Budget; policy: Pick<RouterPolicy, 'limits'> }
type Attempt = { model: ChatModel; attempt: 'call' | 'repair'; ordinal: number }

/** The UTC day that a budget is for. */
export function budgetDay(now: Date): { from: Date; to: Date } {
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()))
  return { from, to: new Date(from.getTime() + 86_400_000) }
}

/**
 * One attempt, in its three steps: a short transaction sets the most it may cost aside (or finds a budget too small for
 * it, or the deployment's minute full), the model is asked outside of any transaction, and the row is finished with what happened.
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
    const answer = wholeCost(await attempt.model.complete(request), reserved.most)
    await finish(deps, reserved.id, answer, deps.clock().getTime() - start)
    return answer
  } catch (fault) {
    await finish(deps, reserved.id, { fault: reserved.most }, deps.clock().getTime() - start)
    throw new Error(`${attempt.model.id} could not be asked`, { cause: fault })
  }
}

/** What a vendor left uncounted, because its answer broke off or never came, counts as the most that it may have cost. */
function wholeCost<T>(answer: ChatAnswer<T>, most: number): ChatAnswer<T> {
  if (!answer.usage?.uncounted) return answer
  return { ...answer, usage: { ...answer.usage, costMicroUsd: Math.max(most, answer.usage.costMicroUsd) } }
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
): Promise<{ kind: 'reserved'; id: CallId; most: number } | Failed> {
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
  return deps.db.transaction(async (tx) => {
    await lockModelCalls(tx)
    const short = most === 0 ? null : await tooDear(tx, deps.budget, { most, at: row.at, subject: decision.subject })
    const full = short === null ? await minuteFull(tx, deps, model, row.at) : null
    if (short !== null || full !== null) {
      const { why } = (short ?? full)!
      await insertModelCall(tx, { ...row, outcome: short === null ? 'limited' : 'budget', why, costMicroUsd: 0 })
      return (short ?? full)!
    }
    await insertModelCall(tx, row)
    return { kind: 'reserved', id: row.id, most }
  })
}

/** Says which budget the call would overrun, if any. */
async function tooDear(
  tx: Tx,
  budget: Budget,
  { most, at, subject }: { most: number; at: Date; subject: string | null },
): Promise<Failed | null> {
  const { from, to } = budgetDay(at)
  const lefts = [
    { left: budget.perCall, whose: "a call's budget has", raise: 'MODEL_BUDGET_PER_CALL' },
    { left: budget.perDay - (await spentMicroUsd(tx, from, to)), whose: "the day's budget has", raise: 'MODEL_BUDGET_PER_DAY or wait for the next day' },
    ...(subject === null ? [] : [{ left: budget.perSubject - (await costOfSubject(tx, subject)), whose: "the draft's budget has", raise: 'MODEL_BUDGET_PER_DRAFT' }, { left: budget.perCampaign - (await costOfCampaign(tx, subject)), whose: "the campaign's budget has", raise: 'MODEL_BUDGET_PER_CAMPAIGN' }]),
  ] // prettier-ignore
  const short = lefts.find(({ left }) => most > left)
  if (!short) return null
  const why = `The call may cost ${dollars(most)} and ${short.whose} ${dollars(Math.max(0, short.left))} left: raise ${short.raise}`
  return { kind: 'failed', reason: 'budget', why }
}

const minuteMs = 60_000

/** Our own limit of a deployment, over all processes: what the vendor would refuse is not sent. */
async function minuteFull(tx: Tx, deps: Deps, model: ChatModel, at: Date): Promise<Failed | null> {
  const limit = deps.policy.limits[model.vendor]
  if (!limit) return null
  const asked = await askedOf(tx, model.id, new Date(at.getTime() - minuteMs))
  if (asked.requests < limit.requestsPerMinute && asked.tokens < limit.tokensPerMinute) return null
  const retryAfterMs = Math.max(1, (asked.oldest ?? at).getTime() + minuteMs - at.getTime())
  const why = `${model.id} was asked ${asked.requests} times for ${asked.tokens} tokens within a minute, which is our limit`
  return { kind: 'failed', reason: 'rate-limited', why, retryAfterMs }
}

/** The whole prompt (with a repair's former answer) stored in a cache, which is its dearest, and the longest answer with all its thinking. */
function mostMicroUsd(model: ChatModel, promptTokens: number, request: RedactedRequest<unknown>): number {
  const { input, output, cache } = model.priceMicroUsdPerMTok
  const said = promptTokens + tokensIn(request.repair?.output ?? '')
  return Math.ceil(
    (said * Math.max(1, cache?.write ?? 1) * input + (request.maxTokens + model.thinkingTokens) * output) / 1_000_000,
  )
}

/** Three bytes a token: more tokens than text comes to at any vendor, so that a budget is not overrun. */
export const tokensIn = (text: string): number => Math.ceil(Buffer.byteLength(text) / 3)

const dollars = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`

/** How an attempt ended; a fault counts as the most that it may have cost, because the vendor may have been asked. */
type Ended = ChatAnswer<unknown> | { fault: number }

async function finish(deps: Deps, id: CallId, ended: Ended, latencyMs: number): Promise<void> {
  const answer = 'fault' in ended ? null : ended
  const failed = answer?.kind === 'failed' ? answer : null
  const usage = answer?.usage
  await finishModelCall(deps.db, id, {
    outcome: answer === null ? 'fault' : (failed?.reason ?? 'answer'),
    why: failed?.why ?? null,
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
    cachedTokens: usage?.cachedTokens ?? 0,
    costMicroUsd: 'fault' in ended ? ended.fault : (usage?.costMicroUsd ?? 0),
    latencyMs,
    retryAfterMs: failed?.retryAfterMs ?? null,
    finishedAt: deps.clock(),
  })
}
