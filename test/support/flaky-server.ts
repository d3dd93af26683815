import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: string
}
export type Answer = { status: number; body: string | Buffer; headers?: Record<string, string> }

/**
 * What a request meets instead of its answer: a status, half of the answer (told by its length or not), a closed
 * connection, or silence.
 */
export type Trouble =
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'cut'
  | 'cut-unnoticed'
  | 'dropped'
  | 'silence'

export type FlakyServer = {
  url: string
  /** Every request, in the order they came. */
  asked: Asked[]
  /** What the next requests meet, one each; null is the answer itself. */
  trouble: (...next: (Trouble | null)[]) => void
  stop: () => Promise<void>
}

/** A server on a free port of this machine that answers, and can fail in every way a server can. */
export async function flakyServer(answer: (asked: Asked) => Answer): Promise<FlakyServer> {
  const asked: Asked[] = []
  const troubles: (Trouble | null)[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString('utf8')
    const one = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body }
    asked.push(one)
    const trouble = troubles.shift() ?? null
    if (trouble === 'silence') return
    if (trouble === 'dropped') return void response.destroy()
    if (typeof trouble === 'object' && trouble !== null) return send(response, { body: '', ...trouble })
    const full = answer(one)
    if (trouble === 'cut') return cut(response, full)
    send(response, trouble === null ? full : { ...full, body: full.body.slice(0, full.body.length >> 1) })
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    trouble: (...next) => void troubles.push(...next),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

function cut(response: ServerResponse, { status, body, headers }: Answer): void {
  const bytes = Buffer.from(body as string)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers })
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
}

/** The body of an answer as JSON. */
export const jsonAnswer = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  body: JSON.stringify(body),
  headers,
})
