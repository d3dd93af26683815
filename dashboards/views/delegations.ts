import { html } from 'hono/html'
import { firstReviewed } from '#governance/agents/declared.ts'
import { forms, formNames } from '#rag/forms.ts'
import { formField, segmentField } from '../agent-form.ts'
import type { AgentsData, ShownAgent, ShownDelegation } from './agents.ts'
import { enteredIn, entryIn } from './field.ts'
import { csrfInput, table, type Html } from './layout.ts'
import { count, percent, plural, when } from './words.ts'

/** What an agent's policies may decide now, and what was delegated before. */
export function delegationsPart(agent: ShownAgent, data: AgentsData): Html {
  const stands = ({ takenBackAt, expiresAt }: ShownDelegation): boolean => takenBackAt === null && expiresAt > data.now
  const live = agent.delegations.filter(stands)
  const over = agent.delegations.filter((one) => !stands(one))
  return html`<section class="card">
    <h2>Left to it</h2>
    ${
      live.length === 0
        ? html`<p>Nothing: a person decides on all it writes.</p>`
        : html`<ul class="plain rows">
            ${live.map((one) => liveDelegation(one, agent, data))}
          </ul>`
    }
    ${over.length === 0 ? '' : pastDelegations(over, agent, data)}
  </section>`
}

const wordsOf = (list: readonly string[]): string => list.join(', ')
const formWords = ({ delegation }: ShownDelegation): string =>
  wordsOf(delegation.scope.forms.map((name) => forms[name].words))

function liveDelegation(one: ShownDelegation, { named }: ShownAgent, { zone, csrf, may, entered }: AgentsData): Html {
  const at = `/agents/delegations/${one.hash}/take-back`
  const { scope } = one.delegation
  return html`<li>
    <p class="title">${formWords(one)}</p>
    <p>
      For ${wordsOf(scope.segments.map(({ name }) => name))}, to at most
      ${plural(scope.mostPeople, 'person', 'people')}, at most $${(scope.mostCostMicroUsd / 1e6).toFixed(2)} each, where
      no guardrail objects. ${percent(scope.sampleShare, 0)} stays reviewed.
    </p>
    <p class="soft">
      By ${named(one.givenBy)}, ${when(one.givenAt, zone)}, until ${when(one.expiresAt, zone)}: ${one.reason}
      <span class="mono">${one.hash.slice(0, 12)}</span>
    </p>
    ${workPart(one, zone)}
    ${
      may('agent.stop')
        ? html`<form method="post" action="${at}" class="inline">
            ${csrfInput(csrf)}
            <label>Why <input name="reason" value="${entryIn(entered, at, 'reason')}" maxlength="200" /></label>
            <button class="danger">Take it back</button>
          </form>`
        : ''
    }
  </li>`
}

function workPart({ work }: ShownDelegation, zone: string): Html {
  return html`${
    work.approved === 0
      ? html`<p>It has approved nothing yet.</p>`
      : html`<details>
          <summary>It approved ${plural(work.approved, 'draft')}</summary>
          <ul>
            ${work.latest.map(({ id, title, at }) => html`<li><a href="/desk/${id}">${title ?? 'A draft'}</a> <small>${when(at, zone)}</small></li>`)}
          </ul>
        </details>`
  }
  ${
    work.sampled.length === 0
      ? ''
      : html`<p class="notice">
          Chosen for your review:
          ${work.sampled.map((id, index) => html`${index > 0 ? ', ' : ''}<a href="/desk/${id}">draft ${index + 1}</a>`)}
        </p>`
  }`
}

const pastDelegations = (over: readonly ShownDelegation[], { named }: ShownAgent, { zone }: AgentsData): Html =>
  html`<details>
    <summary>Before</summary>
    ${table(
      'What was delegated and ended',
      ['What', 'By', 'Ended', 'Approved'],
      over.map((one) => [
        html`<span class="prose">${formWords(one)}</span>`,
        named(one.givenBy),
        one.takenBackAt && one.takenBackBy
          ? html`taken back by ${named(one.takenBackBy)}, ${when(one.takenBackAt, zone)}`
          : when(one.expiresAt, zone),
        count(one.work.approved),
      ]),
      [3],
    )}
  </details>`

type Range = { value: number; min: number; max?: number; step?: number }

const numbers: readonly [name: string, words: string, range: Range][] = [
  ['mostPeople', 'To at most so many people', { value: 500, min: 1 }],
  ['mostCost', 'What writing one may cost, in US dollars', { value: 0.1, min: 0, step: 0.01 }],
  ['samplePercent', 'How many of a hundred you still review', { value: 10, min: 5, max: 100 }],
  ['days', 'For how many days', { value: 30, min: 1, max: 365 }],
]

/** The form that delegates; before the hundred are full it says what is missing. */
export function delegateForm(agent: ShownAgent, { segments, csrf, entered }: AgentsData): Html {
  if (!agent.mayBeDelegated)
    return html`<section class="card">
      <h2>Leave a part to it</h2>
      <p>Nothing can be delegated yet: ${plural(firstReviewed - agent.reviewed, 'review')} to go.</p>
    </section>`
  const at = `/agents/${agent.agent}/delegate`
  const form = enteredIn(entered, at)
  const box = (name: string, value: string, words: string): Html =>
    html`<label class="choice"
      ><input type="checkbox" name="${name}" value="${value}" ${form?.[name] === value ? 'checked' : ''} /><span
        >${words}</span
      ></label
    >`
  return html`<section class="card">
    <h2>Leave a part to it</h2>
    <p class="soft">
      It holds for the prompt, guardrails, brand, router and models that were reviewed. When one of them changes, people
      decide again.
    </p>
    <form method="post" action="${at}">
      ${csrfInput(csrf)}
      <fieldset class="field">
        <legend>What</legend>
        ${formNames.map((name) => box(formField(name), 'on', forms[name].words))}
      </fieldset>
      <fieldset class="field">
        <legend>For whom</legend>
        ${segments.map(({ name }, index) => box(segmentField(index), name, name))}
      </fieldset>
      ${numbers.map(([name, words, range]) => field(agent.agent, name, words, numberInput(name, range, form?.[name])))}
      ${field(agent.agent, 'reason', 'Why', (id) => html`<input id="${id}" name="reason" value="${form?.['reason'] ?? ''}" maxlength="200" required />`)}
      <button class="main">Leave it to the policy</button>
    </form>
  </section>`
}

/** A labelled field; what is drawn inside it is told the id that its label points at. */
const field = (agent: string, name: string, words: string, input: (id: string) => Html): Html =>
  html`<div class="field"><label for="${agent}-${name}">${words}</label>${input(`${agent}-${name}`)}</div>`

const numberInput =
  (name: string, { value, min, max, step = 1 }: Range, typed = `${value}`) =>
  (id: string): Html =>
    html`<input
      id="${id}"
      name="${name}"
      type="number"
      value="${typed}"
      min="${min}"
      max="${max ?? ''}"
      step="${step}"
      required
    />`
