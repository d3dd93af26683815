import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { stoppedClock } from '#kernel/clock.ts'
import type { ChatAnswer, ChatModel, ChatRequest, Vendor } from '#rag/chat-model.ts'
import { calibrate, calibrationOf } from '#rag/router/calibrate.ts'
import { callModel, type CallAbout, type CallDeps } from '#rag/router/call-model.ts'
import { comparePolicies } from '#rag/router/compare.ts'
import { decisionById, pastDecisions } from '#rag/router/decisions.ts'
import { livePolicy, policyHistory, policyOf, releasePolicy } from '#rag/router/live-policy.ts'
import { firstPolicy, policyHash, route, type RouteFeatures, type RouterPolicy } from '#rag/router/policy.ts'
import { replay } from '#rag/router/replay.ts'
import { testDatabase } from '#test/support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-11-20T12:00:00Z'))
const schema = z.object({ text: z.string() })
const budget = { perDay: 50_000_000, perSubject: 50_000_000, perCampaign: 50_000_000, perCall: 50_000_000 }
const says: ChatAnswer<unknown> = {
  kind: 'answer',
  value: { text: 'fine' },
  usage: { inputTokens: 1000, outputTokens: 500, costMicroUsd: 3000 },
  model: 'm',
}

/** A model that gives its answers in turn, then says that all is fine. */
function model(vendor: Vendor, ...answers: ChatAnswer<unknown>[]): { adapter: ChatModel; asked: () => number } {
  let asked = 0
  const price = vendor === 'claude' ? { input: 3_000_000, output: 15_000_000 } : { input: 150_000, output: 600_000 }
  const complete = <T>(): Promise<ChatAnswer<T>> => {
    asked += 1
    return Promise.resolve((answers.shift() ?? says) as ChatAnswer<T>)
  }
  const adapter = { id: `${vendor}-1`, vendor, contextTokens: 100_000, thinkingTokens: 0, priceMicroUsdPerMTok: price, complete } // prettier-ignore
  return { adapter, asked: () => asked }
}

const waits: number[] = []
const deps = (models: ChatModel[], more: Partial<CallDeps> = {}): CallDeps => ({
  db, clock, models, policy: firstPolicy, budget, zone: 'Europe/Amsterdam', allowed: {}, ...more,
  pause: (ms) => {
    waits.push(ms)
    clock.advance(ms)
    return Promise.resolve()
  },
}) // prettier-ignore
const request: ChatRequest<z.infer<typeof schema>> = {
  purpose: 'judge', system: 'Judge.', prompt: 'Is it so?', schema, maxTokens: 1000, deadline: new AbortController().signal, evidence: [],
} // prettier-ignore
const ask = (given: CallDeps, about: CallAbout = {}) => callModel(given, request, { names: [], ...about })

beforeEach(() => void waits.splice(0))

describe('a deployment’s own limit', () => {
  const one: RouterPolicy = { ...firstPolicy, limits: { groq: { requestsPerMinute: 2, tokensPerMinute: 100_000 } } }

  it('sends what the vendor would refuse to the next of the chain, and asks again when the minute is over', async () => {
    const [groq, claude] = [model('groq'), model('claude')]
    const given = deps([groq.adapter, claude.adapter], { policy: one })
    for (let nth = 0; nth < 3; nth += 1) await ask(given)
    expect([groq.asked(), claude.asked()]).toEqual([2, 1])
    clock.advance(61_000)
    await ask(given)
    expect(groq.asked()).toBe(3)
  })

  it('counts tokens as well', async () => {
    const groq = model('groq')
    const policy = { ...one, limits: { groq: { requestsPerMinute: 100, tokensPerMinute: 1400 } } }
    await ask(deps([groq.adapter], { policy }))
    expect(
      await ask(deps([groq.adapter], { policy: { ...policy, patience: { walks: 1, mostWaitMs: 0 } } })),
    ).toMatchObject({ kind: 'failed', reason: 'rate-limited' })
  })
})

