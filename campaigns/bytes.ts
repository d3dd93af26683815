const slabSize = 256 * 1024
let slab = Buffer.alloc(0)
let used = 0

/** Memory for so many bytes, cut from larger pieces: what lives for a moment alone is costly to get and to give back. */
function room(size: number): Buffer {
  if (size > slabSize / 4) return Buffer.allocUnsafeSlow(size)
  if (used + size > slab.length) [slab, used] = [Buffer.allocUnsafeSlow(slabSize), 0]
  return slab.subarray(used, (used += size))
}

/** Texts, in UTF-8, and bytes as one piece. */
export function together(parts: readonly (string | Buffer)[]): Buffer {
  const bytes = room(sizeOf(parts))
  writeAll(parts, bytes)
  return bytes
}

/** How many bytes they are. */
export function sizeOf(parts: readonly (string | Buffer)[]): number {
  let size = 0
  for (const part of parts) size += typeof part === 'string' ? Buffer.byteLength(part) : part.length
  return size
}

/** Writes them one after the other, from the first byte on. */
export function writeAll(parts: readonly (string | Buffer)[], into: Buffer): void {
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') at += into.write(part, at)
    else {
      into.set(part, at)
      at += part.length
    }
  }
}
