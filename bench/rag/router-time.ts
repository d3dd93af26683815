import { firstPolicy, route, type RouteFeatures } from '#rag/router/policy.ts'
import { seeded } from './zipf-texts.ts'

const models: RouteFeatures['models'] = (['groq', 'claude', 'compatible', 'offline'] as const).map((vendor) => ({
  id: `${vendor}-1`,
  vendor,
  contextTokens: 128_000,
  thinkingTokens: 0,
  free: vendor === 'offline',
  price: { input: 150_000, output: 600_000 },
  circuit: 'closed',
}))

function generatedFeatures(count: number): RouteFeatures[] {
  const random = seeded(3)
  const upTo = (most: number): number => Math.floor(random() * most)
  return Array.from({ length: count }, () => ({
    purpose: 'draft',
    promptTokens: upTo(12_000),
    maxTokens: 2500,
    audience: upTo(50_000),
    stakes: (['low', 'normal', 'high'] as const)[upTo(3)]!,
    regulated: random() < 0.05,
    personalLeft: random() < 0.02 ? 1 : 0,
    density: upTo(12),
    round: upTo(3),
    operatorPresent: random() < 0.5,
    businessHours: random() < 0.5,
    budgetLeftMicroUsd: random() < 0.05 ? 0 : 1_000_000,
    models,
  }))
}

/** How many requests the router decides in a second of processor, reasons in words included. */
export function rateOfRouter(): string {
  const features = generatedFeatures(20_000)
  for (const one of features.slice(0, 2000)) route(one, firstPolicy)
  const from = process.cpuUsage()
  for (const one of features) route(one, firstPolicy)
  const { user, system } = process.cpuUsage(from)
  return `router: ${Math.round(features.length / ((user + system) / 1e6))} decisions a second`
}
