import { createHash, type Hash as Digest } from 'node:crypto'
import type { Hash } from '#kernel/ids.ts'

/** A longer row keeps only its place and its hash, so that a line of a gigabyte passes in constant memory. */
export const longestRow = 1_048_576

/** A piece of the input: its bytes, or their hash when there were more than `longestRow`. */
export type Span = { offset: number; length: number } & (
  | { bytes: Buffer; sha256?: never }
  | { bytes: null; sha256: Hash }
)

/** `crlf`: it ended with `\r\n`, which is no part of it. */
export type Line = Span & { line: number; crlf: boolean }

/** Collects the bytes of one span, up to the limit (1 MB unless told); beyond it only counts and hashes them. */
export function gather(
  offset: number,
  most = longestRow,
): {
  add: (bytes: Uint8Array) => void
  length: () => number
  done: () => Span
} {
  let parts: Uint8Array[] = []
  let length = 0
  let digest: Digest | undefined
  return {
    add: (bytes) => {
      length += bytes.length
      if (digest) digest.update(bytes)
      else parts.push(bytes)
      if (digest || length <= most) return
      digest = createHash('sha256')
      for (const part of parts) digest.update(part)
      parts = []
    },
    length: () => length,
    done: () =>
      digest
        ? { offset, length, bytes: null, sha256: digest.digest('hex') as Hash }
        : { offset, length, bytes: Buffer.concat(parts) },
  }
}

const feed = 0x0a
const carriageReturn = 0x0d

/** The lines of a file, without their ends (`\n` or `\r\n`). A byte order mark is no part of the first. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let line = 1
  let offset = 0
  // What a chunk ends with, of a line that goes on in the next one.
  let begun: ReturnType<typeof gather> | null = null
  for await (const chunk of bytes) {
    let from = 0
    for (let end = chunk.indexOf(feed); end >= 0; end = chunk.indexOf(feed, from)) {
      const span = ended(begun, offset, chunk.subarray(from, end))
      yield trimmed(span, line)
      begun = null
      offset += span.length + 1
      line += 1
      from = end + 1
    }
    if (from === chunk.length) continue
    begun ??= gather(offset)
    begun.add(chunk.subarray(from))
  }
  if (begun) yield trimmed(begun.done(), line)
}

/** The rest of a line, behind what has begun; most lines lie whole in a chunk. */
function ended(begun: ReturnType<typeof gather> | null, offset: number, rest: Uint8Array): Span {
  if (begun === null && rest.length <= longestRow) return { offset, length: rest.length, bytes: Buffer.from(rest) }
  const span = begun ?? gather(offset)
  span.add(rest)
  return span.done()
}

function trimmed(span: Span, line: number): Line {
  if (span.bytes === null) return { ...span, line, crlf: false }
  const mark = line === 1 && span.bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0
  const crlf = span.bytes.at(-1) === carriageReturn
  const end = crlf ? span.bytes.length - 1 : span.bytes.length
  return { offset: span.offset + mark, length: end - mark, bytes: span.bytes.subarray(mark, end), line, crlf }
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])
