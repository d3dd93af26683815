/**
 * The upper tail of the standard normal distribution, to about 1e-15 of itself: by its series near zero, by its continued
 * fraction further out. Source: Abramowitz & Stegun, 26.2.11 and 26.2.14.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z)
  return z < 3 ? 0.5 - density(z) * series(z) : density(z) / fraction(z)
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

function series(z: number): number {
  let term = z
  let sum = z
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return sum
}

function fraction(z: number): number {
  let value = z
  for (let depth = 100; depth >= 1; depth--) value = z + depth / value
  return value
}

/** The value that a standard normal variable stays below with this probability: the tail inverted by Newton's method. */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new Error(`A probability lies between 0 and 1, not at ${probability}`)
  if (probability < 0.5) return -normalQuantile(1 - probability)
  let z = 0
  for (let step = 0; step < 100; step++) {
    const move = (normalTail(z) - (1 - probability)) / density(z)
    z += Math.min(move, 1)
    if (Math.abs(move) < 1e-13) break
  }
  return z
}
