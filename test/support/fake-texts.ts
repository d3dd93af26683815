import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the next request meets instead of success. `lost`: it is taken, and the connection cut; `half`: half an answer. */
export type Trouble =
  | { status: number; body: unknown; retryAfter?: number }
  | 'lost'
  | 'half'
  | 'refuse-connection'
  | 'silence'

export type FakeTexts = {
  url: string
  /** Messages that were really taken. */
  taken: { to: string; text: string; body: Record<string, unknown> }[]
  /** Troubles for the next requests, one each. */
  trouble: (...next: Trouble[]) => void
  copies: () => Map<string, number>
  close: () => Promise<void>
}

type Spoken = { ok: unknown; taken: { to: string; text: string } | null; once?: string | undefined; status?: number }
type Speak = (request: IncomingMessage, body: Record<string, unknown>) => Spoken

/** A server on a free port that takes one message a request, and misbehaves on order. */
async function fakeTexts(speak: Speak): Promise<FakeTexts> {
  const taken: FakeTexts['taken'] = []
  const answered = new Map<string, unknown>()
  const troubles: Trouble[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>
    const trouble = troubles.shift()
    if (trouble === 'refuse-connection') return void request.socket.destroy()
    if (typeof trouble === 'object') {
      const headers = trouble.retryAfter === undefined ? {} : { 'retry-after': String(trouble.retryAfter) }
      return answer(response, trouble.status, trouble.body, headers)
    }
    const spoken = speak(request, body)
    const known = spoken.once === undefined ? undefined : answered.get(spoken.once)
    if (known === undefined && spoken.taken) taken.push({ ...spoken.taken, body })
    if (spoken.once !== undefined) answered.set(spoken.once, known ?? spoken.ok)
    if (trouble === 'silence') return
    if (trouble === 'lost') return void request.socket.destroy()
    if (trouble === 'half')
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "cu')
    return answer(response, spoken.status ?? 200, known ?? spoken.ok)
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    trouble: (...next) => void troubles.push(...next),
    copies: () => {
      const counts = new Map<string, number>()
      for (const { to } of taken) counts.set(to, (counts.get(to) ?? 0) + 1)
      return counts
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers })
  response.end(JSON.stringify(body))
}

/** A provider of SMS that takes JSON; with `promisesOnce` it carries a request out once for its Idempotency-Key. */
export function fakeSms({ promisesOnce = false }: { promisesOnce?: boolean } = {}): Promise<FakeTexts> {
  let number = 0
  return fakeTexts((request, body) => {
    if (request.headers.authorization !== 'Bearer sms_test')
      return { ok: { error: 'unauthorized' }, taken: null, status: 401 }
    if (request.method === 'HEAD') return { ok: {}, taken: null, status: 405 }
    number += 1
    const taken = { to: String(body['to']), text: String(body['text']) }
    const once = promisesOnce ? String(request.headers['idempotency-key']) : undefined
    return { ok: { messages: [{ id: `sms-${number}` }] }, taken, once }
  })
}

/** What bots the fake knows, by their tokens. */
const bots: Readonly<Record<string, string>> = { '1:test': 'roastery_bot', '2:test': 'second_bot' }

/** The Bot API as far as we speak it: what a bot was given to send says which bot. https://core.telegram.org/bots/api */
export function fakeTelegram(): Promise<FakeTexts & { webhook: () => Record<string, unknown> | null }> {
  let number = 0
  let webhook: Record<string, unknown> | null = null
  const fake = fakeTexts((request, body) => {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? []
    const username = bots[token ?? '']
    if (username === undefined) return { ok: { ok: false, error_code: 401, description: 'Unauthorized' }, taken: null, status: 401 }
    if (method === 'getMe') return { ok: { ok: true, result: { id: 1, is_bot: true, first_name: 'Roastery', username } }, taken: null }
    if (method === 'setWebhook') {
      webhook = body
      return { ok: { ok: true, result: true }, taken: null }
    }
    number += 1
    const chat = { id: Number(body['chat_id']), type: 'private' }
    const result = { message_id: number, date: 0, chat, text: body['text'] }
    body['bot'] = username
    return { ok: { ok: true, result }, taken: { to: String(body['chat_id']), text: String(body['text']) } }
  })
  return fake.then((server) => ({ ...server, webhook: () => webhook }))
} // prettier-ignore
