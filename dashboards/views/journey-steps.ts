import { html } from 'hono/html'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Step } from '#campaigns/definition/steps.ts'
import { journeyFlow, type Counted, type StepFlow } from '#campaigns/journeys/flow.ts'
import { campaignWords } from '#campaigns/journeys/campaign-words.ts'
import { stepWords, wayWords } from '#campaigns/journeys/words.ts'
import { journeyChart } from '../charts/journey.ts'
import type { Html } from './layout.ts'
import { count, plural } from './words.ts'

const nobody: Counted = { people: [], messages: [], turns: [] }

/** A journey as a picture, then step by step in words; with how many came, stand, went on and ended where it is counted. */
export function stepsPart(definition: CampaignDefinition, counted: Counted | null): Html {
  const { journey } = definition
  const flow = new Map(journeyFlow(definition, counted ?? nobody).map((one) => [one.key, one]))
  const drawn = journey.map((step) => ({ ...flow.get(step.key)!, kind: step.kind, words: stepWords(step) }))
  return html`${journeyChart(drawn, 'The journey from its first step to its end', counted !== null)}
    <ol class="steps">
      ${journey.map((step) => stepPart(step, definition, flow.get(step.key)!, counted))}
    </ol>`
}

function stepPart(step: Step, { journey }: CampaignDefinition, flow: StepFlow, counted: Counted | null): Html {
  const ways = wayWords(journey, step)
  // Where several ways lead to one place, how many went there is said once, below them.
  const alone = new Set(ways.map(({ to }) => to)).size === ways.length
  const went = (to: string | null): number => flow.went.find((way) => way.to === to)?.people ?? 0
  return html`<li id="step-${step.key}">
    <h3>${step.key}</h3>
    <p>${stepWords(step)}.</p>
    <ul class="plain">
      ${ways.map(
        ({ when, to }) =>
          html`<li>
            ${when}:
            ${to === null ? 'the end' : html`<a href="#step-${to}">${to}</a>`}${counted && alone ? html` <strong>${count(went(to))}</strong>` : ''}
          </li>`,
      )}
    </ul>
    ${counted ? countsPart(step, flow, counted) : ''}
  </li>`
}

function countsPart(step: Step, { came, here, went, ended }: StepFlow, { messages }: Counted): Html {
  const sent = messages.filter(({ stepKey }) => stepKey === step.key)
  const on = went.reduce((sum, { people }) => sum + people, 0)
  return html`<p class="soft">
    ${plural(came, 'person', 'people')} came, ${count(here)} here, ${count(on)} went
    on${sent.map(({ state, count: n }) => html`, ${count(n)} ${state}`)}${ended.map(({ reason, people }) => html`, ${count(people)} ${reason}`)}
  </p>`
}

/** What a campaign says beside its steps, part by part. */
export const partsPart = (definition: CampaignDefinition, zone: string): Html =>
  html`<dl class="pairs">
    ${campaignWords(definition, zone).map(
      ({ part, words }) =>
        html`<dt>${part}</dt>
          <dd>${words}</dd>`,
    )}
  </dl>`
