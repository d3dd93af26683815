import { html } from 'hono/html'
import { carefulRollout } from '#campaigns/canary/plan.ts'
import { rolloutWords } from '#campaigns/journeys/words.ts'
import { limitsInWords, type DraftLimits } from '#campaigns/launch/draft-limits.ts'
import type { Draft } from '#rag/drafts.ts'
import { startText } from '../limits-form.ts'
import { dayField } from '../schedule-form.ts'
import { kindOf } from './field.ts'
import { csrfInput, type Html } from './layout.ts'

/** On a draft, before its approval: what it is to be sent within, and the way to change it. */
export const limitsPart = (draft: Pick<Draft, 'id'>, chosen: DraftLimits, zone: string, mayChange: boolean): Html =>
  html`<section class="card" aria-labelledby="limits">
    <h2 id="limits">When, and how much</h2>
    <ul class="plain">
      ${limitsInWords(chosen, zone).map((words) => html`<li>${words}</li>`)}
    </ul>
    ${mayChange ? html`<p><a class="button" href="/desk/${draft.id}/limits">Change</a></p>` : ''}
  </section>`

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

type Data = { draft: Pick<Draft, 'id'>; chosen: DraftLimits; zone: string; csrf: string }

/** Caps, window and start of a draft, as a form. */
export function limitsView({ draft, chosen, zone, csrf }: Data): Html {
  const { limits, startAt } = chosen
  const days = limits.window?.days
  return html`<h1>When, and how much</h1>
    <p class="lede">It goes into what is approved. Once it is, it stands.</p>
    <form method="post" action="/desk/${draft.id}/limits">
      ${csrfInput(csrf)}
      <section class="card">
        <h2>When</h2>
        <div class="field">
          <label for="startAt">Not before (clocks of ${zone})</label>
          <input id="startAt" name="startAt" type="datetime-local" value="${startText(startAt, zone)}" />
        </div>
        <div class="field">
          <label for="from">Leaves from</label
          ><input id="from" name="from" type="time" value="${limits.window?.from ?? ''}" />
        </div>
        <div class="field">
          <label for="to">to</label>
          <input id="to" name="to" type="time" value="${limits.window?.to ?? ''}" aria-describedby="window-form" />
          <small id="window-form"
            >By the clock of its reader. Of whom only the country is known, by every clock of it. Both empty: at any
            hour</small
          >
        </div>
        <fieldset>
          <legend>On (every day where none is chosen)</legend>
          ${dayNames.map(
            (name, at) =>
              html`<label class="choice"
                ><input
                  type="checkbox"
                  name="${dayField(at + 1)}"
                  value="on"
                  ${days?.includes(at + 1) ? 'checked' : ''}
                /><span>${name}</span></label
              >`,
          )}
        </fieldset>
        ${number('expireAfterHours', 'Not sent when it is so many hours late', limits.expireAfterHours, 1)}
      </section>
      <section class="card">
        <h2>How much</h2>
        ${number('dailyCap', 'Messages of this campaign in a day, at most', limits.dailyCap, 1)}
        ${number('perPersonPerDay', 'Messages of all campaigns to one person in 24 hours, at most', limits.perPersonPerDay ?? null, 1)}
        ${number('perPersonPerWeek', 'Messages of all campaigns to one person in seven days, at most', limits.perPersonPerWeek, 1)}
        ${number('priority', 'Priority, 0 to 9: the higher goes first where people may not have all', limits.priority ?? null, 0, 9)}
      </section>
      ${farPart(chosen)}
      <div class="actions">
        <button class="main">Keep</button>
        <a class="button" href="/desk/${draft.id}">Back to the draft</a>
      </div>
    </form>`
}

const number = (name: string, words: string, value: number | null, least: number, most?: number): Html =>
  html`<div class="field">
    <label for="${name}">${words}</label>
    <input
      id="${name}"
      name="${name}"
      type="number"
      min="${least}"
      ${most === undefined ? '' : html`max="${most}"`}
      value="${value ?? ''}"
    />
  </div>`

const farPart = ({ rollout }: DraftLimits): Html =>
  html`<section class="card">
    <h2>How far at once</h2>
    ${kindOf({ form: { rollout: rollout ? 'careful' : 'all' } }, 'rollout', 'It goes', [
      { value: 'careful', words: rolloutWords(carefulRollout) },
      { value: 'all', words: 'to everybody at once' },
    ])}
    <p class="soft">In stages it comes back by itself when a guard is breached, before most people have it.</p>
  </section>`