describe('patience', () => {
  const limited: ChatAnswer<unknown> = { kind: 'failed', reason: 'rate-limited', why: 'slow down', retryAfterMs: 4000 }

  it('waits as long as the vendor asks, and walks the chain once more', async () => {
    const groq = model('groq', limited)
    expect(await ask(deps([groq.adapter]))).toMatchObject({ kind: 'answer' })
    expect(waits).toEqual([4000])
  })

  it('does not wait longer than the policy allows', async () => {
    const groq = model('groq', { ...limited, retryAfterMs: 21_000 })
    expect(await ask(deps([groq.adapter]))).toMatchObject({ kind: 'failed', reason: 'rate-limited' })
    expect(waits).toEqual([])
  })
})

describe('the budget of a draft', () => {
  it('ends its calls before the day’s does, and leaves other drafts alone', async () => {
    const groq = model('groq')
    const given = deps([groq.adapter], { budget: { ...budget, perSubject: 3500 } })
    expect(await ask(given, { subject: 'draft:1' })).toMatchObject({ kind: 'answer' })
    const second = await ask(given, { subject: 'draft:1' })
    expect(second).toMatchObject({ kind: 'failed', reason: 'budget' })
    expect(second.kind === 'failed' && second.why).toContain('MODEL_BUDGET_PER_DRAFT')
    expect(await ask(given, { subject: 'draft:2' })).toMatchObject({ kind: 'answer' })
  })

  it('lets no single call cost more than a call may', async () => {
    const groq = model('groq')
    const refused = await ask(deps([groq.adapter], { budget: { ...budget, perCall: 100 } }))
    expect(refused.kind === 'failed' && refused.why).toContain('MODEL_BUDGET_PER_CALL')
    expect(groq.asked()).toBe(0)
  })
})

describe('a policy', () => {
  it('begins as the first, and is what was last released, with its history', async () => {
    expect(await livePolicy({ db, clock })).toEqual(firstPolicy)
    const policy = { ...firstPolicy, threshold: 0.4 }
    const hash = await releasePolicy({ db, clock }, { policy, by: 'millrace', reason: 'more of the strong one' })
    expect(await livePolicy({ db, clock })).toEqual(policy)
    expect(hash).toBe(policyHash(policy))
    expect(await policyOf(db, policyHash(firstPolicy))).toEqual(firstPolicy)
    expect((await policyHistory(db)).map(({ reason }) => reason)).toEqual([
      'more of the strong one',
      'the policy the house starts with',
    ])
  })

  it('knows the business’s hours in its own zone', async () => {
    const given = deps([model('groq').adapter], { zone: 'America/Los_Angeles' })
    const { decisionId } = await ask(given)
    expect((await decisionById(db, decisionId))?.features.businessHours).toBe(false)
    const here = await ask(deps([model('groq').adapter]))
    expect((await decisionById(db, here.decisionId))?.features.businessHours).toBe(true)
  })
})

