import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vendor } from '#rag/chat-model.ts'
import type { RecentCall } from '#rag/queries/model-calls.ts'
import { openCircuits } from '#rag/router/circuit.ts'
import { firstPolicy, policyHash, route, routeFeaturesSchema, routerPolicySchema, type RouteFeatures } from '#rag/router/policy.ts' // prettier-ignore

const model = (vendor: Vendor, more: Partial<RouteFeatures['models'][number]> = {}) => ({
  id: `${vendor}-1`, vendor, contextTokens: 100_000, thinkingTokens: 0, free: vendor === 'offline', circuit: 'closed' as const, ...more,
}) // prettier-ignore

const quiet: RouteFeatures = {
  purpose: 'draft', promptTokens: 2000, maxTokens: 2000, audience: 200, stakes: 'normal', regulated: false,
  personalLeft: 0, density: 3, round: 0, operatorPresent: true, businessHours: true, budgetLeftMicroUsd: 5_000_000,
  models: [model('groq'), model('claude'), model('offline')],
} // prettier-ignore

describe('the routing policy', () => {
  const chain = (features: Partial<RouteFeatures>) => route({ ...quiet, ...features }, firstPolicy).chain

  it('asks the light model first for an ordinary draft, and ends offline', () => {
    expect(chain({})).toEqual(['groq-1', 'claude-1', 'offline-1'])
  })

  it('asks the strong model first where more is at stake by score', () => {
    expect(chain({ audience: 90_000, round: 1, operatorPresent: false })[0]).toBe('claude-1')
  })

  it('lets the hard rules win over the score', () => {
    expect(chain({ regulated: true })).toEqual(['claude-1', 'offline-1'])
    expect(chain({ stakes: 'high' })).toEqual(['claude-1', 'offline-1'])
  })

  it('asks nobody while data of people is left in the request', () => {
    const blocked = route({ ...quiet, personalLeft: 1, regulated: true }, firstPolicy)
    expect(blocked).toMatchObject({ tier: 'blocked', chain: [] })
    expect(blocked.reasons[0]).toContain('not redacted')
  })

  it('leaves out what cannot serve, and says why', () => {
    const models = [
      model('groq', { circuit: 'open' }),
      model('claude', { contextTokens: 3000 }),
      model('compatible', { free: true }),
      model('offline'),
    ]
    const { chain: ids, reasons } = route({ ...quiet, models }, firstPolicy)
    expect(ids).toEqual(['compatible-1', 'offline-1'])
    expect(reasons).toContain('groq-1 left out: it failed too often of late')
    expect(reasons).toContain('claude-1 left out: the prompt is too long for it')
  })

  it('asks only what is free once the budget is spent', () => {
    expect(chain({ budgetLeftMicroUsd: 0 })).toEqual(['offline-1'])
  })

  it('does not send other purposes to the offline composer', () => {
    expect(chain({ purpose: 'judge' })).toEqual(['groq-1', 'claude-1'])
  })

  const features: fc.Arbitrary<RouteFeatures> = fc.record({
    purpose: fc.constantFrom('draft', 'judge'),
    promptTokens: fc.nat(200_000),
    maxTokens: fc.integer({ min: 1, max: 8000 }),
    audience: fc.nat(1_000_000),
    stakes: fc.constantFrom('low', 'normal', 'high'),
    regulated: fc.boolean(),
    personalLeft: fc.constantFrom(0, 0, 0, 2),
    density: fc.double({ min: 0, max: 100, noNaN: true }),
    round: fc.nat(3),
    operatorPresent: fc.boolean(),
    businessHours: fc.boolean(),
    budgetLeftMicroUsd: fc.integer({ min: -1000, max: 5_000_000 }),
    models: fc.subarray([model('groq'), model('claude'), model('compatible'), model('offline')]),
  }) // prettier-ignore

  it('decides the same again from what was stored, and keeps the hard rules whatever the rest', () => {
    fc.assert(
      fc.property(features, (given) => {
        const decided = route(given, firstPolicy)
        const stored = routeFeaturesSchema.parse(JSON.parse(JSON.stringify(given)))
        const policy = routerPolicySchema.parse(JSON.parse(JSON.stringify(firstPolicy)))
        expect(route(stored, policy)).toEqual(decided)
        const vendors = decided.chain.map((id) => id.split('-')[0])
        if (given.personalLeft > 0) expect(vendors).toEqual([])
        if (given.regulated || given.stakes === 'high') expect(vendors).not.toContain('groq')
        if (given.budgetLeftMicroUsd <= 0) expect(vendors).not.toContain('claude')
        expect(decided.score).toBeGreaterThanOrEqual(0)
        expect(decided.score).toBeLessThanOrEqual(1)
        expect(new Set(decided.chain).size).toBe(decided.chain.length)
      }),
    )
  })

  it('has another hash for another policy', () => {
    expect(policyHash(firstPolicy)).not.toBe(policyHash({ ...firstPolicy, threshold: 0.6 }))
  })
})

describe('circuits', () => {
  const now = new Date('2026-11-21T12:00:00Z')
  const call = (outcome: RecentCall['outcome'], secondsAgo: number, retryAfterMs: number | null = null): RecentCall => ({
    model: 'a', outcome, finishedAt: new Date(now.getTime() - secondsAgo * 1000), retryAfterMs,
  }) // prettier-ignore
  const isOpen = (...calls: RecentCall[]) => openCircuits(calls, firstPolicy, now).has('a')

  it('opens after three failures in a row, and closes again with time or success', () => {
    expect(isOpen(call('timeout', 5), call('unavailable', 9), call('unavailable', 12))).toBe(true)
    expect(isOpen(call('timeout', 5), call('answer', 9), call('unavailable', 12), call('unavailable', 13))).toBe(false)
    expect(isOpen(call('timeout', 70), call('unavailable', 71), call('unavailable', 72))).toBe(false)
  })

  it('waits as long as a rate limit asks, and long after a refused key', () => {
    expect(isOpen(call('rate-limited', 5, 10_000))).toBe(true)
    expect(isOpen(call('rate-limited', 15, 10_000))).toBe(false)
    expect(isOpen(call('auth', 300))).toBe(true)
    expect(isOpen(call('auth', 700))).toBe(false)
  })

  it('does not count answers that were only wrong', () => {
    expect(isOpen(call('invalid-output', 1), call('refused', 2), call('invalid-output', 3))).toBe(false)
  })
})
