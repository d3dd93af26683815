import { html } from 'hono/html'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Counted } from '#campaigns/journeys/flow.ts'
import type { MovePlan } from '#campaigns/journeys/migrate.ts'
import type { Release } from '#governance/release.ts'
import { partsPart, stepsPart } from './journey-steps.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, when } from './words.ts'

type Data = {
  definition: CampaignDefinition
  counted: Counted
  /** Versions that wait for a yes, newest first. */
  waiting: readonly Release[]
  moves: readonly MovePlan[]
  liveHash: string
  /** Whether somebody's yes to the live version stands. */
  approved: boolean
  zone: string
  csrf: string
  may: May
}

/** The live journey step by step: what each does, where it leads, and how many people are there, went on and left. */
export function journeyView(data: Data): Html {
  const { definition, counted, waiting, zone, may } = data
  const here = `/campaigns/${encodeURIComponent(definition.name)}`
  return html`<p class="crumb"><a href="${here}">${definition.name}</a></p>
    <h1>The journey</h1>
    <p class="lede">${definition.goal}</p>
    ${data.approved ? '' : takenBackPart(here, data.liveHash)} ${waitingPart(waiting, here, zone)}
    <section class="card" aria-labelledby="steps">
      <h2 id="steps">Step by step</h2>
      ${stepsPart(definition, counted)}
    </section>
    <section class="card" aria-labelledby="around">
      <h2 id="around">Around the steps</h2>
      ${partsPart(definition, zone)}
      ${definition.holdout ? html`<p><a href="${here}/experiments">What holding people out shows</a></p>` : ''}
    </section>
    <p class="actions">
      ${may('person.view') ? html`<a class="button" href="${here}/dry-run">What would happen in the next 30 days?</a>` : ''}
      ${may('campaign.draft') ? html`<a class="button" href="${here}/edit">Change it</a>` : ''}
      <a class="button" href="${here}/document">Download it as a document</a>
    </p>
    ${movesPart(data, here)}`
}

/** Says that the live version may not be sent, and where it is said yes to again. */
export const takenBackPart = (here: string, liveHash: string): Html =>
  html`<p class="notice bad">
    Nothing of it is sent. Its approval was taken back:
    <a href="${here}/versions/${liveHash}">read it, and say yes again</a>.
  </p>`

/** Versions nobody has decided on: each leads to its page, where it is read and approved. */
export function waitingPart(waiting: readonly Release[], here: string, zone: string): Html {
  if (waiting.length === 0) return html``
  return html`<section class="card" aria-labelledby="waiting">
    <h2 id="waiting">Waiting for a yes</h2>
    <ul class="plain rows">
      ${waiting.map(
        ({ hash, createdAt }) =>
          html`<li>
            <a href="${here}/versions/${hash}">The version of ${when(createdAt, zone)}</a>
            <span class="mono soft">${hash.slice(0, 12)}</span>
          </li>`,
      )}
    </ul>
  </section>`
}

function movesPart({ moves, liveHash, csrf, may }: Data, here: string): Html {
  if (moves.length === 0) return html``
  const rows = moves.map(({ from, stepKey, people, to }) => [
    html`<a class="mono" href="${here}/versions/${from}">${from.slice(0, 12)}</a>`,
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