describe('past decisions', () => {
  const decide = async () => {
    const given = deps([model('groq').adapter, model('claude').adapter], { policy: { ...firstPolicy, limits: {} } })
    for (const audience of [10, 100, 1000, 90_000]) {
      await ask(given, { audience, round: audience === 90_000 ? 2 : 0, operatorPresent: audience < 90_000 })
      clock.advance(1000)
    }
    return pastDecisions(db, { since: new Date(0), limit: 100 })
  }

  it('come back oldest first with what came of them, and decide the same again', async () => {
    const past = await decide()
    expect(past.map(({ features }) => features.audience)).toEqual([10, 100, 1000, 90_000])
    expect(past.map(({ answeredBy }) => answeredBy)).toEqual(['groq-1', 'groq-1', 'groq-1', 'claude-1'])
    for (const { features, chain } of past) expect(route(features, firstPolicy).chain).toEqual(chain)
  })

  it('tell where another policy would have sent them, and what that costs', async () => {
    const past = await decide()
    const all = replay(past, () => firstPolicy, { ...firstPolicy, threshold: 0 })
    expect(all.moved).toHaveLength(3)
    expect(all.strongShare).toEqual({ before: 0.25, after: 1 })
    // 1,000 tokens in and 500 out: 450 millionths at the light vendor, 10,500 at the strong one.
    expect(all.costMicroUsd).toEqual({ before: 3 * 450 + 10_500, after: 4 * 10_500 })
    expect(replay(past, () => firstPolicy, firstPolicy).moved).toEqual([])
  })

  it('show what the policy earns over a coin at its own share', async () => {
    const compared = comparePolicies(await decide(), firstPolicy)
    const [own, strong, light, coin] = compared
    expect(own).toMatchObject({ strongShare: 0.25, costMicroUsd: 3 * 450 + 10_500 })
    expect(strong?.costMicroUsd).toBe(4 * 10_500)
    expect(light?.costMicroUsd).toBe(4 * 450)
    expect(coin?.costMicroUsd).toBe(own?.costMicroUsd)
    expect(own!.reachShare).toBeGreaterThan(0.9)
    expect(coin!.reachShare).toBe(0.25)
  })
})

describe('calibration', () => {
  const features: fc.Arbitrary<RouteFeatures> = fc.record({
    purpose: fc.constant('draft'), promptTokens: fc.nat(8000), maxTokens: fc.constant(1000), audience: fc.nat(100_000),
    stakes: fc.constantFrom('low', 'normal', 'high'), regulated: fc.boolean(), personalLeft: fc.constant(0),
    density: fc.double({ min: 0, max: 10, noNaN: true }), round: fc.nat(2), operatorPresent: fc.boolean(),
    businessHours: fc.boolean(), budgetLeftMicroUsd: fc.constant(1e6), models: fc.constant([]),
  }) // prettier-ignore
  const shareAt = (all: readonly RouteFeatures[], threshold: number): number =>
    all.filter((given) => route(given, { ...firstPolicy, threshold }).tier !== 'light').length / all.length

  it('never moves further than a step, and ends where the share is as near as scores and hard rules let it', () => {
    fc.assert(
      fc.property(fc.array(features, { minLength: 50, maxLength: 200 }), (all) => {
        let policy = firstPolicy
        for (let nth = 0; nth < 30; nth += 1) {
          const { threshold } = calibrationOf(all, policy)
          expect(Math.abs(threshold - policy.threshold)).toBeLessThanOrEqual(policy.calibration.step + 1e-9)
          policy = { ...policy, threshold }
        }
        const byRule = shareAt(all, 1.01)
        const scores = all.filter((given) => !given.regulated && given.stakes !== 'high').map((given) => route(given, firstPolicy).score)
        const most = Math.max(0, ...[...Map.groupBy(scores, (score) => score).values()].map((same) => same.length)) / all.length
        const wanted = Math.max(0.2, byRule)
        expect(Math.abs(shareAt(all, policy.threshold) - wanted)).toBeLessThanOrEqual(most + 1.5 / all.length)
      }),
      { numRuns: 60 },
    )
  }) // prettier-ignore

  it('waits for enough decisions, and then releases what it moved with the reason', async () => {
    const own = deps([model('groq').adapter, model('claude').adapter], { policy: { ...firstPolicy, limits: {} } })
    expect(await calibrate({ db, clock }, { by: 'millrace' })).toMatchObject({ kind: 'kept', threshold: 0.55 })
    for (let nth = 0; nth < 50; nth += 1) await ask(own, { audience: nth * 10 })
    expect(await calibrate({ db, clock }, { by: 'millrace', dryRun: true })).toMatchObject({ kind: 'kept' })
    expect(await calibrate({ db, clock }, { by: 'millrace' })).toMatchObject({
      kind: 'moved',
      from: 0.55,
      threshold: 0.5,
    })
    expect((await livePolicy({ db, clock })).threshold).toBe(0.5)
    expect((await policyHistory(db))[0]?.reason).toContain('of 50 decisions')
  })
})
