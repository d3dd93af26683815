import { html } from 'hono/html'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Step } from '#campaigns/definition/steps.ts'
import { endWords, entryWords, stepWords, wayWords } from '#campaigns/journeys/words.ts'
import type { MovePlan } from '#campaigns/migrate.ts'
import type { StateCount, StepCount } from '#campaigns/queries/progress.ts'
import type { Release } from '#governance/release.ts'
import { stepField } from '../journey-form.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, plural, when } from './words.ts'

type Data = {
  definition: CampaignDefinition
  people: readonly StepCount[]
  messages: readonly StateCount[]
  /** Versions that wait for a yes, newest first. */
  waiting: readonly Release[]
  moves: readonly MovePlan[]
  liveHash: string
  zone: string
  csrf: string
  may: May
  /** A version was found to be for everybody there is. */
  everybody: boolean
}

/** A journey step by step: what each does, where it leads, and how many people are there, went on and left. */
export function journeyView(data: Data): Html {
  const { definition, may } = data
  const { name, goal, enter, audience, goalReachedBy, exitOn = [], ends, journey } = definition
  const here = `/campaigns/${encodeURIComponent(name)}`
  return html`<p class="crumb"><a href="${here}">${name}</a></p>
    <h1>The journey</h1>
    <p class="lede">${goal}</p>
    <ul class="plain rows">
      <li>Comes in: ${entryWords(enter, audience.segment)}.</li>
      ${goalReachedBy ? html`<li>Goal: “${goalReachedBy.event}” within ${plural(goalReachedBy.withinDays, 'day')} of coming in; who reaches it leaves.</li>` : ''}
      ${ends ? html`<li>Is over ${endWords(ends).join(', or ')}; who is on their way then leaves.</li>` : ''}
      ${definition.holdout ? html`<li>Held out: ${percentOf(definition.holdout)} % of those who come in are sent nothing; <a href="${here}/experiments">what that shows</a>.</li>` : ''}
      ${exitOn.map(({ event }) => html`<li>Leaves from anywhere: whoever does “${event}”.</li>`)}
    </ul>
    <ol class="steps">
      ${journey.map((step) => stepPart(step, data))}
    </ol>
    <p><a class="button" href="${here}/dry-run">What would happen in the next 30 days?</a></p>
    ${waitingPart(data, here)} ${movesPart(data, here)} ${may('campaign.draft') ? changeForm(data, here) : ''}`
}

function stepPart(step: Step, { definition, people, messages }: Data): Html {
  const mine = people.filter(({ stepKey }) => stepKey === step.key)
  const here = mine.reduce((sum, one) => sum + one.here, 0)
  const left = mine.filter(({ ended, reason }) => ended > 0 && reason !== 'completed')
  const sent = messages.filter(({ stepKey }) => stepKey === step.key)
  return html`<li id="step-${step.key}">
    <h2>${step.key}</h2>
    <p>${stepWords(step)}.</p>
    <ul class="plain">
      ${wayWords(definition.journey, step).map(
        ({ when: condition, to }) =>
          html`<li>${condition}: ${to === null ? 'the end' : html`<a href="#step-${to}">${to}</a>`}</li>`,
      )}
    </ul>
    <p class="soft">
      ${plural(here, 'person', 'people')}
      here${sent.map(({ state, count: n }) => html`, ${count(n)} ${state}`)}${left.map(({ reason, ended }) => html`, ${count(ended)} ${reason}`)}
    </p>
  </li>`
}

function waitingPart({ waiting, zone, csrf, may, everybody }: Data, here: string): Html {
  if (waiting.length === 0) return html``
  return html`<section class="card" aria-labelledby="waiting">
    <h2 id="waiting">Waiting for a yes</h2>
    ${waiting.map(
      ({ hash, createdAt }) =>
        html`<form method="post" action="${here}/versions/${hash}/approve">
          ${csrfInput(csrf)}
          <p>Version <span class="mono">${hash.slice(0, 12)}</span>, ${when(createdAt, zone)}</p>
          ${everybody ? html`<div class="field"><label for="people-${hash}">How many people this goes to</label><input id="people-${hash}" name="people" inputmode="numeric" pattern="[0-9]+" required /></div>` : ''}
          ${may('campaign.approve') ? html`<button class="main">Approve and send</button>` : ''}
        </form>`,
    )}
  </section>`
}

