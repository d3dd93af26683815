import { html } from 'hono/html'
import type { Progress } from '#campaigns/progress.ts'
import type { Decision } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import type { PointerMove } from '#kernel/versions.ts'
import { earlierHolds, holdForm, holdsPart, type Holds } from './campaign-holds.ts'
import { progressView, sentOf, stoppedOf } from './campaign-progress.ts'
import { liftPlace } from './experiments.ts'
import { entryIn } from './field.ts'
import { takenBackPart, waitingPart } from './journey.ts'
import type { Entered } from '../visitor.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { undecidedPlaces } from './undecided.ts'
import { count, plural, when } from './words.ts'

type ListData = {
  progress: readonly Progress[]
  /** Versions of each that wait for a yes, newest first. */
  waiting: ReadonlyMap<string, readonly Release[]>
  sending: boolean
  csrf: string
  may: May
}

/** All campaigns, and the switch for everything. */
export function campaignListView({ progress, waiting, sending, csrf, may }: ListData): Html {
  const rows = progress.map((one) => [
    html`<a href="/campaigns/${encodeURIComponent(one.campaign)}">${one.campaign}</a>`,
    count(one.enrolled),
    count(sentOf(one)),
    count(stoppedOf(one)),
    one.release === null
      ? html`<span class="tag">not live</span>`
      : one.sending.kind === 'on'
        ? html`<span class="tag">going</span>`
        : html`<span class="tag warn">stopped</span>`,
    versionsWaiting(one.campaign, waiting.get(one.campaign) ?? []),
  ])
  return html`<h1>Campaigns</h1>
    ${
      rows.length === 0
        ? html`<p class="notice">No campaign was approved yet. Drafts wait at the <a href="/desk">desk</a>.</p>`
        : html`<section class="card">
            ${table('Newest first', ['Campaign', 'Enrolled', 'Sent', 'Not sent', 'State', 'Waiting for a yes'], rows, [1, 2, 3])}
          </section>`
    }
    ${may('campaign.draft') ? html`<p><a class="button" href="/campaign-document">A campaign from a document</a></p>` : ''}
    <section class="card">
      <h2>Everything at once</h2>
      <p><a href="/switches">Switches of each channel and campaign</a></p>
      <p>${sending ? 'Messages may leave the house.' : 'Sending is switched off: nothing leaves the house.'}</p>
      ${may(sending ? 'sending.stop' : 'sending.start') ? sendingForm(sending, csrf) : ''}
    </section>`
}

/** The newest version that waits, and how many more there are. */
function versionsWaiting(campaign: string, [newest, ...others]: readonly Release[]): Html {
  if (!newest) return html``
  return html`<a href="/campaigns/${encodeURIComponent(campaign)}/versions/${newest.hash}"
    >${others.length === 0 ? 'a version' : plural(others.length + 1, 'version')}</a
  >`
}

/** A campaign of which nothing was ever live: what waits for a yes. */
export const unsentView = (data: { campaign: string; waiting: readonly Release[]; zone: string }): Html =>
  html`<p class="crumb"><a href="/campaigns">Campaigns</a></p>
    <h1>${data.campaign}</h1>
    <p class="lede">Nothing of it is live, and nothing of it was sent.</p>
    ${waitingPart(data.waiting, `/campaigns/${encodeURIComponent(data.campaign)}`, data.zone)}`

const sendingForm = (sending: boolean, csrf: string): Html =>
  html`<form method="post" action="/sending/${sending ? 'stop' : 'start'}">
    ${csrfInput(csrf)}
    <button class="${sending ? 'danger' : 'main'}">${sending ? 'Stop all sending' : 'Start sending again'}</button>
  </form>`

type Data = {
  progress: Progress
  waiting: readonly Release[]
  history: readonly PointerMove[]
  decisions: readonly (Decision & { by: string })[]
  holds: Holds
  entered: Entered | null
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
    html`<a class="mono" href="/campaigns/${encodeURIComponent(progress.campaign)}/versions/${move.hash}"
      >${move.hash.slice(0, 12)}</a
    >`,
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
    ${progress.release && !progress.release.approved ? takenBackPart(`/campaigns/${encodeURIComponent(progress.campaign)}`, progress.release.hash) : ''}
    ${waitingPart(data.waiting, `/campaigns/${encodeURIComponent(progress.campaign)}`, zone)}
    ${holdsPart({ ...data, campaign: progress.campaign })} ${progressView(progress, zone)}
    ${may('person.view') ? undecidedPlaces(progress.campaign, progress.states) : ''}
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

function waysBack({ progress, history, holds, entered, zone, csrf }: Data): Html {
  const { release } = progress
  const here = `/campaigns/${encodeURIComponent(progress.campaign)}`
  const back = `${here}/rollback`
  return html`<section class="card">
    <h2>Stopping and going back</h2>
    ${holdForm(holds, here, entered, csrf)}
    <p class="soft">Nobody is mailed twice by it: a person and step have one row, whatever the version.</p>
    <form method="post" action="${back}">
      ${csrfInput(csrf)} ${backTo(history, entryIn(entered, back, 'to'), zone)}
      <div class="field">
        <label for="back-why">Why</label
        ><input id="back-why" name="reason" value="${entryIn(entered, back, 'reason')}" />
      </div>
      <button ${history.length < 2 ? 'disabled' : ''}>Go back</button>
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

/** The versions that were live before, each once; the one before unless another is chosen. */
function backTo(history: readonly PointerMove[], chosen: string, zone: string): Html {
  const earlier = [...new Map(history.map((move) => [move.hash, move])).values()].filter(({ hash }) => hash !== history[0]?.hash) // prettier-ignore
  if (earlier.length === 0) return html``
  return html`<div class="field">
    <label for="back-to">To</label>
    <select id="back-to" name="to">
      <option value="">the version before</option>
      ${earlier.map(({ hash, movedAt }) => html`<option value="${hash}" ${hash === chosen ? 'selected' : ''}>${hash.slice(0, 12)}, live since ${when(movedAt, zone)}</option>`)}
    </select>
  </div>`
}
