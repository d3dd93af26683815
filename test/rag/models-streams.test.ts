import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ChatModel, RedactedRequest } from '#rag/chat-model.ts'
import type { Bounds } from '#rag/models/bounded-fetch.ts'
import { claudeModel } from '#rag/models/claude.ts'
import { compatibleModel } from '#rag/models/compatible.ts'
import { groqModel } from '#rag/models/groq.ts'
import { serverEvents } from '#rag/models/server-events.ts'
import { redactRequest, withDeadline } from '#rag/redact/redact.ts'
import { fakeClaude } from '#test/support/fake-claude.ts'
import { fakeCompatible } from '#test/support/fake-compatible.ts'
import { fakeGroq } from '#test/support/fake-groq.ts'
import type { FakeVendor, Reply } from '#test/support/fake-vendor.ts'

const greeting = z.object({ words: z.string().min(3), warmth: z.number().min(0).max(1) })
type Greeting = z.infer<typeof greeting>
const words = 'Good morning to you all: café, naïve, 早上好 🌞'
const good = JSON.stringify({ words, warmth: 0.8 })
const secret = 'anna@example.com'

const asked = (onText?: (soFar: string) => void): RedactedRequest<Greeting> =>
  redactRequest(
    {
      purpose: 'greet', system: 'You greet people.', prompt: `Greet ${secret}.`, schema: greeting, maxTokens: 200,
      deadline: new AbortController().signal, evidence: [], ...(onText && { onText }),
    },
    [],
  ).request // prettier-ignore

const price = { input: 1_000_000, output: 1_000_000 }
type Adapter = {
  start: () => Promise<FakeVendor>
  model: (url: string, bounds?: Partial<Bounds>, key?: string) => ChatModel
}
const adapters: Record<string, Adapter> = {
  groq: {
    start: fakeGroq,
    model: (baseURL, bounds = {}, apiKey = 'test-key') => groqModel({ apiKey, model: 'openai/gpt-oss-120b', baseURL, price, bounds }),
  },
  claude: {
    start: fakeClaude,
    model: (baseURL, bounds = {}, apiKey = 'test-key') => claudeModel({ apiKey, model: 'claude-sonnet-5-5', baseURL, price, bounds }),
  },
  compatible: {
    start: fakeCompatible,
    model: (url, bounds = {}, apiKey = 'test-key') => compatibleModel({ apiKey, model: 'llama3.2', baseURL: `${url}/v1`, price, bounds }),
  },
} // prettier-ignore

