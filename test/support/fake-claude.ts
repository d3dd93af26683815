import { event, fakeVendor, pieces, schemaBreach, type FakeVendor, type Reply, type Seen, type Spoken } from './fake-vendor.ts' // prettier-ignore

/** Anthropic's messages. Its key is `test-key`. */
export const fakeClaude = (): Promise<FakeVendor> => fakeVendor((seen, reply) => faultOf(seen) ?? answerTo(seen, reply))

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
  const marks = JSON.stringify(body).match(/"cache_control":\{"type":"ephemeral"\}/g) ?? []
  if (marks.length > 4) return fault(400, 'invalid_request_error', 'A maximum of 4 blocks with cache_control')
  const config = body['output_config'] as { format?: { type: string; schema: unknown } } | undefined
  if (config?.format?.type !== 'json_schema') return fault(400, 'invalid_request_error', 'output_config.format: wrong')
  const breach = schemaBreach(config.format.schema, 'output_config.format.schema')
  return breach === null ? null : fault(400, 'invalid_request_error', breach)
}

const faults: Record<number, string> = { 401: 'authentication_error', 403: 'permission_error', 404: 'not_found_error', 413: 'request_too_large', 429: 'rate_limit_error', 500: 'api_error', 529: 'overloaded_error' } // prettier-ignore

function answerTo(seen: Seen, reply: Reply | undefined): Spoken {
  switch (reply?.kind) {
    case 'says':
      return streamed(seen, reply, pieces(reply.text, reply.twice), 'end_turn')
    case 'breaks':
      return streamed(seen, reply, pieces(reply.text), 'end_turn')
    case 'misses-schema':
      return streamed(seen, {}, pieces(reply.text), 'end_turn')
    case 'cuts':
      return streamed(seen, reply, pieces(reply.text), 'max_tokens')
    case 'floods':
      return streamed(seen, {}, ['and so on '], 'end_turn')
    case 'refuses':
    case 'filters':
      return streamed(seen, {}, [], 'refusal')
    case 'empty':
      return streamed(seen, {}, [], 'end_turn')
    case 'status':
      return fault(reply.status, faults[reply.status] ?? 'api_error', reply.message ?? 'Something is wrong', reply.headers) // prettier-ignore
    case 'cannot-stream':
    case 'drops':
    case 'garbles':
    case 'hangs':
    case 'page':
    case 'redirects':
    case undefined:
      break
  }
  return fault(500, 'api_error', 'The script of the fake is over')
}

type Counted = { input?: number; output?: number; cacheRead?: number; cacheWrite?: number }

function streamed({ body }: Seen, counted: Counted, texts: string[], stop: string): Spoken {
  const usage = {
    input_tokens: counted.input ?? 120,
    output_tokens: counted.output ?? 40,
    cache_creation_input_tokens: counted.cacheWrite ?? 0,
    cache_read_input_tokens: counted.cacheRead ?? 0,
  }
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: body['model'], stop_sequence: null }
  const said = (type: string, data: object = {}): string => event({ type, ...data }, type)
  const block = (index: number, inside: object, ...deltas: object[]): string[] => [
    said('content_block_start', { index, content_block: inside }),
    ...deltas.map((delta) => said('content_block_delta', { index, delta })),
  ]
  const end = (index: number): string => said('content_block_stop', { index })
  const [begun = '', ...deltas] = block(1, { type: 'text', text: '' }, ...texts.map((text) => ({ type: 'text_delta', text }))) // prettier-ignore
  return {
    opening: [
      said('message_start', { message: { ...head, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } }), // prettier-ignore
      ...block(0, { type: 'thinking', thinking: '', signature: '' }, { type: 'thinking_delta', thinking: 'Well' }),
      end(0),
      said('ping'),
      begun,
    ],
    deltas,
    closing: [
      end(1),
      said('message_delta', { delta: { stop_reason: stop, stop_sequence: null }, usage }),
      said('message_stop'),
    ],
    error: said('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  }
}
