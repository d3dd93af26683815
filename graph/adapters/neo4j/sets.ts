// Sets of ids as lists: in order, each once. They are as keys hold them, which compare by UTF-16 as by code point.

export function both(some: string[], others: readonly string[]): string[] {
  const known = new Set(others)
  return some.filter((id) => known.has(id))
}

export function without(some: string[], others: readonly string[]): string[] {
  const known = new Set(others)
  return some.filter((id) => !known.has(id))
}

export const union = (sets: readonly string[][]): string[] => sets.reduce(merged, [])

function merged(some: string[], others: string[]): string[] {
  const all: string[] = []
  let [a, b] = [0, 0]
  while (a < some.length && b < others.length) {
    const [one, other] = [some[a]!, others[b]!]
    if (one === other) b += 1
    else if (one < other) all.push(some[a++]!)
    else all.push(others[b++]!)
  }
  return [...all, ...some.slice(a), ...others.slice(b)]
}
