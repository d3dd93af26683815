import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the next request meets instead of success; `lost` takes the batch and closes without an answer, `half-answer` after half of one. */
export type Trouble =
  | { status: number; name: string; message: string; retryAfter?: number }
  | 'lost'
  | 'half-answer'
  | 'silence'
  | 'refuse-connection'

type Settings = {
  /** What a request meets that nothing else was said about. */
  troubleOf?: () => Trouble | undefined
  /** Told of each e-mail that was taken. */
  onTaken?: (email: Email) => void
  /** Milliseconds to think over a request, before anything is taken. */
  thinkMs?: number
}

export type Email = {
  from: string
  to: string[]
  subject: string
  html: string
  text: string
  headers: Record<string, string>
  tags: { name: string; value: string }[]
}

export type FakeResend = {
  baseUrl: string
  /** E-mails that were really taken, each once for an idempotency key. */
  taken: Email[]
  requests: { key: string; count: number }[]
  /** Troubles for the next requests, one each. */
  trouble: (...next: Trouble[]) => void
  /** Addresses that a permissive batch refuses. */
  invalid: Set<string>
  copies: () => Map<string, number>
  close: () => Promise<void>
}

type Remembered = { payload: string; answer: unknown }

/** A server that speaks Resend's batch API: idempotency keys, permissive validation, its errors. */
export async function fakeResend(settings: Settings = {}): Promise<FakeResend> {
  const taken: Email[] = []
  const requests: { key: string; count: number }[] = []
  const remembered = new Map<string, Remembered>()
  const invalid = new Set<string>()
  const troubles: Trouble[] = []

  const accept = (payload: string): unknown => {
    const emails = JSON.parse(payload) as Email[]
    const errors = emails.flatMap((email, index) =>
      email.to.some((to) => invalid.has(to)) ? [{ index, message: 'Invalid `to` field.' }] : [],
    )
    const good = emails.filter((email) => !email.to.some((to) => invalid.has(to)))
    taken.push(...good)
    for (const email of good) settings.onTaken?.(email)
    return { data: good.map(() => ({ id: randomUUID() })), errors }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const payload = Buffer.concat(chunks).toString('utf8')
    const key = String(request.headers['idempotency-key'] ?? '')
    requests.push({ key, count: (JSON.parse(payload) as unknown[]).length })
    const trouble = troubles.shift() ?? settings.troubleOf?.()
    if (trouble === 'refuse-connection') return request.socket.destroy()
    if (trouble === 'silence') return undefined
    if (settings.thinkMs) await new Promise((resolve) => setTimeout(resolve, settings.thinkMs))
    if (typeof trouble === 'object') {
      const headers: Record<string, string> = trouble.retryAfter ? { 'retry-after': String(trouble.retryAfter) } : {}
      const { status, name, message } = trouble
      return answer(response, status, { statusCode: status, name, message }, headers)
    }
    if (request.headers['authorization'] !== 'Bearer re_test') {
      return answer(response, 401, { statusCode: 401, name: 'missing_api_key', message: 'Missing API key' })
    }
    const known = remembered.get(key)
    if (known && known.payload !== payload) {
      const message = 'Same idempotency key used with a different request payload.'
      return answer(response, 409, { statusCode: 409, name: 'invalid_idempotent_request', message })
    }
    const body = known?.answer ?? accept(payload)
    remembered.set(key, { payload, answer: body })
    if (trouble === 'lost') return request.socket.destroy()
    if (trouble === 'half-answer') return answerHalf(response, body)
    return answer(response, 200, body)
  }

  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/emails/batch')
      return answer(response, 404, { name: 'not_found' })
    return void handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    taken,
    requests,
    trouble: (...next) => void troubles.push(...next),
    invalid,
    copies: () => {
      const counts = new Map<string, number>()
      for (const to of taken.flatMap((email) => email.to)) counts.set(to, (counts.get(to) ?? 0) + 1)
      return counts
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Says how long the answer is, and closes after half of it. */
function answerHalf(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.write(text.slice(0, text.length / 2), () => response.destroy())
}

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
