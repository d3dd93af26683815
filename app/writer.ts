import { slotNames } from '#campaigns/render/person-fields.ts'
import type { GraphReader } from '#graph/port.ts'
import { segmentRule } from '#graph/segment-rule.ts'
import { countDraft } from '#governance/agents/reviews.ts'
import { someoneIsThere } from '#governance/sessions.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import type { Db } from '#kernel/db.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import type { ChatModel, ChatRequest } from '#rag/chat-model.ts'
import type { Embedder } from '#rag/embedder.ts'
import type { Setup } from '#rag/evaluate/setup.ts'
import { livePrompt } from '#rag/prompts/live-prompt.ts'
import { liveAllowed } from '#rag/redact/allowed.ts'
import { relatedByGraph } from '#rag/related.ts'
import { callModel, type CallAbout, type CallResult } from '#rag/router/call-model.ts'
import { livePolicy } from '#rag/router/live-policy.ts'
import type { Budget } from '#rag/router/recorded-call.ts'
import { graphFor } from '#rag/scopes.ts'
import { brandOf, brandSettings } from './brand.ts'
import { pauseUntil } from './soon.ts'

type Parts = {
  config: Config
  db: Db
  clock: Clock
  embedder: Embedder
  /** Models whose vectors answer until the embedder has embedded everything. */
  earlierEmbedders: readonly Embedder[]
  models: readonly ChatModel[]
  graph: GraphReader
}

/**
 * The agent that writes, with the prompt and the router policy that are live when it is asked, or those of a setup
 * that is being evaluated.
 */
export function writerOf(parts: Parts, setup?: Setup): AgentDeps {
  const { config, db, clock, embedder, earlierEmbedders } = parts
  const graph = graphFor(parts.graph, 'copywriter')
  const ask = askerOf(parts, setup)
  return {
    db,
    clock,
    embedder,
    earlierEmbedders,
    brand: () => brandOf({ db, clock, settings: brandSettings(config) }, config, slotNames),
    prompt: () => (setup ? Promise.resolve(setup.prompt) : livePrompt({ db, clock })),
    callModel: ask,
    audienceOf: async (rule) => (await graph.count(segmentRule.parse(rule), { at: clock() })) ?? 0,
    onDecision: countDraft,
    relatedChunks: relatedByGraph(graph),
  }
}

/** Asks a model through the router, by the policy that is live or that of a setup. */
export function askerOf(
  { config, db, clock, models }: Pick<Parts, 'config' | 'db' | 'clock' | 'models'>,
  setup?: Setup,
): <T>(request: ChatRequest<T>, about: CallAbout) => Promise<CallResult<T>> {
  const budget = budgetOf(config)
  return async (request, about) => {
    const policy = setup?.policy ?? (await livePolicy({ db, clock }))
    const asked = setup?.models ? models.filter(({ id }) => setup.models?.includes(id)) : models
    const deps = {
      db,
      clock,
      models: asked,
      policy,
      budget,
      zone: config.BUSINESS_ZONE,
      allowed: await liveAllowed(db),
      pause: pauseUntil,
    }
    return callModel(deps, request, { ...about, operatorPresent: await someoneIsThere({ db, clock }) })
  }
}

const microUsd = (dollars: number): number => Math.round(dollars * 1e6)

/** The budgets of the settings. */
export const budgetOf = (config: Config): Budget => ({
  perDay: microUsd(config.MODEL_BUDGET_PER_DAY),
  perSubject: microUsd(config.MODEL_BUDGET_PER_DRAFT),
  perCampaign: microUsd(config.MODEL_BUDGET_PER_CAMPAIGN),
  perCall: microUsd(config.MODEL_BUDGET_PER_CALL),
})