describe.each(Object.entries(adapters))('a stream of %s', (name, { start, model: open }) => {
  let vendor: FakeVendor
  let model: ChatModel
  beforeAll(async () => {
    vendor = await start()
    model = open(vendor.url)
  })
  afterAll(() => vendor.stop())
  const answerTo = (...replies: Reply[]) => {
    vendor.script(...replies)
    return model.complete(asked())
  }

  it('is asked for, and tells what is written as it comes', async () => {
    vendor.script({ kind: 'says', text: good, input: 100, output: 20 })
    const heard: string[] = []
    const answer = await model.complete(asked((soFar) => heard.push(soFar)))
    expect(vendor.seen[0]?.body['stream']).toBe(true)
    expect(answer).toMatchObject({ kind: 'answer', value: { words }, usage: { inputTokens: 100, outputTokens: 20, costMicroUsd: 120 } }) // prettier-ignore
    expect(heard.length).toBeGreaterThan(4)
    expect(heard.at(-1)).toBe(good)
    for (const [index, text] of heard.entries()) expect(text.startsWith(heard[index - 1] ?? '')).toBe(true)
  })

  it('that is cut, or ends before the model was done, is no answer', async () => {
    for (const how of ['cut', 'end'] as const) {
      const answer = await answerTo({ kind: 'breaks', how, text: good })
      expect(answer).toMatchObject({ kind: 'failed', reason: 'unavailable', why: expect.stringContaining('broke off') as string }) // prettier-ignore
      expect(answer.usage).toMatchObject({ uncounted: true })
      expect(answer).not.toHaveProperty('output')
    }
  })

  it('that ends in half an event is no JSON, and nothing of it is used', async () => {
    const answer = await answerTo({ kind: 'breaks', how: 'half-event', text: good })
    expect(answer).toMatchObject({ kind: 'failed', reason: 'invalid-output', why: 'The reply is no JSON' })
    expect(answer).not.toHaveProperty('output')
  })

  it('that the vendor breaks off says so in the vendor’s words', async () => {
    const answer = await answerTo({ kind: 'breaks', how: 'error', text: good })
    expect(answer).toMatchObject({ kind: 'failed', reason: 'unavailable', why: expect.stringMatching(/Over(loaded| capacity)/) as string }) // prettier-ignore
    expect(answer.usage).toMatchObject({ uncounted: true })
  })

  it('that falls silent is given up', async () => {
    vendor.script({ kind: 'breaks', how: 'silence', text: good })
    const answer = await open(vendor.url, { stallMs: 400 }).complete(asked())
    expect(answer).toMatchObject({ kind: 'failed', reason: 'timeout', why: expect.stringContaining('fell silent') as string }) // prettier-ignore
  })

  it('ends at the deadline, and when it is cancelled midway', async () => {
    for (const reason of [new DOMException('The time is over', 'TimeoutError'), undefined]) {
      vendor.script({ kind: 'breaks', how: 'silence', text: good })
      const ending = new AbortController()
      const answer = await model.complete(withDeadline(asked(() => ending.abort(reason)), ending.signal)) // prettier-ignore
      expect(answer).toMatchObject({ kind: 'failed', reason: 'timeout', why: 'The model did not answer in time' })
    }
  })

  it('that never ends is stopped, and the connection with it', async () => {
    const answer = await answerTo({ kind: 'floods' })
    expect(answer).toMatchObject({ kind: 'failed', reason: 'invalid-output', why: expect.stringContaining('longer than') as string }) // prettier-ignore
    expect(answer).not.toHaveProperty('output')
    await expect.poll(() => vendor.written(), { timeout: 10_000 }).toBeGreaterThan(0)
    expect(vendor.written()).toBeLessThan(32 * 1_048_576)
  })

  it('with pieces that come twice is mended or dropped, and paid once', async () => {
    const answer = await answerTo({ kind: 'says', text: good, twice: true, input: 100, output: 20 })
    expect(answer).toMatchObject({ kind: 'failed', reason: 'invalid-output', output: expect.any(String) as string })
    expect(answer.usage).toEqual({ inputTokens: 100, outputTokens: 20, costMicroUsd: 120 })
  })

  it('that is filtered is a refusal', async () => {
    expect(await answerTo({ kind: 'filters' })).toMatchObject({ kind: 'failed', reason: 'refused' })
  })

  it('is not taken from a page or another address', async () => {
    expect(await answerTo({ kind: 'page', status: 200 })).toMatchObject({
      reason: 'unavailable', why: expect.stringContaining('check its address') as string,
    }) // prettier-ignore
    expect(await answerTo({ kind: 'page', status: 502 })).toMatchObject({ reason: 'unavailable' })
    const elsewhere = await start()
    expect(await answerTo({ kind: 'redirects', to: elsewhere.url })).toMatchObject({ reason: 'unavailable' })
    expect(elsewhere.seen).toEqual([])
    await elsewhere.stop()
  })

  it('says which settings to look at where a name does not resolve', async () => {
    expect(await open('http://nobody.invalid').complete(asked())).toMatchObject({ reason: 'unavailable' })
    expect(await open(vendor.url.replace('http:', 'https:')).complete(asked())).toMatchObject({ reason: 'unavailable' })
  })

  it('never shows the key or people’s data in what went wrong', async () => {
    const replies: Reply[] = [
      { kind: 'status', status: 401, message: 'Wrong key: sk-live-0123456789abcdef0123' },
      { kind: 'status', status: 400, message: 'Cannot use sk-live-0123456789abcdef0123' },
      { kind: 'breaks', how: 'error', text: good },
      { kind: 'refuses' },
    ]
    for (const reply of replies) {
      const told = JSON.stringify(await answerTo(reply))
      expect(told).not.toContain('0123456789abcdef')
      expect(told).not.toContain(secret)
    }
    expect(JSON.stringify(vendor.seen)).not.toContain(secret)
    const broken = await open(vendor.url, {}, 'sk-live\n0123').complete(asked())
    expect(broken).toMatchObject({ kind: 'failed', reason: 'auth' })
    expect(JSON.stringify(broken)).not.toContain('0123')
  })

  it.skipIf(name === 'claude')('is asked for whole, from then on, where the vendor says that it cannot stream it', async () => {
    const own = open(vendor.url)
    vendor.script({ kind: 'cannot-stream' }, { kind: 'says', text: good }, { kind: 'says', text: good })
    expect(await own.complete(asked())).toMatchObject({ kind: 'answer', value: { words } })
    expect(await own.complete(asked())).toMatchObject({ kind: 'answer', usage: { inputTokens: 120, outputTokens: 40 } })
    expect(vendor.seen.map(({ body }) => body['stream'] === true)).toEqual([true, false, false])
  }) // prettier-ignore
})

describe('an answer that comes whole', () => {
  it.each([
    ['groq', fakeGroq, (url: string) => groqModel({ apiKey: 'test-key', model: 'x', baseURL: url, price })],
    ['compatible', fakeCompatible, (url: string) => compatibleModel({ apiKey: 'test-key', model: 'x', baseURL: `${url}/v1`, price })],
  ] as const)('of %s is stopped at 4 MB as a stream is', async (_, start, open) => {
    const vendor = await start()
    vendor.script({ kind: 'cannot-stream' }, { kind: 'says', text: 'on and on '.repeat(1_048_576) })
    expect(await open(vendor.url).complete(asked())).toMatchObject({
      kind: 'failed', reason: 'invalid-output', why: expect.stringContaining('longer than') as string,
    })
    await vendor.stop()
  }) // prettier-ignore
})

describe('server-sent events', () => {
  it('are the same however the bytes are cut', async () => {
    const data = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\r\n]/.test(text)), { maxLength: 5 }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(data, fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(200)), async (texts, end, cuts) => {
        const body = Buffer.from(texts.map((text) => `: note${end}event: x${end}data: ${text}${end}${end}`).join(''))
        const places = [0, ...new Set(cuts.map((cut) => Math.min(cut, body.length))), body.length].toSorted((a, b) => a - b) // prettier-ignore
        const parts = places.map((place, index) => new Uint8Array(body.subarray(place, places[index + 1] ?? place)))
        const heard: string[] = []
        for await (const text of serverEvents(ReadableStream.from(parts))) heard.push(text)
        expect(heard).toEqual(texts)
      }),
    )
  })
})
