import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { pastDecisions } from './decisions.ts'
import { livePolicy, releasePolicy } from './live-policy.ts'
import { route, type RouteFeatures, type RouterPolicy } from './policy.ts'

/** The threshold that traffic asks for. `share` is of the decisions that a model may take, hard rules included. */
export type Calibration = {
  decisions: number
  /** Decisions that a hard rule sends to the strong vendors whatever the score. */
  byRule: number
  share: number
  wanted: number
  threshold: number
  why: string
}

export type Calibrated = ({ kind: 'moved'; hash: Hash; from: number } & Calibration) | ({ kind: 'kept' } & Calibration)

const shareOf = (features: readonly RouteFeatures[], policy: RouterPolicy): number =>
  features.filter((given) => route(given, policy).tier !== 'light').length / features.length

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4

/**
 * The threshold at which the wanted share of these decisions would have gone to the strong vendors: the quantile of
 * the scores that no hard rule decided. Hard rules win over the share: where they alone exceed it, nothing else goes
 * there. It moves by one step at most, so that a strange day cannot turn the house over.
 */
export function calibrationOf(all: readonly RouteFeatures[], policy: RouterPolicy): Calibration {
  const features = all.filter((given) => route(given, policy).tier !== 'blocked')
  const scored = features
    .map((given) => route(given, policy))
    .filter(({ tier }) => tier !== 'regulated')
    .map(({ score }) => score)
    .toSorted((a, b) => b - a)
  const byRule = features.length - scored.length
  const share = features.length === 0 ? 0 : shareOf(features, policy)
  const known = { decisions: features.length, byRule, share, wanted: policy.strongShare }
  if (features.length < policy.calibration.least) {
    const why = `${features.length} decisions so far, and ${policy.calibration.least} are needed`
    return { ...known, threshold: policy.threshold, why }
  }
  const places = Math.max(0, Math.round(policy.strongShare * features.length) - byRule)
  // Half-way between the last score that goes and the first that stays: equal scores go one way together.
  const [last, first] = [scored[places - 1] ?? 1, scored[places] ?? 0]
  const aim = last === first ? last : (last + first) / 2
  const { step } = policy.calibration
  const threshold = rounded(Math.min(policy.threshold + step, Math.max(policy.threshold - step, aim)))
  const rules = byRule > policy.strongShare * features.length ? ', and hard rules alone exceed it' : ''
  const why = `${percent(share)} of ${features.length} decisions went to the strong vendors, ${percent(policy.strongShare)} are wanted${rules}`
  return { ...known, threshold, why }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** Follows one's own traffic: releases the policy anew with the threshold that the last decisions ask for. */
export async function calibrate(
  deps: { db: Db; clock: Clock },
  input: { by: string; dryRun?: boolean },
): Promise<Calibrated> {
  const policy = await livePolicy(deps)
  const { window, least } = policy.calibration
  const past = await pastDecisions(deps.db, { since: new Date(0), limit: Math.max(window, least) })
  const found = calibrationOf(
    past.map(({ features }) => features),
    policy,
  )
  // A hundredth either way is chance, and not worth a version.
  if (Math.abs(found.threshold - policy.threshold) < 0.01 || input.dryRun) return { kind: 'kept', ...found }
  const reason = `calibrated: ${found.why}`
  const hash = await releasePolicy(deps, { policy: { ...policy, threshold: found.threshold }, by: input.by, reason })
  return { kind: 'moved', hash, from: policy.threshold, ...found }
}
