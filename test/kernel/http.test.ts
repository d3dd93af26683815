import { afterEach, describe, expect, it, vi } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { download, httpClient, type HttpSettings } from '#kernel/http.ts'
import { flakyServer, jsonAnswer, type Answer, type Asked, type FlakyServer } from '#test/support/flaky-server.ts'

const servers: FlakyServer[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const server of servers.splice(0)) await server.stop()
})

async function world(answer: (asked: Asked) => Answer, change: Partial<HttpSettings> = {}) {
  const server = await flakyServer(answer)
  servers.push(server)
  const clock = stoppedClock(new Date('2026-09-01T08:00:00Z'))
  const pauses: number[] = []
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms)
    clock.advance(ms)
    return Promise.resolve()
  }
  const headers = { authorization: 'Bearer secret-key' }
  const ask = httpClient({ baseUrl: `${server.url}/`, headers, clock, pause, timeoutMs: 200, ...change })
  return { server, clock, pause, pauses, ask }
}

const ok = (): Answer => jsonAnswer(200, { said: 'yes' })

describe('an HTTP client', () => {
  it('sends its headers, the query and a JSON body, and reads the answer', async () => {
    const { server, ask } = await world(ok)
    const answer = await ask({ method: 'POST', path: '/things', query: { a: '1 & 2' }, body: { b: 2 }, headers: { x: 'y' } }) // prettier-ignore
    expect(answer).toMatchObject({ status: 200, json: { said: 'yes' } })
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/things', body: '{"b":2}' })
    expect(server.asked[0]?.query.get('a')).toBe('1 & 2')
    expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Bearer secret-key', x: 'y', 'content-type': 'application/json' }) // prettier-ignore
  })

  it('waits as long as it is told to after 429, in seconds or until a date', async () => {
    const { server, pauses, ask } = await world(ok)
    server.trouble({ status: 429, headers: { 'retry-after': '7' } })
    server.trouble({ status: 503, headers: { 'retry-after': 'Tue, 01 Sep 2026 08:00:30 GMT' } })
    expect((await ask({ path: '/' })).status).toBe(200)
    expect(pauses).toEqual([7000, 23_000])
  })

  it.each([
    ['a fault of the server', { status: 500 }],
    ['a connection that closes', 'dropped' as const],
    ['a body that is cut', 'cut' as const],
    ['JSON that is cut without a word', 'cut-unnoticed' as const],
    ['silence', 'silence' as const],
  ])('tries again, more slowly each time, after %s', async (_, trouble) => {
    const { server, pauses, ask } = await world(ok)
    server.trouble(trouble, trouble, trouble)
    expect((await ask({ path: '/' })).json).toEqual({ said: 'yes' })
    expect(pauses).toEqual([500, 1000, 2000])
  })

  it('does not follow to another address, which would be handed the key', async () => {
    const other = await flakyServer(ok)
    servers.push(other)
    const { ask } = await world(() => ({ status: 307, headers: { location: `${other.url}/` }, body: '' }), { headers: { 'x-key': 'secret-key' } }) // prettier-ignore
    const asked = ask({ path: '/things' })
    await expect(asked).rejects.toThrow(/answered 307.*address in the settings/)
    await expect(asked).rejects.not.toThrow(/secret-key/)
    expect(other.asked).toEqual([])
  })

  it('returns what the server has against the request, at once', async () => {
    const { pauses, ask } = await world(() => jsonAnswer(404, { error: 'none' }))
    expect(await ask({ path: '/' })).toMatchObject({ status: 404, json: { error: 'none' } })
    expect(pauses).toEqual([])
  })

  it('gives up in the end, and at once where it is asked to wait for hours', async () => {
    const { server, ask, pauses } = await world(() => jsonAnswer(500, {}), { attempts: 3 })
    await expect(ask({ path: '/things' })).rejects.toThrow('GET /things was answered by 500 (tried 3 times): try again later') // prettier-ignore
    server.trouble({ status: 429, headers: { 'retry-after': '36000' } })
    pauses.length = 0
    await expect(ask({ path: '/things' })).rejects.toThrow('tried once')
    expect(pauses).toEqual([])
  })

  it('never tells its key, the query or a body in an error', async () => {
    const { server, ask } = await world(() => jsonAnswer(500, { private: 'Anna' }), { attempts: 1 })
    const request = { path: '/things', query: { email: 'anna@y.example' }, body: { name: 'Anna' }, method: 'POST' as const } // prettier-ignore
    const told = async (): Promise<string> => {
      const fault: unknown = await ask(request).catch((error: unknown) => error)
      return fault instanceof Error ? `${fault.message} ${String(fault.cause)} ${fault.stack}` : ''
    }
    expect(await told()).not.toMatch(/secret-key|anna/i)
    server.trouble('dropped')
    expect(await told()).not.toMatch(/secret-key|anna/i)
    const wrong = () => httpClient({ baseUrl: server.url, headers: { authorization: 'Bearer secret\nkey' }, clock: () => new Date(0), pause: () => Promise.resolve() }) // prettier-ignore
    expect(wrong).toThrow(/line breaks/)
    expect(wrong).not.toThrow(/secret/)
    const nowhere = () => httpClient({ baseUrl: 'shop.example', headers: {}, clock: () => new Date(0), pause: () => Promise.resolve() }) // prettier-ignore
    expect(nowhere).toThrow('"shop.example" is no address: it begins with https://')
  })

  it('spaces its requests evenly, and waits for no turn that has passed', async () => {
    const { ask, clock, pauses } = await world(ok, { perSecond: 4 })
    await Promise.all([1, 2, 3].map(() => ask({ path: '/' })))
    expect(clock().getTime() - Date.parse('2026-09-01T08:00:00Z')).toBeGreaterThanOrEqual(500)
    pauses.length = 0
    clock.advance(60_000)
    await ask({ path: '/' })
    expect(pauses).toEqual([])
  })
})

