import { fakeVendor, schemaBreach, type FakeVendor, type Reply, type Seen, type Speak } from './fake-vendor.ts'

/** OpenAI's chat completions at `/v1/chat/completions`, as Ollama and vLLM serve them. Its key is `test-key`. */
export const fakeCompatible = (): Promise<FakeVendor> => fakeVendor(chatCompletions('/v1/chat/completions'))

/** The protocol itself, for those who serve it at another path. */
export const chatCompletions =
  (path: string): Speak =>
  (seen, reply) =>
    faultOf(path, seen) ?? answerTo(seen, reply)

type Spoken = ReturnType<Speak>

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

function answerTo({ body }: Seen, reply: Reply | undefined): Spoken {
  const done = (message: object, finish: string, input = 120, output = 40): Spoken => ({
    status: 200,
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: body['model'],
      choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason: finish }],
      usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    },
  })
  switch (reply?.kind) {
    case 'says':
      return done({ content: reply.text }, 'stop', reply.input, reply.output)
    case 'cuts':
      return done({ content: reply.text }, 'length')
    case 'refuses':
      return done({ content: null, refusal: 'I cannot help with that.' }, 'stop')
    case 'empty':
      return done({ content: '' }, 'stop')
    case 'status':
      return fault(reply.status, reply.message ?? 'Something is wrong', 'error', reply.headers)
    case 'misses-schema':
      return {
        status: 400,
        body: { error: { message: 'Failed to generate JSON', code: 'json_validate_failed', failed_generation: reply.text } }, // prettier-ignore
      }
    case 'garbles':
    case 'hangs':
    case 'drops':
    case undefined:
      break
  }
  return fault(500, 'The script of the fake is over', 'internal_error')
}
