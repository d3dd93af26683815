import { html } from 'hono/html'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import type { Step } from '#campaigns/definition/steps.ts'
import { stepWords } from '#campaigns/journeys/words.ts'
import type { VersionProblem } from '#campaigns/launch/versions.ts'
import { atFirst } from '../campaign-form/shape.ts'
import type { Shelf } from '../campaign-form/steps.ts'
import type { Form } from '../visitor.ts'
import { choice, line } from './field.ts'
import { stepsPart } from './journey-steps.ts'
import { csrfInput, type Html } from './layout.ts'
import { contentOptions, fieldsOfStep } from './step-fields.ts'
import { fieldsOfWhole } from './whole-fields.ts'

type Data = {
  /** What is edited: its steps as they stand in the form. What their fields say is in `form`. */
  definition: CampaignDefinition
  /** The same with what its fields say, where that is a campaign. */
  shown: CampaignDefinition
  form: Form
  shelf: Shelf
  problems: readonly VersionProblem[]
  csrf: string
}

/**
 * A campaign as one form that works without scripts: every button sends all of it, and nothing is kept until it is kept as
 * a new version. The browser checks nothing, since it cannot show what is wrong out of sight: the desk does, and opens
 * the part.
 */
export function campaignEditView(data: Data): Html {
  const { definition, shown, form, shelf, problems, csrf } = data
  const here = `/campaigns/${encodeURIComponent(definition.name)}`
  const of = (about: (problem: VersionProblem) => boolean): Html => problemList(problems.filter(about))
  const parts = fieldsOfWhole(definition, shelf, form)
  return html`<p class="crumb"><a href="${here}">${definition.name}</a></p>
    <h1>Change ${definition.name}</h1>
    <p class="lede">
      What you keep is a new version. It waits for somebody’s yes; people on their way stay on their steps.
    </p>
    <form method="post" action="${here}/edit" enctype="multipart/form-data" class="editing" novalidate>
      ${csrfInput(csrf)}<input type="hidden" name="document" value="${JSON.stringify(definition)}" />
      ${buttons}
      ${problems.length > 0 ? html`<p class="notice bad" role="alert">It cannot be kept as it stands: what is wrong is said beside it.</p>` : ''}
      ${of((one) => one.step === null && !parts.some(({ part }) => isOf(part)(one)))}
      <section class="card" aria-labelledby="looks">
        <h2 id="looks">Its steps now</h2>
        ${stepsPart(shown, null)}
      </section>
      <h2>Steps</h2>
      ${definition.journey.map((step, at) => stepPart(step, at, data, of))} ${addPart(data)}
      <h2>Around the steps</h2>
      ${parts.map(
        ({ part, title, fields }) =>
          html`<details class="card" ${problems.some(isOf(part)) ? 'open' : ''}>
            <summary>${title}</summary>
            ${of(isOf(part))} ${fields}
          </details>`,
      )}
      ${buttons}
    </form>
    <p><a href="/campaign-document?campaign=${encodeURIComponent(definition.name)}">Change its document instead</a></p>`
}

/** Parts of a campaign whose fields stand among those of another. */
const elsewhere: Readonly<Record<string, string>> = { startAt: 'limits', ifUnknown: 'kind' }

const isOf = (part: string) => (one: VersionProblem) =>
  one.step === null && one.part !== null && (elsewhere[one.part] ?? one.part) === part

/** The first button of a form is what Enter presses: it keeps nothing. */
const buttons = html`<div class="actions">
  <button name="do" value="look">Look at it</button>
  <button class="main" name="do" value="keep">Keep as a new version</button>
</div>`

const problemList = (problems: readonly VersionProblem[]): Html =>
  problems.length === 0
    ? html``
    : html`<ul class="notice bad plain">
        ${problems.map(({ words }) => html`<li>${words}.</li>`)}
      </ul>`

type Of = (about: (problem: VersionProblem) => boolean) => Html

function stepPart(step: Step, at: number, { definition, form, shelf, problems }: Data, of: Of): Html {
  const { journey } = definition
  const isHere = (problem: VersionProblem): boolean => problem.step === step.key
  const press = (what: string, words: string, off: boolean): Html =>
    html`<button class="quiet" name="do" value="${what} ${step.key}" ${off ? 'disabled' : ''} aria-label="${words} ${step.key}">${words}</button>` // prettier-ignore
  return html`<details
    class="card"
    id="edit-${step.key}"
    ${problems.some(isHere) || form['put-in'] === step.key ? 'open' : ''}
  >
    <summary><strong>${step.key}</strong> ${stepWords(step)}</summary>
    ${of(isHere)} ${fieldsOfStep(step, journey, shelf, form)}
    <div class="actions">
      ${press('up', 'Move up', at === 0)} ${press('down', 'Move down', at === journey.length - 1)}
      ${press('remove', 'Take out', journey.length === 1)}
    </div>
  </details>`
}

function addPart({ definition, form, shelf }: Data): Html {
  const [content] = contentOptions(shelf.contents)
  const filled = {
    form: {
      'add-kind': 'wait',
      'add-content': content?.value ?? '',
      'add-behind': definition.journey.at(-1)?.key ?? atFirst,
      ...form,
    },
  }
  const behind = definition.journey.map(({ key }) => ({ value: key, words: `behind ${key}` }))
  return html`<section class="card" aria-labelledby="add">
    <h3 id="add">Another step</h3>
    <div class="pair">
      ${choice(filled, 'add-kind', 'What it does', [
        { value: 'wait', words: 'waits' },
        { value: 'send', words: 'sends something' },
        { value: 'branch', words: 'parts people by what is known of them' },
        { value: 'split', words: 'draws lots' },
        { value: 'exit', words: 'ends the journey' },
      ])}
      ${choice(filled, 'add-behind', 'Where', [...behind.toReversed(), { value: atFirst, words: 'at the beginning' }])}
    </div>
    ${choice(filled, 'add-content', 'What it sends, if it does', contentOptions(shelf.contents))}
    ${line(filled, 'add-key', 'What it is called (lower-case letters, digits and hyphens; empty: by what it does)')}
    <button name="do" value="add">Put it in</button>
  </section>`
}
