/** Disjoint sets of strings: who belongs together so far. The representative does not depend on the order of unions. */
export type Sets = {
  /** The representative of a member's set: its smallest member. */
  of: (member: string) => string
  /** Joins two sets, and returns the representative that is one no longer; null when they were one already. */
  join: (one: string, other: string) => string | null
}

export function disjointSets(): Sets {
  const parents = new Map<string, string>()
  const of = (member: string): string => {
    let root = member
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next
    for (let at = member; at !== root;) {
      const next = parents.get(at)!
      parents.set(at, root)
      at = next
    }
    return root
  }
  const join = (one: string, other: string): string | null => {
    const [a, b] = [of(one), of(other)]
    if (a === b) return null
    const [kept, lost] = a < b ? [a, b] : [b, a]
    parents.set(lost, kept)
    return lost
  }
  return { of, join }
}

/** Evidence for one person; a smaller rank is stronger and is heard first. */
export type SameEdge = { left: string; right: string; rank: number }

/** A person's word that two are not one; `leaves` is the one whose own ties give way where both cannot stand. */
export type DifferentEdge = { left: string; right: string; leaves: string }

/** What one person has at most so many of, such as ids of a source that knows each person once. */
export type Bound = { key: string; most: number }
export type BoundsOf = (identifier: string) => readonly Bound[]

/** The rank of a person's own word: no bound stands against it. */
export const said = 0

/**
 * People as a pure function of active edges: components in which no two are said to be different, and none of which has
 * more of anything than its bounds allow. Edges are heard from strongest to weakest, those of who leaves last among
 * equals, and one that would join two different people (`cut`) or lead beyond a bound (`beyond`) is dropped.
 * The order of the input does not matter. Every identifier is in exactly one component; both levels are sorted.
 */
export function components(
  identifiers: readonly string[],
  same: readonly SameEdge[],
  different: readonly DifferentEdge[],
  boundsOf: BoundsOf = () => [],
): { people: string[][]; cut: SameEdge[]; beyond: SameEdge[] } {
  const sets = disjointSets()
  const walls = wallsBetween(different)
  const tally = tallyOf(boundsOf)
  const leaving = new Set(different.map((edge) => edge.leaves))
  const late = (edge: SameEdge): number => (leaving.has(edge.left) || leaving.has(edge.right) ? 1 : 0)
  const heard = same.toSorted((a, b) => a.rank - b.rank || late(a) - late(b) || byName(a.left, b.left) || byName(a.right, b.right)) // prettier-ignore
  const cut: SameEdge[] = []
  const beyond: SameEdge[] = []
  for (const edge of heard) {
    const [a, b] = [sets.of(edge.left), sets.of(edge.right)]
    if (a === b) continue
    if (walls.get(a)?.has(b)) cut.push(edge)
    else if (edge.rank !== said && tally.isBeyond(a, b)) beyond.push(edge)
    else {
      const lost = sets.join(a, b)!
      moveWalls(walls, lost, sets.of(lost))
      tally.move(lost, sets.of(lost))
    }
  }
  return { people: grouped(identifiers, sets), cut, beyond }
}

export type Tally = { isBeyond: (a: string, b: string) => boolean; move: (from: string, to: string) => void }

/** How much of what is bounded each set has, by its representative; one identifier has what its own bounds say. */
export function tallyOf(boundsOf: BoundsOf): Tally {
  type Counts = Map<string, { count: number; most: number }>
  const known = new Map<string, Counts>()
  const countsOf = (root: string): Counts =>
    known.get(root) ?? new Map(boundsOf(root).map(({ key, most }) => [key, { count: 1, most }]))
  return {
    isBeyond: (a, b) => {
      const others = countsOf(b)
      return [...countsOf(a)].some(([key, { count, most }]) => count + (others.get(key)?.count ?? -count) > most)
    },
    move: (from, to) => {
      const sum = countsOf(to)
      for (const [key, { count, most }] of countsOf(from))
        sum.set(key, { count: count + (sum.get(key)?.count ?? 0), most })
      known.delete(from)
      if (sum.size > 0) known.set(to, sum)
    },
  }
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

type Walls = Map<string, Set<string>>

function wallsBetween(different: readonly DifferentEdge[]): Walls {
  const walls: Walls = new Map()
  for (const { left, right } of different) {
    walls.set(left, (walls.get(left) ?? new Set()).add(right))
    walls.set(right, (walls.get(right) ?? new Set()).add(left))
  }
  return walls
}

/** Two became one: whoever stood behind a wall from either, stands behind it from both. */
function moveWalls(walls: Walls, from: string, to: string): void {
  for (const far of walls.get(from) ?? []) {
    walls.get(far)!.delete(from)
    walls.set(far, walls.get(far)!.add(to))
    walls.set(to, (walls.get(to) ?? new Set()).add(far))
  }
  walls.delete(from)
}

function grouped(identifiers: readonly string[], sets: Sets): string[][] {
  const groups = new Map<string, string[]>()
  for (const member of [...identifiers].toSorted(byName)) {
    const root = sets.of(member)
    const group = groups.get(root)
    if (group) group.push(member)
    else groups.set(root, [member])
  }
  return [...groups.values()]
}
