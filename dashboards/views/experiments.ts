import { html } from 'hono/html'
import type { Adjusted } from '#campaigns/experiments/before.ts'
import type { ChannelReadout } from '#campaigns/experiments/best-channel.ts'
import type { TimeReadout } from '#campaigns/experiments/best-times.ts'
import type { Compared } from '#campaigns/experiments/compared.ts'
import type { ContentReadout } from '#campaigns/experiments/contents.ts'
import type { Lift } from '#campaigns/experiments/lift.ts'
import type { Experiments } from '#campaigns/experiments/of-campaign.ts'
import type { ReadArm, Readout } from '#campaigns/experiments/readout.ts'
import type { SplitReadout } from '#campaigns/experiments/splits.ts'
import { table, type Html } from './layout.ts'
import { count, money, percent, plural, when } from './words.ts'

/** How amounts and moments are shown. */
export type Shown = { currency: string; zone: string }

/** What the experiments of a campaign say, in words first. */
export function experimentsView(campaign: string, experiments: Experiments, shown: Shown): Html {
  return html`<h1>Experiments of ${campaign}</h1>
    <p><a href="/campaigns/${encodeURIComponent(campaign)}">Back to the campaign</a></p>
    ${experiments.kind === 'read' ? parts(experiments, shown) : html`<p class="notice">${experiments.why}.</p>`}`
}

function parts(read: Extract<Experiments, { kind: 'read' }>, shown: Shown): Html {
  const { splits, contents, times, channels, lifts, unread } = read
  const all = [
    ...lifts.map((lift) => liftPart(lift, shown)),
    ...contents.map((one) => contentPart(one, shown)),
    ...splits.map((one) => splitPart(one, shown)),
    ...times.map((one) => timePart(one, shown)),
    ...channels.map((one) => channelPart(one, shown)),
  ]
  if (unread !== null)
    return html`<p class="notice">${unread}.</p>
      ${all}`
  return all.length === 0 ? html`<p class="notice">Nothing is tried: everybody goes the same way.</p>` : html`${all}`
}

/** Where a campaign's page puts what it brings: counting many people takes a while, and nobody waits for the rest. */
export const liftPlace = (campaign: string): Html =>
  html`<div hx-get="/campaigns/${encodeURIComponent(campaign)}/lift" hx-trigger="load" hx-swap="outerHTML" class="card">
    <h2>What it brings</h2>
    <p>
      People are held out, to be compared with:
      <a href="/campaigns/${encodeURIComponent(campaign)}/experiments">what that shows</a>.
    </p>
  </div>`

/** What sending brings, against people who are sent nothing. */
export function liftPart(lift: Lift, shown: Shown): Html {
  const { of, share, goal } = lift
  const title = of === 'global' ? 'Against people held out of every campaign' : 'Against people held out'
  return html`<section class="card">
    <h2>${title}</h2>
    <p class="lede">${lift.readout.words}</p>
    <p class="soft">
      ${percent(share)} of the people are sent nothing. Counted is who did “${goal.event}” within
      ${plural(goal.withinDays, 'day')} of coming in, by ${when(lift.countedAt, shown.zone)}.
    </p>
    ${armsTable(lift.readout)} ${beforePart(lift, shown)} ${footWords(lift.readout)}
  </section>`
}

function contentPart(read: ContentReadout, shown: Shown): Html {
  const { stepKey, allocation, shares, since, readout } = read
  const now = readout.arms.map(({ name }, at) => `${name} ${percent(shares[at] ?? 0, 0)}`).join(', ')
  return html`<section class="card">
    <h2>${stepKey}: which content</h2>
    <p class="lede">${readout.words}</p>
    <p class="soft">
      Shares now: ${now}${since === null ? '' : `, since ${when(since, shown.zone)}`}.
      ${allocation === 'bandit' ? 'They follow what each brought to people whose time to reach the goal is over (Thompson sampling; top-two where there are more than two), and none falls below 1 %. Who was drawn stays.' : 'They stay as declared.'}
    </p>
    ${armsTable(readout)} ${beforePart(read, shown)} ${historyPart(read, shown)} ${footWords(readout)}
  </section>`
}

function historyPart({ history }: ContentReadout, { zone }: Shown): Html {
  if (history.length < 2) return html``
  const rows = history.map(({ setAt, arms, why }) => [
    when(setAt, zone),
    arms
      .map(
        ({ name, share, people, converted }) =>
          `${name} ${percent(share, 0)} (${count(converted)} of ${count(people)})`,
      )
      .join(', '),
    html`<span class="prose">${why}</span>`,
  ])
  return html`<details>
    <summary>Shares over time</summary>
    ${table('Who was drawn was drawn by one of these', ['Since', 'Shares, by what had been counted', 'Why'], rows)}
  </details>`
}

