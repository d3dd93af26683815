import { html } from 'hono/html'
import type { Lift } from '#campaigns/experiments/lift.ts'
import type { GlobalHoldout } from '#campaigns/experiments/holdout.ts'
import type { PointerMove } from '#kernel/versions.ts'
import type { Named } from '../actor-names.ts'
import type { Entered, Form } from '../visitor.ts'
import { liftPart, type Shown } from './experiments.ts'
import { enteredIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { percent, when } from './words.ts'

type Data = {
  now: GlobalHoldout
  lift: Lift | null
  history: readonly PointerMove[]
  named: Named
  entered: Entered | null
  shown: Shown
  csrf: string
  may: May
}

/** Who is sent nothing by any campaign, so that it can be told what campaigns bring. */
export function holdoutView({ now, lift, history, named, entered, shown, csrf, may }: Data): Html {
  const rows = history.map((move) => [
    when(move.movedAt, shown.zone),
    named(move.movedBy),
    html`<span class="prose">${move.reason}</span>`,
    html`<span class="mono">${move.hash.slice(0, 12)}</span>`,
  ])
  return html`<h1>Held out</h1>
    <p class="lede">
      ${now.share === 0 ? 'Nobody is held out: what campaigns bring cannot be told from what would have come anyway.' : `${percent(now.share)} of the people are sent nothing by any campaign.`}
    </p>
    ${may('holdout.set') ? shareForm(now, enteredIn(entered, '/holdout'), csrf) : ''}
    ${lift ? liftPart(lift, shown) : ''}
    ${rows.length > 0 ? html`<section class="card">${table('Every change, newest first', ['When', 'Who', 'Why', 'Version'], rows)}</section>` : ''}`
}

const shareForm = ({ share }: GlobalHoldout, own: Form | null, csrf: string): Html =>
  html`<section class="card" aria-labelledby="share">
    <h2 id="share">How many</h2>
    <form method="post" action="/holdout">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="percent">Percent of all people, 0 to 50</label>
        <input
          id="percent"
          name="percent"
          type="number"
          min="0"
          max="50"
          step="0.1"
          required
          value="${own?.['percent'] ?? Number((share * 100).toFixed(1))}"
          aria-describedby="percent-words"
        />
        <small id="percent-words"
          >Drawn by who they are: the same people in every campaign, and in every larger share. Who is in a campaign
          already goes on</small
        >
      </div>
      <div class="field">
        <label for="holdout-why">Why</label><input id="holdout-why" name="reason" value="${own?.['reason'] ?? ''}" />
      </div>
      <button class="main">Keep</button>
    </form>
  </section>`
