/** Texts, in UTF-8, and bytes that follow each other: put together where they leave, and not before. */
export type Parts = readonly (string | Buffer)[]

/** How many bytes they are. */
export function sizeOf(parts: Parts): number {
  let size = 0
  for (const part of parts) size += typeof part === 'string' ? Buffer.byteLength(part) : part.length
  return size
}

/** Writes them one after the other, from the first byte on. */
export function writeAll(parts: Parts, into: Buffer): void {
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') at += into.write(part, at)
    else {
      into.set(part, at)
      at += part.length
    }
  }
}
