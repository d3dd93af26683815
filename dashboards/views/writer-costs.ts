import { html } from 'hono/html'
import type { DraftId, Hash } from '#kernel/ids.ts'
import type { BriefCost, CallMade, DraftCost, WritingCosts } from '#rag/writer/costs.ts'
import type { VendorShare } from '#rag/writer/routing.ts'
import { barChart } from '../charts/bar.ts'
import { table, type Html } from './layout.ts'
import { count, cut, percent, plain, plural, when } from './words.ts'

/** Millionths of a US dollar in words; a call costs less than a cent. */
const dollars = (microUsd: number | null): string =>
  microUsd === null ? '–' : `$${(microUsd / 1e6).toFixed(microUsd !== 0 && Math.abs(microUsd) < 1e6 ? 4 : 2)}`

export type Money = {
  days: number
  costs: WritingCosts
  shares: readonly VendorShare[]
  strongShare: number
  budget: { perDay: number; left: number }
}

/** What writing cost, what is left of the budget, and who was asked. */
export function moneyPart({ days, costs, shares, strongShare, budget }: Money): Html {
  const link = `/writer/costs?days=${days}`
  return html`<form method="get" action="/writer" class="inline" aria-label="Period">
      <label>The last <input name="days" type="number" min="1" max="3650" value="${days}" /> days</label>
      <button>Show</button>
    </form>
    <div class="grid tiles">
      ${tile(link, 'For each accepted draft', dollars(costs.perAcceptedMicroUsd), `${costs.accepted} of ${plural(costs.drafts.length, 'draft')}; those sent back are counted in`)}
      ${tile(link, 'For each campaign', dollars(costs.perCampaignMicroUsd), `${plural(costs.campaigns, 'campaign')}; briefs that came to nothing are counted in`)}
      ${tile(`/writer/calls?days=${days}`, 'Models in all', dollars(costs.totalMicroUsd), `${dollars(costs.rehearsalsMicroUsd)} of it for evaluations`)}
      ${tile('/writer/calls?days=1', 'Left of today’s budget', dollars(budget.left), `of ${dollars(budget.perDay)} a day, UTC`)}
    </div>
    <section class="card">
      <h2>Who was asked</h2>
      ${table(
        `Calls of the last ${days} days; the policy wants ${percent(strongShare, 0)} for the strong vendors, and hard rules, budgets and bad days take calls elsewhere`,
        ['Vendor', 'Wanted', 'Asked first', 'Answered', 'Cost'],
        shares.map(({ vendor, wanted, first, answered, costMicroUsd }) => [
          plain(vendor),
          percent(wanted, 0),
          html`${percent(first.share, 0)} <small>${count(first.count)}</small>`,
          html`${percent(answered.share, 0)} <small>${count(answered.count)}</small>`,
          dollars(costMicroUsd),
        ]),
        [1, 2, 3, 4],
      )}
    </section>
    ${daysPart(costs)}`
} // prettier-ignore

const tile = (href: string, label: string, value: string, why: string): Html =>
  html`<a class="card figure" href="${href}">
    <span class="label">${label}</span>
    <span class="value">${value}</span>
    <span class="why">${why}</span>
  </a>`

function daysPart({ days }: WritingCosts): Html {
  const byDay = [...Map.groupBy(days, ({ day }) => day)]
  if (byDay.length === 0) return html``
  const sums = byDay.map(([day, own]) => ({ day, cost: sum(own), calls: own.reduce((all, one) => all + one.answered, 0) }))
  const bars = sums.slice(-31).map(({ day, cost }) => ({ label: day, value: cost }))
  return html`<section class="card">
    <h2>Cost by day</h2>
    ${sums.some(({ cost }) => cost > 0) ? barChart(bars, 'What models cost by day, UTC', dollars) : html`<p>Nothing was paid for.</p>`}
    ${table(
      'What models cost by day, UTC',
      ['Day', 'Answers', 'Cost'],
      sums.map(({ day, cost, calls }) => [html`<a href="/writer/calls?day=${day}">${day}</a>`, count(calls), dollars(cost)]),
      [1, 2],
    )}
  </section>`
} // prettier-ignore

const sum = (rows: readonly { costMicroUsd: number }[]): number =>
  rows.reduce((all, { costMicroUsd }) => all + costMicroUsd, 0)

/** Where each content came to: the campaign, or the piece of copy. */
export type CameTo = ReadonlyMap<Hash, { name: string; href: string | null }>

type Costs = { costs: WritingCosts; days: number; cameTo: CameTo; zone: string }

