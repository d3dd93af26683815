import { html } from 'hono/html'
import type { Evidence, NextProduct, Scores } from '#graph/scores/scores-of.ts'
import { graphPath } from './graph-form.ts'
import type { Html } from './layout.ts'
import { money, plain, plural, when } from './words.ts'

type Data = {
  scores: Scores | null
  next: readonly NextProduct[]
  business: { currency: string; zone: string }
}

/** What a person's deeds add up to, each number with what it is made of, and what they may buy next. */
export function scoresPart({ scores, next, business }: Data): Html {
  if (!scores)
    return html`<section class="card">
      <h2>Scores</h2>
      <p>Nothing is reckoned of them yet: it follows within minutes.</p>
    </section>`
  return html`<section class="card">
    <h2>Scores</h2>
    <div class="split even">
      <div>${leadPart(scores.lead)}</div>
      <div>${engagementPart(scores.engagement, business.zone)} ${rfmPart(scores.rfm, business)}</div>
    </div>
    ${nextPart(next)}
    <p class="soft">Reckoned ${when(scores.computedAt, business.zone)}.</p>
  </section>`
}

/** The rows that say so, each a way into the graph. */
const opened = (evidence: readonly Evidence[]): Html =>
  html`${evidence.map((one) => html` <a href="${graphPath(one)}">${plain(one.kind).toLowerCase()}</a>`)}`

const leadPart = ({ score, words, reasons }: Scores['lead']): Html =>
  html`<p><strong>${score} of 100</strong>, a ${words}</p>
    <ul class="plain">
      ${reasons.map(
        ({ points, words: why, evidence }) =>
          html`<li>
            <span class="mono">${points > 0 ? '+' : ''}${points}</span> ${why}<small>${opened(evidence)}</small>
          </li>`,
      )}
    </ul>`

function engagementPart(engagement: Scores['engagement'], zone: string): Html {
  if (!engagement) return html`<p>They did nothing yet.</p>`
  return html`<p><strong>${engagement.points.toFixed(1)} points</strong>, ${engagement.words}</p>
    <ul class="plain">
      ${engagement.deeds.map(
        ({ what, at, points, kind, id }) =>
          html`<li>
            <span class="mono">${points.toFixed(1)}</span> <a href="${graphPath({ kind, id })}">${plain(what)}</a>
            <small>${when(at, zone)}</small>
          </li>`,
      )}
    </ul>`
}

function rfmPart(rfm: Scores['rfm'], { currency, zone }: Data['business']): Html {
  if (!rfm) return html`<p>They never bought.</p>`
  const { recency, frequency, monetary, words, orders, spentMinor, lastOrderAt, evidence } = rfm
  return html`<p>
    <strong>${recency}-${frequency}-${monetary}</strong>, ${words}: ${plural(orders, 'order')},
    ${money(spentMinor, currency)}${lastOrderAt ? `, last on ${when(lastOrderAt, zone)}` : ''}<small
      >${opened(evidence)}</small
    >
  </p>`
}

function nextPart(next: readonly NextProduct[]): Html {
  if (next.length === 0) return html``
  return html`<h3>What they may buy next</h3>
    <ul class="plain">
      ${next.map(
        ({ product, label, because }) =>
          html`<li>
            <a href="${graphPath({ kind: 'product', id: product })}">${label}</a>
            <small
              >${because.map(({ label: with_, people, lift }) => `${plural(people, 'person', 'people')} bought it with ${with_} (lift ${lift.toFixed(2)})`).join('; ')}</small
            >
          </li>`,
      )}
    </ul>`
}
