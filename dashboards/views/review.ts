import { html } from 'hono/html'
import type { PairExplanation } from '#ingest/identity/explain-pair.ts'
import type { Review } from '#ingest/identity/review.ts'
import type { Named } from '../actor-names.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { sidesTable, type Side } from './sides.ts'
import { spokenPart } from './spoken.ts'
import { waterfallPart } from './waterfall.ts'
import { count, plural, when } from './words.ts'

/** What was decided last, so that it can be taken back. */
export type LastWord = { left: string; right: string; verdict: string }

type Queue = { open: number; putOff: number; last: LastWord | null; csrf: string; may: May }
type Data = Queue & {
  review: Review
  sides: readonly [Side, Side]
  explanation: PairExplanation
  named: Named
  mayKnow: boolean
  zone: string
}

/** One pair that waits for a person's word: the two side by side, the decision, and what speaks for and against. */
export function reviewView(data: Data): Html {
  const { review, sides, explanation, named, mayKnow, may, zone } = data
  const look = { mayKnow, mayOpen: may('person.view') }
  return html`${undoForm(data)}
    <div class="apart">
      <h1>Are these one person?</h1>
      ${may('identity.decide') ? keys : ''}
    </div>
    <p class="lede">${left(data)} ${reasons[review.reason]}</p>
    <section class="card">
      ${sidesTable(sides[0], sides[1], look)} ${may('identity.decide') ? decision(data) : ''}
    </section>
    <section class="card">
      <h2>What speaks for it, and what against</h2>
      ${explanation.waterfall ? waterfallPart(explanation.waterfall, mayKnow) : html`<p>No model of likeness is in use now: what weighed them is gone.</p>`}
      <h3>Rules that spoke</h3>
      ${spokenPart({ explanation, named, mayKnow })}
      <p class="soft">
        Waiting since ${when(review.raisedAt, zone)}.
        <a href="/identity/pair/${review.left}/${review.right}">Everything about this pair</a>
      </p>
    </section>`
}

const reasons: Readonly<Record<Review['reason'], string>> = {
  'in-doubt': 'They are much alike, but not enough to join them without you.',
  'too-large': 'They are alike, but together they would be one person of very many records.',
  'one-bridge': 'Several records on each side hang together by a single likeness.',
}

const left = ({ open, putOff }: Queue): Html =>
  open > 0
    ? html`<strong>${plural(open, 'pair')}</strong>
        ${open === 1 ? 'waits' : 'wait'}${putOff > 0 ? `, and ${count(putOff)} put off` : ''}.`
    : html`Only ${putOff === 1 ? 'one that was' : `${count(putOff)} that were`} put off ${putOff === 1 ? 'is' : 'are'}
      left.`

const keys = html`<p class="keys soft">
  <kbd>s</kbd> same <kbd>d</kbd> different <kbd>l</kbd> later <kbd>u</kbd> undo
</p>`

const decision = ({ review, csrf }: Data): Html =>
  html`<form method="post" action="/identity/review" class="decide">
    ${csrfInput(csrf)}<input type="hidden" name="left" value="${review.left}" /><input
      type="hidden"
      name="right"
      value="${review.right}"
    />
    <div class="actions">
      <button class="main" name="verdict" value="same" data-key="s">Same person</button>
      <button name="verdict" value="different" data-key="d">Different people</button>
      <button class="quiet" name="verdict" value="later" data-key="l">Later</button>
    </div>
    <details class="how">
      <summary>Say how you know</summary>
      <div class="field">
        <label for="reason">How you know (it is kept with your word)</label
        ><input id="reason" name="reason" maxlength="300" autocomplete="off" />
      </div>
    </details>
  </form>`

function undoForm({ last, csrf, may }: Queue): Html {
  if (!last || !may('identity.decide')) return html``
  return html`<form method="post" action="/identity/review/undo" class="undo">
    ${csrfInput(csrf)}<input type="hidden" name="left" value="${last.left}" /><input
      type="hidden"
      name="right"
      value="${last.right}"
    /><input type="hidden" name="verdict" value="${last.verdict}" />
    <button class="quiet" data-key="u">Undo that</button>
  </form>`
}

/** Nothing waits. */
export const nothingToReview = (queue: Queue): Html =>
  html`${undoForm(queue)}
    <h1>People to check</h1>
    <p class="lede">Nobody waits for you.</p>
    <p class="notice">
      Pairs appear here when two records are much alike, but not enough to join them without a person looking.
    </p>`
