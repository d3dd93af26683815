import type { PastDecision } from './decisions.ts'
import { route, type Route, type RouteFeatures, type RouterPolicy } from './policy.ts'

/** A past decision under another policy. */
export type Replayed = { decision: PastDecision; before: Route['tier']; after: Route; moved: boolean }

export type Replay = {
  decisions: number
  /** Asked first of another model than then. */
  moved: Replayed[]
  /** Of the decisions that a model may take, those whose first model was of a strong or regulated chain. */
  strongShare: { before: number; after: number }
  /** Estimated from the tokens of then at the prices of then, the first model answering: the same for both sides. */
  costMicroUsd: { before: number; after: number }
  /** Decisions without a known price, left out of the cost. */
  unpriced: number
}

/** Decides past requests again under another policy: what would have gone elsewhere, and what it would have cost. */
export function replay(
  past: readonly PastDecision[],
  old: (decision: PastDecision) => RouterPolicy,
  policy: RouterPolicy,
): Replay {
  const replayed = past.map((decision): Replayed => {
    const after = route(decision.features, policy)
    const before = route(decision.features, old(decision)).tier
    return { decision, before, after, moved: after.chain[0] !== decision.chain[0] }
  })
  const asked = replayed.filter(({ before }) => before !== 'blocked')
  const priced = replayed.flatMap(({ decision, after }) => {
    const [before, then] = [costAt(decision, decision.chain[0]), costAt(decision, after.chain[0])]
    return before === null || then === null ? [] : [{ before, after: then }]
  })
  const share = (tier: (one: Replayed) => Route['tier']): number =>
    asked.length === 0 ? 0 : asked.filter((one) => isStrong(tier(one))).length / asked.length
  return {
    decisions: past.length,
    moved: replayed.filter(({ moved }) => moved),
    strongShare: { before: share(({ before }) => before), after: share(({ after }) => after.tier) },
    costMicroUsd: {
      before: sum(priced.map(({ before }) => before)),
      after: sum(priced.map(({ after }) => after)),
    },
    unpriced: past.length - priced.length,
  }
}

export const isStrong = (tier: Route['tier']): boolean => tier === 'strong' || tier === 'regulated'

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/**
 * What a decision's tokens cost at a model: as counted where somebody answered, else the prompt as it was weighed. Null
 * where the model was not there or its price not kept; nobody costs nothing.
 */
export function costAt(decision: PastDecision, model: string | undefined): number | null {
  if (model === undefined) return 0
  const price = priceOf(decision.features, model)
  if (!price) return null
  const input = decision.inputTokens || decision.features.promptTokens
  return Math.ceil((input * price.input + decision.outputTokens * price.output) / 1e6)
}

function priceOf(features: RouteFeatures, id: string) {
  const model = features.models.find((one) => one.id === id)
  return model?.price ?? (model?.free ? { input: 0, output: 0 } : undefined)
}
