import Groq, { APIConnectionError, BadRequestError } from 'groq-sdk'
import type { ChatAnswer, ChatModel, Price, RedactedRequest } from '../chat-model.ts'
import { assertRedacted } from '../redact/redact.ts'
import { boundedFetch, type Bounds } from './bounded-fetch.ts'
import { cannotStream, chatMessages, hearChunk } from './chat-chunks.ts'
import { failedCall, unusableKey } from './faults.ts'
import { concluded, interrupted, nothingHeard } from './heard.ts'
import { modelFacts } from './prices.ts'
import { strictSchema } from './structured.ts'

type Settings = {
  apiKey: string
  model: string
  baseURL?: string | undefined
  price?: Price | undefined
  bounds?: Partial<Bounds>
}
type Format = NonNullable<Parameters<Groq['chat']['completions']['create']>[0]['response_format']>

/** Models that think first and take a strict schema, and those that follow one as well as they can; the others know JSON mode only. */
const strictModels = /^openai\/gpt-oss/
const schemaModels = /^(?:openai\/gpt-oss|meta-llama\/llama-4|moonshotai\/kimi-k2)/

/**
 * Groq's chat completions, streamed unless the vendor says that it cannot stream such an answer. Its cache needs no
 * mark. The SDK's own retries are off: the router is the only loop.
 */
export function groqModel(settings: Settings): ChatModel {
  const { apiKey, model, baseURL = 'https://api.groq.com', bounds } = settings
  const client = new Groq({ apiKey, baseURL, maxRetries: 0, logLevel: 'off', fetch: boundedFetch(bounds) })
  const { price, contextTokens, thinkingTokens } = modelFacts('groq', model, settings.price)
  const setup = { client, model, thinkingTokens, price, streams: true }
  return {
    id: model,
    vendor: 'groq',
    contextTokens,
    thinkingTokens,
    priceMicroUsdPerMTok: price,
    complete: async (request) => {
      assertRedacted(request)
      return unusableKey(apiKey) ?? (await complete(setup, request))
    },
  }
}

/** `streams` until the vendor has said that it does not. */
type Setup = { client: Groq; model: string; thinkingTokens: number; price: Price; streams: boolean }

async function complete<T>(setup: Setup, request: RedactedRequest<T>): Promise<ChatAnswer<T>> {
  const heard = nothingHeard(setup.model)
  try {
    for await (const chunk of await chunksOf(setup, request)) hearChunk(heard, chunk, request)
  } catch (fault) {
    const failure = failedCall('Groq', fault, request.deadline, fault instanceof APIConnectionError)
    return interrupted(failure, heard, setup.price)
  }
  return concluded(request, heard, setup.price)
}

/** The answer in pieces; in one where it comes whole. */
async function chunksOf<T>(setup: Setup, request: RedactedRequest<T>): Promise<AsyncIterable<unknown> | unknown[]> {
  const { completions } = setup.client.chat
  const [params, signal] = [paramsOf(setup, request), { signal: request.deadline }]
  if (setup.streams) {
    try {
      return await completions.create({ ...params, stream: true }, signal)
    } catch (fault) {
      if (!(fault instanceof BadRequestError) || !cannotStream(fault.status, fault.message)) throw fault
      setup.streams = false
    }
  }
  return [await completions.create({ ...params, stream: false }, signal)]
}

function paramsOf<T>({ model, thinkingTokens }: Setup, request: RedactedRequest<T>) {
  const schema = schemaModels.test(model) ? '' : `\n\nAnswer with JSON of this schema: ${JSON.stringify(strictSchema(request.schema))}` // prettier-ignore
  return {
    model,
    max_completion_tokens: request.maxTokens + thinkingTokens,
    ...(strictModels.test(model) && { reasoning_effort: 'low' as const }),
    temperature: 0.3,
    seed: 7,
    messages: chatMessages(request, schema),
    response_format: formatOf(model, request),
  }
}

function formatOf<T>(model: string, request: RedactedRequest<T>): Format {
  if (!schemaModels.test(model)) return { type: 'json_object' }
  const strict = strictModels.test(model)
  return { type: 'json_schema', json_schema: { name: 'answer', schema: strictSchema(request.schema), strict } }
}
