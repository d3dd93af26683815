import Groq, { APIConnectionError, APIConnectionTimeoutError } from 'groq-sdk'
import type { ChatAnswer, ChatModel, Price, RedactedRequest } from '../chat-model.ts'
import { assertRedacted } from '../redact/redact.ts'
import { modelFacts } from './prices.ts'
import { failedCall } from './sdk-fault.ts'
import { cutOff, readAnswer, refusal, repairWords, strictSchema, usageOf } from './structured.ts'

type Settings = { apiKey: string; model: string; baseURL?: string | undefined; price?: Price | undefined }
type Format = NonNullable<Parameters<Groq['chat']['completions']['create']>[0]['response_format']>

/** Models that think first and take a strict schema, and those that follow one as well as they can; the others know JSON mode only. */
const strictModels = /^openai\/gpt-oss/
const schemaModels = /^(?:openai\/gpt-oss|meta-llama\/llama-4|moonshotai\/kimi-k2)/

/** Groq's chat completions. The SDK's own retries are off: the router is the only loop. */
export function groqModel(settings: Settings): ChatModel {
  const { apiKey, model, baseURL = 'https://api.groq.com' } = settings
  const client = new Groq({ apiKey, baseURL, maxRetries: 0, logLevel: 'off' })
  const { price, contextTokens, thinkingTokens } = modelFacts('groq', model)
  const priceMicroUsdPerMTok = settings.price ?? price
  return {
    id: model,
    vendor: 'groq',
    contextTokens,
    thinkingTokens,
    priceMicroUsdPerMTok,
    complete: async (request) => {
      assertRedacted(request)
      return complete(client, { model, thinkingTokens, price: priceMicroUsdPerMTok }, request)
    },
  }
}

type Setup = { model: string; thinkingTokens: number; price: Price }

async function complete<T>(client: Groq, setup: Setup, request: RedactedRequest<T>): Promise<ChatAnswer<T>> {
  const { model, thinkingTokens, price } = setup
  const params = {
    model,
    max_completion_tokens: request.maxTokens + thinkingTokens,
    ...(strictModels.test(model) && { reasoning_effort: 'low' as const }),
    temperature: 0.3,
    seed: 7,
    messages: messagesOf(model, request),
    response_format: formatOf(model, request),
  }
  try {
    const answer = await client.chat.completions.create(params, { signal: request.deadline })
    const usage = usageOf(price, {
      input: answer.usage?.prompt_tokens ?? 0,
      output: answer.usage?.completion_tokens ?? 0,
    })
    const choice = answer.choices[0]
    const finished: string = choice?.finish_reason ?? 'stop'
    if (finished === 'length') return cutOff(usage, request.maxTokens)
    const refused = refusalOf(choice?.message)
    if (refused !== null || finished === 'content_filter') return refusal(refused ?? 'its content filter', usage)
    return readAnswer(request, choice?.message.content ?? '', { model: answer.model, usage })
  } catch (fault) {
    const lost = fault instanceof APIConnectionError
    const timedOut = fault instanceof APIConnectionTimeoutError
    return failedCall('Groq', fault, request.deadline, { lost, timedOut })
  }
}

type Message = Groq.Chat.ChatCompletionMessageParam

function messagesOf<T>(model: string, request: RedactedRequest<T>): Message[] {
  const schema = schemaModels.test(model) ? '' : `\n\nAnswer with JSON of this schema: ${shown(request)}`
  const asked: Message[] = [
    { role: 'system', content: request.system + schema },
    { role: 'user', content: request.prompt },
  ]
  if (!request.repair) return asked
  const { output, problems } = request.repair
  return [...asked, { role: 'assistant', content: output }, { role: 'user', content: repairWords(problems) }]
}

const shown = <T>(request: RedactedRequest<T>): string => JSON.stringify(strictSchema(request.schema))

function formatOf<T>(model: string, request: RedactedRequest<T>): Format {
  if (!schemaModels.test(model)) return { type: 'json_object' }
  const strict = strictModels.test(model)
  return { type: 'json_schema', json_schema: { name: 'answer', schema: strictSchema(request.schema), strict } }
}

/** The SDK does not know the field, which the protocol has. */
function refusalOf(message: object | undefined): string | null {
  if (!message || !('refusal' in message)) return null
  return typeof message.refusal === 'string' && message.refusal !== '' ? message.refusal : null
}
