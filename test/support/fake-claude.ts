import { fakeVendor, schemaBreach, type FakeVendor, type Reply, type Seen, type Speak } from './fake-vendor.ts'

/** Anthropic's messages. Its key is `test-key`. */
export const fakeClaude = (): Promise<FakeVendor> => fakeVendor((seen, reply) => faultOf(seen) ?? answerTo(seen, reply))

type Spoken = ReturnType<Speak>

const fault = (status: number, type: string, message: string, headers?: Record<string, string>): Spoken => ({
  status,
  body: { type: 'error', error: { type, message }, request_id: 'req_1' },
  ...(headers && { headers }),
})

function faultOf({ path, headers, body }: Seen): Spoken | null {
  if (path !== '/v1/messages') return fault(404, 'not_found_error', 'Not found')
  const key = headers['x-api-key'] ?? headers.authorization?.replace('Bearer ', '')
  if (key !== 'test-key') return fault(401, 'authentication_error', 'API key is invalid')
  if (headers['anthropic-version'] === undefined) return fault(400, 'invalid_request_error', 'anthropic-version: header is required') // prettier-ignore
  if (typeof body['model'] !== 'string' || typeof body['max_tokens'] !== 'number' || !Array.isArray(body['messages'])) {
    return fault(400, 'invalid_request_error', 'model, max_tokens and messages: field required')
  }
  if ('temperature' in body || 'top_p' in body) return fault(400, 'invalid_request_error', 'temperature: not supported')
  const config = body['output_config'] as { format?: { type: string; schema: unknown } } | undefined
  if (config?.format?.type !== 'json_schema') return fault(400, 'invalid_request_error', 'output_config.format: wrong')
  const breach = schemaBreach(config.format.schema, 'output_config.format.schema')
  return breach === null ? null : fault(400, 'invalid_request_error', breach)
}

const faults: Record<number, string> = { 401: 'authentication_error', 429: 'rate_limit_error', 500: 'api_error', 529: 'overloaded_error' } // prettier-ignore

function answerTo({ body }: Seen, reply: Reply | undefined): Spoken {
  const done = (texts: string[], stop: string, usage: { input?: number; output?: number; cacheRead?: number; cacheWrite?: number } = {}): Spoken => ({
    status: 200,
    body: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: body['model'],
      content: [{ type: 'thinking', thinking: '', signature: 'x' }, ...texts.map((text) => ({ type: 'text', text, citations: null }))],
      stop_reason: stop,
      stop_sequence: null,
      usage: {
        input_tokens: usage.input ?? 120,
        output_tokens: usage.output ?? 40,
        cache_creation_input_tokens: usage.cacheWrite ?? 0,
        cache_read_input_tokens: usage.cacheRead ?? 0,
      },
    },
  }) // prettier-ignore
  switch (reply?.kind) {
    case 'says':
      return done([reply.text], 'end_turn', reply)
    case 'misses-schema':
      return done([reply.text], 'end_turn')
    case 'cuts':
      return done([reply.text], 'max_tokens')
    case 'refuses':
      return done([], 'refusal')
    case 'empty':
      return done([], 'end_turn')
    case 'status':
      return fault(reply.status, faults[reply.status] ?? 'api_error', reply.message ?? 'Something is wrong', reply.headers) // prettier-ignore
    case 'garbles':
    case 'hangs':
    case 'drops':
    case undefined:
      break
  }
  return fault(500, 'api_error', 'The script of the fake is over')
}
