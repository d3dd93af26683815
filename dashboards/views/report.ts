import { html } from 'hono/html'
import type { Figure } from '#governance/metrics/figure.ts'
import type { ToldChange } from '#governance/metrics/identity-changes.ts'
import type { CohortRow, OwnerReport } from '#governance/metrics/owner-report.ts'
import { barChart } from '../charts/bar.ts'
import { lineChart, type Point } from '../charts/line.ts'
import { figureCell, figureLink, valueOf } from './figure.ts'
import { identityNews } from './identity-news.ts'
import { table, type Html } from './layout.ts'
import { money, month, plain, span, when, wholeMoney } from './words.ts'

/** The owner's report: what customers cost and bring. Every number opens its rows. */
export function reportView(report: OwnerReport, business: string, changes: readonly ToldChange[]): Html {
  const { period } = report
  return html`<h1>Owner’s report</h1>
    <p class="lede">${business}, ${span(period)}. As known on ${when(report.asOf)}. Every number opens its rows.</p>
    <form method="get" action="/report" class="inline" aria-label="Period">
      <label>From <input name="from" type="date" value="${period.from}" /></label>
      <label>until before <input name="to" type="date" value="${period.to}" /></label>
      <button>Show</button>
    </form>
    <div class="grid tiles">${report.figures.map((figure) => tile(figure, report))}</div>
    ${channelsPart(report)} ${monthsPart(report)} ${cohortsPart(report)} ${identityNews(changes, period)}
    <section class="card">
      <h2>What these figures leave out or assume</h2>
      <ul>
        ${report.notes.map((note) => html`<li>${note}.</li>`)}
      </ul>
    </section>`
}

const tile = (figure: Figure, { period }: OwnerReport): Html =>
  html`<a class="card figure" href="${figureLink(figure, period)}">
    <span class="label">${figure.label}</span>
    <span class="value">${valueOf(figure)}</span>
    ${figure.why ? html`<span class="why">${figure.why}</span>` : ''}
  </a>`

const minorOf = (figure: Figure): number | null =>
  typeof figure.value === 'object' ? (figure.value?.amountMinor ?? null) : figure.value

function channelsPart({ byChannel, period }: OwnerReport): Html {
  if (byChannel.length === 0) return html``
  const bars = byChannel.flatMap((row): Point[] => {
    const value = minorOf(row.paidCac)
    return value === null ? [] : [{ label: plain(row.channel), value }]
  })
  const figures = byChannel.map((row) => [row.spend, row.newCustomers, row.paidCac, row.ltv])
  return html`<section class="card">
    <h2>By channel</h2>
    ${bars.length > 0 ? html`<p class="soft">What a new customer cost, by paid channel</p>` : ''}
    ${
      bars.length > 0
        ? barChart(bars, 'Cost of a new customer by paid channel', (value) => money(value, period.currency))
        : ''
    }
    ${table(
      'Where customers came from, what they cost and what they brought to date',
      ['Channel', 'Spend', 'New customers', 'Paid CAC', 'LTV, historic'],
      byChannel.map((row, index) => [
        plain(row.channel),
        ...(figures[index] ?? []).map((figure) => figureCell(figure, period)),
      ]),
      [1, 2, 3, 4],
    )}
    ${missing(figures.flat())}
  </section>`
}

/** Why some numbers are not there, each reason once. */
function missing(figures: readonly Figure[]): Html {
  const reasons = [...new Set(figures.flatMap(({ value, why }) => (value === null && why ? [why] : [])))]
  return reasons.length === 0
    ? html``
    : html`<details>
        <summary>Why some numbers are not there</summary>
        <ul>
          ${reasons.map((why) => html`<li>${plain(why)}.</li>`)}
        </ul>
      </details>`
}

function monthsPart({ months: rows, period }: OwnerReport): Html {
  const points = rows
    .filter((row) => row.finished)
    .map((row) => ({ label: month(row.month), value: minorOf(row.net) ?? 0 }))
  const words = {
    point: (value: number) => money(value, period.currency),
    axis: (value: number) => wholeMoney(value, period.currency),
  }
  return html`<section class="card">
    <h2>Month by month</h2>
    ${points.length > 1 ? html`<p class="soft">Net revenue of finished months</p>` : ''}
    ${points.length > 1 ? lineChart(points, 'Net revenue of finished months', words) : ''}
    ${table(
      'Revenue, orders, new customers and ad spend',
      ['Month', 'Gross', 'Net', 'Orders', 'New customers', 'Ad spend'],
      rows.map((row) => [
        row.finished ? month(row.month) : html`${month(row.month)} <span class="tag warn">unfinished</span>`,
        ...[row.gross, row.net, row.orders, row.newCustomers, row.spend].map((figure) => figureCell(figure, period)),
      ]),
      [1, 2, 3, 4, 5],
    )}
  </section>`
}

const monthsShown = 12

function cohortsPart({ cohorts: rows, period }: OwnerReport): Html {
  if (rows.length === 0) return html``
  const width = Math.min(monthsShown, Math.max(...rows.map((row) => row.retention.length)))
  const head = Array.from({ length: width }, (_, index) => `+${index}`)
  const share = (row: CohortRow, index: number): Html => {
    const figure = row.retention[index]
    if (typeof figure?.value !== 'number') return html``
    return html`<span class="heat heat-${Math.ceil(figure.value * 5)}">${figureCell(figure, period, 0)}</span>`
  }
  return html`<section class="card">
    <h2>Who comes back</h2>
    ${table(
      'Share of those acquired in a month who bought in the n-th month after; an unfinished month has no number yet',
      ['Acquired', 'People', 'LTV, historic', ...head],
      rows.map((row) => [
        month(row.cohort),
        figureCell(row.size, period),
        figureCell(row.ltv, period),
        ...head.map((_, index) => share(row, index)),
      ]),
      Array.from({ length: width + 2 }, (_, index) => index + 1),
    )}
  </section>`
}
