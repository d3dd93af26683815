import { html } from 'hono/html'
import type { Neighbourhood, PersonContext } from '#graph/port.ts'
import type { NextProduct, Scores } from '#graph/scores/scores-of.ts'
import type { PersonProfile, personTimeline } from '#ingest/identity/people.ts'
import { neighbourhoodChart, wordsOf } from '../charts/neighbourhood.ts'
import { graphPath } from './graph-form.ts'
import type { Html } from './layout.ts'
import { contextPart } from './person-context.ts'
import { historyPart, identifiersPart, whyPart, type PersonIdentity } from './person-identity.ts'
import { scoresPart } from './person-scores.ts'
import { fieldNames, titleOf } from './sides.ts'
import { money, plain, plural, when } from './words.ts'

type Data = PersonIdentity & {
  timeline: Awaited<ReturnType<typeof personTimeline>>
  neighbourhood: Neighbourhood
  business: { zone: string; currency: string }
  context: PersonContext | null
  scores: Scores | null
  next: readonly NextProduct[]
}

/** One person: what is known and from where, what they did, what lies around them, and why they are one person. */
export function personView(data: Data): { title: string; main: Html } {
  const { profile, timeline, neighbourhood, business } = data
  const title = titleOf(profile.golden)
  const sources = new Set(profile.profiles.map((row) => row.source)).size
  const main = html`<h1>${title}</h1>
    <p class="lede">Known by ${plural(profile.identifiers.length, 'identifier')} in ${plural(sources, 'source')}.</p>
    <div class="split even">${goldenPart(profile)} ${whyPart(data)}</div>
    ${contextPart(data.context, business)} ${scoresPart(data)} ${identifiersPart(data)} ${historyPart(data)}
    ${aroundPart(neighbourhood, title)}
    <section class="card">
      <h2>What they did</h2>
      ${timelinePart(timeline, business.zone)}
    </section>`
  return { title, main }
}

/** The value that stands for each field, the source it is from, the rule by which it won, and what it won over. */
function goldenPart({ golden, profiles }: PersonProfile): Html {
  const known = goldenFields.flatMap((field) => {
    const chosen = golden[field]
    return chosen ? [{ field, chosen }] : []
  })
  return html`<section class="card">
    <h2>What is known</h2>
    ${known.length === 0 ? html`<p>No source describes this person.</p>` : ''}
    <dl class="pairs">
      ${known.map(
        ({ field, chosen }) =>
          html`<dt>${fieldNames[field]}</dt>
            <dd>
              ${chosen.value}
              <small>${chosen.source}, ${chosen.why}</small> ${othersPart(field, chosen.value, profiles)}
            </dd>`,
      )}
    </dl>
  </section>`
}

const goldenFields = Object.keys(fieldNames).filter((field): field is keyof PersonProfile['golden'] => field !== 'born')

function othersPart(field: keyof PersonProfile['golden'], won: string, profiles: PersonProfile['profiles']): Html {
  const others = new Map<string, string>()
  for (const { values, source } of profiles) {
    const value = values[field]
    if (value && value.toLowerCase() !== won.toLowerCase() && !others.has(value)) others.set(value, source)
  }
  if (others.size === 0) return html``
  return html`<small class="over"
    >over ${[...others].map(([value, source]) => `${value} (${source})`).join(', ')}</small
  >`
}

const shownFirst = 15

function timelinePart(timeline: Data['timeline'], zone: string): Html {
  if (timeline.length === 0) return html`<p>Nothing yet.</p>`
  const list = (rows: Data['timeline']): Html =>
    html`<ul class="plain rows timeline">
      ${rows.map((row) => timelineRow(row, zone))}
    </ul>`
  const rest = timeline.slice(shownFirst)
  return html`${list(timeline.slice(0, shownFirst))}
  ${
    rest.length > 0
      ? html`<details>
          <summary>${plural(rest.length, 'earlier one')}</summary>
          ${list(rest)}
        </details>`
      : ''
  }`
}

const timelineRow = (row: Data['timeline'][number], zone: string): Html =>
  html`<li>
    <span class="soft">${when(row.at, zone)}</span>
    <span>
      <strong>${deedOf(row)}</strong>
      ${row.grossMinor !== null && row.currency ? money(row.grossMinor, row.currency) : ''} ${titles(row.detail)}
      ${row.channel ? html`<span class="tag">${row.channel}</span>` : ''}
    </span>
    <span class="soft">${row.source}</span>
  </li>`

function deedOf({ type, what }: Data['timeline'][number]): string {
  if (type === 'consent') return `Consent ${what}`
  if (type === 'order') return what === 'shop' ? 'Order' : `Order, ${plain(what).toLowerCase()}`
  return plain(what)
}

function titles(detail: Record<string, unknown>): string {
  const list = detail['titles']
  return Array.isArray(list) ? list.filter((title) => typeof title === 'string').join(', ') : ''
}

function aroundPart(neighbourhood: Neighbourhood, title: string): Html {
  const here = neighbourhood.nodes[0]
  if (neighbourhood.nodes.length === 0)
    return html`<section class="card">
      <h2>Around them</h2>
      <p>The graph does not know this person yet: it follows with the next projection.</p>
    </section>`
  const others = neighbourhood.nodes.filter((node) => node.distance > 0)
  const groups = Map.groupBy(others, (node) => wordsOf(node).kind)
  return html`<section class="card">
    <h2>Around them</h2>
    ${here ? html`<p><a href="${graphPath(here)}">Explore the graph from here</a></p>` : ''}
    ${neighbourhoodChart(neighbourhood, `What lies around ${title} in the graph`)}
    <details>
      <summary>The same as a list</summary>
      <dl class="pairs">
        ${[...groups].map(
          ([kind, nodes]) =>
            html`<dt>${kind}</dt>
              ${nodes.map((node) => html`<dd>${wordsOf(node).words}</dd>`)}`,
        )}
      </dl>
    </details>
  </section>`
}
