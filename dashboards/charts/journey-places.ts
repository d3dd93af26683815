import type { StepFlow } from '#campaigns/journeys/flow.ts'
import type { Way } from '#campaigns/definition/ways.ts'

/** Where a step stands in the picture: rows from the top, `x` in boxes from the left. */
export type Spot = { key: string; row: number; x: number }

/** A line between two steps by way of the rows it passes. `back`: it leads to a step above, or to itself. */
export type Line = { from: string; to: string; people: number; back: boolean; by: readonly Spot[] }

export type Places = { spots: readonly Spot[]; lines: readonly Line[]; rows: number; columns: number }

/** What stands for the end of a journey. */
export const theEnd = ''

type Edge = { from: string; to: string; people: number }

/**
 * Places each step below all that lead to it, and ways that part beside each other, in the order of what they hang on. A line
 * over several rows keeps a place for itself in each, so that it runs through no box.
 */
export function placesOf(flow: readonly Pick<StepFlow, 'key' | 'went'>[]): Places {
  const edges = flow.flatMap(({ key, went }) => went.map(({ to, people }) => ({ from: key, to: keyOf(to), people })))
  const keys = [...flow.map(({ key }) => key), ...(edges.some(({ to }) => to === theEnd) ? [theEnd] : [])]
  const back = backwards(keys, edges)
  const rowOf = rowsOf(keys, edges.filter((edge) => !back.has(edge))) // prettier-ignore
  const chains = new Map(edges.map((edge) => [edge, back.has(edge) ? [] : passed(edge, rowOf)]))
  const rows = Math.max(0, ...rowOf.values()) + 1
  const placed = spread(rows, keys, rowOf, chains)
  const spot = (key: string): Spot => ({ key, row: rowOf.get(key) ?? 0, x: placed.x.get(key) ?? 0 })
  const lines = edges.map((edge) => {
    const by = (chains.get(edge) ?? []).map(({ name, row }) => ({ key: name, row, x: placed.x.get(name) ?? 0 }))
    return { ...edge, back: back.has(edge), by: [spot(edge.from), ...by, spot(edge.to)] }
  })
  return { spots: keys.map(spot), lines, rows, columns: placed.columns }
}

const keyOf = (to: Way): string => to ?? theEnd

/** The edges that lead back to a step on the way to them. */
function backwards(keys: readonly string[], edges: readonly Edge[]): Set<Edge> {
  const back = new Set<Edge>()
  const done = new Set<string>()
  const visit = (key: string, above: ReadonlySet<string>): void => {
    done.add(key)
    const path = new Set([...above, key])
    for (const edge of edges.filter(({ from }) => from === key)) {
      if (path.has(edge.to)) back.add(edge)
      else if (!done.has(edge.to)) visit(edge.to, path)
    }
  }
  for (const key of keys) if (!done.has(key)) visit(key, new Set())
  return back
}

/** One row below the lowest that leads there. Edges hold no circle. */
function rowsOf(keys: readonly string[], edges: readonly Edge[]): Map<string, number> {
  const rows = new Map<string, number>()
  const rowOf = (key: string): number => {
    const known = rows.get(key)
    if (known !== undefined) return known
    const row = Math.max(-1, ...edges.filter(({ to }) => to === key).map(({ from }) => rowOf(from))) + 1
    rows.set(key, row)
    return row
  }
  for (const key of keys) rowOf(key)
  return rows
}

type Passing = { name: string; row: number }

function passed({ from, to }: Edge, rowOf: ReadonlyMap<string, number>): Passing[] {
  const [first, last] = [(rowOf.get(from) ?? 0) + 1, rowOf.get(to) ?? 0]
  return Array.from({ length: Math.max(0, last - first) }, (_, at) => ({
    name: `${from}>${to}>${first + at}`,
    row: first + at,
  }))
}

/** Gives each row its order from the row above, and each place its `x`, every row about the middle. */
function spread(
  rows: number,
  keys: readonly string[],
  rowOf: ReadonlyMap<string, number>,
  chains: ReadonlyMap<Edge, readonly Passing[]>,
): { x: Map<string, number>; columns: number } {
  const above = new Map<string, string[]>()
  const inRow = Array.from({ length: rows }, (_, row) => keys.filter((key) => rowOf.get(key) === row))
  for (const [edge, chain] of chains) {
    for (const { name, row } of chain) inRow[row]?.push(name)
    const names = [edge.from, ...chain.map(({ name }) => name), edge.to]
    for (const [at, name] of names.entries()) if (at > 0) above.set(name, [...(above.get(name) ?? []), names[at - 1]!])
  }
  const columns = Math.max(1, ...inRow.map((row) => row.length))
  const x = new Map<string, number>()
  for (const row of inRow) {
    const wish = (name: string): number => mean((above.get(name) ?? []).flatMap((one) => x.get(one) ?? []), columns / 2) // prettier-ignore
    const first = (columns - row.length) / 2 + 0.5
    const order = [...row].toSorted((a, b) => wish(a) - wish(b))
    order.forEach((name, at) => x.set(name, first + at))
  }
  return { x, columns }
}

const mean = (values: readonly number[], otherwise: number): number =>
  values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length
