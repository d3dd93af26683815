import { html } from 'hono/html'
import type { ToldChange } from '#governance/metrics/identity-changes.ts'
import type { MonthImpact } from '#governance/metrics/identity-impact.ts'
import type { Period } from '#governance/metrics/metric.ts'
import { periodQuery } from './figure.ts'
import { costOf } from './identity-change.ts'
import type { Html } from './layout.ts'
import { count, day, month, plural } from './words.ts'

/** What merges and un-merges did to the figures of the report, newest first; nothing where they did nothing. */
export function identityNews(changes: readonly ToldChange[], period: Period): Html {
  if (changes.length === 0) return html``
  return html`<section class="card">
    <h2>People who turned out to be others</h2>
    <p class="soft">When two people turn out to be one, or one to be two, the months they first bought in change.</p>
    <ul class="plain rows">
      ${changes.map((change) => newsRow(change, period))}
    </ul>
  </section>`
}

function newsRow(change: ToldChange, period: Period): Html {
  const { ids, months } = change
  const told = sentence(change, period.zone)
  const [only] = months
  return html`<li>
    <p>
      ${ids.length === 1 ? html`<a href="/identity/changes/${ids[0]}">${told}</a>` : told}:
      ${only && months.length === 1 ? monthRow(only, period) : ''}
    </p>
    ${
      months.length > 1
        ? html`<ul>
            ${months.map((one) => html`<li>${monthRow(one, period)}</li>`)}
          </ul>`
        : ''
    }
    ${ids.length > 1 ? html`<p class="soft">Evidence: ${evidenceLinks(ids)}</p>` : ''}
  </li>`
}

const evidenceLinks = (ids: ToldChange['ids']): Html[] =>
  ids.map((id, index) => html`${index > 0 ? ', ' : ''}<a href="/identity/changes/${id}">change ${index + 1}</a>`)

const few = ['no', 'one', 'two', 'three'] as const
const inWords = (n: number): string => few[n] ?? count(n)

function sentence({ at, people, moved, ids }: ToldChange, zone: string): string {
  const on = `On ${day(at, zone)}`
  if (people === null) return `${on} ${plural(moved, 'identifier')} turned out to be somebody else’s`
  const { before, after } = people
  const times = ids.length > 1 ? ` in ${inWords(ids.length)} steps` : ''
  return `${on} ${inWords(before)} ${before === 1 ? 'person' : 'people'} turned out to be ${inWords(after)}${times}`
}

function monthRow({ month: of, before, after }: MonthImpact, period: Period): Html {
  const link = (metric: string, words: string): Html =>
    html`<a href="/report/figures/${encodeURIComponent(`${metric}:${of}`)}?${periodQuery(period)}">${words}</a>`
  return html`new customers in ${month(of)} ${count(before.newCustomers)} →
  ${link('new-customers', count(after.newCustomers))}, CAC ${costOf(before.cac)} →
  ${link('blended-cac', costOf(after.cac))}`
}
