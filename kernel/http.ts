import type { Clock } from './clock.ts'
import { messageOf, UsageError } from './errors.ts'

/** What is asked of a server. The path follows the base address; a body is sent as JSON. */
export type HttpRequest = {
  method?: 'GET' | 'POST'
  path: string
  query?: Record<string, string>
  body?: unknown
  headers?: Record<string, string>
}

/** An answer read to its end. `json` is undefined where the body is none. */
export type HttpAnswer = { status: number; headers: Headers; json: unknown; text: string }
export type HttpClient = (request: HttpRequest) => Promise<HttpAnswer>

export type HttpSettings = {
  baseUrl: string
  headers: Record<string, string>
  clock: Clock
  pause: (ms: number) => Promise<void>
  /** At most so many requests a second, evenly spaced; as fast as it goes unless told. */
  perSecond?: number
  /** How often one request is tried; 6 unless told. */
  attempts?: number
  /** Until the last byte of an answer; 60 s unless told. */
  timeoutMs?: number
}

const longestBackoffMs = 30_000
/** Who asks for more patience than this is better asked again another day. */
const longestWaitMs = 15 * 60_000

/**
 * Asks one server, politely. An answer of 429, 408 or 5xx, silence, and a body that was cut are tried again, after what
 * `Retry-After` asks for or 0.5, 1, 2 … 30 s; so only what may be asked twice is to be sent. Every other answer is
 * returned. Throws an Error that names method and path, never the query, headers or a body.
 */
export function httpClient(settings: HttpSettings): HttpClient {
  const { baseUrl, pause, attempts = 6 } = settings
  if (!/^https?:/.test(baseUrl) || !URL.canParse(baseUrl)) throw new UsageError(`"${baseUrl}" is no address: it begins with https://`) // prettier-ignore
  const headers = validHeaders(settings.headers)
  const turn = turns(settings)
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      await turn()
      const outcome = await ask(settings, headers, request)
      if (outcome.kind === 'answered') return outcome.answer
      const waitMs = outcome.askedForMs(settings.clock) ?? backoffMs(attempt)
      if (attempt >= attempts || waitMs > longestWaitMs) throw failure(request, outcome, attempt)
      await pause(waitMs)
    }
  }
}

type Failed = { kind: 'failed'; why: string; cause?: unknown; askedForMs: (clock: Clock) => number | null }
type Outcome = { kind: 'answered'; answer: HttpAnswer } | Failed

const backoffMs = (attempt: number): number => Math.min(longestBackoffMs, 500 * 2 ** (attempt - 1))

/** An invalid header would be repeated, with the key in it, by the fault that it causes. */
function validHeaders(headers: Record<string, string>): Headers {
  try {
    return new Headers(headers)
  } catch {
    throw new UsageError('A key or address in the settings holds a character that no header may: check it for line breaks') // prettier-ignore
  }
}

function failure(request: HttpRequest, { why, cause }: Failed, attempt: number): Error {
  const times = attempt === 1 ? 'once' : `${attempt} times`
  return new Error(
    `${request.method ?? 'GET'} ${request.path} ${why} (tried ${times}): try again later`,
    cause === undefined ? {} : { cause },
  )
}

