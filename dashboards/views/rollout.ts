import { html } from 'hono/html'
import type { Rollout } from '#campaigns/canary/story.ts'
import type { Reading } from '#campaigns/canary/decide.ts'
import type { RolloutPlan } from '#campaigns/canary/plan.ts'
import type { Entered } from '../visitor.ts'
import { enteredIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { capital, count, percent, plural, when } from './words.ts'

const states: Record<Rollout['state'], string> = {
  'under-way': 'under way',
  breached: 'taken back',
  finished: 'finished',
}

/** What a person should look at first. */
const urgency: Record<Rollout['state'], number> = { breached: 0, 'under-way': 1, finished: 2 }

const tag = ({ state }: Rollout): Html =>
  html`<span class="tag ${state === 'breached' ? 'warn' : ''}">${states[state]}</span>`

/** All rollouts: those that were taken back first. */
export function rolloutListView(rollouts: readonly Rollout[], zone: string): Html {
  const rows = rollouts
    .toSorted((one, other) => urgency[one.state] - urgency[other.state])
    .map((one) => [
      html`<a href="/campaigns/${encodeURIComponent(one.campaign)}/rollout">${one.campaign}</a>`,
      html`<span class="mono">${one.releaseHash.slice(0, 12)}</span>`,
      tag(one),
      `${one.percent} %`,
      html`<span class="prose">${capital(one.why)}</span>`,
      when(one.lookedAt, zone),
    ])
  return html`<h1>Rollouts</h1>
    <p class="lede">New versions go to a few people first, and back by themselves when their guards say so.</p>
    ${
      rows.length === 0
        ? html`<p class="notice">
            No version declares a rollout. It is chosen with when, and how much, or where its steps are changed.
          </p>`
        : html`<section class="card">
            ${table('Taken back first', ['Campaign', 'Version', 'State', 'Reaches', 'Why', 'Looked at'], rows, [3])}
          </section>`
    }`
}

type Data = {
  campaign: string
  percent: number
  plan: RolloutPlan | null
  rollouts: readonly Rollout[]
  isLive: boolean
  entered: Entered | null
  zone: string
  csrf: string
  may: May
}

/** The rollout of one campaign: where it stands, what its guards say, and a person's own word on how far it goes. */
export function rolloutView(data: Data): Html {
  const { campaign, plan, rollouts, zone, may } = data
  const live = rollouts.find(({ isLive }) => isLive)
  const earlier = rollouts.filter((rollout) => rollout !== live)
  return html`<h1>Rollout of ${campaign}</h1>
    <p><a href="/campaigns/${encodeURIComponent(campaign)}">Back to the campaign</a></p>
    ${live ? livePart(live, zone) : html`<p class="notice">${!data.isLive ? 'Nothing of it is live yet.' : plan ? 'It begins with the next look.' : 'What is live goes to everybody it may reach, without stages.'}</p>`}
    <div class="split">
      ${plan ? stagesPart(plan, data.percent) : ''} ${data.isLive && may('campaign.release') ? percentForm(data) : ''}
    </div>
    ${earlier.map((rollout) => earlierPart(rollout, zone))}`
}

const livePart = (rollout: Rollout, zone: string): Html =>
  html`<section class="card" aria-labelledby="now">
    <h2 id="now">Now ${tag(rollout)}</h2>
    <p>${capital(rollout.why)}.</p>
    ${guards(rollout.readings)}
    <p>
      <small
        >Looked at ${when(rollout.lookedAt, zone)}; at ${rollout.percent} % since
        ${when(rollout.stageSince, zone)}</small
      >
    </p>
  </section>`

const earlierPart = (rollout: Rollout, zone: string): Html =>
  html`<section class="card">
    <h2><span class="mono">${rollout.releaseHash.slice(0, 12)}</span> ${tag(rollout)}</h2>
    <p>${capital(rollout.why)}, ${when(rollout.lookedAt, zone)}.</p>
    ${guards(rollout.readings)}
  </section>`

function guards(readings: readonly Reading[]): Html {
  if (readings.length === 0) return html``
  const rows = readings.map(({ metric, hits, tries, evidence, words }) => [
    capital(metric),
    count(hits),
    count(tries),
    percent(Math.min(1, evidence), 0),
    html`<span class="prose">${words}</span>`,
  ])
  return table('Guards', ['Guard', 'Hits', 'Messages', 'Way to a breach', 'In words'], rows, [1, 2, 3])
}

function stagesPart({ stages, mostBetweenLooks }: RolloutPlan, now: number): Html {
  const rows = stages.map((stage) => [
    stage.percent === now ? html`<strong>${stage.percent} %, now</strong>` : `${stage.percent} %`,
    count(stage.minSends),
    plural(stage.minMinutes, 'minute'),
  ])
  return html`<section class="card">
    <h2>Stages</h2>
    ${table('In their order', ['Reaches', 'At least messages', 'At least'], rows, [1, 2])}
    <p class="soft">At most ${plural(mostBetweenLooks, 'message')} leave from one look at the guards to the next.</p>
  </section>`
}

function percentForm({ campaign, percent: now, entered, csrf }: Data): Html {
  const action = `/campaigns/${encodeURIComponent(campaign)}/rollout`
  const own = enteredIn(entered, action)
  return html`<section class="card">
    <h2>Further, or less far</h2>
    <p class="soft">
      It reaches ${now} % now. Nought pauses it; at a number that is no stage it stays until somebody sets another. Its
      guards go on watching.
    </p>
    <form method="post" action="${action}">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="percent">Percent of the audience</label>
        <input
          id="percent"
          name="percent"
          type="number"
          min="0"
          max="100"
          step="1"
          value="${own?.['percent'] ?? now}"
          required
        />
      </div>
      <div class="field">
        <label for="percent-why">Why</label
        ><input id="percent-why" name="reason" value="${own?.['reason'] ?? ''}" maxlength="500" />
      </div>
      <button>Set</button>
    </form>
  </section>`
}
