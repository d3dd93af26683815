import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ChatModel, RedactedRequest } from '#rag/chat-model.ts'
import { composedSchema } from '#rag/draft.ts'
import { claudeModel } from '#rag/models/claude.ts'
import { compatibleModel } from '#rag/models/compatible.ts'
import { groqModel } from '#rag/models/groq.ts'
import { modelFacts } from '#rag/models/prices.ts'
import { strictSchema } from '#rag/models/structured.ts'
import { redactRequest, withDeadline, withRepair } from '#rag/redact/redact.ts'
import { fakeClaude } from '#test/support/fake-claude.ts'
import { fakeCompatible } from '#test/support/fake-compatible.ts'
import { fakeGroq } from '#test/support/fake-groq.ts'
import { schemaBreach, type FakeVendor } from '#test/support/fake-vendor.ts'
import { asked, good, plain, type Greeting } from './a-greeting.ts'

const price = { input: 590_000, output: 790_000 }

type Adapter = { start: () => Promise<FakeVendor>; model: (url: string, apiKey: string) => ChatModel }
const adapters: Record<string, Adapter> = {
  groq: {
    start: fakeGroq,
    model: (baseURL, apiKey) => groqModel({ apiKey, model: 'openai/gpt-oss-120b', baseURL, price }),
  },
  'groq without schemas': {
    start: fakeGroq,
    model: (baseURL, apiKey) => groqModel({ apiKey, model: 'llama-3.1-8b-instant', baseURL, price }),
  },
  claude: {
    start: fakeClaude,
    model: (baseURL, apiKey) => claudeModel({ apiKey, model: 'claude-sonnet-5-5', baseURL, price }),
  },
  compatible: {
    start: fakeCompatible,
    model: (url, apiKey) => compatibleModel({ apiKey, model: 'llama3.2', baseURL: `${url}/v1`, price }),
  },
}

describe.each(Object.entries(adapters))('%s', (_, { start, model: open }) => {
  let vendor: FakeVendor
  let model: ChatModel
  beforeAll(async () => {
    vendor = await start()
    model = open(vendor.url, 'test-key')
  })
  afterAll(() => vendor.stop())

  it('answers with a checked value, and counts tokens and money', async () => {
    vendor.script({ kind: 'says', text: good, input: 1000, output: 100 })
    const answer = await model.complete(asked())
    expect(answer).toMatchObject({ kind: 'answer', value: { words: 'Good morning', warmth: 0.8 } })
    // 1000 × 0.59 + 100 × 0.79 dollars a million = 669 millionths.
    expect(answer.usage).toEqual({ inputTokens: 1000, outputTokens: 100, costMicroUsd: 669 })
  })

  it('sends the system prompt, the prompt and the shape', async () => {
    vendor.script({ kind: 'says', text: good })
    await model.complete(redactRequest({ ...plain, revision: 'Warmer, please.' }, []).request)
    const body = JSON.stringify(vendor.seen[0]?.body)
    expect(body).toContain('You greet people.')
    expect(body).toMatch(/Greet \[NAME_1\].*Warmer, please/)
    expect(body).toContain('warmth')
  })

  it('asks once: a failure is not tried again behind the back of the router', async () => {
    vendor.script({ kind: 'status', status: 500 }, { kind: 'says', text: good })
    expect(await model.complete(asked())).toMatchObject({ kind: 'failed', reason: 'unavailable' })
    expect(vendor.seen).toHaveLength(1)
  })

  it('names a refused key without repeating it', async () => {
    const answer = await open(vendor.url, 'wrong-key').complete(asked())
    expect(answer).toMatchObject({ kind: 'failed', reason: 'auth' })
    expect(JSON.stringify(answer)).not.toContain('wrong-key')
  })

  it('passes on how long a rate limit asks to wait', async () => {
    vendor.script({ kind: 'status', status: 429, headers: { 'retry-after': '7' } })
    expect(await model.complete(asked())).toMatchObject({ kind: 'failed', reason: 'rate-limited', retryAfterMs: 7000 })
    const date = 'Sat, 21 Nov 2026 06:00:00 GMT'
    const after = 'Sat, 21 Nov 2026 06:00:30 GMT'
    vendor.script({ kind: 'status', status: 429, headers: { date, 'retry-after': after } })
    expect(await model.complete(asked())).toMatchObject({ retryAfterMs: 30_000 })
  })

  it.each([
    [400, 'refused'],
    [402, 'auth'],
    [403, 'auth'],
    [404, 'refused'],
    [413, 'refused'],
    [429, 'rate-limited'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'timeout'],
    [529, 'unavailable'],
  ])('reads status %i as %s', async (status, reason) => {
    vendor.script({ kind: 'status', status })
    const answer = await model.complete(asked())
    expect(answer).toMatchObject({ kind: 'failed', reason })
    expect(answer).not.toHaveProperty('retryAfterMs')
    expect(answer).not.toHaveProperty('usage')
  })

  it('gives up at the deadline', async () => {
    vendor.script({ kind: 'hangs' })
    const answer = await model.complete(withDeadline(asked(), AbortSignal.timeout(50)))
    expect(answer).toMatchObject({ kind: 'failed', reason: 'timeout' })
  })

  it('calls a broken connection unavailable', async () => {
    vendor.script({ kind: 'drops' })
    expect(await model.complete(asked())).toMatchObject({ kind: 'failed', reason: 'unavailable' })
    const nobody = open('http://127.0.0.1:9', 'test-key')
    expect(await nobody.complete(asked())).toMatchObject({ kind: 'failed', reason: 'unavailable' })
  })

  it('keeps an answer of the wrong shape for one repair, and its price', async () => {
    const wrong = JSON.stringify({ words: 'Hi', warmth: 7 })
    vendor.script({ kind: 'says', text: wrong, input: 1000, output: 100 })
    const answer = await model.complete(asked())
    expect(answer).toMatchObject({ kind: 'failed', reason: 'invalid-output', output: wrong })
    expect(answer.usage?.costMicroUsd).toBe(669)
    expect(answer.kind === 'failed' && answer.why).toMatch(/words: .*\nwarmth: /)
  })

  it('shows a repair what was written and what was wrong', async () => {
    vendor.script({ kind: 'says', text: good })
    const repair = { output: '{"words":"Hi"}', problems: ['warmth: is missing'] }
    expect(await model.complete(withRepair(asked(), repair))).toMatchObject({ kind: 'answer' })
    const { messages } = vendor.seen[0]!.body as { messages: { role: string; content: string }[] }
    expect(messages.at(-2)).toMatchObject({ role: 'assistant', content: '{"words":"Hi"}' })
    expect(messages.at(-1)?.content).toContain('warmth: is missing')
  })

  it('takes truncated JSON for an invalid answer that can be mended', async () => {
    vendor.script({ kind: 'says', text: good.slice(0, -6) })
    expect(await model.complete(asked())).toMatchObject({ reason: 'invalid-output', output: good.slice(0, -6) })
  })

  it('does not ask to mend what was cut off by its own limit', async () => {
    vendor.script({ kind: 'cuts', text: '{"words":"Good mor' })
    const answer = await model.complete(asked())
    expect(answer).toMatchObject({ kind: 'failed', reason: 'invalid-output' })
    expect(answer).not.toHaveProperty('output')
    expect(answer.kind === 'failed' && answer.why).toContain('200 tokens')
  })

  it('tells a refusal from an empty answer', async () => {
    vendor.script({ kind: 'refuses' })
    expect(await model.complete(asked())).toMatchObject({ kind: 'failed', reason: 'refused' })
    vendor.script({ kind: 'empty' })
    expect(await model.complete(asked())).toMatchObject({ kind: 'failed', reason: 'invalid-output' })
  })

  it('survives a reply that is no JSON at all', async () => {
    vendor.script({ kind: 'garbles' })
    expect(await model.complete(asked())).toMatchObject({ kind: 'failed' })
  })

  it('takes the schema of a draft', async () => {
    const text = JSON.stringify({ subject: { text: 'A note', cites: [] }, preheader: { text: 'Short', cites: [] }, blocks: [] }) // prettier-ignore
    vendor.script({ kind: 'says', text })
    const request = redactRequest({ ...plain, schema: composedSchema }, []).request
    expect(await model.complete(request)).toMatchObject({ kind: 'answer' })
  })

  it('accepts nothing that was not redacted, not even by a cast', async () => {
    const forged = { ...plain } as unknown as RedactedRequest<Greeting>
    await expect(model.complete(forged)).rejects.toThrow(/redacted/)
  })
})

