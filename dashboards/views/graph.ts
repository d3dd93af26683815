import { html } from 'hono/html'
import { engagementPoints } from '#graph/engagement.ts'
import { nodeKinds, type NodeKind } from '#graph/kinds.ts'
import type { GraphNode, Instant, Neighbourhood, NodeRef, Origin, Path, Related } from '#graph/port.ts'
import { dayIn } from '#ingest/cleanse/instant.ts'
import type { RecordOrigin } from '#ingest/origins.ts'
import { neighbourhoodChart, wordsOf } from '../charts/neighbourhood.ts'
import { aroundList } from './graph-around.ts'
import { graphPath, kindField } from './graph-form.ts'
import { table, type Html } from './layout.ts'
import { plain, plural, when } from './words.ts'

/** What is looked at, and how. `isNow`: no other time was asked for. */
export type Looking = Instant & {
  node: NodeRef
  depth: number
  isNow: boolean
  kinds?: readonly NodeKind[]
  to?: NodeRef
}
type Data = {
  looking: Looking
  node: GraphNode
  around: Neighbourhood
  origins: readonly Origin[]
  records: readonly RecordOrigin[]
  related: readonly Related[]
  way: Path | null
  zone: string
}

/** One thing of the graph: a picture of what lies around it with the same in a list, its evidence, and ways to others. */
export function graphView(data: Data): Html {
  const { looking, node, around, zone } = data
  const { kind, words } = wordsOf(node)
  const others = around.nodes.filter(({ distance }) => distance > 0)
  return html`<p class="crumb"><a href="/graph">Graph</a>, ${kind.toLowerCase()}</p>
    <h1>${words}</h1>
    <p class="lede">${timeWords(looking, zone)} ${openedAt(node)}</p>
    ${lookingForm(looking, zone)}
    <section class="card">
      <h2>Around it</h2>
      ${
        others.length === 0
          ? html`<p>Nothing that was asked for touches it at that time.</p>`
          : html`${neighbourhoodChart(around, `What lies around ${words} in the graph`)} ${aroundList(around, zone)}`
      }
    </section>
    <div class="split even">${knownPart(node, looking.at, zone)} ${evidencePart(data)}</div>
    ${relatedPart(data)} ${wayPart(data)}`
}

function timeWords({ at, isNow, knownAt }: Looking, zone: string): Html {
  const then = isNow ? html`As it stands now` : html`As it stood on ${when(at, zone)}`
  return html`${then}${knownAt === undefined ? '' : html`, by what was known on ${when(knownAt, zone)}`}.`
}

/** Where the thing has a page of its own. */
function openedAt({ kind, id }: NodeRef): Html {
  const pages: Partial<Record<NodeKind, string>> = {
    person: `/people/${id}`,
    fact: `/evidence/facts/${id}`,
    offer: `/evidence/facts/${id}`,
    document: `/evidence/documents/${id}`,
  }
  const page = pages[kind]
  return page === undefined ? html`` : html`<a href="${page}">Its own page</a>`
}

function lookingForm({ node, depth, at, isNow, knownAt, kinds, to }: Looking, zone: string): Html {
  const depths = [1, 2, 3].map(
    (steps) =>
      html`<option value="${steps}" ${steps === depth ? html`selected` : ''}>${plural(steps, 'step')}</option>`,
  )
  return html`<form method="get" action="${graphPath(node)}" class="card" aria-label="What to look at">
    <div class="inline">
      <label
        >How far
        <select name="depth">
          ${depths}
        </select></label
      >
      <label>As it stood on <input type="date" name="at" value="${isNow ? '' : dayIn(at, zone)}" /></label>
      <label
        >By what was known on <input type="date" name="known" value="${knownAt ? dayIn(knownAt, zone) : ''}"
      /></label>
    </div>
    <details ${kinds ? html`open` : ''}>
      <summary>Only these kinds</summary>
      <div class="inline">
        ${nodeKinds.map(
          (kind) =>
            html`<label
              ><input type="checkbox" name="kind" value="${kind}" ${kinds?.includes(kind) ? html`checked` : ''} />
              ${plain(kind)}</label
            >`,
        )}
      </div>
    </details>
    <details ${to ? html`open` : ''}>
      <summary>How it hangs together with something else</summary>
      <div class="inline">
        ${kindField('to-kind', to?.kind ?? 'product')}
        <label>Which <input name="to" value="${to?.id ?? ''}" /></label>
      </div>
    </details>
    <button class="main">Look</button>
  </form>`
}

