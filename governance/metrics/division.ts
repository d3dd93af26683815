/**
 * Divides whole numbers exactly and rounds the quotient to `decimals` places, halves away from zero. Arithmetic is in
 * big integers, so that a figure recomputes to the last digit.
 */
export function dividedBy(numerator: bigint, denominator: bigint, decimals = 0): number {
  if (denominator === 0n) throw new Error('A figure was divided by nothing: its metric must say why it is empty')
  const scaled = numerator * 10n ** BigInt(decimals)
  const sign = scaled < 0n !== denominator < 0n ? -1n : 1n
  const [top, bottom] = [scaled < 0n ? -scaled : scaled, denominator < 0n ? -denominator : denominator]
  const rounded = (2n * top + bottom) / (2n * bottom)
  const value = Number(sign * rounded)
  if (!Number.isSafeInteger(value)) throw new Error('A figure is too large to be exact')
  return value / 10 ** decimals
}
