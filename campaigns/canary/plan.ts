import { z } from 'zod'

const rate = z.number().gt(0).lt(1)

/** What is watched. All but conversions are to be rare; of conversions there are to be enough. */
export const guardMetrics = ['bounce', 'complaint', 'unsubscribe', 'error', 'guardrail', 'conversion'] as const
export type GuardMetric = (typeof guardMetrics)[number]

const guard = z
  .strictObject({
    metric: z.enum(guardMetrics),
    limit: rate.optional().describe('The highest share of messages; of conversions the lowest'),
    timesFormer: z
      .number()
      .gt(0)
      .lt(100)
      .optional()
      .describe('The highest multiple of what the version before had; of conversions the lowest'),
    withinHours: z
      .int()
      .min(1)
      .max(720)
      .optional()
      .describe('Conversions: messages so old count, with what happened until then'),
  })
  .refine(
    ({ limit, timesFormer }) => limit !== undefined || timesFormer !== undefined,
    'says limit, timesFormer or both',
  )
  .refine(
    ({ metric, timesFormer }) =>
      timesFormer === undefined || (metric === 'conversion' ? timesFormer < 1 : timesFormer > 1),
    'timesFormer leaves no room: more than 1, of conversions less than 1',
  )
  .refine(
    ({ metric, withinHours }) => withinHours === undefined || metric === 'conversion',
    '`withinHours` belongs to conversions',
  )
export type Guard = z.infer<typeof guard>

const stage = z.strictObject({
  percent: z.int().min(1).max(100),
  minSends: z.int().min(0).describe('Fewest messages of this stage before the next; fewer where it has nobody left'),
  minMinutes: z.int().min(1).max(43_200).describe('Shortest time before the next stage'),
})

/** How a release goes out: stage by stage while its guards hold. */
export const rolloutPlan = z.strictObject({
  stages: z
    .array(stage)
    .min(2)
    .max(10)
    .refine(
      (stages) => stages.every(({ percent }, at) => at === 0 || percent > stages[at - 1]!.percent),
      'each stage goes further than the one before',
    ) // prettier-ignore
    .refine((stages) => stages.at(-1)?.percent === 100, 'the last stage is 100 percent'),
  guards: z
    .array(guard)
    .min(1)
    .max(12)
    .refine(
      (guards) => new Set(guards.map(({ metric }) => metric)).size === guards.length,
      'each metric is guarded once',
    ),
  mostBetweenLooks: z
    .int()
    .min(1)
    .max(100_000)
    .describe('Most messages that leave before the guards are looked at again'),
  errorRate: z
    .number()
    .min(0.0001)
    .max(0.2)
    .describe('The chance that a sound release is taken back, over all looks and guards'),
})
export type RolloutPlan = z.infer<typeof rolloutPlan>

/** What is offered where nobody wrote a plan of their own: to some first, and on while little goes wrong. */
export const carefulRollout: RolloutPlan = {
  stages: [
    { percent: 1, minSends: 50, minMinutes: 30 },
    { percent: 10, minSends: 200, minMinutes: 60 },
    { percent: 50, minSends: 500, minMinutes: 120 },
    { percent: 100, minSends: 0, minMinutes: 60 },
  ],
  guards: [
    { metric: 'bounce', limit: 0.05 },
    { metric: 'complaint', limit: 0.003 },
    { metric: 'unsubscribe', limit: 0.03 },
    { metric: 'error', limit: 0.05 },
    { metric: 'guardrail', limit: 0.02 },
  ],
  mostBetweenLooks: 1_000,
  errorRate: 0.05,
}

/** From so many people on, a campaign goes out carefully unless somebody chooses otherwise. */
export const manyForAtOnce = 500

/** What speaks against a rollout within its campaign. */
export function rolloutProblems(document: {
  rollout?: RolloutPlan | undefined
  limits: { expireAfterHours: number }
  goalReachedBy?: unknown
}): string[] {
  const { rollout, limits, goalReachedBy } = document
  if (!rollout) return []
  const minutes = rollout.stages.slice(0, -1).reduce((sum, { minMinutes }) => sum + minMinutes, 0)
  const isGoalless = goalReachedBy === undefined && rollout.guards.some(({ metric }) => metric === 'conversion')
  return [
    ...(minutes >= limits.expireAfterHours * 60
      ? [`The rollout takes ${Math.ceil(minutes / 60)} hours to reach everybody, but messages expire after ${limits.expireAfterHours}: shorten its stages, or raise expireAfterHours`] // prettier-ignore
      : []),
    ...(isGoalless ? ['The rollout guards conversions, and the campaign names none: say goalReachedBy'] : []),
  ]
}
