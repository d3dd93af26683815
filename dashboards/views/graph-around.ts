import { html } from 'hono/html'
import type { EdgeKind } from '#graph/kinds.ts'
import type { GraphEdge, Neighbourhood, NodeRef } from '#graph/port.ts'
import { wordsOf } from '../charts/neighbourhood.ts'
import { graphPath } from './graph-form.ts'
import type { Html } from './layout.ts'
import { day, plain } from './words.ts'

const keyOf = ({ kind, id }: NodeRef): string => `${kind} ${id}`

/** Each thing as a link, under its kind, with what joins it to what lies nearer. */
export function aroundList({ nodes, edges }: Neighbourhood, zone: string): Html {
  const known = new Map(nodes.map((node) => [keyOf(node), node]))
  const groups = Map.groupBy(
    nodes.filter(({ distance }) => distance > 0),
    ({ kind }) => kind,
  )
  const rows = [...groups].map(
    ([kind, group]) =>
      html`<dt>${plain(kind)}</dt>
        ${group.map(
          (node) =>
            html`<dd>
              <a href="${graphPath(node)}">${wordsOf(node).words}</a>
              <small>${joins(node, edges, known)}${node.validFrom ? `, ${day(node.validFrom, zone)}` : ''}</small>
            </dd>`,
        )}`,
  )
  return html`<details open>
    <summary>The same as a list</summary>
    <dl class="pairs">${rows}</dl>
  </details>`
}

/** `placed by anna@example.com`: the first edge to a thing that lies nearer. */
function joins(
  node: Neighbourhood['nodes'][number],
  edges: readonly GraphEdge[],
  known: ReadonlyMap<string, Neighbourhood['nodes'][number]>,
): string {
  for (const { from, to, kind } of edges) {
    const other = keyOf(from) === keyOf(node) ? to : keyOf(to) === keyOf(node) ? from : null
    const near = other && known.get(keyOf(other))
    if (near && near.distance < node.distance) return `${edgeWords[kind][other === to ? 0 : 1]} ${wordsOf(near).words}`
  }
  return ''
}

/** What an edge says of its start, and what it says of its end. */
const edgeWords: Readonly<Record<EdgeKind, readonly [string, string]>> = {
  'known-as': ['known as', 'of'],
  'works-at': ['works at', 'where works'],
  in: ['in', 'with'],
  placed: ['placed', 'placed by'],
  holds: ['holds', 'held by'],
  contains: ['contains', 'in'],
  did: ['did', 'done by'],
  about: ['about', 'in'],
  of: ['of', 'led to'],
  'part-of': ['part of', 'has'],
  consented: ['said', 'said by'],
  tagged: ['tagged', 'tag of'],
  'described-by': ['described by', 'describes'],
  'bought-with': ['bought with', 'bought with'],
  'offered-as': ['offered as', 'offer of'],
  has: ['has', 'in'],
  states: ['states', 'stated in'],
}
