import { sha256 } from '#kernel/crypto.ts'
import { normalQuantile } from './normal.ts'

/** A number from 0 up to and without 1 that words always give: what experiments draw by, so that every draw can be made again. */
export const lot = (words: string): number => Number.parseInt(sha256(words).slice(0, 12), 16) / 2 ** 48

/** What a number from 0 up to and without 1 falls into by shares that add up to 1. */
export function armAt<Arm extends { share: number }>(drawn: number, arms: readonly Arm[]): Arm {
  let left = drawn
  for (const arm of arms) {
    if (left < arm.share) return arm
    left -= arm.share
  }
  return arms.at(-1)!
}

/** As many such numbers as one asks for, between 0 and 1. Source: Vigna's SplitMix64 in 32 bits (mulberry32). */
export function lots(words: string): () => number {
  let state = Number.parseInt(sha256(words).slice(0, 8), 16)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}

/**
 * Draws a rate from Beta(a, b) by two gamma variables. Source: Marsaglia, Tsang, A simple method for generating gamma
 * variables, ACM TOMS 26 (2000), with its boost for shapes below one.
 */
export function drawBeta(a: number, b: number, next: () => number): number {
  const one = drawGamma(a, next)
  return one / (one + drawGamma(b, next))
}

function drawGamma(shape: number, next: () => number): number {
  if (shape < 1) return drawGamma(shape + 1, next) * next() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normalQuantile(next())
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(next()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}
