import { html } from 'hono/html'
import type { GraphNode, PersonContext } from '#graph/port.ts'
import { graphPath } from './graph-form.ts'
import type { Html } from './layout.ts'
import { day, money, plural } from './words.ts'

type Business = { currency: string; zone: string }

/** What the graph knows of somebody at a glance, each thing a way further into it. */
export function contextPart(context: PersonContext | null, { currency, zone }: Business): Html {
  if (!context) return html``
  const { totals, organisations, subscriptions, segments, interests } = context
  const rows: [string, Html][] = [
    ['Bought', boughtWords(totals, { currency, zone })],
    ['Interested in', links(interests.map(({ node }) => node))],
    ['Subscribed to', links(subscriptions)],
    ['Works at', links(organisations)],
    ['In segments', links(segments, (node) => `/segments/${encodeURIComponent(node.label)}`)],
  ]
  const known = [totals.orders, interests.length, subscriptions.length, organisations.length, segments.length]
  return html`<section class="card">
    <h2>In short</h2>
    <dl class="pairs">
      ${rows.map(
        ([name, what], index) =>
          html`<dt>${name}</dt>
            <dd>${known[index] === 0 ? 'nothing known' : what}</dd>`,
      )}
    </dl>
  </section>`
}

function boughtWords(
  { orders, spentMinor, firstOrderAt, lastOrderAt }: PersonContext['totals'],
  { currency, zone }: Business,
): Html {
  const since = firstOrderAt ? `, first on ${day(firstOrderAt, zone)}` : ''
  const last = lastOrderAt && orders > 1 ? `, last on ${day(lastOrderAt, zone)}` : ''
  return html`${plural(orders, 'paid order')}, ${money(spentMinor, currency)}${since}${last}`
}

const links = (nodes: readonly GraphNode[], pathOf: (node: GraphNode) => string = graphPath): Html =>
  html`${nodes.map((node, index) => html`${index > 0 ? ', ' : ''}<a href="${pathOf(node)}">${node.label}</a>`)}`