describe('a download', () => {
  const file = Buffer.from(Array.from({ length: 40_000 }, (_, n) => `line ${n}`).join('\n'))
  const whole = (): Answer => ({ status: 200, body: file })
  const ranged = ({ headers }: Asked): Answer => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    return from > 0 ? { status: 206, body: file.subarray(from) } : { status: 200, body: file }
  }
  const bytes = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const all: Uint8Array[] = []
    for await (const piece of pieces) all.push(piece)
    return Buffer.concat(all)
  }

  it.each([
    ['goes on where it was cut', ranged],
    ['leaves out what has come where the server starts anew', whole],
  ])('%s', async (_, answer) => {
    const { server, pause } = await world(answer)
    server.trouble('cut', { status: 503 }, 'cut', 'dropped', 'silence')
    const got = await bytes(download({ url: server.url, pause, length: file.length, timeoutMs: 200 }))
    expect(got.equals(file)).toBe(true)
  })

  it('takes less than the whole length for a cut', async () => {
    const { server, pause } = await world(ranged)
    server.trouble('cut-unnoticed')
    const got = await bytes(download({ url: server.url, pause, length: file.length }))
    expect(got.equals(file)).toBe(true)
  })

  it('does not count the time in which its piece is being worked on as silence', async () => {
    const { server, pause } = await world(ranged)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let length = 0
    for await (const piece of download({ url: server.url, pause })) {
      vi.advanceTimersByTime(3_600_000)
      length += piece.length
    }
    expect(length).toBe(file.length)
    expect(server.asked).toHaveLength(1)
  })

  it('ends where the address is no longer good, or nothing comes any more', async () => {
    const { server, pause } = await world(ranged)
    server.trouble({ status: 403 })
    await expect(bytes(download({ url: `${server.url}/signed?secret=1`, pause }))).rejects.toThrow(/gone \(403\)/)
    server.trouble(...Array.from({ length: 6 }, () => 'dropped' as const))
    await expect(bytes(download({ url: server.url, pause }))).rejects.toThrow(/again and again/)
  })
})
