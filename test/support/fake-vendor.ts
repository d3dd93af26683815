import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Counted = { input?: number; output?: number; cacheRead?: number; cacheWrite?: number }

/** What a fake server does next, whatever its protocol. Where a stream was asked for, texts come in pieces. */
export type Reply =
  | ({ kind: 'says'; text: string; twice?: true } & Counted)
  | ({ kind: 'cuts'; text: string } & Counted)
  | { kind: 'refuses' }
  | { kind: 'filters' }
  | { kind: 'empty' }
  | { kind: 'status'; status: number; headers?: Record<string, string>; message?: string }
  | { kind: 'misses-schema'; text: string }
  /** Half of the text, and then: the connection is cut, the body ends, silence, half an event, the vendor's own error. */
  | ({ kind: 'breaks'; how: 'cut' | 'end' | 'silence' | 'half-event' | 'error'; text: string } & Counted)
  /** Text without end, until the client hangs up. */
  | { kind: 'floods' }
  /** Says that it does not stream such an answer. */
  | { kind: 'cannot-stream' }
  | { kind: 'page'; status: number }
  | { kind: 'redirects'; to: string }
  | { kind: 'garbles' }
  | { kind: 'hangs' }
  | { kind: 'drops' }

export type Seen = { path: string; headers: IncomingMessage['headers']; body: Record<string, unknown> }
export type FakeVendor = {
  url: string
  seen: Seen[]
  /** The bytes of the last answer that were taken off its hands. */
  written: () => number
  /** The replies to come, in order; a request beyond them is answered by 500. */
  script: (...replies: Reply[]) => void
  stop: () => Promise<void>
}

/** An answer as the events of a stream, in the vendor's own protocol. */
export type Streamed = { opening: string[]; deltas: string[]; closing: string[]; error: string }

/** What the vendor sends for a reply: a status and a body, or a stream. */
export type Spoken = { status: number; body: unknown; headers?: Record<string, string> } | Streamed
export type Speak = (seen: Seen, reply: Reply | undefined) => Spoken

/** A server on a free port of this machine that speaks a vendor's protocol and can fail in every way it can. */
export async function fakeVendor(speak: Speak): Promise<FakeVendor> {
  const seen: Seen[] = []
  let replies: Reply[] = []
  let written = 0
  const server = createServer((request, response) => {
    // A connection that the next request took up while it is being closed would fail at random.
    response.setHeader('connection', 'close')
    void read(request).then(async (body) => {
      const one = { path: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      const reply = replies.shift()
      if (reply?.kind === 'hangs') return
      if (reply?.kind === 'drops') return void response.destroy()
      if (reply?.kind === 'garbles') return send(response, 200, '{"choices": [{"mess', {})
      if (reply?.kind === 'page') return send(response, reply.status, '<html>Sign in</html>', { 'content-type': 'text/html' })
      if (reply?.kind === 'redirects') return send(response, 307, '', { location: reply.to })
      const spoken = speak(one, reply)
      if ('opening' in spoken) written = await stream(response, spoken, reply)
      else send(response, spoken.status, JSON.stringify(spoken.body), spoken.headers ?? {})
    })
  }) // prettier-ignore
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    written: () => written,
    script: (...next) => {
      replies = next
      seen.length = 0
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body)
}

/** Returns how many bytes were taken. */
async function stream(response: ServerResponse, { opening, deltas, closing, error }: Streamed, reply: Reply | undefined): Promise<number> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  for (const event of opening) response.write(event)
  if (reply?.kind === 'floods') return flood(response, deltas.join(''))
  if (reply?.kind !== 'breaks') {
    response.end([...deltas, ...closing].join(''))
    return 0
  }
  const half = deltas.slice(0, Math.ceil(deltas.length / 2)).join('')
  await new Promise((resolve) => response.write(half, resolve))
  if (reply.how === 'cut') response.destroy()
  if (reply.how === 'end') response.end()
  if (reply.how === 'half-event') response.end(`${deltas.at(-1)?.slice(0, -12) ?? ''}\n\n`)
  if (reply.how === 'error') response.end(error)
  return 0
} // prettier-ignore

async function flood(response: ServerResponse, piece: string): Promise<number> {
  const hungUp = once(response, 'close')
  const many = piece.repeat(Math.ceil(65_536 / piece.length))
  let bytes = 0
  while (!response.destroyed && bytes < 64 * 1_048_576) {
    bytes += many.length
    if (!response.write(many)) await Promise.race([once(response, 'drain'), hungUp])
  }
  response.destroy()
  return bytes
}

/** An event as it goes over the wire. */
export const event = (data: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

/** A text in pieces that end in the middle of words; each of them twice where somebody stutters. */
export const pieces = (text: string, twice?: true): string[] =>
  (text.match(/.{1,7}/gsu) ?? []).flatMap((piece) => (twice ? [piece, piece] : [piece]))

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString('utf8') || '{}') as Record<string, unknown>
}

/** What strict structured output demands of a schema; the first breach, or null. */
export function schemaBreach(schema: unknown, at = 'schema'): string | null {
  if (Array.isArray(schema)) return first(schema.map((item, index) => schemaBreach(item, `${at}[${index}]`)))
  if (typeof schema !== 'object' || schema === null) return null
  const node = schema as Record<string, unknown>
  const unknown = Object.keys(node).find((key) => !allowed.has(key))
  if (unknown !== undefined) return `${at}: '${unknown}' is not supported`
  if (node['type'] === 'object') {
    const properties = Object.keys((node['properties'] as object | undefined) ?? {})
    const required = (node['required'] as string[] | undefined) ?? []
    if (node['additionalProperties'] !== false) return `${at}: 'additionalProperties' must be false`
    if (properties.some((name) => !required.includes(name))) return `${at}: every property must be required`
  }
  const inside = Object.entries((node['properties'] as Record<string, unknown> | undefined) ?? {})
  return first([
    ...inside.map(([name, item]) => schemaBreach(item, `${at}.${name}`)),
    schemaBreach(node['items'], `${at}.items`),
    schemaBreach(node['anyOf'], `${at}.anyOf`),
  ])
}

const allowed = new Set(['type', 'properties', 'required', 'items', 'enum', 'anyOf', 'description', 'additionalProperties']) // prettier-ignore
const first = (found: (string | null)[]): string | null => found.find((item) => item !== null) ?? null
