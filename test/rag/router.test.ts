import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { stoppedClock } from '#kernel/clock.ts'
import { one } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { ChatAnswer, ChatModel, ChatRequest, RedactedRequest, Vendor } from '#rag/chat-model.ts'
import { costOfSubject } from '#rag/queries/model-calls.ts'
import { callModel, type CallAbout, type CallDeps } from '#rag/router/call-model.ts'
import { recordModelCosts } from '#rag/router/model-costs.ts'
import { firstPolicy, policyHash, route, routeFeaturesSchema } from '#rag/router/policy.ts'
import { testDatabase } from '#test/support/database.ts'

describe('calling a model', () => {
  const db = testDatabase()
  const clock = stoppedClock(new Date('2026-11-21T12:00:00Z'))
  const schema = z.object({ text: z.string() })
  type Said = z.infer<typeof schema>

  const request = (prompt = 'Write to anna@example.com'): ChatRequest<Said> => ({
    purpose: 'judge', system: 'Judge.', prompt, schema, maxTokens: 1000, deadline: new AbortController().signal, evidence: [],
  }) // prettier-ignore

  /** A model that gives its answers in turn and keeps what it was asked. */
  function scripted(vendor: Vendor, ...answers: (ChatAnswer<unknown> | Error)[]) {
    const asked: RedactedRequest<unknown>[] = []
    const price = vendor === 'compatible' ? { input: 0, output: 0 } : { input: 1_000_000, output: 1_000_000 }
    const adapter: ChatModel = {
      id: `${vendor}-1`,
      vendor,
      contextTokens: 100_000,
      thinkingTokens: 0,
      priceMicroUsdPerMTok: price,
      complete: <T>(given: RedactedRequest<T>) => {
        asked.push(given)
        const answer = answers.shift() ?? new Error('nothing more to say')
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as ChatAnswer<T>)
      },
    }
    return { adapter, asked }
  }
  const usage = (costMicroUsd: number) => ({ inputTokens: 10, outputTokens: 5, costMicroUsd })
  const says = (text: string, cost = 400): ChatAnswer<unknown> => ({ kind: 'answer', value: { text }, usage: usage(cost), model: 'm' }) // prettier-ignore
  const fails = (reason: 'unavailable' | 'rate-limited' | 'auth'): ChatAnswer<unknown> => ({ kind: 'failed', reason, why: 'down' }) // prettier-ignore
  const budget = { perDay: 5_000_000, perSubject: 5_000_000, perCampaign: 5_000_000, perCall: 5_000_000 }
  const deps = (models: ChatModel[], more: Partial<CallDeps> = {}): CallDeps => ({
    db, clock, models, policy: firstPolicy, budget, zone: 'UTC', allowed: {}, pause: () => Promise.resolve(), ...more,
  }) // prettier-ignore
  const ask = (given: CallDeps, about: CallAbout = {}, prompt?: string) =>
    callModel(given, request(prompt), { names: [], ...about })
  const rows = () =>
    db.query<{ model: string | null; attempt: string; outcome: string; cost: number }>(
      sql`select model, attempt, outcome, cost_micro_usd as cost from rag.model_calls order by at, decision_id, ordinal`,
    )

  it('hides people’s data from the model and puts it back into the answer', async () => {
    const groq = scripted('groq', says('I wrote to [EMAIL_1] and [NAME_1]'))
    const result = await ask(deps([groq.adapter]), { names: ['Anna Smith'] }, 'Write to anna@example.com, Anna Smith')
    expect(groq.asked[0]?.prompt).toBe('Write to [EMAIL_1], [NAME_1]')
    expect(result).toMatchObject({ kind: 'answer', value: { text: 'I wrote to anna@example.com and Anna Smith' } })
  })

  it('looks the customers’ names up among the profiles', async () => {
    const at = clock()
    const ids = ['01931f6e-0000-7000-8000-000000000001', '01931f6e-0000-7000-8000-000000000002'] as const
    await db.transaction(async (tx) => {
      await tx.query(sql`set local session_replication_role = replica`)
      await tx.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, updated_at)
        values (${ids[0]}, 'hubspot', ${ids[1]}, 'Bartholomea', 'Quist', ${at})`)
    })
    const groq = scripted('groq', says('fine'))
    await callModel(deps([groq.adapter]), request('Thank Bartholomea Quist and Nobody Else'))
    expect(groq.asked[0]?.prompt).toBe('Thank [NAME_1] and Nobody Else')
  })

  it('walks the chain until one answers, and records each attempt', async () => {
    const groq = scripted('groq', fails('unavailable'))
    const claude = scripted('claude', says('yes'))
    const result = await ask(deps([groq.adapter, claude.adapter]), { subject: 'draft:1' })
    expect(result).toMatchObject({ kind: 'answer', value: { text: 'yes' }, spentMicroUsd: 400 })
    expect(await rows()).toEqual([
      { model: 'groq-1', attempt: 'call', outcome: 'unavailable', cost: 0 },
      { model: 'claude-1', attempt: 'call', outcome: 'answer', cost: 400 },
    ])
    expect(await costOfSubject(db, 'draft:1')).toBe(400)
    const kept = await one<{ features: unknown; chain: string[]; hash: string }>(
      db,
      sql`select features, chain, policy_hash as hash from rag.model_calls limit 1`,
    )
    expect(kept.hash).toBe(policyHash(firstPolicy))
    expect(route(routeFeaturesSchema.parse(kept.features), firstPolicy).chain).toEqual(kept.chain)
  })

  it('asks once more for an answer of the wrong shape, then moves on, and counts all of it', async () => {
    const wrong: ChatAnswer<unknown> = { kind: 'failed', reason: 'invalid-output', why: 'text: missing', output: '{}', usage: usage(100) } // prettier-ignore
    const groq = scripted('groq', wrong, wrong)
    const claude = scripted('claude', says('yes'))
    const result = await ask(deps([groq.adapter, claude.adapter]))
    expect(groq.asked.map((given) => given.repair)).toEqual([undefined, { output: '{}', problems: ['text: missing'] }])
    expect(result).toMatchObject({ kind: 'answer', spentMicroUsd: 600 })
    expect((await rows()).map(({ attempt }) => attempt)).toEqual(['call', 'repair', 'call'])
  })

  it('lets no hop slip past the day’s budget', async () => {
    const groq = scripted('groq', says('dear', 900), says('never'))
    const given = deps([groq.adapter], { budget: { ...budget, perDay: 1900 } })
    expect((await ask(given)).kind).toBe('answer')
    const second = await ask(given)
    expect(second).toMatchObject({ kind: 'failed', reason: 'budget' })
    expect(groq.asked).toHaveLength(1)
    clock.advance(86_400_000)
    expect((await ask(given)).kind).toBe('answer')
    clock.advance(-86_400_000)
  })

  it('sets the price of calls under way aside, so that many at once do not overrun the budget', async () => {
    const release = Promise.withResolvers<void>()
    let enter = (): void => {}
    const slow = scripted('groq')
    slow.adapter.complete = async <T>() => {
      enter()
      await release.promise
      return says('late', 100) as ChatAnswer<T>
    }
    const given = deps([slow.adapter], { budget: { ...budget, perDay: 3000 } })
    const calls: ReturnType<typeof ask>[] = []
    for (let started = 0; started < 5; started += 1) {
      const entered = Promise.withResolvers<void>()
      enter = entered.resolve
      const call = ask(given)
      calls.push(call)
      await Promise.race([entered.promise, call])
    }
    release.resolve()
    const results = await Promise.all(calls)
    // A call may cost about 1,100 millionths: two fit into 3,000, though each comes to 100 in the end.
    expect(results.filter(({ kind }) => kind === 'answer')).toHaveLength(2)
  })

  it('keeps a call that a kill cut off at the price set aside for it', async () => {
    const dead = scripted('groq', new Error('killed'))
    await expect(ask(deps([dead.adapter]))).rejects.toThrow('groq-1 could not be asked')
    expect(await rows()).toMatchObject([{ outcome: 'fault', cost: 1063 }])
    await db.query(sql`update rag.model_calls set outcome = 'pending', cost_micro_usd = 4_999_999, finished_at = null`)
    const after = scripted('groq', says('no'))
    expect(await ask(deps([after.adapter]))).toMatchObject({ kind: 'failed', reason: 'budget' })
  })

  it('stops asking a model that keeps failing', async () => {
    const groq = scripted('groq', fails('unavailable'), fails('unavailable'), fails('unavailable'), says('back'))
    const claude = scripted('claude', says('1'), says('2'), says('3'), says('4'))
    const given = deps([groq.adapter, claude.adapter])
    for (const expected of ['1', '2', '3', '4']) expect(await ask(given)).toMatchObject({ value: { text: expected } })
    expect(groq.asked).toHaveLength(3)
    clock.advance(61_000)
    expect(await ask(given)).toMatchObject({ value: { text: 'back' } })
  })

  it('says what to do when nobody may be asked, and records that too', async () => {
    const result = await ask(deps([]))
    expect(result).toMatchObject({ kind: 'failed', reason: 'unavailable' })
    expect(result.kind === 'failed' && result.why).toContain('set up a key')
    expect(await rows()).toEqual([{ model: null, attempt: 'none', outcome: 'unavailable', cost: 0 }])
  })

  it('sends a regulated brief to the strong vendor alone', async () => {
    const groq = scripted('groq', says('no'))
    const claude = scripted('claude', says('yes'))
    await ask(deps([groq.adapter, claude.adapter]), {}, 'Offer our customers a loan for their purchase')
    expect([groq.asked.length, claude.asked.length]).toEqual([0, 1])
  })

  it('stops at the deadline of the request', async () => {
    const groq = scripted('groq', says('too late'))
    const given = { ...request(), deadline: AbortSignal.abort() }
    expect(await callModel(deps([groq.adapter]), given, { names: [] })).toMatchObject({ reason: 'timeout' })
    expect(groq.asked).toHaveLength(0)
  })

  describe('as costs of the business', () => {
    const spend = async (microUsd: number) => {
      const groq = scripted('groq', says('x', microUsd))
      await ask(deps([groq.adapter]))
    }
    const costs = () => db.query(sql`select kind, day, currency, amount_minor as cents, rate_minor::float8 as rate from ingest.costs order by day`) // prettier-ignore

    it('records whole cents a day and carries the rest', async () => {
      await spend(16_000)
      const usd = { db, clock, currency: 'USD' }
      expect(await recordModelCosts(usd, { at: clock() })).toEqual({ kind: 'recorded', written: 1 })
      expect(await recordModelCosts(usd, { at: clock() })).toEqual({ kind: 'recorded', written: 0 })
      const day = clock()
      clock.advance(86_400_000)
      await spend(6000)
      await recordModelCosts(usd, { at: clock() })
      expect(await costs()).toEqual([
        { kind: 'model', day: day.toISOString().slice(0, 10), currency: 'USD', cents: 1, rate: 1 },
        { kind: 'model', day: clock().toISOString().slice(0, 10), currency: 'USD', cents: 1, rate: 1 },
      ])
    })

    it('waits for a rate rather than guess one', async () => {
      await spend(20_000)
      const euro = { db, clock, currency: 'EUR' }
      expect(await recordModelCosts(euro, { at: clock() })).toMatchObject({ kind: 'waiting' })
      expect(await costs()).toEqual([])
      const day = clock().toISOString().slice(0, 10)
      await db.query(sql`insert into ingest.fx_rates (day, base, quote, rate) values (${day}, 'EUR', 'USD', 1.25)`)
      expect(await recordModelCosts(euro, { at: clock() })).toMatchObject({ kind: 'recorded' })
      expect(await costs()).toMatchObject([{ cents: 2, rate: 0.8 }])
    })
  })
})
