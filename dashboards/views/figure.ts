import { html } from 'hono/html'
import type { Figure } from '#governance/metrics/figure.ts'
import type { FigureRows } from '#governance/metrics/figure-rows.ts'
import type { Period } from '#governance/metrics/metric.ts'
import { decimalOf } from '#kernel/money.ts'
import { table, type Html, type May } from './layout.ts'
import { count, cut, money, percent, plain, span, when } from './words.ts'

/** A figure's value in words; a dash where there is none (its `why` says why). */
export function valueOf(figure: Figure, digits = 1): string {
  const { value, unit } = figure
  if (value === null) return '—'
  if (typeof value === 'object') return money(value.amountMinor, value.currency)
  if (unit === 'share') return percent(value, digits)
  if (unit === 'months') return value === 1 ? '1 month' : `${value} months`
  return unit === 'ratio' ? value.toFixed(2) : count(value)
}

/** A period as a query: what was known then is opened, so that a number opens to itself. */
export const periodQuery = ({ from, to, asOf }: Period): string =>
  new URLSearchParams({ from, to, asOf: asOf.toISOString() }).toString()

export const figureLink = (figure: Figure, period: Period): string =>
  `/report/figures/${encodeURIComponent(figure.id)}?${periodQuery(period)}`

/** A number in a table, opening its rows; a dash where there is none, with the reason. */
export const figureCell = (figure: Figure, period: Period, digits = 1): Html =>
  figure.value === null
    ? html`<abbr class="soft" title="${figure.why ?? 'none'}">—</abbr>`
    : html`<a href="${figureLink(figure, period)}">${valueOf(figure, digits)}</a>`

/** A cell of an opened figure as plain text, amounts as decimals: what the page shows and the CSV holds. */
export function cellOf(key: string, value: unknown, currency: string): string {
  if (key === 'amountMinor' && typeof value === 'number') return decimalOf({ amountMinor: value, currency })
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

type Opened = { opened: FigureRows; period: Period; offset: number; pageSize: number; may: May }

/** An opened figure: what it is, the version that made it, and every row behind it. */
export function figureView({ opened, period, offset, pageSize, may }: Opened): Html {
  const { figure, rowCount, parts } = opened
  return html`<p class="crumb"><a href="/report?${periodQuery(period)}">Owner’s report</a></p>
    <h1>${figure.label}</h1>
    <p class="figure">
      <span class="value">${valueOf(figure)}</span>${figure.why ? html`<span class="why">${figure.why}</span>` : ''}
    </p>
    <section class="card">
      <h2>What made it</h2>
      <dl class="pairs">
        <dt>Formula</dt>
        <dd>${figure.formula}</dd>
        <dt>Metric</dt>
        <dd>${figure.metric.name}, version <span class="mono">${figure.metric.versionHash.slice(0, 12)}</span></dd>
        <dt>Period</dt>
        <dd>${span(period)} (${period.zone})</dd>
        <dt>As known on</dt>
        <dd>${when(opened.asOf)}</dd>
        <dt>Computed from</dt>
        <dd>the ${count(rowCount)} rows below and nothing else, anew, when this page was opened</dd>
      </dl>
      ${table(
        'What each part adds',
        ['Part', 'Amount', 'Count'],
        parts.map((part) => [plain(part.part), money(part.amountMinor, period.currency), count(part.count)]),
        [1, 2],
      )}
    </section>
    <section class="card">
      <h2>The rows behind it</h2>
      ${rowsTable(opened, period, offset, may)}
      <nav class="actions" aria-label="Rows">
        ${offset > 0 ? rowsLink('Before', figure, period, Math.max(0, offset - pageSize)) : ''}
        ${offset + pageSize < rowCount ? rowsLink('More', figure, period, offset + pageSize) : ''}
        <a class="button" href="/report/rows/${encodeURIComponent(figure.id)}?${periodQuery(period)}"
          >All rows as CSV</a
        >
      </nav>
    </section>`
}

const rowsLink = (words: string, figure: Figure, period: Period, offset: number): Html =>
  html`<a class="button" href="${figureLink(figure, period)}&offset=${offset}">${words}</a>`

function rowsTable({ columns, rows, rowCount }: FigureRows, period: Period, offset: number, may: May): Html {
  // Columns that say nothing about these rows are left out.
  const told = columns.filter(({ key }) => rows.some((row) => cellOf(key, row[key], period.currency) !== ''))
  const cells = rows.map((row) => told.map(({ key }) => cellView(key, row[key], period.currency, may)))
  const caption =
    rowCount > rows.length
      ? `Rows ${count(offset + 1)} to ${count(offset + rows.length)} of ${count(rowCount)}, oldest first`
      : `All ${count(rowCount)} rows, oldest first`
  return table(
    caption,
    told.map(({ label }) => label),
    cells,
    told.flatMap(({ key }, index) => (key === 'amountMinor' ? [index] : [])),
  )
}

function cellView(key: string, value: unknown, currency: string, may: May): string | Html {
  const words = cellOf(key, value, currency)
  if (key === 'personId' && words !== '' && may('person.view'))
    return html`<a class="mono" href="/people/${words}">${tail(words)}</a>`
  if (key === 'externalId') return html`<abbr class="mono" title="${words}">${cut(words, 26)}</abbr>`
  if (key.endsWith('Id') && words !== '') return html`<abbr class="mono" title="${words}">${tail(words)}</abbr>`
  return key === 'kind' || key === 'part' || key === 'channel' ? plain(words) : words
}

/** The end of an id: ids made in the same hour begin alike. */
const tail = (id: string): string => `…${id.slice(-8)}`