async function ask(
  { baseUrl, timeoutMs = 60_000 }: HttpSettings,
  own: Headers,
  request: HttpRequest,
): Promise<Outcome> {
  const headers = new Headers(own)
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value)
  if (request.body !== undefined) headers.set('content-type', 'application/json')
  const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query).toString()}`
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${request.path}${query}`, {
      method: request.method ?? 'GET',
      headers,
      // Another host must not be handed the key: fetch takes only `authorization` away from a redirected request.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    })
    return await outcomeOf(response)
  } catch (fault) {
    if (fault instanceof UsageError) throw fault
    return { kind: 'failed', why: whyOf(fault, timeoutMs), cause: fault, askedForMs: () => null }
  }
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const { status, headers } = response
  const text = await response.text()
  if (status >= 300 && status < 400 && status !== 304)
    throw new UsageError(
      `The vendor answered ${status}, to go elsewhere: is its address in the settings right? Keys are sent to that address only`,
    )
  if (status === 429 || status === 408 || status >= 500)
    return { kind: 'failed', why: `was answered by ${status}`, askedForMs: (clock) => retryAfterMs(headers, clock) }
  const json = parsed(text)
  // A body cut where nobody said how long it is looks whole: only its JSON does not end.
  if (json === undefined && text !== '' && (headers.get('content-type') ?? '').includes('json'))
    return { kind: 'failed', why: 'was answered by JSON that was cut', askedForMs: () => null }
  return { kind: 'answered', answer: { status, headers, json, text } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function whyOf(fault: unknown, timeoutMs: number): string {
  if (fault instanceof Error && fault.name === 'TimeoutError') return `was not answered within ${timeoutMs / 1000} s`
  const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause.message : messageOf(fault)
  return `failed: ${cause}`
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMs(headers: Headers, clock: Clock): number | null {
  const said = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(said)) return Math.ceil(Number(said) * 1000)
  const at = Date.parse(said)
  return Number.isNaN(at) ? null : Math.max(0, at - clock().getTime())
}

/** Hands out places in time, evenly spaced; whoever asks early waits for theirs. */
function turns({ clock, pause, perSecond }: HttpSettings): () => Promise<void> {
  if (perSecond === undefined) return () => Promise.resolve()
  let next = 0
  return async () => {
    const now = clock().getTime()
    const mine = Math.max(now, next)
    next = mine + 1000 / perSecond
    if (mine > now) await pause(mine - now)
  }
}

export type DownloadSettings = {
  url: string
  pause: (ms: number) => Promise<void>
  /** How long the file is, where its owner says so: less is a cut. */
  length?: number | undefined
  /** How often in a row it may fail without a byte coming; 6 unless told. */
  attempts?: number
  /** The longest silence between two pieces; 60 s unless told. */
  timeoutMs?: number
}

/**
 * The bytes of a file, in constant memory. After a cut it goes on where it was cut (`Range`); a server that cannot do so
 * is read from the start and what has come is left out. Throws an Error that never names the address, which may be signed.
 */
export async function* download(settings: DownloadSettings): AsyncGenerator<Uint8Array> {
  const { pause, length, attempts = 6 } = settings
  const silence = silenceOf(settings)
  let [received, failures] = [0, 0]
  for (;;) {
    let cause: unknown
    try {
      const file = await open(settings.url, received, silence)
      if (file.kind === 'gone') throw new UsageError(`The file to download is gone (${file.status}): start again`)
      for await (const piece of piecesOf(file, silence)) {
        received += piece.length
        failures = 0
        yield piece
      }
      if (length === undefined || received >= length) return
      cause = new Error(`${received} of ${length} bytes came`)
    } catch (fault) {
      if (fault instanceof UsageError) throw fault
      cause = fault
    } finally {
      silence.end()
    }
    failures += 1
    if (failures >= attempts) throw new Error('A download broke off again and again: try again later', { cause })
    await pause(backoffMs(failures))
  }
}

type File = { kind: 'file'; body: AsyncIterable<Uint8Array>; skip: number }

/** Where the address is refused for good, asking again is no use. */
async function open(url: string, from: number, silence: Silence): Promise<File | { kind: 'gone'; status: number }> {
  // Compressed bytes could not be counted.
  const headers = { 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) }
  const { status, body } = await fetch(url, { headers, signal: silence.listen() })
  if (status === 429 || status === 408 || status >= 500) throw new Error(`The download was answered by ${status}`)
  if (status === 416) return { kind: 'file', body: ReadableStream.from([]), skip: 0 }
  if (status >= 300 || body === null) return { kind: 'gone', status }
  return { kind: 'file', body, skip: status === 206 ? 0 : from }
}

/** Only the server's silence counts: not the time in which its piece is being worked on. */
async function* piecesOf({ body, skip }: File, silence: Silence): AsyncGenerator<Uint8Array> {
  let behind = skip
  for await (const piece of body) {
    const kept = piece.subarray(Math.min(behind, piece.length))
    behind -= piece.length - kept.length
    silence.end()
    if (kept.length > 0) yield kept
    silence.resume()
  }
}

type Silence = { listen: () => AbortSignal; resume: () => void; end: () => void }

function silenceOf({ timeoutMs = 60_000 }: DownloadSettings): Silence {
  let controller = new AbortController()
  let alarm: NodeJS.Timeout | undefined
  const resume = (): void => {
    alarm = setTimeout(() => controller.abort(new Error('The server fell silent')), timeoutMs)
  }
  return {
    listen: () => {
      controller = new AbortController()
      resume()
      return controller.signal
    },
    resume,
    end: () => clearTimeout(alarm),
  }
}
