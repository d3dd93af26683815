import { DateTime } from 'luxon'
import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type Id } from '#kernel/ids.ts'
import type { Answer, ChatModel, ChatRequest, Failed, RedactedRequest } from '../chat-model.ts'
import {
  costOfCampaign,
  costOfSubject,
  customerNamesAmong,
  recentCalls,
  spentMicroUsd,
} from '../queries/model-calls.ts'
import { possibleNames } from '../redact/names.ts'
import type { Allowed } from '../redact/placeholders.ts'
import { personalLeft, redactRequest, withDeadline, withRepair, type Restore } from '../redact/redact.ts'
import { budgetDay, recordNobody, recordedCall, tokensIn, type Budget, type Decision } from './recorded-call.ts'
import { circuitMemoryMs, openCircuits } from './circuit.ts'
import { policyHash, route, type Route, type RouteFeatures, type RouterPolicy } from './policy.ts'

export type CallDeps = {
  db: Db
  clock: Clock
  models: readonly ChatModel[]
  policy: RouterPolicy
  budget: Budget
  /** The business's IANA zone, which its hours are in. */
  zone: string
  /** What the owner lets leave the house as it is. */
  allowed: Allowed
  /** Waits so many milliseconds, or until the signal. */
  pause: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** What the router cannot read from the request. `subject`, such as `draft:<id>`, is what the cost is counted to, and to its campaign. */
export type CallAbout = {
  subject?: string
  audience?: number
  stakes?: 'low' | 'normal' | 'high'
  regulated?: boolean
  round?: number
  operatorPresent?: boolean
  /** The customers' names to hide; looked up among the profiles when left out. */
  names?: readonly string[]
}

/** The answer, or the last failure; `spentMicroUsd` counts every attempt that was made for it. */
export type CallResult<T> = (Answer<T> | Failed) & { decisionId: Id<'model-decision'>; spentMicroUsd: number }

/**
 * Asks a model: redacts, routes, and walks the chain until one answers; the only loop over models in the house. The
 * budgets and the deployment's own limit are checked before each attempt, an answer of the wrong shape is asked for once more, and every decision
 * and attempt is recorded. Never call it inside a transaction.
 */
export async function callModel<T>(
  deps: CallDeps,
  request: ChatRequest<T>,
  about: CallAbout = {},
): Promise<CallResult<T>> {
  const decisionId = newId<'model-decision'>(deps.clock)
  const names = about.names ?? (await customerNamesAmong(deps.db, possibleNames(textsOf(request))))
  const { request: clean, restore } = redactRequest(request, names, deps.allowed)
  const left = personalLeft(clean, names, deps.allowed)
  const features = await featuresOf(deps, clean, about, left)
  const chosen = route(features, deps.policy)
  const decision: Decision = {
    id: decisionId,
    purpose: request.purpose,
    subject: about.subject ?? null,
    policyHash: policyHash(deps.policy),
    features,
    route: chosen,
  }
  const asked = await walks(deps, decision, clean, restore)
  return { ...asked.result, decisionId, spentMicroUsd: asked.spent }
}

type Asked<T> = { result: Answer<T> | Failed; spent: number; ordinal: number; waitMs: number | null }

/** The chain, and once more where a vendor asked for a wait that the policy has the patience for. */
async function walks<T>(
  deps: CallDeps,
  decision: Decision,
  request: RedactedRequest<T>,
  back: Restore,
): Promise<Asked<T>> {
  const { patience } = deps.policy
  let asked: Asked<T> = { result: nobody(decision.route, decision.features), spent: 0, ordinal: 0, waitMs: null }
  if (decision.route.chain.length === 0) await recordNobody(deps, decision, asked.result)
  for (let nth = 1; nth <= patience.walks; nth += 1) {
    asked = await walk(deps, decision, { request, back, so: asked })
    const { result, waitMs } = asked
    if (result.kind === 'answer' || waitMs === null || waitMs > patience.mostWaitMs || nth === patience.walks) break
    await deps.pause(waitMs, request.deadline)
  }
  return asked
}

async function walk<T>(
  deps: CallDeps,
  decision: Decision,
  { request, back, so }: { request: RedactedRequest<T>; back: Restore; so: Asked<T> },
): Promise<Asked<T>> {
  let { result, spent, ordinal } = so
  let waitMs: number | null = null
  for (const id of decision.route.chain) {
    const model = deps.models.find((candidate) => candidate.id === id)
    if (!model) continue
    let hop: RedactedRequest<T> = request
    // A second time only to mend an answer of the wrong shape.
    for (const attempt of ['call', 'repair'] as const) {
      if (request.deadline.aborted) return { result: late(result), spent, ordinal, waitMs: null }
      const timed = withDeadline(
        hop,
        AbortSignal.any([request.deadline, AbortSignal.timeout(deps.policy.hopTimeoutMs)]),
      )
      const recorded = await recordedCall(deps, decision, { model, attempt, ordinal: ordinal++ }, timed)
      spent += recorded.usage?.costMicroUsd ?? 0
      result = recorded.kind === 'answer' ? restored(request, recorded, back) : recorded
      if (result.kind === 'answer') return { result, spent, ordinal, waitMs: null }
      if (result.retryAfterMs !== undefined) waitMs = Math.min(waitMs ?? Infinity, result.retryAfterMs)
      if (recorded.kind === 'answer' || recorded.output === undefined) break
      hop = withRepair(request, { output: recorded.output, problems: recorded.why.split('\n').slice(0, 12) })
    }
  }
  return { result, spent, ordinal, waitMs }
}

/** Why there is no chain, in words that say what to do. */
function nobody({ tier, reasons }: Route, features: RouteFeatures): Failed {
  const spent = tier !== 'blocked' && features.budgetLeftMicroUsd <= 0
  const advice = tier === 'blocked' ? '' : ': set up a key, raise the MODEL_BUDGET settings or try again later'
  const reason = tier === 'blocked' ? 'refused' : spent ? 'budget' : 'unavailable'
  return { kind: 'failed', reason, why: `No model may be asked (${reasons.join('; ')})${advice}` }
}

const late = (result: Answer<unknown> | Failed): Failed => ({
  kind: 'failed',
  reason: 'timeout',
  why: `The time for an answer is over; before that: ${result.kind === 'failed' ? result.why : 'nothing'}`,
})

/** The answer with people's data put back; it must still have the shape that was asked for. */
function restored<T>(request: RedactedRequest<T>, answer: Answer<T>, back: Restore): Answer<T> | Failed {
  const value = request.schema.safeParse(back(answer.value))
  if (value.success) return { ...answer, value: value.data }
  const why = 'The answer no longer had its shape once the hidden values were put back'
  return { kind: 'failed', reason: 'invalid-output', why, usage: answer.usage }
}

const textsOf = (request: ChatRequest<unknown>): string[] => [
  request.system,
  request.prompt,
  request.revision ?? '',
  ...request.evidence.map((item) => item.text),
]

async function featuresOf<T>(
  deps: CallDeps,
  request: RedactedRequest<T>,
  about: CallAbout,
  left: number,
): Promise<RouteFeatures> {
  const now = deps.clock()
  const { from, to } = budgetDay(now)
  const today = deps.budget.perDay - (await spentMicroUsd(deps.db, from, to))
  const { subject } = about
  const ofSubject = subject === undefined ? today : deps.budget.perSubject - (await costOfSubject(deps.db, subject))
  const ofCampaign = subject === undefined ? today : deps.budget.perCampaign - (await costOfCampaign(deps.db, subject))
  const calls = await recentCalls(deps.db, new Date(now.getTime() - circuitMemoryMs(deps.policy)))
  const open = openCircuits(calls, deps.policy, now)
  const words = `${request.prompt} ${request.revision ?? ''}`.split(/\s+/).filter(Boolean)
  return {
    purpose: request.purpose,
    promptTokens: tokensOf(request),
    maxTokens: request.maxTokens,
    audience: about.audience ?? 0,
    stakes: about.stakes ?? 'normal',
    regulated: about.regulated ?? isRegulated(request, deps.policy),
    personalLeft: left,
    density: Math.round((1e4 * words.filter((word) => /\d/.test(word)).length) / Math.max(1, words.length)) / 100,
    round: about.round ?? 0,
    operatorPresent: about.operatorPresent ?? true,
    businessHours: isAtWork(now, deps),
    budgetLeftMicroUsd: Math.min(today, ofSubject, ofCampaign, deps.budget.perCall),
    models: deps.models.map((model) => ({
      id: model.id,
      vendor: model.vendor,
      contextTokens: model.contextTokens,
      thinkingTokens: model.thinkingTokens,
      free: model.priceMicroUsdPerMTok.input === 0 && model.priceMicroUsdPerMTok.output === 0,
      price: { input: model.priceMicroUsdPerMTok.input, output: model.priceMicroUsdPerMTok.output },
      circuit: open.has(model.id) ? 'open' : 'closed',
    })),
  }
}

function isAtWork(now: Date, { zone, policy: { hours } }: CallDeps): boolean {
  const { weekday, hour } = DateTime.fromJSDate(now, { zone })
  return hours.days.includes(weekday) && hour >= hours.from && hour < hours.to
}

function tokensOf({ system, prompt, revision = '', schema }: ChatRequest<unknown>): number {
  return tokensIn(system + prompt + revision + JSON.stringify(z.toJSONSchema(schema)))
}

/** A draft's brief decides (evidence may mention anything); any other request by its prompt. */
function isRegulated(request: ChatRequest<unknown>, policy: RouterPolicy): boolean {
  const { brief } = request.draft ?? {}
  const text = brief ? `${brief.goal} ${brief.segment.name} ${brief.segment.description ?? ''}` : request.prompt
  const words = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `
  return policy.regulatedWords.some((word) => words.includes(` ${word} `))
}