function splitPart(read: SplitReadout, shown: Shown): Html {
  const { stepKey, readout, shares } = read
  const more = { title: 'Share by top-two', of: (at: number) => percent(shares[at] ?? 0, 0) }
  return html`<section class="card">
    <h2>${stepKey}</h2>
    <p class="lede">${readout.words}</p>
    ${armsTable(readout, more)} ${beforePart(read, shown)} ${footWords(readout)}
  </section>`
}

function timePart(read: TimeReadout, shown: Shown): Html {
  const { stepKey, hours, goal, readout } = read
  const drawn = hours.map(({ hour, people }) => [`${String(hour).padStart(2, '0')}:00`, count(people)])
  return html`<section class="card">
    <h2>${stepKey}: at which time</h2>
    <p class="lede">${readout.words}</p>
    <p class="soft">
      Counted is who did “${goal.event}” within ${plural(goal.withinDays, 'day')} of coming to the step.
    </p>
    ${armsTable(readout)}
    ${drawn.length > 0 ? table('Hours that were drawn as the best', ['Hour', 'People'], drawn, [1]) : ''}
    ${beforePart(read, shown)} ${footWords(readout)}
  </section>`
}

function channelPart(read: ChannelReadout, shown: Shown): Html {
  const { stepKey, goal, readout } = read
  return html`<section class="card">
    <h2>${stepKey}: by which channel</h2>
    <p class="lede">${readout.words}</p>
    <p class="soft">
      Counted is who did “${goal.event}” within ${plural(goal.withinDays, 'day')} of coming to the step.
    </p>
    ${armsTable(readout)} ${beforePart(read, shown)} ${footWords(readout)}
  </section>`
}

/** The arms of an experiment, side by side. */
export function armsTable(readout: Readout, more?: { title: string; of: (at: number) => string }): Html {
  const total = readout.arms.reduce((sum, { weight }) => sum + weight, 0)
  const rows = readout.arms.map((arm, at) => [
    arm.name,
    percent(arm.weight / total, 0),
    count(arm.people),
    count(arm.converted),
    arm.people === 0 ? '–' : percent(arm.converted / arm.people),
    difference(arm),
    percent(arm.best),
    percent(arm.loss, 2),
    ...(more ? [more.of(at)] : []),
  ])
  const columns = ['Arm', 'Share', 'People', 'Reached the goal', 'Rate', 'Against the first', 'Chance of being best', 'Loss if chosen'] // prettier-ignore
  return table('Arms', [...columns, ...(more ? [more.title] : [])], rows, [1, 2, 3, 4, 6, 7, ...(more ? [8] : [])])
}

/** The same arms, with what their people bought before they came in taken out of the noise. */
function beforePart({ readout, before }: Compared, { currency }: Shown): Html {
  const { reached, spent } = before
  const rows = readout.arms.map(({ name, people }, at) => [
    name,
    people === 0 ? '–' : percent(reached.arms[at]!.mean),
    bounds(reached, at, points, 'points'),
    people === 0 ? '–' : money(Math.round(spent.arms[at]!.mean), currency),
    bounds(spent, at, (value) => signed(value, money(Math.round(Math.abs(value)), currency)), 'a head'),
  ])
  const columns = ['Arm', 'Rate', 'Against the first', 'Spent a head', 'Against the first ']
  return html`<details>
    <summary>With what people did before taken into account</summary>
    ${table('What people had spent before they came in is taken out', columns, rows, [1, 3])}
    <p class="soft">
      It explains ${percent(reached.explained, 0)} of who reaches the goal and ${percent(spent.explained, 0)} of what is
      spent; the more it explains, the narrower the bounds. Amounts are without taxes, before refunds.
    </p>
  </details>`
}

function bounds({ arms }: Adjusted, at: number, words: (value: number) => string, unit: string): string {
  const found = arms[at]!.versusFirst
  if (found === null) return 'the first'
  return Number.isFinite(found.low) ? `${words(found.low)} to ${words(found.high)} ${unit}` : 'too early'
}

/** In percentage points, with the bounds that hold at every look. */
function difference({ versusControl: found }: ReadArm): string {
  if (found === null) return 'the first'
  if (found.low === -1 && found.high === 1) return 'too early'
  return `${points(found.low)} to ${points(found.high)} points`
}

const points = (value: number): string => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)}`
const signed = (value: number, words: string): string => `${value > 0 ? '+' : value < 0 ? '−' : ''}${words}`

/** How far the numbers above can be trusted. */
export const footWords = ({ ratio }: Readout): Html =>
  html`<p class="soft">${ratioWords(ratio)} The differences hold however often one looks.</p>`

function ratioWords(ratio: Readout['ratio']): string {
  if (ratio.kind === 'too-few') return 'Too few people to see whether the shares came out as meant.'
  return ratio.kind === 'even' ? 'The shares came out as they were meant.' : 'The shares did not come out as they were meant.' // prettier-ignore
}