/** Every draft with its cost, brief by brief: what the figures of the writer's page are made of. */
export function costsView(data: Costs): Html {
  const { costs, days } = data
  return html`<p class="crumb"><a href="/writer">Writer</a></p>
    <h1>What writing cost</h1>
    <p class="lede">
      The last ${plural(days, 'day')}: ${dollars(costs.draftsMicroUsd)} for ${plural(costs.drafts.length, 'draft')};
      ${
        costs.accepted === 0
          ? 'none of them was accepted yet.'
          : html`${costs.accepted} of them accepted: <strong>${dollars(costs.perAcceptedMicroUsd)}</strong> each, and
              <strong>${dollars(costs.perCampaignMicroUsd)}</strong> for each of
              ${plural(costs.campaigns, 'campaign')}.`
      }
    </p>
    <section class="card">
      <h2>Campaigns</h2>
      ${table(
        'Briefs of which a draft was accepted, with all that was written for them',
        ['Brief', 'Segment', 'Drafts', 'Accepted', 'Cost'],
        costs.briefs.filter(({ accepted }) => accepted > 0).map((brief) => briefRow(brief, data)),
        [2, 3, 4],
      )}
      <p>${nothingCame(costs.briefs)}</p>
    </section>
    <section class="card">
      <h2>Drafts</h2>
      ${table('Drafts, newest first', ['Draft', 'Entered', 'Form', 'State', 'Calls', 'Cost'], costs.drafts.map((one) => draftRow(one, data)), [4, 5])}
    </section>
    ${otherPart(costs)}`
} // prettier-ignore

function nothingCame(briefs: readonly BriefCost[]): string {
  const others = briefs.filter(({ accepted }) => accepted === 0)
  return `${plural(others.length, 'brief')} came to nothing yet: ${dollars(sum(others))}.`
}

function briefRow({ sentence, segment, drafts, accepted, costMicroUsd }: BriefCost, { cameTo }: Costs): (Html | string)[] {
  const places = drafts.flatMap(({ contentHash, state }) => (state === 'approved' && contentHash !== null && cameTo.get(contentHash)) || [])
  const links = places.map(({ name, href }) => (href === null ? html` ${name}` : html` <a href="${href}">${name}</a>`))
  return [html`<span class="prose">${cut(sentence, 160)}${links}</span>`, segment, count(drafts.length), count(accepted), dollars(costMicroUsd)]
} // prettier-ignore

const draftRow = ({ draft, at, sentence, channel, state, calls, costMicroUsd }: DraftCost, { days, zone }: Costs): (Html | string)[] => [
  html`<a href="/desk/${draft}">${cut(sentence, 80)}</a>`,
  when(at, zone),
  plain(channel),
  state,
  count(calls),
  html`<a href="/writer/calls?draft=${draft}&days=${days}">${dollars(costMicroUsd)}</a>`,
] // prettier-ignore

function otherPart({ rehearsalsMicroUsd, other }: WritingCosts): Html {
  const rows = [
    ['Evaluations', '', dollars(rehearsalsMicroUsd)],
    ...other.map(({ purpose, calls, costMicroUsd }) => [plain(purpose), count(calls), dollars(costMicroUsd)]),
  ]
  return html`<section class="card">
    <h2>Besides drafts</h2>
    ${table('What else models were asked for', ['What', 'Calls', 'Cost'], rows, [1, 2])}
  </section>`
}

type Calls = { calls: readonly CallMade[]; about: string; draft: DraftId | null; most: number; zone: string }

/** The calls behind a cost, each with what it cost; they add up to it. */
export function callsView({ calls, about, draft, most, zone }: Calls): Html {
  const rows = calls.map((call) => [
    when(call.at, zone),
    call.subject?.startsWith('draft:') ? html`<a href="/desk/${call.subject.slice(6)}">Draft</a>` : plain(call.purpose),
    call.model ?? 'nobody',
    call.why === null ? plain(call.outcome) : html`${plain(call.outcome)} <small>${cut(call.why, 160)}</small>`,
    count(call.inputTokens),
    count(call.outputTokens),
    dollars(call.costMicroUsd),
  ])
  return html`<p class="crumb"><a href="/writer">Writer</a> · <a href="/writer/costs">What writing cost</a></p>
    <h1>Calls of models</h1>
    <p class="lede">
      ${plural(calls.length, 'call')} ${draft === null ? '' : html`for <a href="/desk/${draft}">a draft</a>`} ${about}:
      <strong>${dollars(sum(calls))}</strong>${calls.length === most ? html`, the first ${count(most)} of them` : ''}.
    </p>
    <section class="card">
      ${table('Calls, oldest first', ['When', 'What for', 'Model', 'Outcome', 'Tokens in', 'Tokens out', 'Cost'], rows, [4, 5, 6])}
    </section>`
} // prettier-ignore
