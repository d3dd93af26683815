/**
 * A small seeded generator (sfc32, seeded by xmur3) so that one seed always makes the same business.
 * Every part forks its own stream by name: drawing once more in one part moves nothing in another.
 */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform whole number, both ends included. */
  int(min: number, max: number): number
  /** True with probability p. */
  chance(p: number): boolean
  pick<T>(list: readonly T[]): T
  weighted<T>(entries: readonly (readonly [T, number])[]): T
  shuffle<T>(list: readonly T[]): T[]
  sample<T>(list: readonly T[], count: number): T[]
  /** Exponentially distributed with the given mean. */
  wait(mean: number): number
  text(length: number, alphabet: string): string
  fork(label: string): Random
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const hex = '0123456789abcdef'

/** A vendor-looking identifier: the prefix and `length` letters and digits. */
export const vendorId = (random: Random, prefix: string, length: number): string => prefix + random.text(length, base62)

export const hexId = (random: Random, length: number): string => random.text(length, hex)

export function createRandom(seed: string): Random {
  const next = sfc32(seed)
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(list: readonly T[]): T => at(list, Math.floor(next() * list.length))
  const shuffle = <T>(list: readonly T[]): T[] => {
    const copy = [...list]
    for (let last = copy.length - 1; last > 0; last -= 1) {
      const other = int(0, last)
      const held = at(copy, last)
      copy[last] = at(copy, other)
      copy[other] = held
    }
    return copy
  }
  return {
    next,
    int,
    pick,
    shuffle,
    chance: (p) => next() < p,
    weighted: (entries) => drawWeighted(entries, next()),
    sample: (list, count) => shuffle(list).slice(0, count),
    wait: (mean) => -Math.log(1 - next()) * mean,
    text: (length, alphabet) => Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join(''),
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}

/** The element at an index that must exist. */
export function at<T>(list: readonly T[], index: number): T {
  if (index < 0 || index >= list.length) throw new Error(`no element ${index} in a list of ${list.length}`)
  return list[index] as T
}

function drawWeighted<T>(entries: readonly (readonly [T, number])[], draw: number): T {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
  let left = draw * total
  for (const [value, weight] of entries) {
    left -= weight
    if (left < 0) return value
  }
  return at(entries, entries.length - 1)[0]
}

function sfc32(seed: string): () => number {
  const part = xmur3(seed)
  let [a, b, c, d] = [part(), part(), part(), part()]
  return () => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4294967296
  }
}

function xmur3(text: string): () => number {
  let hash = 1779033703 ^ text.length
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 3432918353)
    hash = (hash << 13) | (hash >>> 19)
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507)
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909)
    hash ^= hash >>> 16
    return hash >>> 0
  }
}
