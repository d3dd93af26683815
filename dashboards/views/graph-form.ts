import { html } from 'hono/html'
import { nodeKinds, type NodeKind } from '#graph/kinds.ts'
import type { Html } from './layout.ts'
import { plain } from './words.ts'

/** A choice of the kinds of things that the graph holds. */
export const kindField = (name: string, chosen: NodeKind): Html =>
  html`<label
    >Kind
    <select name="${name}">
      ${nodeKinds.map((kind) => html`<option value="${kind}" ${kind === chosen ? html`selected` : ''}>${plain(kind)}</option>`)}
    </select></label
  >`
