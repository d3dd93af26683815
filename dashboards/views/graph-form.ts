import { html } from 'hono/html'
import { nodeKinds, type NodeKind } from '#graph/kinds.ts'
import type { NodeRef } from '#graph/port.ts'
import type { Html } from './layout.ts'
import { plain } from './words.ts'

/** The page of a thing of the graph. */
export const graphPath = ({ kind, id }: NodeRef): string => `/graph/${kind}/${encodeURIComponent(id)}`

/** A choice of the kinds of things that the graph holds. */
export const kindField = (name: string, chosen: NodeKind): Html =>
  html`<label
    >Kind
    <select name="${name}">
      ${nodeKinds.map((kind) => html`<option value="${kind}" ${kind === chosen ? html`selected` : ''}>${plain(kind)}</option>`)}
    </select></label
  >`
