/** Texts, in UTF-8, and bytes that follow each other: put together where they leave, and not before. */
export type Parts = readonly (string | Buffer)[]

/** How many bytes they are. */
export function sizeOf(parts: Parts): number {
  let size = 0
  for (const part of parts) size += typeof part === 'string' ? Buffer.byteLength(part) : part.length
  return size
}

/** How many letters and bytes they are: as many as they have bytes where they are ASCII. */
export function lengthOf(parts: Parts): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}

/** As many bytes as they cannot exceed, without looking at a letter: one of UTF-16 has three of UTF-8 at most. */
export function roomOf(parts: Parts): number {
  let room = 0
  for (const part of parts) room += typeof part === 'string' ? part.length * 3 : part.length
  return room
}

/** Writes them one after the other, from the first byte on, and says how many bytes that were. */
export function writeAll(parts: Parts, into: Buffer): number {
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') at += into.write(part, at)
    else {
      into.set(part, at)
      at += part.length
    }
  }
  return at
}
