import { html } from 'hono/html'
import type { ApprovedContent } from '#campaigns/content/approved-contents.ts'
import type { BranchStep, Journey, SendStep, SplitStep, Step } from '#campaigns/definition/steps.ts'
import {
  atEnd, choiceOf, fieldOf, mostInstead, mostOthers, mostWays, rowNames, rowsOf, type Shelf,
} from '../campaign-form/steps.ts' // prettier-ignore
import {
  choice, dayTicks, kindOf, line, occasionLine, rows, stretchLine, type Filled, type Option,
} from './field.ts' // prettier-ignore
import type { Html } from './layout.ts'
import { channelWord, cut } from './words.ts'

const below: Option = { value: '', words: 'the step below' }
const whereThen: Option = { value: '', words: 'where “Then” leads' }
const nothing: Option = { value: '', words: '—' }

/** Where a way may lead. */
const waysTo = (journey: Journey): Option[] => [
  ...journey.map(({ key }) => ({ value: key, words: key })),
  { value: atEnd, words: 'the end' },
]

/** The fields of one step. */
export function fieldsOfStep(step: Step, journey: Journey, shelf: Shelf, form: Filled['form']): Html {
  const filled: Filled = { form, prefix: fieldOf(step.key, '') }
  const others = waysTo(journey)
  if (step.kind === 'send') return fieldsOfSend(step, filled, shelf, others)
  if (step.kind === 'wait') return fieldsOfWait(filled, others)
  if (step.kind === 'branch') return fieldsOfBranch(step, filled, shelf, others)
  if (step.kind === 'split') return fieldsOfSplit(step, filled, others)
  return line(filled, 'reason', 'Why they leave')
}

const next = (filled: Filled, ways: readonly Option[]): Html => choice(filled, 'next', 'Then', [below, ...ways])

/** Contents to choose from. */
export const contentOptions = (contents: readonly ApprovedContent[]): Option[] =>
  contents.map((one) => ({ value: choiceOf(one), words: `${channelWord(one.channel)}: ${cut(one.content.subject.text, 60)} (${cut(one.of, 40)})` })) // prettier-ignore

function fieldsOfSend(step: SendStep, filled: Filled, { contents }: Shelf, ways: readonly Option[]): Html {
  const options = contentOptions(contents)
  const same = contentOptions(contents.filter(({ channel }) => channel === step.channel))
  return html`${choice(filled, 'content', 'What is sent, by what', options)}
    ${rowsOf(step.instead?.length ?? 0, mostInstead).map((n) => choice(filled, `instead-${n}`, n === 1 ? 'Who cannot be reached so gets' : 'and else', [nothing, ...options]))}
    ${next(filled, ways)}
    <details ${(step.experiment ?? step.bestChannel) ? 'open' : ''}>
      <summary>Several contents, the best channel</summary>
      ${line(filled, 'best', 'By the channel each answers best; percent of people who get the order above, as the control (empty: everybody gets it)', 'part')}
      ${choice(filled, 'allocation', 'Other contents that are tried against it go', [
        { value: 'fixed', words: 'by the weights below' },
        { value: 'bandit', words: 'more and more to what does better' },
      ])}
      ${line(filled, 'everyMinutes', 'minutes from one look to the next, where it goes to what does better', 'whole')}
      <div class="pair">
        ${line(filled, 'control-name', 'Name of the content above')}
        ${line(filled, 'control-weight', 'and its weight', 'whole')}
      </div>
      ${rows(
        `Tried beside the content of ${step.key}`,
        filled,
        [
          { name: (n) => `other-${n}`, head: 'Content', options: [nothing, ...same] },
          { name: (n) => `other-${n}-name`, head: 'Name' },
          { name: (n) => `other-${n}-weight`, head: 'Weight' },
        ],
        rowsOf(step.experiment?.others.length ?? 0, mostOthers),
      )}
    </details>`
}

const clocks: readonly Option[] = [
  { value: 'person', words: 'of the person' },
  { value: 'business', words: 'of the business' },
]

function fieldsOfWait(filled: Filled, ways: readonly Option[]): Html {
  const until = html`${line(filled, 'time', 'Time of day', 'time')} ${choice(filled, 'zone', 'On the clock', clocks)}
  ${dayTicks(filled, 'until')}
  ${line(filled, 'best', 'At the hour each answers best; percent of people who wait for the time above, as the control (empty: everybody does)', 'part')}`
  const event = html`${occasionLine(filled, 'event', 'Event')} ${stretchLine(filled, 'within', 'At most')}
  ${choice(filled, 'otherwise', 'Who did not do it in time goes to', [whereThen, ...ways])}`
  return html`${kindOf(filled, 'by', 'It waits', [
    { value: 'minutes', words: 'for a stretch of time', fields: stretchLine(filled, 'minutes', 'So long') },
    { value: 'until', words: 'until clocks show a time', fields: until },
    { value: 'date', words: 'until an instant', fields: line(filled, 'date', 'When', 'instant') },
    { value: 'event', words: 'until they do something', fields: event },
  ])}
  ${next(filled, ways)}`
}

function fieldsOfBranch(step: BranchStep, filled: Filled, { segments }: Shelf, ways: readonly Option[]): Html {
  const saved = segments.map(({ name }) => ({ value: name, words: name }))
  return html`${rows(
    `At ${step.key} the first that selects a person decides`,
    filled,
    [
      { name: (n) => `segment-${n}`, head: 'Who is in', options: [{ value: '', words: 'a rule of its own' }, ...saved] },
      { name: (n) => `if-${n}`, head: rowNames['when.if'], wide: true },
      { name: (n) => `to-${n}`, head: rowNames['when.to'], options: [nothing, ...ways] },
    ],
    rowsOf(step.when.length, mostWays),
  )}
  ${choice(filled, 'otherwise', 'Everybody else goes to', [below, ...ways])}`
} // prettier-ignore

const fieldsOfSplit = (step: SplitStep, filled: Filled, ways: readonly Option[]): Html =>
  rows(
    `At ${step.key} lots are drawn by these weights`,
    filled,
    [
      { name: (n) => `arm-${n}`, head: rowNames['arms.name'] },
      { name: (n) => `weight-${n}`, head: rowNames['arms.weight'] },
      { name: (n) => `to-${n}`, head: rowNames['arms.to'], options: [nothing, ...ways] },
    ],
    rowsOf(step.arms.length, mostWays),
  )
