import { html } from 'hono/html'
import { scoreInterval } from '#rag/evaluate/compare.ts'
import { checkScores } from '#rag/evaluate/labelled.ts'
import type { pastEvaluations } from '#rag/evaluate/run.ts'
import { scoreNames, type Score } from '#rag/evaluate/score-draft.ts'
import type { DriftReport } from '#rag/writer/drift.ts'
import type { Rate, WeekOutcomes } from '#rag/writer/outcomes.ts'
import type { VersionsInUse } from '#rag/writer/versions.ts'
import { lineChart } from '../charts/line.ts'
import { table, type Html } from './layout.ts'
import { driftPart } from './writer-drift.ts'
import { moneyPart, type Money } from './writer-costs.ts'
import { count, cut, day, percent, plain, plural, when } from './words.ts'

type Evaluations = Awaited<ReturnType<typeof pastEvaluations>>
type Data = Money & {
  zone: string
  versions: VersionsInUse
  evaluations: Evaluations
  outcomes: readonly WeekOutcomes[]
  drift: DriftReport
}

/** The writer at one look: versions in use, scores, what guardrails and people made of its texts, money, drift. */
export function writerView(data: Data): Html {
  return html`<h1>Writer</h1>
    <p class="lede">
      What the writer writes with, how it does and what it costs. What each rule demands is under
      <a href="/guardrails">Guardrails</a>.
    </p>
    ${moneyPart(data)} ${versionsPart(data)} ${scoresPart(data)} ${outcomesPart(data.outcomes)} ${driftPart(data.drift)}`
}

function versionsPart({ versions: { live, evaluation }, zone }: Data): Html {
  const verdict = evaluation
    ? html`Exactly this was evaluated on ${when(evaluation.at, zone)}: <strong>${evaluation.total.toFixed(3)}</strong> over
        ${plural(evaluation.scores.length, 'golden brief')}.`
    : 'Exactly this was never evaluated: millrace evaluate does it.'
  return html`<section class="card">
    <h2>Versions in use</h2>
    ${
      live.length === 0
        ? html`<p>Nothing was written yet: the first draft brings the first versions.</p>`
        : table(
            'What the writer writes with, and since when',
            ['What', 'Version', 'Since', 'By', 'Why'],
            live.map(({ kind, hash, movedAt, movedBy, reason }) => [
              plain(kind),
              html`<abbr class="mono" title="${hash}">${hash.slice(0, 12)}</abbr>`,
              when(movedAt, zone),
              movedBy === 'millrace' ? 'the house' : html`<abbr class="mono" title="${movedBy}">…${movedBy.slice(-8)}</abbr>`,
              cut(reason, 120),
            ]),
          )
    }
    <p>${verdict}</p>
  </section>`
} // prettier-ignore

const meanOf = (evaluation: Evaluations[number], name: keyof Score): string => {
  // What was scored before a score was known says nothing of it.
  const values = evaluation.scores.map(({ score }) => score[name]).filter((value) => typeof value === 'number')
  return values.length === 0 ? '–' : (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2)
}

function scoresPart({ evaluations, zone }: Data): Html {
  if (evaluations.length === 0)
    return html`<section class="card">
      <h2>Scores</h2>
      <p>Nothing was evaluated yet. <code>millrace evaluate --briefs FILE</code> has golden briefs written and scores them.</p>
    </section>`
  const oldest = evaluations.toReversed()
  const points = oldest.map((one, index) => ({ label: `${index + 1} · ${day(one.at, zone).slice(0, -5)}`, value: one.total }))
  const words = { point: (value: number) => value.toFixed(3), axis: (value: number) => value.toFixed(2) }
  const rows = evaluations.map((one) => {
    const { low, high } = scoreInterval(one.scores.map(({ score }) => score.total))
    return [
      when(one.at, zone),
      html`<abbr class="mono" title="${one.setupHash}">${one.setupHash.slice(0, 8)}</abbr>`,
      count(one.scores.length),
      html`${one.total.toFixed(3)} <small>${low.toFixed(2)} to ${high.toFixed(2)}</small>`,
      ...scoreNames.map((name) => meanOf(one, name)),
    ]
  })
  const numbers = Array.from({ length: scoreNames.length + 2 }, (_, at) => at + 2)
  return html`<section class="card">
    <h2>Scores</h2>
    ${points.length > 1 ? lineChart(points, 'Total of each evaluation', words) : ''}
    ${table(
      'Evaluations, newest first; totals with the 95 % interval over their briefs',
      ['When', 'Setup', 'Briefs', 'Total', ...scoreNames.map((name) => nameOf[name])],
      rows,
      numbers,
    )}
    ${labelledPart(evaluations, zone)}
  </section>`
} // prettier-ignore

/** What guardrails and finders made of labelled texts, where an evaluation had some. */
function labelledPart(evaluations: Evaluations, zone: string): Html {
  const rows = evaluations.flatMap((one) =>
    checkScores(one.checks).map(({ of, cases, recall, precision, quiet }) => [
      when(one.at, zone), plain(of), count(cases), percent(recall), percent(precision), percent(quiet),
    ]),
  ) // prettier-ignore
  if (rows.length === 0) return html``
  return table(
    'Labelled texts: of what is wrong, what was found; of what was found, what is wrong; of what is right, what was left in peace',
    ['When', 'What', 'Cases', 'Found', 'Right', 'Left in peace'],
    rows,
    [2, 3, 4, 5],
  )
}

const nameOf: Readonly<Record<(typeof scoreNames)[number], string>> = {
  approvable: 'Approvable',
  atOnce: 'At once',
  grounded: 'Grounded',
  covered: 'Covered',
  avoided: 'Avoided',
  length: 'Length',
  style: 'Style',
}

const rate = ({ of, share, low, high }: Rate): Html | string =>
  of === 0 ? '–' : html`${percent(share, 0)} <small>${percent(low, 0)} to ${percent(high, 0)}</small>`

function outcomesPart(outcomes: readonly WeekOutcomes[]): Html {
  const shown = outcomes.filter(({ checked, decided }) => checked.texts > 0 || decided.drafts > 0)
  if (shown.length === 0)
    return html`<section class="card">
      <h2>What became of texts</h2>
      <p>Nothing was checked or decided in the last ${outcomes.length} weeks.</p>
    </section>`
  const points = shown.map((week) => ({ label: day(week.from), value: week.checked.blocked.share }))
  const words = { point: (value: number) => percent(value, 0), axis: (value: number) => percent(value, 0) }
  const rows = shown.map(({ from, checked, decided }) => [
    day(from),
    count(checked.texts),
    rate(checked.blocked),
    rate(checked.warned),
    count(decided.drafts),
    rate(decided.asWritten),
    rate(decided.edited),
    rate(decided.rejected),
  ])
  return html`<section class="card">
    <h2>What became of texts</h2>
    ${points.length > 1 ? lineChart(points, 'Share of checked texts that a guardrail forbade, by week', words) : ''}
    ${table(
      'By week: what guardrails said of texts, and what people decided on drafts; shares with their 95 % interval',
      ['Week of', 'Texts', 'Forbidden', 'Warned of', 'Drafts', 'As written', 'Edited', 'Rejected'],
      rows,
      [1, 2, 3, 4, 5, 6, 7],
    )}
  </section>`
}