/** What the node itself says, and since when. */
function knownPart({ properties, validFrom, validTo, recordedAt }: GraphNode, at: Date, zone: string): Html {
  const rows = Object.entries(properties).map(
    ([name, value]) =>
      html`<dt>${plain(name)}</dt>
        <dd>${valueWords(name, value, at)}</dd>`,
  )
  return html`<section class="card">
    <h2>What is known</h2>
    <dl class="pairs">
      ${rows}
      <dt>Holds</dt>
      <dd>
        ${validFrom ? `since ${when(validFrom, zone)}` : 'at any time'}${validTo ? ` until ${when(validTo, zone)}` : ''}
      </dd>
      <dt>Recorded</dt>
      <dd>${recordedAt ? when(recordedAt, zone) : 'with what it came from'}</dd>
    </dl>
  </section>`
}

/** Engagement is kept as a level, which says nothing to a reader. */
const valueWords = (name: string, value: string | number | boolean, at: Date): string =>
  name === 'engagement' && typeof value === 'number'
    ? `${engagementPoints(value, at).toFixed(1)} points`
    : String(value)

/** The source records that said it: which source, where in it, when. */
function evidencePart({ origins, records, zone }: Data): Html {
  const via = Map.groupBy(origins, ({ recordId }) => recordId)
  const rows = records.map((record) => [
    plain(record.source),
    html`${record.input}<br /><small>${placeWords(record)}</small>`,
    [...new Set((via.get(record.id) ?? []).map((origin) => (origin.via === 'itself' ? 'itself' : plain(origin.via).toLowerCase())))].join(', '),
    when(record.receivedAt, zone),
  ]) // prettier-ignore
  return html`<section class="card">
    <h2>Evidence</h2>
    ${
      rows.length === 0
        ? html`<p>No source record says this by itself: it follows from others around it.</p>`
        : table('Source records behind it and what touches it', ['Source', 'Where', 'Says', 'Received'], rows)
    }
  </section>`
}

function placeWords({ place, version, kind }: RecordOrigin): string {
  const line = 'line' in place && typeof place.line === 'number' ? `, line ${place.line}` : ''
  return `${kind}${line}, version ${version}`
}

function relatedPart({ related, node }: Data): Html {
  if (related.length === 0) return html``
  const what = node.kind === 'product' ? 'buyers in common' : 'products in common'
  const rows = related.map(({ node: other, weight, path }) => [
    html`<a href="${graphPath(other)}">${wordsOf(other).words}</a>`,
    weight,
    html`<span class="prose">${path.nodes.map((step) => wordsOf(step).words).join(' → ')}</span>`,
  ])
  return html`<section class="card">
    <h2>Related</h2>
    ${table(`By ${what}; one way there`, ['What', plain(what), 'For example'], rows, [1])}
  </section>`
}

function wayPart({ way, looking }: Data): Html {
  if (!looking.to) return html``
  if (!way) return html`<p class="notice warn" role="status">No way of up to six steps leads there at that time.</p>`
  return html`<section class="card" id="way">
    <h2>The shortest way</h2>
    <ol>
      ${way.nodes.map(
        (node, index) =>
          html`<li>
            <a href="${graphPath(node)}">${wordsOf(node).words}</a> <small>${plain(node.kind).toLowerCase()}</small>
            ${way.edges[index] ? html`<span class="soft">${plain(way.edges[index].kind).toLowerCase()}</span>` : ''}
          </li>`,
      )}
    </ol>
  </section>`
}
