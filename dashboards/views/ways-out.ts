import { html } from 'hono/html'
import type { ChannelName } from '#campaigns/channel.ts'
import type { Candidate } from '#campaigns/way-out/candidate.ts'
import {
  impliedBy, isMail, secretsOf, type Configuration, type Configured, type SecretName, type WaysOut,
} from '#campaigns/way-out/configuration.ts' // prettier-ignore
import type { Outlet } from '#campaigns/deliverability/outlet.ts'
import type { PointerMove } from '#kernel/versions.ts'
import type { Named } from '../actor-names.ts'
import type { Entered, Form } from '../visitor.ts'
import { enteredIn, entryIn } from './field.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { when } from './words.ts'

/** What stands in the two slots of a channel, and what ever was live. */
export type Slots = {
  channel: ChannelName
  live: Configured | null
  candidate: Candidate | null
  history: readonly PointerMove[]
}

type Shown = { ways: WaysOut; named: Named; entered: Entered | null; zone: string; csrf: string; may: May }

/** The two slots of each channel side by side: what is live, and what may take its place. */
export function waysOutView(channels: readonly Slots[], shown: Shown): Html {
  return html`<h1>Ways out</h1>
    <p class="lede">
      Another way is proposed, checked, and proved by a message that really arrives; then one click switches to it, and
      the same click goes back. A group that is leaving ends by the way it began.
    </p>
    ${channels.map((slots) => channelPart(slots, shown))}`
}

const names: Readonly<Record<ChannelName, string>> = {
  email: 'Mail',
  whatsapp: 'WhatsApp',
  sms: 'SMS',
  telegram: 'Telegram',
}

function channelPart(slots: Slots, shown: Shown): Html {
  const { channel, live, candidate } = slots
  return html`<section aria-labelledby="of-${channel}">
    <h2 id="of-${channel}">${names[channel]}</h2>
    <div class="split even">
      <section class="card" aria-labelledby="live-${channel}">
        <h3 id="live-${channel}">Live</h3>
        ${live ? slotPart(live.configuration, shown.ways) : html`<p class="notice warn">No way out is set: mail cannot leave. Set SMTP_URL or RESEND_API_KEY.</p>`}
      </section>
      <section class="card" aria-labelledby="candidate-${channel}">
        <h3 id="candidate-${channel}">Second slot</h3>
        ${candidate ? candidatePart(candidate, channel, shown) : html`<p class="soft">Nothing stands here.</p>`}
      </section>
    </div>
    ${shown.may('channel.configure') ? proposePart(channel, shown) : ''} ${historyPart(slots, shown)}
  </section>`
}

const leads = (outlet: Outlet): string => {
  if (outlet.kind === 'none') return 'nowhere: its setting is missing'
  if (outlet.kind === 'sink') return `to a test sink on this machine (${outlet.at})`
  return outlet.kind === 'smtp' ? `by SMTP to ${outlet.host}` : 'by Resend'
}

function slotPart(configuration: Configuration, ways: WaysOut): Html {
  const secret = html`<dt>Secret</dt>
    <dd><code>${configuration.secret}</code></dd>`
  if (!isMail(configuration)) return html`<dl class="pairs">${secret}</dl>`
  const { from, replyTo, connections, dailyCap } = configuration
  return html`<dl class="pairs">
    <dt>Leads</dt>
    <dd>${leads(ways.outlet(configuration.secret))}</dd>
    ${secret}
    <dt>New campaigns are from</dt>
    <dd>${from ? `${from.name} <${from.address}>` : 'as the settings have it'}</dd>
    <dt>Answers go to</dt>
    <dd>${replyTo ?? 'as the settings have it'}</dd>
    <dt>Connections, most</dt>
    <dd>${connections ?? 'as many as help'}</dd>
    <dt>Messages in a day, most</dt>
    <dd>${dailyCap ?? 'no limit'}</dd>
  </dl>`
}

function candidatePart(
  candidate: Candidate,
  channel: ChannelName,
  { ways, named, entered, zone, csrf, may }: Shown,
): Html {
  const back = candidate.provedBy === 'was-live'
  const { findings, missing } = candidate
  const owner = may('channel.configure')
  return html`${slotPart(candidate.configuration, ways)}
    <p class="soft">
      ${
        back
          ? html`It was live until ${when(candidate.proposedAt, zone)}, when ${named(candidate.proposedBy)} switched.`
          : html`Proposed ${when(candidate.proposedAt, zone)} by ${named(candidate.proposedBy)}.`
      }
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
    ${owner && !back ? provingForms(candidate, channel, { entered, csrf }) : ''}
    ${
      (back ? may('campaign.rollback') : owner) && missing.length === 0
        ? html`<form method="post" action="/ways-out/switch">
            ${about(channel, csrf)}<input type="hidden" name="seen" value="${candidate.hash}" />
            <div class="field">
              <label for="switch-why-${channel}">Why</label
              ><input
                id="switch-why-${channel}"
                name="reason"
                value="${entryIn(entered, '/ways-out/switch', 'reason', { channel })}"
                maxlength="200"
              />
            </div>
            <button class="main">${back ? 'Switch back' : 'Switch to it'}</button>
          </form>`
        : ''
    }`
}

