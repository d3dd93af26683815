import { enough, evidenceAbove, evidenceBelow, lowerBound, rateOf, upperBound, type Tally } from './evidence.ts'
import type { Guard, GuardMetric, RolloutPlan } from './plan.ts'

export type Tallies = Readonly<Record<GuardMetric, Tally>>

/** A guard at a look. `evidence`: how far it is from a breach, 1 being one. */
export type Reading = Tally & { metric: GuardMetric; evidence: number; words: string }

export type Look = {
  plan: RolloutPlan
  /** How far the release goes now. */
  percent: number
  stageSince: Date
  /** Messages that left in this stage. */
  stageSends: number
  /** Whether anybody the stage reaches still waits for a message that is due, or will be soon enough. */
  waiting: boolean
  tallies: Tallies
  /** What the release before had; null where there is none. */
  former: Tallies | null
  at: Date
}

export type Decision =
  | { kind: 'breached' | 'waits' | 'finished'; why: string; readings: Reading[] }
  | { kind: 'advances'; percent: number; why: string; readings: Reading[] }

/** So near a breach, as a part of the evidence it takes, a stage does not go on. */
const near = 0.5

/**
 * What becomes of a rollout at a look: taken back on a breach, on to the next stage when the time and messages of this
 * one are over and no guard is near a breach, else waiting. The chance that a sound release is ever taken back is at
 * most the plan's error rate, shared evenly among its tests.
 */
export function decide(look: Look): Decision {
  const { plan, percent, at } = look
  const tests = plan.guards.flatMap(testsOf).length
  const readings = plan.guards.map((guard) => readingOf(guard, look, plan.errorRate / tests))
  const worst = readings.toSorted((one, other) => other.evidence - one.evidence)[0]!
  if (worst.evidence >= 1) return { kind: 'breached', why: worst.words, readings }
  const place = plan.stages.findIndex((stage) => stage.percent === percent)
  const stage = plan.stages[place]
  if (!stage) return waits(`somebody set it to ${percent} %: set it to one of its stages to let it go on`)
  const over = stage.minMinutes * 60_000 - (at.getTime() - look.stageSince.getTime())
  if (over > 0) return waits(`${percent} % for another ${Math.ceil(over / 60_000)} minutes at least`)
  if (look.stageSends < stage.minSends && look.waiting)
    return waits(`${look.stageSends} of ${stage.minSends} messages at ${percent} %`)
  if (worst.evidence >= near) return waits(`near a breach: ${worst.words}`)
  const next = plan.stages[place + 1]
  if (!next) return { kind: 'finished', why: 'every stage is over, and every guard held', readings }
  return { kind: 'advances', percent: next.percent, why: `${percent} % went well: on to ${next.percent} %`, readings }

  function waits(why: string): Decision {
    return { kind: 'waits', why, readings }
  }
}

const testsOf = ({ limit, timesFormer }: Guard): number[] => [limit, timesFormer].filter((test) => test !== undefined)

/** The test that speaks loudest against a guard. */
function readingOf(guard: Guard, look: Look, errorRate: number): Reading {
  const { metric } = guard
  const tally = look.tallies[metric]
  const former = look.former?.[metric] ?? null
  const own = guard.limit === undefined ? [] : [{ limit: guard.limit, spent: errorRate }]
  const compared = guard.timesFormer === undefined ? [] : formerLimit(guard, former, errorRate / 2)
  const judged = [...own, ...compared].map(({ limit, spent }) => ({
    limit,
    evidence: (metric === 'conversion' ? evidenceBelow : evidenceAbove)(tally, limit) / enough(spent),
  }))
  const worst = judged.toSorted((one, other) => other.evidence - one.evidence)[0]
  const evidence = Math.max(0, worst?.evidence ?? 0)
  return { ...tally, metric, evidence, words: wordsOf(metric, tally, worst?.limit ?? null) }
}

/**
 * The limit that the release before sets: a multiple of the worst rate that its own messages leave possible. Half of the
 * error is spent on that bound, half on the test against it.
 */
function formerLimit(guard: Guard, former: Tally | null, spent: number): { limit: number; spent: number }[] {
  if (!former || former.tries === 0 || guard.timesFormer === undefined) return []
  const bound = guard.metric === 'conversion' ? lowerBound(former, spent) : upperBound(former, spent)
  const limit = bound * guard.timesFormer
  return limit > 0 && limit < 1 ? [{ limit, spent }] : []
}

const happened: Record<GuardMetric, string> = {
  bounce: 'bounced',
  complaint: 'were marked as unwanted',
  unsubscribe: 'led to unsubscribing',
  error: 'failed',
  guardrail: 'were stopped by a guardrail',
  conversion: 'reached the goal',
}

function wordsOf(metric: GuardMetric, tally: Tally, limit: number | null): string {
  const share = `${tally.hits} of ${tally.tries} messages ${happened[metric]} (${percent(rateOf(tally))})`
  if (limit === null) return `${share}; there is nothing to compare with yet`
  return `${share}, ${metric === 'conversion' ? 'at least' : 'at most'} ${percent(limit)} asked for`
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`
