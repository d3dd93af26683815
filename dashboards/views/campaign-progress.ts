import { html } from 'hono/html'
import { channelLines, type Progress } from '#campaigns/progress.ts'
import { lineChart } from '../charts/line.ts'
import { table, type Html } from './layout.ts'
import { count, hour, plain, plural, when } from './words.ts'

const sentStates = ['sent', 'delivered', 'bounced', 'complained']
const movingStates = ['planned', 'claimed', 'sending']
const stoppedStates = ['suppressed', 'capped', 'expired', 'held', 'failed', 'unknown']
const sum = (progress: Progress, states: readonly string[]): number =>
  states.reduce((total, state) => total + (progress.states[state] ?? 0), 0)

export const sentOf = (progress: Progress): number => sum(progress, sentStates)
export const stoppedOf = (progress: Progress): number => sum(progress, stoppedStates)

/** How a campaign stands; with scripts it follows by itself, quickly while messages leave. */
export function progressView(progress: Progress, zone: string): Html {
  const { sending, states, reactions } = progress
  const by = new Map(reactions.map((reaction) => [reaction.kind, reaction.people]))
  const moving = sum(progress, movingStates)
  return html`<div
    hx-get="/campaigns/${encodeURIComponent(progress.campaign)}/progress"
    hx-trigger="every ${moving > 0 ? '2s' : '10s'}"
    hx-swap="outerHTML"
  >
    ${sending.kind === 'stopped' ? html`<p class="notice warn">${sending.why}.</p>` : ''}
    ${progress.over === null ? '' : html`<p class="notice">${sentence(progress.over)}.</p>`}
    ${progress.switches.map((words) => html`<p class="notice warn">${words}.</p>`)}
    <div class="grid tiles">
      ${tile('Enrolled', progress.enrolled)} ${tile('Waiting', moving)} ${tile('Sent', sentOf(progress))}
      ${tile('Not sent', stoppedOf(progress))} ${tile('Opened', by.get('message_opened'))}
      ${tile('Clicked', by.get('message_clicked'))} ${tile('Replied', by.get('message_replied'))}
      ${tile('Unsubscribed', by.get('message_unsubscribed'))}
      ${progress.heldOut > 0 ? tile('Held out', progress.heldOut) : ''}
    </div>
    ${channelLines(progress).map((line) => html`<p>${sentence(line)}.</p>`)} ${timelinePart(progress, zone)}
    ${reasonsPart(progress)}
    <p class="soft">
      ${plural(states['delivered'] ?? 0, 'message')} known to have arrived. Opens count people only; machines are
      labelled apart. As of ${when(progress.asOf, zone)}.
    </p>
  </div>`
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

const tile = (label: string, value = 0): Html =>
  html`<div class="card figure"><span class="label">${label}</span><span class="value">${count(value)}</span></div>`

function timelinePart({ timeline }: Progress, zone: string): Html {
  if (timeline.length < 2) return html``
  const points = timeline.map((row) => ({ label: hour(row.hour, zone), value: row.sent }))
  return html`<section class="card">
    <h2>Hour by hour</h2>
    ${lineChart(points, 'Messages sent by hour', { point: count, axis: count })}
    <details>
      <summary>The same as a table</summary>
      ${table(
        'Messages sent by hour',
        ['Hour', 'Sent'],
        timeline.map((row) => [when(row.hour, zone), count(row.sent)]),
        [1],
      )}
    </details>
  </section>`
}

function reasonsPart({ reasons }: Progress): Html {
  if (reasons.length === 0) return html``
  return html`<section class="card">
    <h2>Who was not written to, and why</h2>
    ${table(
      'By reason',
      ['State', 'Reason', 'Messages'],
      reasons.map((row) => [plain(row.state), html`<span class="prose">${row.reason}</span>`, count(row.count)]),
      [2],
    )}
  </section>`
}
