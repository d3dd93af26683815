import { html } from 'hono/html'
import type { PairExplanation } from '#ingest/identity/explain-pair.ts'
import type { Named } from '../actor-names.ts'
import { csrfInput, type Html, type May } from './layout.ts'
import { sidesTable, type Side } from './sides.ts'
import { spokenPart, verdictOf } from './spoken.ts'
import { waterfallPart } from './waterfall.ts'

type Data = {
  explanation: PairExplanation
  sides: readonly [Side, Side] | null
  named: Named
  mayKnow: boolean
  csrf: string
  may: May
}

/** How two identifiers stand to each other, with everything it rests on, and what a person may say of it. */
export function pairView(data: Data): Html {
  const { explanation, sides, mayKnow, may } = data
  const { left, right, waterfall } = explanation
  const title = mayKnow ? html`${left.called} <span class="soft">and</span> ${right.called}` : html`Two identifiers`
  return html`<p class="crumb">${crumbs(data)}</p>
    <h1>${title}</h1>
    <p class="lede">${verdictOf(data)}</p>
    <section class="card">
      ${sides ? sidesTable(sides[0], sides[1], { mayKnow, mayOpen: may('person.view') }) : html`<p>There are no two records to lay side by side.</p>`}
      ${may('identity.decide') ? wordForm(data) : ''}
    </section>
    <section class="card">
      <h2>Rules that spoke</h2>
      ${spokenPart(data)}
    </section>
    <section class="card">
      <h2>How alike they are</h2>
      ${waterfall ? waterfallPart(waterfall, mayKnow) : html`<p>${noWaterfall}</p>`}
      ${waterfall ? html`<p class="soft">Weighed by the model <span class="mono">${waterfall.model.slice(0, 12)}</span>.</p>` : ''}
    </section>`
}

const noWaterfall = 'Likeness was not weighed: there is no record of each of them to compare, or no model of likeness.'

function crumbs({ explanation: { left, right }, may }: Data): Html {
  const people = [...new Set([left.personId, right.personId])].filter((id) => id !== null)
  const links = may('person.view') ? people.map((id, index) => html`<a href="/people/${id}">${people.length === 1 ? 'The person' : index === 0 ? 'The one' : 'The other'}</a> · `) : [] // prettier-ignore
  return html`${links}<a href="/identity/review">People to check</a>`
}

function wordForm({ explanation, csrf }: Data): Html {
  const { left, right, isOnePerson, apart } = explanation
  const isSaidApart = apart.length > 0
  return html`<form method="post" action="/identity/pair/${left.id}/${right.id}" class="decide">
    ${csrfInput(csrf)}
    <div class="field">
      <label for="reason">How you know (it is kept with your word)</label
      ><input id="reason" name="reason" maxlength="300" autocomplete="off" />
    </div>
    <div class="actions">
      ${isOnePerson ? html`<button class="danger" name="verdict" value="apart" data-key="d">Not the same person</button>` : html`<button class="main" name="verdict" value="same" data-key="s">Same person</button>`}
      ${!isOnePerson && !isSaidApart ? html`<button name="verdict" value="never" data-key="d">Never merge</button>` : ''}
      ${isSaidApart ? html`<button name="verdict" value="unsaid" data-key="u">Let the evidence decide</button>` : ''}
    </div>
  </form>`
}
