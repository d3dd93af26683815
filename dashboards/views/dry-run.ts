import { html } from 'hono/html'
import type { DryRun } from '#campaigns/dry-run.ts'
import { table, type Html } from './layout.ts'
import { count, day, plural, when } from './words.ts'

/** What would happen to some people of a campaign's audience, and why not where it would not. */
export function dryRunView({ campaign, run, zone }: { campaign: string; run: DryRun; zone: string }): Html {
  const here = `/campaigns/${encodeURIComponent(campaign)}`
  const rows = run.steps.flatMap(({ stepKey, sent, notSent }) => [
    [stepKey, 'sent', count(sent)],
    ...notSent.map((one) => [stepKey, html`<span class="prose">not sent: ${one.why}</span>`, count(one.count)]),
  ])
  return html`<p class="crumb"><a href="${here}/journey">${campaign}</a></p>
    <h1>What would happen</h1>
    <p class="lede">
      From ${day(run.from, zone)} to ${day(run.until, zone)}, to ${plural(run.people.length, 'person', 'people')} of
      ${count(run.audience)}. Nothing is sent, and nobody is imagined to do anything.
    </p>
    <section class="card">${table('Messages by step', ['Step', 'What', 'Messages'], rows, [2])}</section>
    ${run.people.map(
      ({ personId, address, lines }) =>
        html`<section class="card" aria-labelledby="person-${personId}">
          <h2 id="person-${personId}">${address}</h2>
          <ol class="plain rows">
            ${lines.map(({ at, stepKey, words }) => html`<li>${when(at, zone)}, ${stepKey}: ${words}</li>`)}
          </ol>
        </section>`,
    )}`
}
