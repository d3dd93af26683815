import { gather, type Span } from './lines.ts'

/** One entry of a JSON list: `item` counts from 1, `line` is where it starts. `whole` is false when the file ends in it. */
export type JsonItem = Span & { item: number; line: number; whole: boolean }

const code = { quote: 0x22, backslash: 0x5c, feed: 0x0a, comma: 0x2c, colon: 0x3a, space: 0x20 } as const
const opens = new Set([0x5b, 0x7b])
const closes = new Set([0x5d, 0x7d])

/**
 * The entries of a JSON file, in constant memory and with their exact bytes: of an array, of the `data` of a list
 * object as the Stripe API gives it, or one object after another (JSON lines).
 */
export async function* jsonItems(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<JsonItem> {
  const scan = scanner()
  for await (const chunk of bytes) yield* scan.take(chunk)
  yield* scan.end()
}

/** Follows strings and depth byte by byte; an entry is whatever stands at the depth of the list. */
function scanner(): { take: (chunk: Uint8Array) => Generator<JsonItem>; end: () => Generator<JsonItem> } {
  let [depth, listDepth, offset, line, item] = [0, 0, 0, 1, 0]
  let [inString, escaped] = [false, false]
  let started: { line: number; from: number; span: ReturnType<typeof gather> } | null = null
  let recent = ''

  const emit = (whole: boolean): JsonItem => {
    const { span, line: startLine } = started!
    started = null
    item += 1
    return { ...span.done(), item, line: startLine, whole }
  }
  /** `"data":[` directly inside the first object: the object is a list, and what was held of it is let go. */
  const seeksList = (): boolean => listDepth === 0 && item === 0
  const entersList = (byte: number): boolean =>
    byte === 0x5b && seeksList() && (depth === 0 || (depth === 1 && recent === '"data":'))

  function* take(chunk: Uint8Array): Generator<JsonItem> {
    const base = offset
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index]!
      if (byte === code.feed) line += 1
      if (inString) {
        if (escaped) escaped = false
        else if (byte === code.backslash) escaped = true
        else if (byte === code.quote) inString = false
        if (depth === 1 && seeksList()) recent = (recent + String.fromCharCode(byte)).slice(-7)
        continue
      }
      if (byte === code.quote) inString = true
      if (entersList(byte)) {
        started = null
        depth += 1
        listDepth = depth
        continue
      }
      if (depth === 1 && byte > code.space && seeksList()) recent = (recent + String.fromCharCode(byte)).slice(-7)
      const mark = base + index < 3 && byte > 0x7f
      const separator = mark || byte <= code.space || byte === code.comma || byte === code.colon
      if (depth === listDepth && !started && !separator && !closes.has(byte)) {
        started = { line, from: index, span: gather(base + index) }
      }
      if (opens.has(byte)) depth += 1
      if (!closes.has(byte)) continue
      depth -= 1
      // Leaving the list: what follows belongs to the object around it.
      if (depth < listDepth) listDepth = Number.POSITIVE_INFINITY
      if (depth !== listDepth || !started) continue
      started.span.add(chunk.subarray(started.from, index + 1))
      yield emit(true)
    }
    if (started) {
      started.span.add(chunk.subarray(started.from))
      started.from = 0
    }
    offset += chunk.length
  }

  return {
    take,
    end: function* () {
      if (started) yield emit(false)
    },
  }
}
