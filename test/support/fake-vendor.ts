import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a fake server does next, whatever its protocol. */
export type Reply =
  | { kind: 'says'; text: string; input?: number; output?: number; cacheRead?: number; cacheWrite?: number }
  | { kind: 'cuts'; text: string }
  | { kind: 'refuses' }
  | { kind: 'empty' }
  | { kind: 'status'; status: number; headers?: Record<string, string>; message?: string }
  | { kind: 'misses-schema'; text: string }
  | { kind: 'garbles' }
  | { kind: 'hangs' }
  | { kind: 'drops' }

export type Seen = { path: string; headers: IncomingMessage['headers']; body: Record<string, unknown> }
export type FakeVendor = {
  url: string
  seen: Seen[]
  /** The replies to come, in order; a request beyond them is answered by 500. */
  script: (...replies: Reply[]) => void
  stop: () => Promise<void>
}

/** A status and body for a reply, in the vendor's own protocol; null = the request itself is at fault (400, 401). */
export type Speak = (seen: Seen, reply: Reply | undefined) => { status: number; body: unknown; headers?: Record<string, string> } // prettier-ignore

/** A server on a free port of this machine that speaks a vendor's protocol and can fail in every way it can. */
export async function fakeVendor(speak: Speak): Promise<FakeVendor> {
  const seen: Seen[] = []
  let replies: Reply[] = []
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const one = { path: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      const reply = replies.shift()
      if (reply?.kind === 'hangs') return
      if (reply?.kind === 'drops') return void response.destroy()
      if (reply?.kind === 'garbles') return send(response, 200, '{"choices": [{"mess', {})
      const { status, body: said, headers } = speak(one, reply)
      send(response, status, JSON.stringify(said), headers ?? {})
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
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
