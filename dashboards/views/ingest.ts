import { html } from 'hono/html'
import { wordsOfDrift } from '#ingest/drift.ts'
import { spanOf, streamOf, type SourceStatus } from '#ingest/status.ts'
import { table, type Html } from './layout.ts'
import { count, plain, plural, when } from './words.ts'

type Data = { sources: readonly SourceStatus[]; at: Date; zone: string }

/** How every source stands: what to look at first, then each source with its last run, its age and what changed. */
export function ingestView({ sources, at, zone }: Data): Html {
  const waiting = sources.reduce((sum, source) => sum + source.waiting, 0)
  return html`<h1>Data</h1>
    <p class="lede">
      ${plural(sources.length, 'source')}, as of ${when(at, zone)}.
      ${waiting === 0 ? 'Nothing waits in quarantine.' : html`<a href="/ingest/quarantine">${plural(waiting, 'row')} in quarantine</a>.`}
    </p>
    ${sources.length === 0 ? html`<p class="notice">${nothingYet}</p>` : ''} ${alarmsPart(sources)}
    ${sources.length === 0 ? '' : html`<section class="card">${sourcesTable(sources, zone)}</section>`}
    ${driftPart(sources)}`
}

const nothingYet = html`Nothing was read yet. Read some data first: <code>npm run -s millrace -- ingest --help</code>`

function alarmsPart(sources: readonly SourceStatus[]): Html {
  const all = sources.flatMap(({ source, alarms }) => alarms.map((alarm) => ({ source, ...alarm })))
  if (all.length === 0) return html``
  return html`<section class="card" aria-labelledby="look">
    <h2 id="look">Look at these</h2>
    <ul class="plain rows">
      ${all.map(
        ({ source, kind, why, fix }) =>
          html`<li>
            <p>
              <span class="title">${plain(source)}</span>
              <span class="tag ${kind === 'late' ? 'warn' : 'bad'}">${kind}</span>
            </p>
            <p>${why}. <span class="soft">${fix}.</span></p>
          </li>`,
      )}
    </ul>
  </section>`
}

function sourcesTable(sources: readonly SourceStatus[], zone: string): Html {
  const columns = ['Source', 'Last run', 'Received', 'Accepted', 'Unchanged', 'Quarantined', 'Newest row', 'Usually every', 'Waiting'] // prettier-ignore
  const rows = sources.flatMap((one) => one.runs.map((run, index) => rowOf(one, run, { first: index === 0, zone })))
  return table('The last run of each source', columns, rows, [2, 3, 4, 5, 8])
}

function rowOf(
  { source, newestAt, lagMs, rhythmMs, waiting }: SourceStatus,
  run: SourceStatus['runs'][number],
  { first, zone }: { first: boolean; zone: string },
): (string | Html)[] {
  const ended = run.finishedAt ?? run.advancedAt ?? run.startedAt
  const state = run.state === 'done' ? '' : html` <span class="tag ${run.state === 'failed' ? 'bad' : 'warn'}">${run.state}</span>` // prettier-ignore
  const link = html`<a href="/ingest/quarantine?source=${encodeURIComponent(source)}">${count(waiting)}</a>`
  return [
    `${plain(source)}${streamOf(run)}`,
    html`${when(ended, zone)}${state}`,
    ...[run.received, run.accepted, run.unchanged, run.quarantined].map(count),
    first && newestAt && lagMs !== null ? html`<span title="${when(newestAt, zone)}">${spanOf(lagMs)} old</span>` : '',
    first && rhythmMs !== null ? spanOf(rhythmMs) : '',
    first ? (waiting === 0 ? '0' : link) : '',
  ]
}

function driftPart(sources: readonly SourceStatus[]): Html {
  const changed = sources.filter(({ drift }) => drift.length > 0)
  return html`<section class="card">
    <h2>What changed in the files</h2>
    ${
      changed.length === 0
        ? html`<p>The last run of each source had the same fields, of the same types, as the one before.</p>`
        : html`<p class="soft">Since the run before. A field that is gone or holds something else is worth a look.</p>
            <dl class="pairs">
              ${changed.map(
                ({ source, drift }) =>
                  html`<dt>${plain(source)}</dt>
                    ${drift.map((one) => html`<dd>${one.kind}: ${wordsOfDrift(one)}</dd>`)}`,
              )}
            </dl>`
    }
  </section>`
}
