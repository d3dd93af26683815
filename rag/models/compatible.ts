import { z } from 'zod'
import { messageOf } from '#kernel/errors.ts'
import type { ChatAnswer, ChatModel, Failed, Price, RedactedRequest } from '../chat-model.ts'
import { assertRedacted } from '../redact/redact.ts'
import { cutOff, failedStatus, readAnswer, refusal, repairWords, strictSchema, unreachable, usageOf } from './structured.ts' // prettier-ignore

type Settings = {
  /** Up to and with the version: `http://127.0.0.1:11434/v1`. */
  baseURL: string
  model: string
  apiKey?: string | undefined
  /** Free unless told, as on one's own machine. */
  price?: Price | undefined
  contextTokens?: number | undefined
}

const replySchema = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .default([]),
  usage: z.object({ prompt_tokens: z.number().default(0), completion_tokens: z.number().default(0) }).nullish(),
})

const faultSchema = z.object({
  error: z.union([z.string(), z.object({ message: z.string().optional(), code: z.unknown() })]),
})

/** Any server that speaks OpenAI's chat completions, such as Ollama, vLLM or llama.cpp. */
export function compatibleModel(settings: Settings): ChatModel {
  const priceMicroUsdPerMTok = settings.price ?? { input: 0, output: 0 }
  return {
    id: settings.model,
    vendor: 'compatible',
    contextTokens: settings.contextTokens ?? 8192,
    thinkingTokens: 0,
    priceMicroUsdPerMTok,
    complete: async (request) => {
      assertRedacted(request)
      try {
        const response = await post(settings, request)
        if (response.ok) return await answerOf(settings.model, priceMicroUsdPerMTok, request, response)
        return failedStatus(response.status, response.headers, detailOf(await response.text()))
      } catch (fault) {
        return failureOf(fault, request.deadline)
      }
    },
  }
}

function post<T>(settings: Settings, request: RedactedRequest<T>): Promise<Response> {
  const { output, problems } = request.repair ?? {}
  const asked = [
    { role: 'system', content: request.system },
    { role: 'user', content: request.prompt },
  ]
  const mended = [
    { role: 'assistant', content: output },
    { role: 'user', content: repairWords(problems ?? []) },
  ]
  return fetch(`${settings.baseURL.replace(/\/+$/, '')}/chat/completions`, {
    method: 'POST',
    signal: request.deadline,
    headers: {
      'content-type': 'application/json',
      ...(settings.apiKey !== undefined && { authorization: `Bearer ${settings.apiKey}` }),
    },
    body: JSON.stringify({
      model: settings.model,
      max_tokens: request.maxTokens,
      temperature: 0.3,
      seed: 7,
      messages: request.repair ? [...asked, ...mended] : asked,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: strictSchema(request.schema), strict: true },
      },
    }),
  })
}

async function answerOf<T>(
  model: string,
  price: Price,
  request: RedactedRequest<T>,
  response: Response,
): Promise<ChatAnswer<T>> {
  const reply = replySchema.safeParse(await response.json())
  if (!reply.success) return { kind: 'failed', reason: 'invalid-output', why: 'The reply is no chat completion' }
  const { usage: counted, choices } = reply.data
  const usage = usageOf(price, { input: counted?.prompt_tokens ?? 0, output: counted?.completion_tokens ?? 0 })
  const choice = choices[0]
  const refused = choice?.message.refusal ?? ''
  if (choice?.finish_reason === 'length') return cutOff(usage, request.maxTokens)
  if (refused !== '' || choice?.finish_reason === 'content_filter')
    return refusal(refused || 'its content filter', usage)
  return readAnswer(request, choice?.message.content ?? '', { model: reply.data.model ?? model, usage })
}

function detailOf(text: string): string {
  try {
    const { error } = faultSchema.parse(JSON.parse(text))
    return typeof error === 'string' ? error : (error.message ?? 'no reason given')
  } catch {
    return 'no reason given'
  }
}

function failureOf(fault: unknown, deadline: AbortSignal): Failed {
  if (deadline.aborted) return unreachable(deadline, '')
  if (fault instanceof SyntaxError) return { kind: 'failed', reason: 'invalid-output', why: 'The reply is no JSON' }
  const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause.message : messageOf(fault)
  return unreachable(deadline, cause)
}
