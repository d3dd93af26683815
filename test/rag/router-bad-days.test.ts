import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { ChatAnswer, ChatModel, FailedReason, RedactedRequest } from '#rag/chat-model.ts'
import { problemOf } from '#rag/agent/problem.ts'
import { claudeModel } from '#rag/models/claude.ts'
import { groqModel } from '#rag/models/groq.ts'
import { insertDrafts } from '#rag/queries/drafts.ts'
import { callModel } from '#rag/router/call-model.ts'
import { testDatabase } from '#test/support/database.ts'
import { fakeClaude } from '#test/support/fake-claude.ts'
import { fakeGroq } from '#test/support/fake-groq.ts'
import { brief } from './written-drafts.ts'
import type { FakeVendor, Reply } from '#test/support/fake-vendor.ts'
import { firstPolicy } from '#rag/router/policy.ts'
import { ask, calling, plenty, request, secret } from './a-call.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-11-21T12:00:00Z'))
const good = JSON.stringify({ text: 'Good morning' })

const deps = calling(db, clock)
const rows = () =>
  db.query<{ outcome: string; cost: number; why: string | null }>(
    sql`select outcome, cost_micro_usd as cost, why from rag.model_calls order by at, decision_id, ordinal`,
  )

describe('a vendor on a bad day', () => {
  let [claude, groq]: FakeVendor[] = []
  let models: ChatModel[] = []
  beforeAll(async () => {
    ;[claude, groq] = [await fakeClaude(), await fakeGroq()]
    const bounds = { stallMs: 400 }
    models = [
      groqModel({ apiKey: 'test-key', model: 'openai/gpt-oss-120b', baseURL: groq.url, bounds }),
      claudeModel({ apiKey: 'test-key', model: 'claude-sonnet-5-5', baseURL: claude.url, bounds }),
    ]
  })
  afterAll(() => Promise.all([claude?.stop(), groq?.stop()]))

  const bad: [Reply, FailedReason][] = [
    [{ kind: 'status', status: 401 }, 'auth'],
    [{ kind: 'status', status: 403 }, 'auth'],
    [{ kind: 'status', status: 404 }, 'refused'],
    [{ kind: 'status', status: 413 }, 'refused'],
    [{ kind: 'status', status: 429 }, 'rate-limited'],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, 'rate-limited'],
    [{ kind: 'status', status: 500 }, 'unavailable'],
    [{ kind: 'status', status: 529 }, 'unavailable'],
    [{ kind: 'page', status: 200 }, 'unavailable'],
    [{ kind: 'page', status: 503 }, 'unavailable'],
    [{ kind: 'drops' }, 'unavailable'],
    [{ kind: 'garbles' }, 'unavailable'],
    [{ kind: 'breaks', how: 'cut', text: good }, 'unavailable'],
    [{ kind: 'breaks', how: 'end', text: good }, 'unavailable'],
    [{ kind: 'breaks', how: 'error', text: good }, 'unavailable'],
    [{ kind: 'breaks', how: 'silence', text: good }, 'timeout'],
    [{ kind: 'breaks', how: 'half-event', text: good }, 'invalid-output'],
    [{ kind: 'floods' }, 'invalid-output'],
    [{ kind: 'cuts', text: good }, 'invalid-output'],
    [{ kind: 'empty' }, 'invalid-output'],
    [{ kind: 'refuses' }, 'refused'],
  ]

  it.each(bad)('(%j) is passed over for the next, and its cost is known', async (reply) => {
    groq?.script(reply)
    claude?.script({ kind: 'says', text: JSON.stringify({ text: 'To [EMAIL_1]' }), input: 100, output: 10 })
    const heard: string[] = []
    const result = await callModel(deps(models), request(undefined, { onText: (text) => heard.push(text) }), { names: [] })
    expect(result).toMatchObject({ kind: 'answer', value: { text: `To ${secret}` } })
    expect(heard.at(-1)).toContain('[EMAIL_1]')
    const kept = await rows()
    expect(kept).toHaveLength(2)
    // What broke off costs what it may have cost at most; what was never begun costs nothing.
    const broken = reply.kind === 'breaks' || reply.kind === 'floods'
    if (broken) expect(kept[0]?.cost).toBeGreaterThan(1000)
    if (reply.kind === 'status' || reply.kind === 'page') expect(kept[0]?.cost).toBe(0)
  }) // prettier-ignore

  it.each(bad)('(%j) everywhere ends with a reason and what to do, and no word of the key or of people', async (reply, reason) => {
    const claudes: Reply = reply.kind === 'garbles' ? { kind: 'drops' } : reply
    groq?.script(reply)
    claude?.script(claudes)
    const result = await ask(deps(models))
    if (result.kind !== 'failed') throw new Error('An answer came')
    expect(result.reason).toBe(reason)
    const told = problemOf(result)
    expect(told).toMatch(/^[A-Z].*\. (?:Start|Tell|Say|Wait) .*\.$/s)
    const kept = JSON.stringify([result, told, await db.query(sql`select * from rag.model_calls`)])
    expect(kept).not.toContain('test-key')
    expect(kept).not.toContain(secret)
  }) // prettier-ignore

  it('keeps what a cache served beside the call', async () => {
    groq?.script({ kind: 'says', text: good, input: 2000, output: 100, cacheRead: 1500 })
    await ask(deps(models))
    expect(await db.query(sql`select input_tokens as input, cached_tokens as cached from rag.model_calls`)).toEqual([
      { input: 2000, cached: 1500 },
    ])
  })

  it('overruns no budget of a campaign either, whatever its drafts ask for at once', async () => {
    const model: ChatModel = {
      id: 'm', vendor: 'groq', contextTokens: 100_000, thinkingTokens: 500, priceMicroUsdPerMTok: { input: 1_000_000, output: 1_000_000 },
      complete: <T>(): Promise<ChatAnswer<T>> => Promise.resolve({ kind: 'failed', reason: 'timeout', why: 'late', usage: { inputTokens: 0, outputTokens: 0, costMicroUsd: 0, uncounted: true } }),
    } // prettier-ignore
    const policy = { ...firstPolicy, limits: {}, circuit: { ...firstPolicy.circuit, failures: 1000 } }
    const of = fc.constantFrom(
      { campaign: 'autumn', set: 'one' },
      { campaign: 'autumn', set: 'two' },
      { set: 'one' },
      {},
    )
    await fc.assert(
      fc.asyncProperty(fc.array(of, { minLength: 1, maxLength: 5 }), fc.integer({ min: 0, max: 8000 }), async (given, perCampaign) => {
        clock.advance(86_400_000)
        const mark = clock().toISOString()
        const drafts = given.map((one) => ({
          id: newId<'draft'>(clock), threadId: newId<'thread'>(clock),
          brief: { ...brief, ...('campaign' in one && { campaign: `${one.campaign} ${mark}` }), ...('set' in one && { set: `${one.set} ${mark}` }) },
        }))
        await insertDrafts(db, drafts, { at: clock(), rehearsal: false })
        const budget = { ...plenty, perCampaign }
        await Promise.all(drafts.map(({ id }) => ask(deps([model], { budget, policy }), { subject: `draft:${id}` })))
        const sums = await db.query<{ spent: number }>(sql`
          select sum(c.cost_micro_usd)::bigint as spent from rag.model_calls c join rag.drafts d on 'draft:' || d.id = c.subject
          where d.created_at = ${clock()} group by coalesce(d.brief ->> 'campaign', d.brief ->> 'set', d.id::text)`)
        for (const { spent } of sums) expect(spent).toBeLessThanOrEqual(perCampaign)
      }),
      { numRuns: 10 },
    ) // prettier-ignore
  })

  it('counts nothing where the request never left: a refused connection, a host that is not there', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    for (const baseURL of [`http://127.0.0.1:${port}`, 'http://nobody.invalid']) {
      await ask(deps([groqModel({ apiKey: 'test-key', model: 'openai/gpt-oss-120b', baseURL })]))
      clock.advance(86_400_000)
    }
    expect(await rows()).toMatchObject([{ outcome: 'unavailable', cost: 0 }, { outcome: 'unavailable', cost: 0 }]) // prettier-ignore
  })

  it('counts the most it may have cost where nothing came back of a request that left', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const model = groqModel({ apiKey: 'test-key', model: 'openai/gpt-oss-120b', baseURL: `http://127.0.0.1:${port}` })
    await ask(deps([model], { policy: { ...firstPolicy, hopTimeoutMs: 300 } }))
    silent.closeAllConnections()
    silent.close()
    const [row] = await rows()
    expect(row).toMatchObject({ outcome: 'timeout' })
    expect(row?.cost).toBeGreaterThan(100)
  })
})

