import { html } from 'hono/html'
import type { Candidate } from '#campaigns/way-out/candidate.ts'
import type { Configuration, Configured, WaysOut } from '#campaigns/way-out/configuration.ts'
import type { Outlet } from '#campaigns/deliverability/outlet.ts'
import type { PointerMove } from '#kernel/versions.ts'
import type { Named } from '../actor-names.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { when } from './words.ts'

type Data = {
  live: Configured | null
  candidate: Candidate | null
  history: readonly PointerMove[]
  ways: WaysOut
  named: Named
  zone: string
  csrf: string
  may: May
}

/** The two slots of the mail channel side by side: what is live, and what may take its place. */
export function waysOutView(data: Data): Html {
  const { live, candidate, ways, may } = data
  return html`<h1>Ways out</h1>
    <p class="lede">
      Another way is proposed, checked, and proved by a message that really arrives; then one click switches to it, and
      the same click goes back. A group that is leaving ends by the way it began.
    </p>
    <div class="split even">
      <section class="card" aria-labelledby="live">
        <h2 id="live">Live</h2>
        ${live ? slotPart(live.configuration, ways) : html`<p class="notice warn">No way out is set: mail cannot leave. Set SMTP_URL or RESEND_API_KEY.</p>`}
      </section>
      <section class="card" aria-labelledby="candidate">
        <h2 id="candidate">Second slot</h2>
        ${candidate ? candidatePart(candidate, data) : html`<p class="soft">Nothing stands here.</p>`}
      </section>
    </div>
    ${may('channel.configure') ? proposePart(data) : ''} ${historyPart(data)}`
}

const leads = (outlet: Outlet): string => {
  if (outlet.kind === 'none') return 'nowhere: its setting is missing'
  if (outlet.kind === 'sink') return `to a test sink on this machine (${outlet.at})`
  return outlet.kind === 'smtp' ? `by SMTP to ${outlet.host}` : 'by Resend'
}

const slotPart = ({ secret, from, replyTo, connections, dailyCap }: Configuration, ways: WaysOut): Html =>
  html`<dl class="pairs">
    <dt>Leads</dt>
    <dd>${leads(ways.outlet(secret))}</dd>
    <dt>Secret</dt>
    <dd><code>${secret}</code></dd>
    <dt>New campaigns are from</dt>
    <dd>${from ? `${from.name} <${from.address}>` : 'as the settings have it'}</dd>
    <dt>Answers go to</dt>
    <dd>${replyTo ?? 'as the settings have it'}</dd>
    <dt>Connections, most</dt>
    <dd>${connections ?? 'as many as help'}</dd>
    <dt>Messages in a day, most</dt>
    <dd>${dailyCap ?? 'no limit'}</dd>
  </dl>`

function candidatePart(candidate: Candidate, { ways, named, zone, csrf, may }: Data): Html {
  const back = candidate.provedBy === 'was-live'
  const { findings, missing } = candidate
  const owner = may('channel.configure')
  return html`${slotPart(candidate.configuration, ways)}
    <p class="soft">
      ${back ? 'It was live' : 'Proposed'} until or since ${when(candidate.proposedAt, zone)}, by
      ${named(candidate.proposedBy)}.
    </p>
    ${
      findings
        ? html`<ul class="plain rows">
            ${findings.map(({ what, mark, evidence, fix }) => html`<li><span class="tag ${mark === 'fail' ? 'bad' : ''}">${mark}</span> ${what}. <small>${evidence} ${fix ?? ''}</small></li>`)}
          </ul>`
        : ''
    }
    ${candidate.testSentAt ? html`<p>Test to ${candidate.testTo}, ${when(candidate.testSentAt, zone)}: ${candidate.testAnswer ?? 'no answer yet'}. ${candidate.provedAt ? 'It arrived.' : ''}</p>` : ''}
    ${missing.length > 0 ? html`<p class="notice">Before the switch: ${missing.join('; ')}.</p>` : ''}
    ${owner && !back ? provingForms(candidate, csrf) : ''}
    ${
      (back ? may('campaign.rollback') : owner) && missing.length === 0
        ? html`<form method="post" action="/ways-out/switch">
            ${csrfInput(csrf)}<input type="hidden" name="seen" value="${candidate.hash}" />
            <div class="field">
              <label for="switch-why">Why</label><input id="switch-why" name="reason" maxlength="200" />
            </div>
            <button class="main">${back ? 'Switch back' : 'Switch to it'}</button>
          </form>`
        : ''
    }`
}

const provingForms = ({ testSentAt, provedAt }: Candidate, csrf: string): Html =>
  html`<form method="post" action="/ways-out/check">${csrfInput(csrf)}<button>Run its checks</button></form>
    <form method="post" action="/ways-out/test">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="test-to">Send a test to</label><input id="test-to" name="to" type="email" required />
      </div>
      <button>Send a test</button>
    </form>
    ${
      testSentAt && !provedAt
        ? html`<form method="post" action="/ways-out/code">
            ${csrfInput(csrf)}
            <div class="field">
              <label for="code">The code that stands in it</label
              ><input id="code" name="code" autocomplete="off" required />
            </div>
            <button>It arrived</button>
          </form>`
        : ''
    }`

const proposePart = ({ ways, csrf }: Data): Html =>
  html`<section class="card" aria-labelledby="propose">
    <h2 id="propose">Propose another</h2>
    ${
      ways.secrets.length === 0
        ? html`<p class="soft">No secret of a way out is set.</p>`
        : html`<form method="post" action="/ways-out">
            ${csrfInput(csrf)}
            <div class="field">
              <label for="secret">The setting that holds its secret</label>
              <select id="secret" name="secret">
                ${ways.secrets.map((secret) => html`<option value="${secret}">${secret}, ${leads(ways.outlet(secret))}</option>`)}
              </select>
            </div>
            ${field('fromName', 'New campaigns are from (name; empty: as the settings have it)', 'text')}
            ${field('fromAddress', 'New campaigns are from (address)', 'email')}
            ${field('replyTo', 'Answers go to', 'email')}
            ${field('connections', 'Most connections to an SMTP server at once', 'number')}
            ${field('dailyCap', 'Most e-mails of all campaigns in a day', 'number')}
            <button>Put it into the second slot</button>
          </form>`
    }
  </section>`

const field = (name: string, label: string, type: 'text' | 'email' | 'number'): Html =>
  html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="${type}" ${type === 'number' ? html`min="1"` : ''} />
  </div>`

const historyPart = ({ history, named, zone }: Data): Html =>
  history.length === 0
    ? html``
    : html`<section class="card">
        <h2>What was live</h2>
        ${table(
          'Every switch, newest first',
          ['Configuration', 'Since', 'By', 'Why'],
          history.map((move) => [
            html`<span class="mono">${move.hash.slice(0, 12)}</span>`,
            when(move.movedAt, zone),
            named(move.movedBy),
            html`<span class="prose">${move.reason}</span>`,
          ]),
        )}
      </section>`
