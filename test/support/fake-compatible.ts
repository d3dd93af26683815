import { event, fakeVendor, pieces, schemaBreach, type FakeVendor, type Reply, type Seen, type Speak, type Spoken } from './fake-vendor.ts' // prettier-ignore

/** OpenAI's chat completions at `/v1/chat/completions`, as Ollama and vLLM serve them. Its key is `test-key`. */
export const fakeCompatible = (): Promise<FakeVendor> =>
  fakeVendor(chatCompletions('/v1/chat/completions', ({ body }, usage) => {
    const { include_usage: wanted = false } = (body['stream_options'] ?? {}) as { include_usage?: boolean }
    return wanted ? [event({ ...head(body), choices: [], usage }), event('[DONE]')] : [event('[DONE]')]
  })) // prettier-ignore

/** How a server tells the usage of a stream, at its end. */
type Closing = (seen: Seen, usage: object) => string[]

/** The protocol itself, for those who serve it at another path. */
export const chatCompletions =
  (path: string, closing: Closing): Speak =>
  (seen, reply) =>
    faultOf(path, seen) ?? answerTo(seen, reply, closing)

const fault = (status: number, message: string, code: string, headers?: Record<string, string>): Spoken => ({
  status,
  body: { error: { message, type: 'invalid_request_error', code } },
  ...(headers && { headers }),
})

function faultOf(path: string, { path: asked, headers, body }: Seen): Spoken | null {
  if (asked !== path) return fault(404, `Unknown request URL: POST ${asked}`, 'unknown_url')
  if (headers.authorization !== 'Bearer test-key') return fault(401, 'Invalid API Key', 'invalid_api_key')
  if (typeof body['model'] !== 'string' || !Array.isArray(body['messages'])) {
    return fault(400, "'model' and 'messages' are required", 'invalid_request')
  }
  const format = body['response_format'] as { type: string; json_schema?: { schema: unknown; strict?: boolean } }
  const words = JSON.stringify(body['messages'])
  if (format.type === 'json_object' && !/json/i.test(words)) {
    return fault(400, "'messages' must contain the word 'json'", 'invalid_request')
  }
  const breach = format.json_schema?.strict === true ? schemaBreach(format.json_schema.schema) : null
  return breach === null ? null : fault(400, `Invalid schema for response_format: ${breach}`, 'invalid_schema')
}

function answerTo(seen: Seen, reply: Reply | undefined, closing: Closing): Spoken {
  const done = completion.bind(null, seen, closing)
  switch (reply?.kind) {
    case 'says':
      return done(reply, pieces(reply.text, reply.twice), 'stop')
    case 'breaks':
      return done(reply, pieces(reply.text), 'stop')
    case 'cuts':
      return done(reply, pieces(reply.text), 'length')
    case 'floods':
      return done({}, ['and so on '], 'stop')
    case 'refuses':
      return done({}, [], 'stop', 'I cannot help with that.')
    case 'filters':
      return done({}, ['I would'], 'content_filter')
    case 'empty':
      return done({}, [], 'stop')
    case 'status':
      return fault(reply.status, reply.message ?? 'Something is wrong', 'error', reply.headers)
    case 'cannot-stream':
      return fault(400, 'Streaming is not supported with structured outputs', 'invalid_request')
    case 'misses-schema':
      return {
        status: 400,
        body: { error: { message: 'Failed to generate JSON', code: 'json_validate_failed', failed_generation: reply.text } }, // prettier-ignore
      }
    case 'drops':
    case 'garbles':
    case 'hangs':
    case 'page':
    case 'redirects':
    case undefined:
      break
  }
  return fault(500, 'The script of the fake is over', 'internal_error')
}

type Counted = { input?: number; output?: number; cacheRead?: number }

const head = (body: Seen['body'], object = 'chat.completion.chunk') => ({
  id: 'chatcmpl-1',
  object,
  created: 1_790_000_000,
  model: body['model'],
})

function completion(seen: Seen, closing: Closing, counted: Counted, texts: string[], finish: string, refusal?: string): Spoken {
  const { input = 120, output = 40, cacheRead } = counted
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cacheRead !== undefined && { prompt_tokens_details: { cached_tokens: cacheRead } }),
  }
  const { body } = seen
  if (body['stream'] !== true) {
    const said = { role: 'assistant', content: refusal === undefined ? texts.join('') : null, ...(refusal !== undefined && { refusal }) }
    const choice = { index: 0, message: said, logprobs: null, finish_reason: finish }
    return { status: 200, body: { ...head(body, 'chat.completion'), choices: [choice], usage } }
  }
  const chunk = (delta: object, reason: string | null = null): string =>
    event({ ...head(body), choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] })
  return {
    opening: [': waiting for a free slot\n\n', chunk({ role: 'assistant', content: '' })],
    deltas: [...texts.map((content) => chunk({ content })), ...(refusal === undefined ? [] : [chunk({ refusal })])],
    closing: [chunk({}, finish), ...closing(seen, usage)],
    error: event({ error: { message: 'Over capacity', type: 'server_error', code: 'internal_error' } }),
  }
} // prettier-ignore
