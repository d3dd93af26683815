import { TextDecoder } from 'node:util'
import { UsageError } from '#kernel/errors.ts'

/** Text, or where it stops being text in that encoding and what it may be instead. */
export type Decoded = { kind: 'text'; text: string } | { kind: 'undecodable'; reason: string; fix: string }

const decoders = new Map<string, TextDecoder>()

function decoderOf(encoding: string): TextDecoder {
  const known = decoders.get(encoding)
  if (known) return known
  try {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
    decoders.set(encoding, decoder)
    return decoder
  } catch (fault) {
    throw new UsageError(`"${encoding}" is no encoding: write utf-8, windows-1252, iso-8859-15 or another known name`, {
      cause: fault,
    })
  }
}

/** Throws a UsageError when there is no such encoding. */
export const checkEncoding = (encoding: string): void => void decoderOf(encoding)

/** Decodes a row; bytes that are none of the encoding's are refused, never replaced. */
export function decode(bytes: Uint8Array, encoding = 'utf-8'): Decoded {
  try {
    return { kind: 'text', text: decoderOf(encoding).decode(bytes) }
  } catch {
    const at = firstBadByte(bytes, decoderOf(encoding))
    const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')
    return {
      kind: 'undecodable',
      reason: `The row is not ${encoding.toUpperCase()}`,
      fix: `Byte ${at + 1} of the row is 0x${byte}; ${guess(bytes)}. Export the file as UTF-8, or name its encoding`,
    }
  }
}

/** Where the first character begins that is none: a prefix decodes as long as nothing in it is wrong. */
function firstBadByte(bytes: Uint8Array, decoder: TextDecoder): number {
  let [good, bad] = [0, bytes.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (decodes(bytes.subarray(0, middle), decoder, true)) good = middle
    else bad = middle
  }
  // The last bytes of the prefix may be the beginning of the bad character.
  while (good > 0 && !decodes(bytes.subarray(0, good), decoder, false)) good -= 1
  return good
}

/** `mayGoOn`: an unfinished character at the end is no fault. */
function decodes(prefix: Uint8Array, decoder: TextDecoder, mayGoOn: boolean): boolean {
  try {
    decoder.decode(prefix, { stream: mayGoOn })
    return true
  } catch {
    return false
  } finally {
    if (mayGoOn) forget(decoder)
  }
}

/** Gives up the unfinished character that a stream holds back. */
function forget(decoder: TextDecoder): void {
  try {
    decoder.decode()
  } catch {
    // It was unfinished: that is what is given up.
  }
}

/** Names the likeliest encoding: 0x80-0x9F are letters and quotes in Windows-1252 and nothing in ISO-8859-1. */
function guess(bytes: Uint8Array): string {
  const windows = bytes.some((byte) => byte >= 0x80 && byte <= 0x9f)
  return windows ? 'it looks like windows-1252' : 'it looks like windows-1252 (Latin-1)'
}

/** Refuses what is no text at all, by the first bytes of a file. Returns why, or null. */
export function notText(start: Uint8Array): string | null {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, index) => start[index] === byte)
  if (begins(0x25, 0x50, 0x44, 0x46)) return 'is a PDF, not text: read it as content'
  if (begins(0x50, 0x4b, 3, 4)) return 'is a spreadsheet or an archive, not text: save it as CSV (UTF-8)'
  if (utf16Of(start) !== null) return null
  if (begins(0x1f, 0x8b)) return 'is compressed: unpack it first'
  if (start.includes(0)) return 'holds zero bytes, so it is no text in UTF-8: export it again as UTF-8 text'
  return null
}

/** Whether bytes begin as text in UTF-16 does: with its mark. */
function utf16Of(start: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : null
}

/**
 * Lets bytes pass, and turns text in UTF-16 with its mark (as spreadsheets write "Unicode text") into UTF-8: places in
 * it then count bytes of the text in UTF-8. Half a character becomes the mark of a broken one (U+FFFD).
 */
export async function* asUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | null | undefined
  for await (const chunk of bytes) {
    if (decoder === undefined) {
      const encoding = utf16Of(chunk)
      decoder = encoding === null ? null : new TextDecoder(encoding)
    }
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk
  }
  const rest = decoder?.decode() ?? ''
  if (rest !== '') yield Buffer.from(rest)
}

const singleBytes = new Map<string, Map<string, number>>()

/**
 * Writes text in an encoding: UTF-8, UTF-16 (kept as UTF-8), or one that writes each letter in a byte. Null where the
 * encoding has no letter for it, or writes letters in several bytes.
 */
export function encode(text: string, encoding = 'utf-8'): Buffer | null {
  const name = decoderOf(encoding).encoding
  if (name.startsWith('utf-')) return Buffer.from(text)
  let letters = singleBytes.get(name)
  if (letters === undefined) {
    letters = new Map(lettersOf(name))
    singleBytes.set(name, letters)
  }
  const bytes = Array.from(text, (letter) => letters.get(letter))
  return bytes.includes(undefined) ? null : Buffer.from(bytes as number[])
}

const lettersOf = (encoding: string): [string, number][] =>
  Array.from({ length: 256 }, (_, byte) => byte).flatMap((byte): [string, number][] => {
    const decoded = decode(Uint8Array.of(byte), encoding)
    return decoded.kind === 'text' ? [[decoded.text, byte]] : []
  })
