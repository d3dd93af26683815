import { describe, expect, it } from 'vitest'
import { claudeModel } from '#rag/models/claude.ts'
import { compatibleModel } from '#rag/models/compatible.ts'
import { groqModel } from '#rag/models/groq.ts'
import { redactRequest } from '#rag/redact/redact.ts'
import { fakeClaude } from '#test/support/fake-claude.ts'
import { fakeCompatible } from '#test/support/fake-compatible.ts'
import { fakeGroq } from '#test/support/fake-groq.ts'
import { asked, good, plain } from './a-greeting.ts'

describe('what vendors keep in their caches', () => {
  it('is marked for Claude, system part and prompt, and counted as it stored and served', async () => {
    const vendor = await fakeClaude()
    vendor.script({ kind: 'says', text: good, input: 100, output: 10, cacheWrite: 1000, cacheRead: 2000 })
    const model = claudeModel({ apiKey: 'test-key', model: 'claude-sonnet-5-5', baseURL: vendor.url })
    const answer = await model.complete(redactRequest({ ...plain, revision: 'Warmer.' }, []).request)
    const marked = { cache_control: { type: 'ephemeral' } }
    expect(vendor.seen[0]?.body).toMatchObject({
      system: [marked],
      messages: [{ content: [{ text: plain.prompt, ...marked }, { text: 'Warmer.' }] }],
      max_tokens: 4200,
      output_config: { effort: 'low' },
    })
    // (100 + 1000 × 1.25 + 2000 × 0.1) × 2 + 10 × 10 = 3200 millionths.
    expect(answer.usage).toEqual({ inputTokens: 3100, outputTokens: 10, costMicroUsd: 3200, cachedTokens: 2000 })
    await vendor.stop()
  })

  it('begins alike in every round of a draft, so that what was stored is found again', async () => {
    const vendor = await fakeClaude()
    const model = claudeModel({ apiKey: 'test-key', model: 'claude-sonnet-5-5', baseURL: vendor.url })
    vendor.script({ kind: 'says', text: good }, { kind: 'says', text: good })
    await model.complete(asked())
    await model.complete(redactRequest({ ...plain, revision: 'Warmer.' }, []).request)
    const [first, second] = vendor.seen.map(
      ({ body }) => body as { system: unknown; messages: { content: unknown[] }[] },
    )
    expect(second?.system).toEqual(first?.system)
    expect(second?.messages[0]?.content[0]).toEqual(first?.messages[0]?.content[0])
    await vendor.stop()
  })

  it('costs half at Groq, without being marked', async () => {
    const vendor = await fakeGroq()
    vendor.script({ kind: 'says', text: good, input: 2000, output: 100, cacheRead: 1000 })
    const model = groqModel({ apiKey: 'test-key', model: 'openai/gpt-oss-120b', baseURL: vendor.url })
    // (1000 + 1000 × 0.5) × 0.15 + 100 × 0.6 = 285 millionths.
    expect((await model.complete(asked())).usage).toEqual({ inputTokens: 2000, outputTokens: 100, costMicroUsd: 285, cachedTokens: 1000 }) // prettier-ignore
    expect(JSON.stringify(vendor.seen[0]?.body)).not.toContain('cache_control')
    await vendor.stop()
  })

  it('costs in full elsewhere, unless the settings say less', async () => {
    const vendor = await fakeCompatible()
    const open = (cache?: { read: number; write: number }) =>
      compatibleModel({ apiKey: 'test-key', model: 'x', baseURL: `${vendor.url}/v1`, price: { input: 1e6, output: 1e6, ...(cache && { cache }) } }) // prettier-ignore
    const reply = { kind: 'says', text: good, input: 1000, output: 100, cacheRead: 400 } as const
    vendor.script(reply, reply)
    expect((await open().complete(asked())).usage?.costMicroUsd).toBe(1100)
    expect((await open({ read: 0.25, write: 1 }).complete(asked())).usage?.costMicroUsd).toBe(800)
    await vendor.stop()
  })
})
