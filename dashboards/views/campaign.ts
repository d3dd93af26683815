import { html } from 'hono/html'
import type { Progress } from '#campaigns/progress.ts'
import type { Decision } from '#governance/approvals.ts'
import type { PointerMove } from '#kernel/versions.ts'
import { earlierHolds, holdForm, holdsPart, type Holds } from './campaign-holds.ts'
import { progressView, sentOf, stoppedOf } from './campaign-progress.ts'
import { liftPlace } from './experiments.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, when } from './words.ts'

type ListData = { progress: readonly Progress[]; sending: boolean; csrf: string; may: May }

/** All campaigns, and the switch for everything. */
export function campaignListView({ progress, sending, csrf, may }: ListData): Html {
  const rows = progress.map((one) => [
    html`<a href="/campaigns/${encodeURIComponent(one.campaign)}">${one.campaign}</a>`,
    count(one.enrolled),
    count(sentOf(one)),
    count(stoppedOf(one)),
    one.sending.kind === 'on' ? html`<span class="tag">going</span>` : html`<span class="tag warn">stopped</span>`,
  ])
  return html`<h1>Campaigns</h1>
    ${
      rows.length === 0
        ? html`<p class="notice">No campaign was approved yet. Drafts wait at the <a href="/desk">desk</a>.</p>`
        : html`<section class="card">
            ${table('Newest first', ['Campaign', 'Enrolled', 'Sent', 'Not sent', 'State'], rows, [1, 2, 3])}
          </section>`
    }
    <section class="card">
      <h2>Everything at once</h2>
      <p><a href="/switches">Switches of each channel and campaign</a></p>
      <p>${sending ? 'Messages may leave the house.' : 'Sending is switched off: nothing leaves the house.'}</p>
      ${may(sending ? 'sending.stop' : 'sending.start') ? sendingForm(sending, csrf) : ''}
    </section>`
}

const sendingForm = (sending: boolean, csrf: string): Html =>
  html`<form method="post" action="/sending/${sending ? 'stop' : 'start'}">
    ${csrfInput(csrf)}
    <button class="${sending ? 'danger' : 'main'}">${sending ? 'Stop all sending' : 'Start sending again'}</button>
  </form>`

type Data = {
  progress: Progress
  history: readonly PointerMove[]
  decisions: readonly (Decision & { by: string })[]
  holds: Holds
  /** Whether people are held out, so that it can be told what it brings. */
  holdsOut: boolean
  zone: string
  csrf: string
  may: May
}

/** One campaign: what holds it, how it stands, who approved which version, and the ways back. */
export function campaignView(data: Data): Html {
  const { progress, history, decisions, holds, zone, may } = data
  const moves = history.map((move) => [
    html`<span class="mono">${move.hash.slice(0, 12)}</span>`,
    when(move.movedAt, zone),
    html`<span class="prose">${move.reason}</span>`,
  ])
  return html`<h1>${progress.campaign}</h1>
    <p>
      <a class="button" href="/campaigns/${encodeURIComponent(progress.campaign)}/journey">The journey, step by step</a>
      <a class="button" href="/campaigns/${encodeURIComponent(progress.campaign)}/rollout">How far it goes</a>
      ${may('campaign.release') ? html`<a class="button" href="/campaigns/${encodeURIComponent(progress.campaign)}/enter">Put people in</a>` : ''}
      <a class="button" href="/switches">Switches</a>
      <a class="button" href="/campaigns/${encodeURIComponent(progress.campaign)}/experiments"
        >What is tried, and what it says</a
      >
    </p>
    ${holdsPart({ ...data, campaign: progress.campaign })} ${progressView(progress, zone)}
    ${data.holdsOut ? liftPlace(progress.campaign) : ''}
    <div class="split">
      <section class="card">
        <h2>Versions</h2>
        ${table('Every move of what is live, newest first', ['Version', 'Since', 'Why'], moves)}
        <h3>Words on the live version</h3>
        <ul>
          ${decisions.map((word) => html`<li>${word.decision} by ${word.by}, ${when(word.decidedAt, zone)}${word.note ? html`: ${word.note}` : ''}</li>`)}
        </ul>
        ${earlierHolds(holds, zone)}
      </section>
      ${may('campaign.rollback') ? waysBack(data) : ''}
    </div>`
}

function waysBack({ progress, history, holds, csrf }: Data): Html {
  const { release } = progress
  const here = `/campaigns/${encodeURIComponent(progress.campaign)}`
  return html`<section class="card">
    <h2>Stopping and going back</h2>
    ${holdForm(holds, here, csrf)}
    <p class="soft">Nobody is mailed twice by it: a person and step have one row, whatever the version.</p>
    <form method="post" action="${here}/rollback">
      ${csrfInput(csrf)}
      <div class="field"><label for="back-why">Why</label><input id="back-why" name="reason" /></div>
      <button ${history.length < 2 ? 'disabled' : ''}>Back to the version before</button>
    </form>
    ${
      release
        ? html`<form method="post" action="${here}/withdraw" class="actions">
            ${csrfInput(csrf)}<input type="hidden" name="releaseHash" value="${release.hash}" />
            <button class="danger" ${release.approved ? '' : 'disabled'}>Take the approval back</button>
          </form>`
        : ''
    }
  </section>`
}
