/** How much of an answer is taken, in bytes as they come, and how long its server may be silent between two of them. */
export type Bounds = { mostBytes: number; stallMs: number }

/** The longest answer that a model is ever allowed, each token an event of its own, stays below. */
const usual: Bounds = { mostBytes: 4 * 1_048_576, stallMs: 30_000 }

/**
 * `fetch` from a model's server: an answer that never ends, a server that falls silent midway (a `TimeoutError`) and
 * one that answers with a page instead of data end the connection, whoever reads it and whatever it is compressed to.
 * A redirect is an error: keys are sent to the address in the settings only.
 */
export function boundedFetch(bounds: Partial<Bounds> = {}): typeof fetch {
  const kept = { ...usual, ...bounds }
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' })
    const type = response.headers.get('content-type') ?? 'json'
    if (response.ok && !/json|event-stream/i.test(type)) {
      await response.body?.cancel()
      throw new DOMException(`it answers with ${type.slice(0, 40)}; check its address in the settings`, 'DataError')
    }
    if (!response.body) return response
    return new Response(ReadableStream.from(metered(response.body, kept)), response)
  }
}

async function* metered(body: ReadableStream<Uint8Array>, bounds: Bounds): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await beforeStall(reader.read(), bounds.stallMs)
      if (done) return
      bytes += value.length
      if (bytes > bounds.mostBytes) throw new DOMException(`The answer was longer than ${bounds.mostBytes} bytes`, tooLong) // prettier-ignore
      yield value
    }
  } finally {
    // What broke is told already; this only closes the connection.
    await reader.cancel().catch(() => {})
  }
}

/** The name of the fault of an answer that is longer than its bounds. */
export const tooLong = 'QuotaExceededError'

async function beforeStall<Piece>(piece: Promise<Piece>, stallMs: number): Promise<Piece> {
  const stalled = Promise.withResolvers<never>()
  const silent = `The model fell silent for ${stallMs / 1000} s in the middle of its answer`
  const alarm = setTimeout(() => stalled.reject(new DOMException(silent, 'TimeoutError')), stallMs)
  try {
    return await Promise.race([piece, stalled.promise])
  } finally {
    clearTimeout(alarm)
  }
}
