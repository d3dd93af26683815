import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What the next request meets instead of success; `lost` takes what it holds and closes without an answer, `half-answer` after
 * half of one. Seconds: to wait (`retryAfter`), until another may be asked (`resetAfter`).
 */
export type Trouble =
  | { status: number; name: string; message: string; retryAfter?: number; resetAfter?: number }
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
  requests: { path: string; key: string }[]
  /** Troubles for the next requests, one each. */
  trouble: (...next: Trouble[]) => void
  /** Addresses that are refused: each alone in a permissive batch, and the request that holds only one. */
  invalid: Set<string>
  copies: () => Map<string, number>
  close: () => Promise<void>
}

type Answer = { status: number; body: object }
type Remembered = { payload: string; answer: Answer }

const paths = ['/emails', '/emails/batch']
const why = 'Invalid `to` field.'
const refused = (status: number, name: string, message: string): Answer => ({ status, body: { statusCode: status, name, message } }) // prettier-ignore

/** A server that speaks how Resend takes e-mails, alone and in permissive batches: idempotency keys, rate headers, its errors. */
export async function fakeResend(settings: Settings = {}): Promise<FakeResend> {
  const taken: Email[] = []
  const requests: FakeResend['requests'] = []
  const remembered = new Map<string, Remembered>()
  const invalid = new Set<string>()
  const troubles: Trouble[] = []
  const underWay = new Set<string>()

  const take = (emails: Email[]): { id: string }[] =>
    emails.map((email) => {
      taken.push(email)
      settings.onTaken?.(email)
      return { id: randomUUID() }
    })
  const isInvalid = ({ to }: Email): boolean => to.some((address) => invalid.has(address))

  const acceptOne = (email: Email): Answer =>
    isInvalid(email) ? refused(422, 'validation_error', why) : { status: 200, body: take([email])[0]! }

  const acceptBatch = (emails: Email[]): Answer => {
    const errors = emails.flatMap((email, index) => (isInvalid(email) ? [{ index, message: why }] : []))
    return { status: 200, body: { data: take(emails.filter((email) => !isInvalid(email))), errors } }
  }

  /** The same for the same key: what was answered before, if it was taken; a conflict while it is thought over, or of something else. */
  const answerTo = async (key: string, payload: string): Promise<Answer> => {
    const known = remembered.get(key)
    if (known && known.payload !== payload)
      return refused(409, 'invalid_idempotent_request', 'Same idempotency key used with a different request payload.')
    if (known) return known.answer
    if (underWay.has(key))
      return refused(409, 'concurrent_idempotent_requests', 'Same idempotency key used while original request is still in progress.') // prettier-ignore
    underWay.add(key)
    if (settings.thinkMs) await new Promise((resolve) => setTimeout(resolve, settings.thinkMs))
    const asked = JSON.parse(payload) as Email | Email[]
    const said = Array.isArray(asked) ? acceptBatch(asked) : acceptOne(asked)
    if (said.status === 200) remembered.set(key, { payload, answer: said })
    underWay.delete(key)
    return said
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const payload = Buffer.concat(chunks).toString('utf8')
    const key = String(request.headers['idempotency-key'] ?? '')
    requests.push({ path: request.url ?? '', key })
    const trouble = troubles.shift() ?? settings.troubleOf?.()
    if (trouble === 'refuse-connection') return request.socket.destroy()
    if (trouble === 'silence') return undefined
    if (typeof trouble === 'object') {
      const { status, name, message } = trouble
      return answer(response, refused(status, name, message), rateHeaders(trouble))
    }
    if (request.headers['authorization'] !== 'Bearer re_test')
      return answer(response, refused(401, 'missing_api_key', 'Missing API key'))
    const said = await answerTo(key, payload)
    if (trouble === 'lost') return request.socket.destroy()
    if (trouble === 'half-answer') return answerHalf(response, said.body)
    return answer(response, said)
  }

  const server = createServer((request, response) => {
    if (request.method !== 'POST' || !paths.includes(request.url ?? ''))
      return answer(response, refused(404, 'not_found', 'The requested endpoint does not exist.'))
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

/** How much may be asked in a second. Where nothing is said, there is room. */
const rateHeaders = ({ retryAfter, resetAfter }: { retryAfter?: number; resetAfter?: number } = {}): Record<string, string> => ({
  'ratelimit-limit': '5',
  'ratelimit-remaining': retryAfter === undefined && resetAfter === undefined ? '4' : '0',
  'ratelimit-reset': String(resetAfter ?? retryAfter ?? 1),
  ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
}) // prettier-ignore

function answer(response: ServerResponse, { status, body }: Answer, headers = rateHeaders()): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