describe('the budget', () => {
  /** What a call does: how much of the most it may cost it really costs, and how it ends. */
  const outcome = fc.record({
    end: fc.constantFrom('answer', 'wrong', 'failed', 'failed-paid', 'broken'),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  const day = 86_400_000

  it('is kept by any calls, however they end and however many run at once', async () => {
    let billed = 0
    let script: { end: string; share: number }[] = []
    const model: ChatModel = {
      id: 'm', vendor: 'groq', contextTokens: 100_000, thinkingTokens: 500,
      priceMicroUsdPerMTok: { input: 1_000_000, output: 1_000_000 },
      complete: async <T>(asked: RedactedRequest<T>): Promise<ChatAnswer<T>> => {
        const { end, share } = script.shift() ?? { end: 'answer', share: 1 }
        await Promise.resolve()
        const most = Math.floor(asked.prompt.length / 3) + asked.maxTokens + 500
        const cost = end === 'failed' ? 0 : Math.floor(most * share)
        billed += cost
        const usage = { inputTokens: 1, outputTokens: 1, costMicroUsd: cost }
        if (end === 'answer') return { kind: 'answer', value: { text: 'x' } as T, usage, model: 'm' }
        if (end === 'wrong') return { kind: 'failed', reason: 'invalid-output', why: 'text: missing', output: '{}', usage }
        if (end === 'failed') return { kind: 'failed', reason: 'refused', why: 'no' }
        if (end === 'failed-paid') return { kind: 'failed', reason: 'refused', why: 'no', usage }
        return { kind: 'failed', reason: 'unavailable', why: 'cut', usage: { ...usage, costMicroUsd: 0, uncounted: true } }
      },
    } // prettier-ignore
    const policy = { ...firstPolicy, limits: {}, circuit: { ...firstPolicy.circuit, failures: 1000 } }
    const groups = fc.array(fc.array(outcome, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(groups, fc.integer({ min: 0, max: 8000 }), fc.integer({ min: 0, max: 5000 }), async (given, perDay, perSubject) => {
        clock.advance(day)
        billed = 0
        const subject = `draft:${clock().toISOString()}`
        const budget = { perDay, perSubject, perCampaign: plenty.perCampaign, perCall: 3000 }
        for (const group of given) {
          script = [...group, ...group]
          await Promise.all(group.map(() => ask(deps([model], { budget, policy }), { subject })))
        }
        const [sum] = await db.query<{ spent: number }>(sql`select coalesce(sum(cost_micro_usd), 0)::bigint as spent from rag.model_calls where subject = ${subject}`)
        expect(sum?.spent).toBeLessThanOrEqual(Math.min(perDay, perSubject))
        expect(billed).toBeLessThanOrEqual(sum?.spent ?? 0)
      }),
      { numRuns: 25 },
    ) // prettier-ignore
  })
})