function movesPart({ moves, liveHash, csrf, may }: Data, here: string): Html {
  if (moves.length === 0) return html``
  const rows = moves.map(({ from, stepKey, people, to }) => [
    html`<span class="mono">${from.slice(0, 12)}</span>`,
    stepKey,
    count(people),
    to ?? 'stay as they are',
  ])
  return html`<section class="card" aria-labelledby="older">
    <h2 id="older">People on older versions</h2>
    <p class="soft">They stay on the steps they entered with, unless somebody moves them.</p>
    ${table('Who would move where', ['Version', 'At', 'People', 'To'], rows, [2])}
    ${
      may('campaign.release')
        ? html`<form method="post" action="${here}/migrate" class="actions">
            ${csrfInput(csrf)}<input type="hidden" name="to" value="${liveHash}" />
            <button>Move them to the live version</button>
          </form>`
        : ''
    }
  </section>`
}

/** Waits and limits in fields. What is kept is a new version, which somebody approves. */
function changeForm({ definition, csrf }: Data, here: string): Html {
  const { journey, limits } = definition
  return html`<section class="card" aria-labelledby="change">
    <h2 id="change">Change waits, limits and its end</h2>
    <form method="post" action="${here}/journey">
      ${csrfInput(csrf)} ${journey.map(waitField)}
      ${field('from', 'Messages leave from (empty: at any time)', limits.window?.from ?? '', 'text')}
      ${field('to', 'Messages leave until', limits.window?.to ?? '', 'text')}
      ${field('dailyCap', 'Most messages a day (empty: no limit)', limits.dailyCap ?? '')}
      ${field('perPersonPerWeek', 'Most messages to one person in seven days (empty: no limit)', limits.perPersonPerWeek ?? '')}
      ${field('expireAfterHours', 'Hours after which a message is not sent any more', limits.expireAfterHours)}
      ${field('holdout', 'Percent of those who come in who are sent nothing, to see what the campaign brings (empty: nobody)', percentOf(definition.holdout), 'part')}
      ${endFields(definition)}
      <button>Keep as a new version</button>
    </form>
  </section>`
}

const percentOf = (holdout: CampaignDefinition['holdout']): string =>
  holdout ? String(Number((holdout.share * 100).toFixed(2))) : ''

const inPercent = (share: number | undefined): string =>
  share === undefined ? '' : String(Number((share * 100).toFixed(3)))

/** When the campaign itself is over; an empty field is no end. */
function endFields({ ends }: CampaignDefinition): Html {
  return html`${field('endsAt', 'Over at this instant, such as 2026-12-31T18:00:00Z', ends?.at ?? '', 'words')}
  ${field('endsGoals', 'Over when so many people reached the goal', ends?.goals ?? '')}
  ${field('endsSends', 'Over after so many messages', ends?.sends ?? '')}
  ${field('endsUnsubscribed', 'Over when more than this part of its messages make readers unsubscribe, in percent', inPercent(ends?.fatigue?.unsubscribed), 'part')}
  ${field('endsComplained', 'Over when more than this part is marked as unwanted, in percent', inPercent(ends?.fatigue?.complained), 'part')}
  ${field('endsAfter', 'Both looked at after so many messages', ends?.fatigue?.afterSends ?? 100)}`
}

function waitField(step: Step): Html {
  if (step.kind !== 'wait') return html``
  const name = stepField(step.key)
  if (step.minutes !== undefined) return field(name, `${step.key}: minutes to wait`, step.minutes)
  if (step.until) return field(name, `${step.key}: until this time of day`, step.until.time, 'text')
  if (step.forEvent) return field(name, `${step.key}: minutes to wait at most`, step.forEvent.withinMinutes)
  return html``
}

const kinds = {
  number: html`type="number" min="1"`,
  part: html`type="number" min="0.001" max="99" step="any"`,
  text: html`type="text" placeholder="09:00"`,
  words: html`type="text"`,
}

const field = (name: string, label: string, value: string | number, kind: keyof typeof kinds = 'number'): Html =>
  html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" ${kinds[kind]} />
  </div>`
