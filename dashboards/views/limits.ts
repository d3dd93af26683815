import { html } from 'hono/html'
import { carefulRollout } from '#campaigns/canary/plan.ts'
import { rolloutWords } from '#campaigns/journeys/words.ts'
import { limitsInWords, type DraftLimits } from '#campaigns/launch/draft-limits.ts'
import type { Draft } from '#rag/drafts.ts'
import type { Form } from '../visitor.ts'
import { kindOf } from './field.ts'
import { csrfInput, type Html } from './layout.ts'
import { limitLines } from './whole-fields.ts'

/** On a draft, before its approval: what it is to be sent within, and the way to change it. */
export const limitsPart = (draft: Pick<Draft, 'id'>, chosen: DraftLimits, zone: string, mayChange: boolean): Html =>
  html`<section class="card" aria-labelledby="limits">
    <h2 id="limits">When, and how much</h2>
    <ul class="plain">
      ${limitsInWords(chosen, zone).map((words) => html`<li>${words}</li>`)}
    </ul>
    ${mayChange ? html`<p><a class="button" href="/desk/${draft.id}/limits">Change</a></p>` : ''}
  </section>`

type Data = { draft: Pick<Draft, 'id'>; form: Form; zone: string; csrf: string }

/** Caps, window and start of a draft, as a form. */
export function limitsView({ draft, form, zone, csrf }: Data): Html {
  return html`<h1>When, and how much</h1>
    <p class="lede">It goes into what is approved. Once it is, it stands.</p>
    <form method="post" action="/desk/${draft.id}/limits">
      ${csrfInput(csrf)}
      <section class="card">
        ${limitLines({ form }, zone)}
        <p class="soft">
          Hours are by the clock of its reader; of whom only the country is known, by every clock of it. Both empty: at
          any hour.
        </p>
      </section>
      <section class="card">
        <h2>How far at once</h2>
        ${kindOf({ form }, 'rollout', 'It goes', [
          { value: 'careful', words: rolloutWords(carefulRollout) },
          { value: 'all', words: 'to everybody at once' },
        ])}
        <p class="soft">In stages it comes back by itself when a guard is breached, before most people have it.</p>
      </section>
      <div class="actions">
        <button class="main">Keep</button>
        <a class="button" href="/desk/${draft.id}">Back to the draft</a>
      </div>
    </form>`
}