const about = (channel: ChannelName, csrf: string): Html =>
  html`${csrfInput(csrf)}<input type="hidden" name="channel" value="${channel}" />`

/** Where a test goes, and what its reader must have done before. */
const receivers: Readonly<Record<ChannelName, { type: 'email' | 'tel' | 'text'; hint: string }>> = {
  email: { type: 'email', hint: 'An address whose mail you can read.' },
  sms: { type: 'tel', hint: 'Your own number, with + and the country.' },
  whatsapp: { type: 'tel', hint: 'Your own number. Write to the candidate from it first: else WhatsApp lets no text through.' },
  telegram: { type: 'text', hint: 'The number of your Telegram account (@userinfobot tells it). Start the candidate’s chat first.' },
} // prettier-ignore

const provingForms = (
  { testSentAt, provedAt }: Candidate,
  channel: ChannelName,
  { entered, csrf }: Pick<Shown, 'entered' | 'csrf'>,
): Html =>
  html`<form method="post" action="/ways-out/check">${about(channel, csrf)}<button>Run its checks</button></form>
    <form method="post" action="/ways-out/test">
      ${about(channel, csrf)}
      <div class="field">
        <label for="test-to-${channel}">Send a test to</label
        ><input
          id="test-to-${channel}"
          name="to"
          value="${entryIn(entered, '/ways-out/test', 'to', { channel })}"
          type="${receivers[channel].type}"
          aria-describedby="test-hint-${channel}"
          required
        />
        <small id="test-hint-${channel}">${receivers[channel].hint}</small>
      </div>
      <button>Send a test</button>
    </form>
    ${
      testSentAt && !provedAt
        ? html`<form method="post" action="/ways-out/code">
            ${about(channel, csrf)}
            <div class="field">
              <label for="code-${channel}">The code that stands in it</label
              ><input
                id="code-${channel}"
                name="code"
                value="${entryIn(entered, '/ways-out/code', 'code', { channel })}"
                autocomplete="off"
                required
              />
            </div>
            <button>It arrived</button>
          </form>`
        : ''
    }`

function proposePart(channel: ChannelName, { ways, entered, csrf }: Shown): Html {
  const secrets = secretsOf(ways, channel)
  const own = enteredIn(entered, '/ways-out') ?? {}
  return html`<section class="card" aria-labelledby="propose-${channel}">
    <h3 id="propose-${channel}">Propose another</h3>
    ${
      secrets.length === 0
        ? html`<p class="soft">No secret of a way out is set.</p>`
        : html`<form method="post" action="/ways-out">
            ${csrfInput(csrf)}
            <div class="field">
              <label for="secret-${channel}">The setting that holds its secret</label>
              <select id="secret-${channel}" name="secret">
                ${secrets.map((secret) => html`<option value="${secret}" ${secret === own['secret'] ? 'selected' : ''}>${secret}${channel === 'email' ? `, ${leadsBy(secret, ways)}` : ''}</option>`)}
              </select>
            </div>
            ${channel === 'email' ? mailFields(own) : ''}
            <button>Put it into the second slot</button>
          </form>`
    }
  </section>`
}

function leadsBy(secret: SecretName, ways: WaysOut): string {
  const implied = impliedBy(secret)
  return isMail(implied) ? leads(ways.outlet(implied.secret)) : ''
}

const field = (own: Form, name: string, label: string, type: 'text' | 'email' | 'number'): Html =>
  html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      value="${own[name] ?? ''}"
      type="${type}"
      ${type === 'number' ? html`min="1"` : ''}
    />
  </div>`

const mailFields = (own: Form): Html =>
  html`${field(own, 'fromName', 'New campaigns are from (name; empty: as the settings have it)', 'text')}
  ${field(own, 'fromAddress', 'New campaigns are from (address)', 'email')}
  ${field(own, 'replyTo', 'Answers go to', 'email')}
  ${field(own, 'connections', 'Most connections to an SMTP server at once', 'number')}
  ${field(own, 'dailyCap', 'Most e-mails of all campaigns in a day', 'number')}`

const historyPart = ({ history }: Slots, { named, zone }: Shown): Html =>
  history.length === 0
    ? html``
    : html`<section class="card">
        <h3>What was live</h3>
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
