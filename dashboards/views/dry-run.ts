import { html } from 'hono/html'
import type { DryRun } from '#campaigns/rehearsal/dry-run.ts'
import { table, type Html } from './layout.ts'
import { count, day, plural, when } from './words.ts'

type Data = { campaign: string; version: string; run: DryRun; zone: string }

/** What would happen to some people of a campaign's audience, and why not where it would not. */
export function dryRunView({ campaign, version, run, zone }: Data): Html {
  const here = `/campaigns/${encodeURIComponent(campaign)}`
  const rows = run.steps.flatMap(({ stepKey, sent, notSent }) => [
    [stepKey, 'sent', count(sent)],
    ...notSent.map((one) => [stepKey, html`<span class="prose">not sent: ${one.why}</span>`, count(one.count)]),
  ])
  return html`<p class="crumb"><a href="${here}/versions/${version}">${campaign}</a></p>
    <h1>What would happen</h1>
    <p class="lede">
      From ${day(run.from, zone)} to ${day(run.until, zone)}, to ${plural(run.people.length, 'person', 'people')} of
      ${count(run.entering)} who come in, of ${count(run.audience)} in its audience. Nothing is sent, and nobody is
      imagined to do anything.
    </p>
    <ul>
      ${run.untold.map((line) => html`<li>${line}.</li>`)}
    </ul>
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
