import { html } from 'hono/html'
import type { Experiments, SplitReadout } from '#campaigns/experiments/splits.ts'
import type { ReadArm } from '#campaigns/experiments/readout.ts'
import { table, type Html } from './layout.ts'
import { count, percent } from './words.ts'

/** What the experiments of a campaign say, in words first. */
export function experimentsView(campaign: string, experiments: Experiments): Html {
  return html`<h1>Experiments of ${campaign}</h1>
    <p><a href="/campaigns/${encodeURIComponent(campaign)}">Back to the campaign</a></p>
    ${experiments.kind === 'read' ? splitParts(experiments.splits) : html`<p class="notice">${experiments.why}.</p>`}`
}

const splitParts = (splits: readonly SplitReadout[]): Html =>
  splits.length === 0
    ? html`<p class="notice">The journey has no split: everybody goes the same way.</p>`
    : html`${splits.map(splitPart)}`

function splitPart({ stepKey, readout, shares }: SplitReadout): Html {
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
    percent(shares[at] ?? 0, 0),
  ])
  const columns = ['Arm', 'Share', 'People', 'Reached the goal', 'Rate', 'Against the first', 'Chance of being best', 'Loss if chosen', 'Share by top-two'] // prettier-ignore
  return html`<section class="card">
    <h2>${stepKey}</h2>
    <p class="lede">${readout.words}</p>
    ${table('Arms', columns, rows, [1, 2, 3, 4, 6, 7, 8])}
    <p class="soft">${ratioWords(readout.ratio)} The differences hold however often one looks.</p>
  </section>`
}

/** In percentage points, with the bounds that hold at every look. */
function difference({ versusControl: found }: ReadArm): string {
  if (found === null) return 'the first'
  if (found.low === -1 && found.high === 1) return 'too early'
  return `${points(found.low)} to ${points(found.high)} points`
}

const points = (value: number): string => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)}`

function ratioWords(ratio: SplitReadout['readout']['ratio']): string {
  if (ratio.kind === 'too-few') return 'Too few people to see whether the shares came out as meant.'
  return ratio.kind === 'even' ? 'The shares came out as they were meant.' : 'The shares did not come out as they were meant.' // prettier-ignore
}
