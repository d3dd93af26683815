import Anthropic, { APIConnectionError } from '@anthropic-ai/sdk'
import { z } from 'zod'
import type { ChatAnswer, ChatModel, Price, RedactedRequest } from '../chat-model.ts'
import { assertRedacted } from '../redact/redact.ts'
import { boundedFetch, type Bounds } from './bounded-fetch.ts'
import { failedCall, unusableKey } from './faults.ts'
import { concluded, hearText, interrupted, nothingHeard, type Heard } from './heard.ts'
import { modelFacts } from './prices.ts'
import { repairWords, strictSchema } from './structured.ts'

type Settings = {
  apiKey: string
  model: string
  baseURL?: string | undefined
  price?: Price | undefined
  bounds?: Partial<Bounds>
}

/** Claude's messages, streamed, structured by `output_config.format`. The SDK's own retries are off: the router is the only loop. */
export function claudeModel(settings: Settings): ChatModel {
  const { apiKey, model, baseURL = 'https://api.anthropic.com', bounds } = settings
  const client = new Anthropic({ apiKey, baseURL, maxRetries: 0, logLevel: 'off', fetch: boundedFetch(bounds) })
  const { price, contextTokens, thinkingTokens } = modelFacts('claude', model, settings.price)
  return {
    id: model,
    vendor: 'claude',
    contextTokens,
    thinkingTokens,
    priceMicroUsdPerMTok: price,
    complete: async (request) => {
      assertRedacted(request)
      const setup = { model, thinkingTokens, price }
      return unusableKey(apiKey) ?? (await complete(client, setup, request))
    },
  }
}

type Setup = { model: string; thinkingTokens: number; price: Price }

async function complete<T>(client: Anthropic, setup: Setup, request: RedactedRequest<T>): Promise<ChatAnswer<T>> {
  const heard = nothingHeard(setup.model)
  try {
    const stream = await client.messages.create(paramsOf(setup, request), { signal: request.deadline })
    for await (const event of stream) hear(heard, event, request)
  } catch (fault) {
    const failure = failedCall('Claude', fault, request.deadline, fault instanceof APIConnectionError)
    return interrupted(failure, heard, setup.price)
  }
  return concluded(request, heard, setup.price)
}

/** From the fifth generation on models think unless told how little; those before take no such word. */
const thinks = /^claude-[a-z]+-(?:[5-9]|\d{2,})(?:-|$)/

/** Kept in the vendor's cache for five minutes: what comes before it, and with it, is the same in the next call. */
const cached = { cache_control: { type: 'ephemeral' as const } }

/**
 * The system part is the same for every draft of a prompt version, and the prompt in every round of a draft: both are
 * marked for the cache. A prefix below the vendor's least length (1,024 tokens and more) is not stored, nor charged so.
 */
function paramsOf<T>({ model, thinkingTokens }: Setup, request: RedactedRequest<T>): Anthropic.MessageCreateParamsStreaming {
  return {
    model,
    stream: true,
    max_tokens: request.maxTokens + thinkingTokens,
    system: [{ type: 'text', text: request.system, ...cached }],
    messages: messagesOf(request),
    output_config: {
      format: { type: 'json_schema', schema: strictSchema(request.schema) },
      ...(thinks.test(model) && { effort: 'low' as const }),
    },
  }
} // prettier-ignore

function messagesOf<T>({ prompt, revision, repair }: RedactedRequest<T>): Anthropic.MessageParam[] {
  const asked: Anthropic.TextBlockParam[] = [{ type: 'text', text: prompt, ...cached }]
  if (revision !== undefined) asked.push({ type: 'text', text: revision })
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: asked }]
  if (!repair) return messages
  const { output, problems } = repair
  return [...messages, { role: 'assistant', content: output }, { role: 'user', content: repairWords(problems) }]
}

const tokens = z.number().nullish()
const usageSchema = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_read_input_tokens: tokens,
})

/** The events that say something; a later one's usage is the sum so far. */
const eventSchema = z.union([
  z.object({ type: z.literal('message_start'), message: z.object({ model: z.string(), usage: usageSchema }) }),
  z.object({
    type: z.literal('content_block_delta'),
    delta: z.object({ type: z.literal('text_delta'), text: z.string() }),
  }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string().nullable() }),
    usage: usageSchema,
  }),
])

function hear(heard: Heard, event: unknown, request: RedactedRequest<unknown>): void {
  const said = eventSchema.safeParse(event).data
  if (said?.type === 'message_start') {
    heard.model = said.message.model
    countTokens(heard, said.message.usage)
  } else if (said?.type === 'content_block_delta') {
    hearText(heard, request, said.delta.text)
  } else if (said?.type === 'message_delta') {
    countTokens(heard, said.usage)
    heard.counted = true
    heard.end = endOf(said.delta.stop_reason)
    if (heard.end === 'refused') heard.refusal = 'its safety rules'
  }
}

function endOf(reason: string | null): Heard['end'] {
  if (reason === 'refusal') return 'refused'
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'cut'
  return reason === null ? null : 'done'
}

/** `input_tokens` excludes what the cache stored and served. */
function countTokens(heard: Heard, usage: z.infer<typeof usageSchema>): void {
  const before = heard.tokens
  heard.tokens = {
    input: usage.input_tokens ?? before?.input ?? 0,
    output: usage.output_tokens ?? before?.output ?? 0,
    cacheWrite: usage.cache_creation_input_tokens ?? before?.cacheWrite ?? 0,
    cacheRead: usage.cache_read_input_tokens ?? before?.cacheRead ?? 0,
  }
}
