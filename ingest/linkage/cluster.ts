/** Scored pairs of records: the weight is log2 odds that they are one person's, the pattern how they agree. */
export type Edges = { a: Int32Array; b: Int32Array; weight: Float64Array; pattern: Float64Array }

/** Components of records joined by edges for which `joins` holds: the smallest record of each one's component. */
export function componentsOf(
  count: number,
  { a, b }: Pick<Edges, 'a' | 'b'>,
  joins: (index: number) => boolean,
): Int32Array {
  const parent = Int32Array.from({ length: count }, (_, index) => index)
  const root = (of: number): number => {
    let at = of
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!
      at = parent[at]!
    }
    return at
  }
  for (let index = 0; index < a.length; index += 1) {
    if (!joins(index)) continue
    const [x, y] = [root(a[index]!), root(b[index]!)]
    if (x !== y) parent[Math.max(x, y)] = Math.min(x, y)
  }
  for (let index = 0; index < count; index += 1) parent[index] = root(index)
  return parent
}

/**
 * `cut`: two large groups are joined from this mean weight on; two single records need `single` more, since one comparison
 * says less than many. `lowest` and `highest`: no single weight counts for more.
 */
export type Linking = { cut: number; single: number; lowest: number; highest: number }

/**
 * Greedy average-link inside one component: the two groups with the highest mean weight over all pairs between them, above
 * what their sizes ask for, are joined, until none is left.
 * @param weights size × size, symmetric
 * @returns the group of each member, by the smallest member of it
 */
export function averageLink(
  size: number,
  weights: Float64Array,
  { cut, single, lowest, highest }: Linking,
): Int32Array {
  const sums = Float64Array.from(weights, (weight) => Math.min(highest, Math.max(lowest, weight)))
  const sizes = new Int32Array(size).fill(1)
  const group = Int32Array.from({ length: size }, (_, index) => index)
  const alive = Array.from({ length: size }, (_, index) => index)
  const surplus = (i: number, j: number): number => {
    const pairs = sizes[i]! * sizes[j]!
    return sums[i * size + j]! / pairs - single / Math.sqrt(pairs) - cut
  }
  for (;;) {
    let best = -Infinity
    let pair: [number, number] | null = null
    for (let x = 0; x < alive.length; x += 1) {
      for (let y = x + 1; y < alive.length; y += 1) {
        const value = surplus(alive[x]!, alive[y]!)
        if (value > best) [best, pair] = [value, [alive[x]!, alive[y]!]]
      }
    }
    if (!pair || best < 0) return group
    const [kept, lost] = pair
    for (const other of alive) {
      if (other === kept || other === lost) continue
      const sum = sums[kept * size + other]! + sums[lost * size + other]!
      sums[kept * size + other] = sum
      sums[other * size + kept] = sum
    }
    sizes[kept]! += sizes[lost]!
    alive.splice(alive.indexOf(lost), 1)
    for (let index = 0; index < size; index += 1) if (group[index] === lost) group[index] = kept
  }
}
