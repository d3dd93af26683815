import { z } from 'zod'
import { hashOf } from '#kernel/crypto.ts'
import type { Hash } from '#kernel/ids.ts'

const vendor = z.enum(['groq', 'claude', 'compatible', 'offline'])
const share = z.number().min(0).max(1)

/** A version of the router: every number and word it decides by. */
export const routerPolicySchema = z.object({
  version: z.int().min(1),
  /** A score at or above it asks the strong vendors first. Set so that about `strongShare` of one's own calls reach it. */
  threshold: share,
  strongShare: share,
  weights: z.object({
    audience: share,
    stakes: share,
    density: share,
    round: share,
    length: share,
    unattended: share,
    /** Outside the business's hours, when nobody would notice a weak draft soon. */
    outsideHours: share.default(0),
  }),
  order: z.object({ light: z.array(vendor), strong: z.array(vendor), regulated: z.array(vendor) }),
  /** The purposes that the offline composer can serve, as the last of a chain; none = never. */
  offlinePurposes: z.array(z.string()),
  /** Words that make a brief regulated, in any case. */
  regulatedWords: z.array(z.string()),
  circuit: z.object({
    failures: z.int().min(1),
    windowMs: z.int().min(1),
    cooldownMs: z.int().min(1),
    authCooldownMs: z.int().min(1),
  }),
  hopTimeoutMs: z.int().min(1),
  /** When the business is at work: ISO weekdays (1 = Monday) and whole hours of its zone, `from` up to, not including, `to`. */
  hours: z
    .object({ days: z.array(z.int().min(1).max(7)), from: z.int().min(0).max(23), to: z.int().min(1).max(24) })
    .default({ days: [1, 2, 3, 4, 5], from: 8, to: 18 }),
  /** The most that one deployment of a vendor is asked in a minute: requests, and tokens in and out. None = as it takes. */
  limits: z
    .partialRecord(vendor, z.object({ requestsPerMinute: z.int().min(1), tokensPerMinute: z.int().min(1) }))
    .default({}),
  /** When all of a chain failed and one asked to wait no longer than this, the chain is walked again, so often. */
  patience: z.object({ walks: z.int().min(1).max(5), mostWaitMs: z.int().min(0) }).default({ walks: 1, mostWaitMs: 0 }),
  /** The threshold follows one's own traffic: over so many decisions, at least so many, by no more than a step at a time. */
  calibration: z
    .object({ window: z.int().min(1), least: z.int().min(1), step: share })
    .default({ window: 500, least: 50, step: 0.05 }),
})
export type RouterPolicy = z.infer<typeof routerPolicySchema>

/** All that a decision is made from; kept beside it, so that it can be made again to the letter. */
export const routeFeaturesSchema = z.object({
  purpose: z.string(),
  promptTokens: z.int().min(0),
  maxTokens: z.int().min(1),
  audience: z.int().min(0),
  stakes: z.enum(['low', 'normal', 'high']),
  regulated: z.boolean(),
  personalLeft: z.int().min(0),
  /** Numbers in a hundred words of the prompt. */
  density: z.number().min(0),
  /** 0 for a first draft, 1 for its first revision. */
  round: z.int().min(0),
  operatorPresent: z.boolean(),
  businessHours: z.boolean().default(true),
  /** What is left for this request: the least of the day's, the subject's and the call's budget. */
  budgetLeftMicroUsd: z.int(),
  models: z.array(
    z.object({
      id: z.string(),
      vendor,
      contextTokens: z.int(),
      thinkingTokens: z.int().min(0),
      free: z.boolean(),
      /** Millionths of a US dollar for a million tokens, when it was decided; older decisions did not keep it. */
      price: z.object({ input: z.number(), output: z.number() }).optional(),
      circuit: z.enum(['closed', 'open']),
    }),
  ),
})
export type RouteFeatures = z.infer<typeof routeFeaturesSchema>

export type Route = { tier: 'blocked' | 'regulated' | 'strong' | 'light'; score: number; chain: string[]; reasons: string[] } // prettier-ignore

