import { html } from 'hono/html'
import { byTimetable } from '#campaigns/schedule/run.ts'
import type { Schedule } from '#campaigns/schedule/schedules.ts'
import type { Named } from '../actor-names.ts'
import type { Entered } from '../visitor.ts'
import { dayField, fieldNames, inWords, weekdays } from '../schedule-form.ts'
import { choice, enteredIn, entryIn, line, tick, type Filled } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { plural, when } from './words.ts'

type Data = {
  schedules: readonly Schedule[]
  /** Campaigns of which an approved release is live. */
  campaigns: readonly string[]
  named: Named
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

/** Timetables: what starts next, what came of the last starts, and a way to set one. */
export function schedulesView(data: Data): Html {
  const { schedules, campaigns, may } = data
  return html`<h1>Timetables</h1>
    <p class="lede">A timetable asks at its time who belongs to the audience of a campaign, and enrols whoever is new to it or may come again.</p>
    ${
      schedules.length === 0
        ? html`<p class="notice">Nothing starts by itself.</p>`
        : schedules.map((schedule) => schedulePart(schedule, data))
    }
    ${may('campaign.release') ? addPart(data) : ''}
    ${may('campaign.release') && campaigns.length === 0 ? html`<p class="notice">There is no approved campaign to start: <a href="/desk">approve one at the desk</a>.</p>` : ''}` // prettier-ignore
}

function schedulePart(schedule: Schedule, data: Data): Html {
  const { name, definition, pausedAt } = schedule
  const { zone } = data
  const id = `schedule-${name}`
  return html`<section class="card" aria-labelledby="${id}">
    <h2 id="${id}">${name}</h2>
    <p>
      Starts <a href="/campaigns/${encodeURIComponent(definition.campaign)}">${definition.campaign}</a>
      ${inWords(definition.cron)}, ${definition.zone}; no more than ${plural(definition.graceMinutes, 'minute')} late.
    </p>
    ${
      pausedAt === null
        ? nextPart(schedule, zone)
        : html`<p class="notice warn">
            Paused ${when(pausedAt, zone)} by ${data.named(schedule.pausedBy ?? '')}: ${schedule.pauseReason}
          </p>`
    }
    ${schedule.runs.length === 0 ? '' : runsPart(schedule, data)} ${actionsPart(schedule, data)}
  </section>`
}

const nextPart = ({ next }: Schedule, zone: string): Html =>
  html`<p>Next, by the clocks of ${zone}:</p>
    <ol class="plain">
      ${next.map((at) => html`<li><time datetime="${at.toISOString()}">${when(at, zone)}</time></li>`)}
    </ol>`

const runsPart = ({ runs }: Schedule, { zone, named }: Data): Html =>
  table(
    'The last starts',
    ['When', 'By', 'What came of it', 'Selected', 'Enrolled', 'Messages planned'],
    runs.map((run) => [
      when(run.slotAt, zone),
      run.startedBy === byTimetable ? 'the timetable' : named(run.startedBy),
      run.why === null ? run.state : `${run.state}: ${run.why}`,
      run.members ?? '',
      run.enrolled ?? '',
      run.planned ?? '',
    ]),
  )

function actionsPart({ name, pausedAt }: Schedule, { entered, csrf, may }: Data): Html {
  const here = `/schedules/${encodeURIComponent(name)}`
  const button = (act: string, words: string): Html =>
    html`<form method="post" action="${here}/${act}">${csrfInput(csrf)}<button>${words}</button></form>`
  if (pausedAt !== null) return may('campaign.release') ? button('resume', 'Resume') : html``
  return html`<div class="actions">
    ${may('campaign.release') ? button('run', 'Start now') : ''}
    ${
      may('campaign.rollback')
        ? html`<form method="post" action="${here}/pause" class="inline">
            ${csrfInput(csrf)}
            <label
              >Why <input name="reason" value="${entryIn(entered, `${here}/pause`, 'reason')}" required maxlength="500"
            /></label>
            <button>Pause</button>
          </form>`
        : ''
    }
  </div>`
}

function addPart({ campaigns, entered, zone, csrf }: Data): Html {
  if (campaigns.length === 0) return html``
  const own = enteredIn(entered, '/schedules')
  const filled: Filled = { form: own ?? { campaign: campaigns[0]!, time: '09:00', zone, grace: '60' } }
  return html`<section class="card" aria-labelledby="add">
    <h2 id="add">Set a timetable</h2>
    <form method="post" action="/schedules">
      ${csrfInput(csrf)}
      ${line(filled, 'name', `${fieldNames.name} (small letters, digits and hyphens; that of one that exists changes it)`)}
      ${choice(filled, 'campaign', fieldNames.campaign, campaigns.map((name) => ({ value: name, words: name })))}
      ${line(filled, 'time', 'At', 'time')}
      <fieldset>
        <legend>On (every day where none is chosen)</legend>
        ${weekdays.map(({ value, name }) => tick(filled, dayField(value), name))}
      </fieldset>
      <details ${own ? 'open' : ''}>
        <summary>More</summary>
        ${line(filled, 'cron', `${fieldNames.cron}, such as 0 9 1,15 * * (minute, hour, day of the month, month, day of the week; it goes before what is chosen above)`)}
        ${line(filled, 'zone', fieldNames.zone)}
        ${line(filled, 'grace', fieldNames.graceMinutes, 'whole')}
      </details>
      <button class="main">Set</button>
    </form>
  </section>`
} // prettier-ignore
