import type { ChatAnswer, ChatModel, Price, RedactedRequest } from '../chat-model.ts'
import { assertRedacted } from '../redact/redact.ts'
import { boundedFetch, type Bounds } from './bounded-fetch.ts'
import { cannotStream, chatMessages, hearChunk } from './chat-chunks.ts'
import { failedCall, failedMidway, failedStatus, unusableKey, wrongIn, wrongOf } from './faults.ts'
import { concluded, interrupted, nothingHeard } from './heard.ts'
import { serverEvents } from './server-events.ts'
import { strictSchema } from './structured.ts'

type Settings = {
  /** Up to and with the version: `http://127.0.0.1:11434/v1`. */
  baseURL: string
  model: string
  apiKey?: string | undefined
  /** Free unless told, as on one's own machine. */
  price?: Price | undefined
  contextTokens?: number | undefined
  bounds?: Partial<Bounds>
}

/** Any server that speaks OpenAI's chat completions, such as Ollama, vLLM or llama.cpp; streamed where it can. */
export function compatibleModel(settings: Settings): ChatModel {
  const price = settings.price ?? { input: 0, output: 0 }
  const setup = { ...settings, price, ask: boundedFetch(settings.bounds), streams: true }
  return {
    id: settings.model,
    vendor: 'compatible',
    contextTokens: settings.contextTokens ?? 8192,
    thinkingTokens: 0,
    priceMicroUsdPerMTok: price,
    complete: async (request) => {
      assertRedacted(request)
      return unusableKey(settings.apiKey) ?? (await complete(setup, request))
    },
  }
}

/** `streams` until the server has said that it does not. */
type Setup = Settings & { price: Price; ask: typeof fetch; streams: boolean }

async function complete<T>(setup: Setup, request: RedactedRequest<T>): Promise<ChatAnswer<T>> {
  const heard = nothingHeard(setup.model)
  try {
    const response = await post(setup, request)
    if (!response.ok) {
      // A status says enough, whatever becomes of its body.
      const wrong = wrongIn(await response.text().catch(() => ''))
      if (!setup.streams || !cannotStream(response.status, wrong?.message ?? '')) return failedStatus(response.status, response.headers, wrong) // prettier-ignore
      setup.streams = false
      return await complete(setup, request)
    }
    for await (const chunk of chunksOf(response)) {
      const wrong = typeof chunk === 'object' && chunk !== null && 'error' in chunk ? wrongOf(chunk) : null
      if (wrong) return interrupted(failedMidway(wrong), heard, setup.price)
      hearChunk(heard, chunk, request)
    }
  } catch (fault) {
    return interrupted(failedCall(setup.model, fault, request.deadline, false), heard, setup.price)
  }
  return concluded(request, heard, setup.price)
}

function post<T>({ baseURL, apiKey, model, ask, streams }: Setup, request: RedactedRequest<T>): Promise<Response> {
  return ask(`${baseURL.replace(/\/+$/, '')}/chat/completions`, {
    method: 'POST',
    signal: request.deadline,
    headers: {
      'content-type': 'application/json',
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({
      model,
      max_tokens: request.maxTokens,
      temperature: 0.3,
      seed: 7,
      messages: chatMessages(request),
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: strictSchema(request.schema), strict: true },
      },
      ...(streams && { stream: true, stream_options: { include_usage: true } }),
    }),
  })
}

/** The answer in pieces; in one where the server sends it whole, asked or not. */
async function* chunksOf(response: Response): AsyncGenerator {
  const streamed = /event-stream/i.test(response.headers.get('content-type') ?? '')
  if (!streamed || !response.body) {
    yield await response.json()
    return undefined
  }
  for await (const data of serverEvents(response.body)) {
    if (data.startsWith('[DONE]')) break
    yield JSON.parse(data)
  }
  return undefined
}