/** The policy the house starts with. Its threshold is a first guess until it is calibrated on the business's own calls. */
export const firstPolicy: RouterPolicy = {
  version: 2,
  threshold: 0.55,
  strongShare: 0.2,
  weights: {
    audience: 0.35,
    stakes: 0.2,
    density: 0.1,
    round: 0.15,
    length: 0.1,
    unattended: 0.05,
    outsideHours: 0.05,
  },
  order: {
    light: ['groq', 'claude', 'compatible'],
    strong: ['claude', 'groq', 'compatible'],
    regulated: ['claude'],
  },
  offlinePurposes: ['draft'],
  regulatedWords: [
    'medical', 'medicine', 'health', 'cure', 'therapy', 'diagnosis', 'pregnancy', 'loan', 'credit', 'mortgage',
    'insurance', 'invest', 'investment', 'investing', 'pension', 'gambling', 'betting', 'alcohol', 'tobacco', 'vape',
    'cannabis', 'cbd', 'weight loss', 'election', 'political', 'children', 'minors',
  ], // prettier-ignore
  circuit: { failures: 3, windowMs: 120_000, cooldownMs: 60_000, authCooldownMs: 600_000 },
  hopTimeoutMs: 45_000,
  hours: { days: [1, 2, 3, 4, 5], from: 8, to: 18 },
  limits: {
    groq: { requestsPerMinute: 30, tokensPerMinute: 200_000 },
    claude: { requestsPerMinute: 50, tokensPerMinute: 200_000 },
  },
  patience: { walks: 2, mostWaitMs: 20_000 },
  calibration: { window: 500, least: 50, step: 0.05 },
}

/** What the registry of versions knows a policy by. */
export const [policyKind, policyName] = ['router', 'models'] as const

/** The hash under which the registry keeps the policy. */
export const policyHash = (policy: RouterPolicy): Hash => hashOf({ kind: policyKind, name: policyName, body: policy })

/**
 * Chooses whom to ask, in which order. Pure: the same features and policy give the same route. Hard rules stand before
 * the score: data of people that was left in blocks; a regulated or high-stakes brief goes to its own vendors alone.
 */
export function route(features: RouteFeatures, policy: RouterPolicy): Route {
  if (features.personalLeft > 0) {
    const reasons = [`${features.personalLeft} pieces of people's data were not redacted: nobody may be asked`]
    return { tier: 'blocked', score: 0, chain: [], reasons }
  }
  const score = scoreOf(features, policy)
  const { tier, why } = tierOf(features, policy, score)
  const { chain, reasons } = chainOf(features, policy, tier)
  return { tier, score, chain, reasons: [why, ...reasons] }
}

function tierOf(features: RouteFeatures, policy: RouterPolicy, score: number) {
  if (features.regulated) return { tier: 'regulated', why: 'The brief touches a regulated topic' } as const
  if (features.stakes === 'high') return { tier: 'regulated', why: 'The stakes are high' } as const
  const words = `Score ${score.toFixed(3)}, threshold ${policy.threshold}`
  return score >= policy.threshold
    ? ({ tier: 'strong', why: `${words}: the strong model first` } as const)
    : ({ tier: 'light', why: `${words}: the light model first` } as const)
}

const capped = (value: number): number => Math.min(1, Math.max(0, value))

/** Each feature on [0, 1], weighted. An audience of 100,000 and a prompt of 8,000 tokens count in full. */
function scoreOf(features: RouteFeatures, { weights }: RouterPolicy): number {
  const score =
    weights.audience * capped(Math.log10(1 + features.audience) / 5) +
    weights.stakes * (features.stakes === 'low' ? 0 : 0.5) +
    weights.density * capped(features.density / 10) +
    weights.round * capped(features.round / 2) +
    weights.length * capped(features.promptTokens / 8000) +
    weights.unattended * (features.operatorPresent ? 0 : 1) +
    weights.outsideHours * (features.businessHours ? 0 : 1)
  return Math.round(score * 1e6) / 1e6
}

function chainOf(features: RouteFeatures, policy: RouterPolicy, tier: 'regulated' | 'strong' | 'light') {
  const reasons: string[] = []
  const wanted = policy.order[tier].flatMap((name) => {
    const models = features.models.filter((model) => model.vendor === name)
    if (models.length === 0) reasons.push(`No model of ${name} is set up`)
    return models
  })
  const chain = wanted.filter((model) => {
    const problem = problemOf(model, features)
    if (problem !== null) reasons.push(`${model.id} left out: ${problem}`)
    return problem === null
  })
  const offline = policy.offlinePurposes.includes(features.purpose)
    ? features.models.filter((model) => model.vendor === 'offline')
    : []
  if (offline.length > 0) reasons.push('The offline composer comes last')
  return { chain: [...new Set([...chain, ...offline].map((model) => model.id))], reasons }
}

function problemOf(model: RouteFeatures['models'][number], features: RouteFeatures): string | null {
  if (model.circuit === 'open') return 'it failed too often of late'
  if (features.promptTokens + features.maxTokens + model.thinkingTokens > model.contextTokens)
    return 'the prompt is too long for it'
  if (!model.free && features.budgetLeftMicroUsd <= 0) return 'the budget is spent'
  return null
}
