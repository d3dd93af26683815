import { html } from 'hono/html'
import { fewest } from '#rag/writer/shift.ts'
import type { Drift, DriftReport, Verdict } from '#rag/writer/drift.ts'
import { table, type Html } from './layout.ts'
import { day, plain } from './words.ts'

const tones: Readonly<Record<Verdict, string>> = {
  'too little to tell': 'soft',
  steady: '',
  slight: 'warn',
  clear: 'bad',
}

const verdictTag = ({ verdict }: Drift): Html => html`<span class="tag ${tones[verdict]}">${verdict}</span>`

const valueOf = (value: Drift['now']): string =>
  value === null ? '–' : typeof value === 'number' ? String(Math.round(value * 100) / 100) : value

/** What has changed in what the writer is given, and in how its texts fare. */
export function driftPart({ reference, watched, whole, weekly, moves }: DriftReport): Html {
  const last = new Date(watched.to.getTime() - 1)
  const before = new Date(reference.to.getTime() - 1)
  const moved = weekly.filter(({ verdict }) => verdict === 'slight' || verdict === 'clear')
  return html`<section class="card">
    <h2>Drift</h2>
    <p class="soft">
      ${day(watched.from)} to ${day(last)}, against ${day(reference.from)} to ${day(before)}. A shift is clear where two tests,
      the stability index and Kolmogorov and Smirnov’s, agree that it is no chance; slight where one of them
      does. Each needs ${fewest} values on either side.
    </p>
    ${driftTable('What the writer is given', whole.filter(({ of }) => of === 'input'))}
    ${driftTable('How its texts fare', whole.filter(({ of }) => of === 'score'))}
    ${
      moved.length === 0
        ? ''
        : html`<details>
            <summary>Weeks that differ</summary>
            <ul>
              ${moved.map(({ window, says }) => html`<li>Week of ${day(window.from)}: ${says}.</li>`)}
            </ul>
          </details>`
    }
    ${
      moves.length === 0
        ? ''
        : html`<details>
            <summary>What went live meanwhile</summary>
            <ul>
              ${moves.map(({ kind, movedAt, reason }) => html`<li>${day(movedAt)}: ${plain(kind)}, ${reason}.</li>`)}
            </ul>
          </details>`
    }
  </section>`
} // prettier-ignore

const driftTable = (caption: string, drifts: readonly Drift[]): Html =>
  table(
    caption,
    ['What', 'Before', 'Now', 'Unit', 'Samples', 'Shift', 'In words'],
    drifts.map((one) => [
      plain(one.name),
      valueOf(one.before),
      valueOf(one.now),
      one.unit,
      `${one.samples.before} / ${one.samples.now}`,
      verdictTag(one),
      one.shift === null ? '' : one.says,
    ]),
    [1, 2, 4],
  )
