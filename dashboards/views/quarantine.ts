import { html } from 'hono/html'
import type { OpenedRow } from '#ingest/quarantine-desk.ts'
import type { QuarantineReport } from '#ingest/quarantine.ts'
import { csrfInput, table, type Html, type May } from './layout.ts'
import { count, plain, plural, when } from './words.ts'

type Data = {
  report: QuarantineReport
  source: string | undefined
  reason: string | undefined
  offset: number
  pageSize: number
  zone: string
  csrf: string
  may: May
}

const crumb = html`<p class="crumb"><a href="/ingest">Data</a></p>`

/** What could not be read, by source and reason, and the rows themselves without their content. */
export function quarantineView(data: Data): Html {
  const { report, source } = data
  const where = source === undefined ? '' : ` of ${plain(source)}`
  return html`${crumb}
    <h1>Quarantine${where}</h1>
    <p class="lede">
      ${plural(report.open, 'row')} wait${report.open === 1 ? 's' : ''}. Nothing is lost: mend the cause and read them
      again, or correct a row here.
    </p>
    ${
      report.open === 0
        ? html`<p class="notice">Nothing waits${where}. <a href="/ingest/quarantine">All sources</a></p>`
        : html`<section class="card">${problemsTable(data)}</section>
            ${replayForms(data)}
            <section class="card">${rowsTable(data)}</section>
            ${pager(data)}`
    }`
}

const here = (source: string | undefined, reason?: string, offset = 0): string => {
  const query = new URLSearchParams()
  if (source !== undefined) query.set('source', source)
  if (reason !== undefined) query.set('reason', reason)
  if (offset > 0) query.set('offset', String(offset))
  return `/ingest/quarantine${query.size > 0 ? `?${query.toString()}` : ''}`
}

function problemsTable({ report }: Data): Html {
  const rows = report.problems.map((problem) => [
    plain(problem.source),
    html`<a href="${here(problem.source, problem.reason)}"><span class="prose">${problem.reason}</span></a>`,
    html`<span class="prose">${problem.fix}</span>`,
    count(problem.count),
  ])
  return table('Why rows wait', ['Source', 'Reason', 'What to do', 'Rows'], rows, [3])
}

function replayForms({ report, csrf, may }: Data): Html {
  if (!may('ingest.run')) return html``
  const sources = [...new Set(report.problems.filter(({ replayable }) => replayable > 0).map(({ source }) => source))]
  return html`<div class="actions">
    ${sources.map(
      (source) =>
        html`<form method="post" action="/ingest/replay">
          ${csrfInput(csrf)}<input type="hidden" name="source" value="${source}" />
          <button>Read all of ${plain(source)} again</button>
        </form>`,
    )}
  </div>`
}

function rowsTable({ report, zone, csrf, reason }: Data): Html {
  const rows = report.rows.map((row) => [
    plain(row.source),
    `${row.place.file}${row.place.line === undefined ? '' : `, line ${row.place.line}`}${row.place.item === undefined ? '' : `, entry ${row.place.item}`}`,
    html`<span class="prose">${row.reason}</span>`,
    when(row.quarantinedAt, zone),
    row.kept ? openForm(row.id, csrf, row.place) : html`<span class="soft">too large to keep</span>`,
  ])
  const caption = reason === undefined ? 'The rows, oldest first' : `The rows: ${reason}`
  return table(caption, ['Source', 'Where it stands', 'Reason', 'Since', 'Its content'], rows)
}

const openForm = (id: string, csrf: string, place: { file: string; line?: number }): Html =>
  html`<form method="post" action="/ingest/quarantine/${id}/open">
    ${csrfInput(csrf)}<button class="quiet" aria-label="Open ${place.file} ${place.line ?? ''}">Open</button>
  </form>`

function pager({ report, source, reason, offset, pageSize }: Data): Html {
  const [before, more] = [offset > 0, report.rows.length === pageSize]
  if (!before && !more) return html``
  return html`<nav class="actions" aria-label="Pages">
    ${before ? html`<a class="button" href="${here(source, reason, Math.max(0, offset - pageSize))}">Before</a>` : ''}
    ${more ? html`<a class="button" href="${here(source, reason, offset + pageSize)}">More</a>` : ''}
  </nav>`
}

type Row = Omit<Extract<OpenedRow, { kind: 'opened' }>, 'kind'> & {
  zone: string
  csrf: string
  may: May
  /** Why what was written could not be taken in either. */
  trouble: { reason: string; fix: string } | null
}

/** One row with its content, to be corrected or dismissed. That it was opened is on record. */
export function rowView(data: Row): Html {
  const { row, text, garbled, columns, may, trouble } = data
  const told = trouble ?? row
  return html`<p class="crumb"><a href="/ingest">Data</a> · <a href="/ingest/quarantine">Quarantine</a></p>
    <h1>A row of ${plain(row.source)}</h1>
    <p class="lede">
      ${row.place.file}${row.place.line === undefined ? '' : `, line ${row.place.line}`}, since
      ${when(row.quarantinedAt, data.zone)}. Opening it was noted in the audit log.
    </p>
    <p class="notice ${trouble ? 'bad' : 'warn'}" ${trouble ? html`role="alert"` : ''}>
      <strong>${told.reason}.</strong> ${told.fix}.
    </p>
    ${garbled ? html`<p class="notice warn">Its bytes are no text in its encoding: they are shown as Windows-1252.</p>` : ''}
    ${may('ingest.run') ? correctForm(data) : html`<pre class="card">${text}</pre>`}
    ${columns ? html`<p class="soft">The columns of its file: ${columns.join(', ')}</p>` : ''}
    ${may('ingest.run') ? dismissForm(data) : ''}`
}

const correctForm = ({ row, text, csrf }: Row): Html =>
  html`<form method="post" action="/ingest/quarantine/${row.id}/correct" class="card">
    ${csrfInput(csrf)}
    <div class="field">
      <label for="text">The row as it came; correct it here</label>
      <textarea id="text" name="text" class="mono" spellcheck="false" rows="6">${text}</textarea>
    </div>
    <div class="field">
      <label for="why">How you know</label>
      <input id="why" name="why" />
    </div>
    <p class="soft">The row is kept as it came. What you take in stands beside it, under your name.</p>
    <button class="main">Take it in</button>
  </form>`

const dismissForm = ({ row, csrf }: Row): Html =>
  html`<details>
    <summary>Nobody needs this row</summary>
    <form method="post" action="/ingest/quarantine/${row.id}/dismiss">
      ${csrfInput(csrf)}
      <div class="field">
        <label for="reason">Why</label>
        <input id="reason" name="why" required />
      </div>
      <button class="danger">Dismiss it</button>
    </form>
  </details>`
