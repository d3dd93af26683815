import Anthropic, { APIConnectionError, APIConnectionTimeoutError } from '@anthropic-ai/sdk'
import type { ChatAnswer, ChatModel, Price, RedactedRequest } from '../chat-model.ts'
import { assertRedacted } from '../redact/redact.ts'
import { modelFacts } from './prices.ts'
import { failedCall } from './sdk-fault.ts'
import { cutOff, readAnswer, refusal, repairWords, strictSchema, usageOf } from './structured.ts'

type Settings = { apiKey: string; model: string; baseURL?: string | undefined; price?: Price | undefined }

/**
 * Claude's messages, structured by `output_config.format`. The system prompt is marked for the cache: it is the same
 * for every draft of a prompt version. The SDK's own retries are off: the router is the only loop.
 */
export function claudeModel(settings: Settings): ChatModel {
  const { apiKey, model, baseURL = 'https://api.anthropic.com' } = settings
  const client = new Anthropic({ apiKey, baseURL, maxRetries: 0, logLevel: 'off' })
  const { price, contextTokens, thinkingTokens } = modelFacts('claude', model)
  const priceMicroUsdPerMTok = settings.price ?? price
  return {
    id: model,
    vendor: 'claude',
    contextTokens,
    thinkingTokens,
    priceMicroUsdPerMTok,
    complete: async (request) => {
      assertRedacted(request)
      return complete(client, { model, thinkingTokens, price: priceMicroUsdPerMTok }, request)
    },
  }
}

/** From the fifth generation on models think unless told how little; those before take no such word. */
const thinks = /^claude-[a-z]+-(?:[5-9]|\d{2,})(?:-|$)/

type Setup = { model: string; thinkingTokens: number; price: Price }

async function complete<T>(client: Anthropic, setup: Setup, request: RedactedRequest<T>): Promise<ChatAnswer<T>> {
  const { model, thinkingTokens, price } = setup
  const params: Anthropic.MessageCreateParamsNonStreaming = {
    model,
    max_tokens: request.maxTokens + thinkingTokens,
    system: [{ type: 'text', text: request.system, cache_control: { type: 'ephemeral' } }],
    messages: messagesOf(request),
    output_config: {
      format: { type: 'json_schema', schema: strictSchema(request.schema) },
      ...(thinks.test(model) && { effort: 'low' as const }),
    },
  }
  try {
    const message = await client.messages.create(params, { signal: request.deadline })
    const usage = spent(price, message.usage)
    if (message.stop_reason === 'refusal') return refusal('its safety rules', usage)
    if (message.stop_reason === 'max_tokens' || message.stop_reason === 'model_context_window_exceeded')
      return cutOff(usage, request.maxTokens)
    const text = message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('')
    return readAnswer(request, text, { model: message.model, usage })
  } catch (fault) {
    const lost = fault instanceof APIConnectionError
    const timedOut = fault instanceof APIConnectionTimeoutError
    return failedCall('Claude', fault, request.deadline, { lost, timedOut })
  }
}

function messagesOf<T>(request: RedactedRequest<T>): Anthropic.MessageParam[] {
  const asked: Anthropic.MessageParam[] = [{ role: 'user', content: request.prompt }]
  if (!request.repair) return asked
  const { output, problems } = request.repair
  return [...asked, { role: 'assistant', content: output }, { role: 'user', content: repairWords(problems) }]
}

/** `input_tokens` excludes what the cache stored (1.25 of the price) and served (a tenth of it). */
const spent = (price: Price, usage: Anthropic.Usage) =>
  usageOf(price, {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cacheWrite: usage.cache_creation_input_tokens ?? 0,
    cacheRead: usage.cache_read_input_tokens ?? 0,
  })
