import { isUtf8 } from 'node:buffer'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { UsageError } from '#kernel/errors.ts'
import { asUtf8, notText } from '../reading/encoding.ts'

const startLength = 1_048_576

/** The first bytes of a file. Throws a UsageError for a folder, and for a file that is empty. */
export async function startOf({ name, path }: { name: string; path: string }): Promise<Buffer> {
  if ((await stat(path)).isDirectory()) throw new UsageError(`${name} is a folder: name a file in it`)
  const handle = await open(path)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(startLength), 0, startLength, 0)
    if (bytesRead === 0) throw new UsageError(`${name} is empty: export it again, it should at least have a header`)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

export const isParquet = (start: Buffer): boolean => start.subarray(0, 4).equals(Buffer.from('PAR1'))

/** A text in UTF-8: the file itself or, where it was written otherwise, a copy. `note` says what was assumed. */
type PlainText = { path: string; note: string | null }

/**
 * Gives a text in UTF-8. UTF-16 is known by its mark; any other text that is no UTF-8 is taken for Windows-1252, of which
 * Latin-1 is a part, and that is said. Throws a UsageError for what is no text.
 * @param copy where a copy may be written
 */
export async function plainText(file: { name: string; path: string }, start: Buffer, copy: string): Promise<PlainText> {
  const why = notText(start)
  if (why !== null) throw new UsageError(`${file.name} ${why}`)
  const marked = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
  if (!marked && (await isAllUtf8(file.path))) return { path: file.path, note: null }
  const bytes = createReadStream(file.path)
  await pipeline(marked ? asUtf8(bytes) : fromWindows(bytes), createWriteStream(copy))
  const note = `${file.name} is not in UTF-8 and was read as Windows-1252 (Western European). If letters came out wrong, export it as UTF-8`
  return { path: copy, note: marked ? null : note }
}

async function isAllUtf8(path: string): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: startLength }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const whole = bytes.length - unfinished(bytes)
    if (!isUtf8(bytes.subarray(0, whole))) return false
    rest = bytes.subarray(whole)
  }
  return isUtf8(rest)
}

/** How many bytes at the end are, or may be, the beginning of a character that goes on. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) return back
    if (byte < 0x80) return 0
  }
  return 0
}

async function* fromWindows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('windows-1252')
  for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }))
}
