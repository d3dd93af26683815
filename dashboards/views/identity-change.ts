import { html } from 'hono/html'
import { monthsOfImpact } from '#governance/metrics/identity-changes.ts'
import type { MonthImpact } from '#governance/metrics/identity-impact.ts'
import type { Change } from '#ingest/identity/history.ts'
import type { Named } from '../actor-names.ts'
import { table, type Html, type May } from './layout.ts'
import { count, money, month, plain, plural, when } from './words.ts'

type Move = Change['moves'][number]
type Data = {
  change: Change
  named: Named
  mayKnow: boolean
  may: May
  business: { zone: string; currency: string }
}

/** How a change came to be. */
export const doings: Readonly<Record<string, string>> = {
  resolved: 'Resolved from the records', merge: 'Said to be one person', unmerge: 'Said to be two people', 'never-merge': 'Said to be two people',
  remerge: 'Said to be one person after all', 'take-back': 'Taken back',
} // prettier-ignore

/** A merge or an un-merge: who said so, what it moved, and what figures followed. */
export function changeView({ change, named, mayKnow, may, business }: Data): Html {
  const months = monthsOfImpact(change.impact)
  return html`<p class="crumb"><a href="/report">Owner’s report</a></p>
    <h1>${doings[change.reason] ?? plain(change.reason)}</h1>
    <p class="lede">
      ${when(change.at, business.zone)}, by ${named(change.actor)}. ${plural(change.moved, 'identifier')} went to
      another person.
    </p>
    <section class="card">
      <h2>What figures followed</h2>
      ${months.length > 0 ? impactTable(months) : html`<p>${change.impact === null ? 'That is not worked out yet.' : 'None: no month has another number of new customers.'}</p>`}
    </section>
    <section class="card">
      <h2>What moved</h2>
      ${movesTable(change.moves, { mayKnow, may })}
      ${change.moved > change.moves.length ? html`<p class="soft">And ${count(change.moved - change.moves.length)} more.</p>` : ''}
    </section>`
}

const impactTable = (months: readonly MonthImpact[]): Html =>
  table(
    'New customers and what one cost, by the month they first bought',
    ['Month', 'New customers before', 'after', 'CAC before', 'after'],
    months.map(({ month: of, before, after }) => [
      month(of),
      count(before.newCustomers),
      html`<a href="/report/figures/${encodeURIComponent(`new-customers:${of}`)}">${count(after.newCustomers)}</a>`,
      costOf(before.cac),
      html`<a href="/report/figures/${encodeURIComponent(`blended-cac:${of}`)}">${costOf(after.cac)}</a>`,
    ]),
    [1, 2, 3, 4],
  )

/** What a new customer cost; none where nobody was new. */
export const costOf = (cac: MonthImpact['before']['cac']): string =>
  cac === null ? 'none' : money(cac.amountMinor, cac.currency)

function movesTable(moves: readonly Move[], { mayKnow, may }: Pick<Data, 'mayKnow' | 'may'>): Html {
  const rows = moves.map((move) => {
    const beside = move.besideTo ?? move.besideFrom
    return [
      plain(move.kind),
      mayKnow ? move.value : html`<span class="soft">known</span>`,
      may('person.view') ? html`<a href="/people/${move.to}">The person now</a>` : '',
      beside === null ? '' : html`<a href="/identity/pair/${move.identifierId}/${beside}">Why</a>`,
    ]
  })
  return table('Each identifier that has another person since', ['Kind', 'Value', 'Person', 'Evidence'], rows)
}