describe('groq', () => {
  it('leaves room to think beside the answer, and asks for little of it', async () => {
    const vendor = await fakeGroq()
    vendor.script({ kind: 'says', text: good })
    const model = groqModel({ apiKey: 'test-key', model: 'openai/gpt-oss-120b', baseURL: vendor.url })
    await model.complete(asked())
    expect(vendor.seen[0]?.body).toMatchObject({ max_completion_tokens: 4200, reasoning_effort: 'low' })
    await vendor.stop()
  })

  it('mends an answer that the vendor itself found wrong', async () => {
    const vendor = await fakeGroq()
    vendor.script({ kind: 'misses-schema', text: '{"words":1}' })
    const model = groqModel({ apiKey: 'test-key', model: 'openai/gpt-oss-20b', baseURL: vendor.url })
    expect(await model.complete(asked())).toMatchObject({ reason: 'invalid-output', output: '{"words":1}' })
    await vendor.stop()
  })
})

describe('prices and schemas', () => {
  it('takes the dearest price for a model it does not know', () => {
    expect(modelFacts('claude', 'claude-nobody-knows').price).toMatchObject({ input: 15_000_000, output: 75_000_000 })
    expect(modelFacts('groq', 'openai/gpt-oss-20b').price.input).toBe(100_000)
    expect(modelFacts('claude', 'claude-opus-4-1-20250805').price.input).toBe(15_000_000)
    expect(modelFacts('claude', 'claude-opus-4-6').price.input).toBe(5_000_000)
  })

  it('writes schemas that strict structured output takes', () => {
    expect(schemaBreach(strictSchema(composedSchema))).toBeNull()
    expect(strictSchema(z.object({ kind: z.literal('type'), type: z.string().max(4) }))).toEqual({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['type'] }, type: { type: 'string' } },
      required: ['kind', 'type'],
      additionalProperties: false,
    })
  })
})
