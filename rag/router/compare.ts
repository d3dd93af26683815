import type { PastDecision } from './decisions.ts'
import { route, type RouterPolicy } from './policy.ts'
import { costAt, isStrong, sum } from './replay.ts'

/** One way to choose, over the same past decisions. */
export type Compared = {
  name: 'this policy' | 'always strong' | 'always light' | 'random at the same share'
  strongShare: number
  costMicroUsd: number
  /** Of the messages behind the decisions (audience, at least 1), the share that the strong vendors wrote. */
  reachShare: number
}

/**
 * The policy against three that need no thought: always strong, always light, and a coin at the policy's own share
 * (its expectation, so nothing is drawn). What the policy earns over the coin is where it spends: the share of messages
 * behind which the strong model stood, at the same share of calls.
 */
export function comparePolicies(past: readonly PastDecision[], policy: RouterPolicy): Compared[] {
  const choices = past.flatMap((decision) => {
    const { tier } = route(decision.features, policy)
    if (tier === 'blocked') return []
    const first = (name: 'strong' | 'light'): string | undefined =>
      route(decision.features, only(policy, name)).chain[0]
    const [strong, light] = [costAt(decision, first('strong')), costAt(decision, first('light'))]
    return strong === null || light === null
      ? []
      : [{ isStrong: isStrong(tier), strong, light, reach: Math.max(1, decision.features.audience) }]
  })
  const reach = sum(choices.map((choice) => choice.reach))
  const share = choices.length === 0 ? 0 : choices.filter((choice) => choice.isStrong).length / choices.length
  const [dear, cheap] = [sum(choices.map(({ strong }) => strong)), sum(choices.map(({ light }) => light))]
  const chosen = choices.filter((choice) => choice.isStrong)
  return [
    {
      name: 'this policy',
      strongShare: share,
      costMicroUsd: sum(choices.map((choice) => (choice.isStrong ? choice.strong : choice.light))),
      reachShare: reach === 0 ? 0 : sum(chosen.map((choice) => choice.reach)) / reach,
    },
    { name: 'always strong', strongShare: 1, costMicroUsd: dear, reachShare: 1 },
    { name: 'always light', strongShare: 0, costMicroUsd: cheap, reachShare: 0 },
    {
      name: 'random at the same share',
      strongShare: share,
      costMicroUsd: Math.round(share * dear + (1 - share) * cheap),
      reachShare: share,
    },
  ]
}

/** The policy with every brief of one tier: no rule and no score decides. */
const only = (policy: RouterPolicy, name: 'strong' | 'light'): RouterPolicy => ({
  ...policy,
  threshold: name === 'strong' ? 0 : 1,
  weights: {
    ...policy.weights,
    audience: 0,
    stakes: 0,
    density: 0,
    round: 0,
    length: 0,
    unattended: 0,
    outsideHours: 0,
  },
  order: { ...policy.order, regulated: policy.order[name] },
})
