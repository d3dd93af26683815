import { html } from 'hono/html'
import type { GraphNode, Neighbourhood, NodeRef } from '#graph/port.ts'
import type { Html } from '../views/layout.ts'
import { cut, money, plain } from '../views/words.ts'
import { chart } from './chart.ts'

type Placed = { node: GraphNode; x: number; y: number }

const width = 960
const rowHeight = 27
/** Where a node stands by its distance (the middle, what it touches, what lies behind that) and how long its words may be. */
const layouts: Readonly<Record<number, { columns: readonly number[]; longest: readonly number[] }>> = {
  1: { columns: [90, 330], longest: [20, 70] },
  2: { columns: [70, 210, 600], longest: [16, 38, 40] },
  3: { columns: [60, 180, 430, 710], longest: [14, 26, 28, 26] },
}
const key = (node: NodeRef): string => `${node.kind} ${node.id}`

/**
 * What lies around a node, drawn from left to right by distance, each thing beside what it hangs on. A picture beside
 * a list, never instead of it: the caller shows the same nodes in words.
 */
export function neighbourhoodChart(around: Neighbourhood, title: string): Html {
  const furthest = Math.max(1, ...around.nodes.map(({ distance }) => distance))
  const { columns, longest } = layouts[Math.min(3, furthest)]!
  const rows = Math.max(1, ...columns.map((_, distance) => atDistance(around, distance).length))
  const height = (rows + 1) * rowHeight
  const placed = place(around, columns, height)
  const lines = around.edges.flatMap((edge) => {
    const ends = [placed.get(key(edge.from)), placed.get(key(edge.to))]
    const [from, to] = ends.toSorted((a, b) => (a?.x ?? 0) - (b?.x ?? 0))
    return from && to && from.x < to.x
      ? [html`<path d="${curve(from, to)}"><title>${plain(edge.kind)}</title></path>`]
      : []
  })
  return chart(
    { title, width, height, kind: 'graph' },
    html`${lines}
    ${[...placed.values()].map((one) => dot(one, longest[columns.indexOf(one.x)] ?? 40, one.x === columns[0]))}`,
  )
}

const atDistance = ({ nodes }: Neighbourhood, distance: number): Neighbourhood['nodes'] =>
  nodes.filter((node) => node.distance === distance)

function curve(from: Placed, to: Placed): string {
  const middle = (from.x + to.x) / 2
  return `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`
}

function dot({ node, x, y }: Placed, longest: number, middle: boolean): Html {
  const { kind, words } = wordsOf(node)
  const at = middle ? html`x="${x}" y="${y + 34}" text-anchor="middle"` : html`x="${x + 14}" y="${y + 4}"`
  return html`<g class="${middle ? 'centre' : node.kind}">
    <circle cx="${x}" cy="${y}" r="${middle ? 14 : 6}"><title>${node.kind}: ${node.label}</title></circle>
    <text ${at}>${middle ? '' : html`<tspan class="kind">${kind} </tspan>`}${cut(words, longest)}</text>
  </g>`
}

/** A node in two words: what it is, and which one. */
export function wordsOf({ kind, label, properties }: GraphNode): { kind: string; words: string } {
  const { type, grossMinor, currency } = properties
  if (kind === 'identifier') return { kind: plain(String(type ?? kind)), words: label }
  if (kind === 'event') return { kind: 'Event', words: plain(label) }
  if (kind !== 'order' || typeof grossMinor !== 'number') return { kind: plain(kind), words: label }
  return {
    kind: 'Order',
    words: `${money(grossMinor, String(currency))}, ${plain(String(type ?? 'shop')).toLowerCase()}`,
  }
}

/** Each column is spread over the whole height, in the order of what its nodes hang on, so that few lines cross. */
function place(around: Neighbourhood, columns: readonly number[], height: number): Map<string, Placed> {
  const placed = new Map<string, Placed>()
  for (const [distance, x] of columns.entries()) {
    const column = atDistance(around, distance).toSorted(
      (a, b) => levelOf(a, around, placed) - levelOf(b, around, placed) || key(a).localeCompare(key(b)),
    )
    const step = (height - rowHeight) / Math.max(1, column.length)
    for (const [index, node] of column.entries()) {
      placed.set(key(node), { node, x, y: rowHeight / 2 + step * (index + 0.5) })
    }
  }
  return placed
}

/** How high the first thing stands that a node hangs on. */
function levelOf(node: NodeRef, around: Neighbourhood, placed: Map<string, Placed>): number {
  for (const edge of around.edges) {
    const other = key(edge.from) === key(node) ? edge.to : key(edge.to) === key(node) ? edge.from : null
    const near = other && placed.get(key(other))
    if (near) return near.y
  }
  return 0
}
