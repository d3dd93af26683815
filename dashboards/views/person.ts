import { html } from 'hono/html'
import type { Neighbourhood } from '#graph/port.ts'
import type { explainPerson } from '#ingest/identity/explain.ts'
import type { PersonProfile, personTimeline } from '#ingest/identity/people.ts'
import { neighbourhoodChart, wordsOf } from '../charts/neighbourhood.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { money, plain, plural, when } from './words.ts'

type Data = {
  profile: PersonProfile
  timeline: Awaited<ReturnType<typeof personTimeline>>
  explanation: Awaited<ReturnType<typeof explainPerson>>
  neighbourhood: Neighbourhood
  business: { zone: string }
  csrf: string
  may: May
}

/** One person: what is known and from where, what they did, what lies around them, and why they are one person. */
export function personView(data: Data): { title: string; main: Html } {
  const { profile, timeline, neighbourhood, business } = data
  const { givenName, familyName, email } = profile.golden
  const title = [givenName?.value, familyName?.value].filter(Boolean).join(' ') || email?.value || 'A visitor'
  const sources = new Set(profile.profiles.map((row) => row.source)).size
  const main = html`<h1>${title}</h1>
    <p class="lede">Known by ${plural(profile.identifiers.length, 'identifier')} in ${plural(sources, 'source')}.</p>
    <div class="split even">${goldenPart(profile)} ${whyPart(data)}</div>
    ${aroundPart(neighbourhood, title)}
    <section class="card">
      <h2>What they did</h2>
      ${timelinePart(timeline, business.zone)}
    </section>`
  return { title, main }
}

const fieldNames: Readonly<Record<string, string>> = {
  givenName: 'Given name', familyName: 'Family name', email: 'E-mail', phone: 'Phone', street: 'Street', city: 'City', postcode: 'Postcode',
  country: 'Country', language: 'Language', zone: 'Time zone', lifecycle: 'Lifecycle', channel: 'Came by', campaignRef: 'Campaign',
} // prettier-ignore

function goldenPart({ golden }: PersonProfile): Html {
  const known = Object.entries(golden)
  return html`<section class="card">
    <h2>What is known</h2>
    ${known.length === 0 ? html`<p>No source describes this person.</p>` : ''}
    <dl class="pairs">
      ${known.map(
        ([field, chosen]) =>
          html`<dt>${fieldNames[field] ?? field}</dt>
            <dd>${chosen.value} <small>${chosen.source}, ${chosen.why}</small></dd>`,
      )}
    </dl>
  </section>`
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
  if (neighbourhood.nodes.length === 0)
    return html`<section class="card">
      <h2>Around them</h2>
      <p>The graph does not know this person yet: it follows with the next projection.</p>
    </section>`
  const others = neighbourhood.nodes.filter((node) => node.distance > 0)
  const groups = Map.groupBy(others, (node) => wordsOf(node).kind)
  return html`<section class="card">
    <h2>Around them</h2>
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

function whyPart(data: Data): Html {
  const { profile, explanation, may } = data
  const { because, apartFrom } = explanation
  return html`<section class="card">
    <h2>Why this is one person</h2>
    ${because.length === 0 ? html`<p>There is only one identifier.</p>` : ''}
    <ul class="plain rows">
      ${because.map((reason) => html`<li>${reason.words} <small>${plain(reason.rule)}</small></li>`)}
    </ul>
    ${
      apartFrom.length > 0
        ? html`<h3>Kept apart</h3>
            <ul class="plain rows">
              ${apartFrom.map((reason) => html`<li>${reason.words}</li>`)}
            </ul>`
        : ''
    }
    ${profile.identifiers.length > 1 && may('person.merge') ? apartForm(data) : ''}
  </section>`
}

function apartForm({ profile, csrf }: Data): Html {
  const options = profile.identifiers.map(
    ({ id, kind, value }) => html`<option value="${id}">${plain(kind)}: ${value}</option>`,
  )
  return html`<details>
    <summary>These are two people</summary>
    <form method="post" action="/people/${profile.personId}/apart">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="left">This stays</label
        ><select id="left" name="left">
          ${options}
        </select>
      </div>
      <div class="field">
        <label for="right">This is somebody else</label
        ><select id="right" name="right">
          ${options.toReversed()}
        </select>
      </div>
      <div class="field"><label for="reason">How you know</label><input id="reason" name="reason" /></div>
      <button>Take them apart</button>
    </form>
  </details>`
}
