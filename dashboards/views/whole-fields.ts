import { html } from 'hono/html'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import { rolloutWords } from '#campaigns/journeys/words.ts'
import { carefulRollout } from '#campaigns/canary/plan.ts'
import { limitNames } from '../campaign-form/limits.ts'
import { rowsOf, type Shelf } from '../campaign-form/steps.ts'
import { mostExits } from '../campaign-form/whole.ts'
import {
  choice, dayTicks, kindOf, line, lines, occasionLine, rows, tick, type Filled, type Option,
} from './field.ts' // prettier-ignore
import type { Html } from './layout.ts'

type Parts = readonly { part: string; title: string; fields: Html }[]

/** The fields of a campaign beside its steps; `part` is what of the document they are. */
export function fieldsOfWhole(definition: CampaignDefinition, shelf: Shelf, form: Filled['form']): Parts {
  const filled: Filled = { form }
  const saved = shelf.segments.map(({ name }) => ({ value: name, words: name }))
  return [
    { part: 'goal', title: 'What it is for', fields: line(filled, 'goal', 'In a sentence') },
    { part: 'kind', title: 'What it is to its readers', fields: html`${choice(filled, 'kind', 'It is', purposes)} ${choice(filled, 'ifUnknown', 'A message of which nobody knows whether it arrived', fates)}` }, // prettier-ignore
    { part: 'audience', title: 'Whom it is for', fields: choice(filled, 'audience', 'Saved segment', saved) },
    { part: 'enter', title: 'Who comes in, and when', fields: entry(filled, saved) },
    { part: 'reentry', title: 'Coming in again', fields: reentry(filled) },
    { part: 'goalReachedBy', title: 'The goal that is counted', fields: goal(filled) },
    { part: 'exitOn', title: 'What ends it for a person, wherever they stand', fields: exits(definition, filled) },
    { part: 'ends', title: 'When the campaign itself is over', fields: ends(filled, shelf.zone) },
    { part: 'limits', title: 'When, and how much', fields: limitLines(filled, shelf.zone) },
    { part: 'rollout', title: 'How far at once', fields: rollout(definition, filled) },
    { part: 'holdout', title: 'Held out', fields: line(filled, 'holdout', 'Percent of those who come in who are sent nothing, to see what the campaign brings (empty: nobody)', 'part') }, // prettier-ignore
  ]
}

const purposes: readonly Option[] = [
  { value: 'marketing', words: 'marketing, which needs their consent' },
  { value: 'transactional', words: 'an answer to what they did or ordered' },
]

const fates: readonly Option[] = [
  { value: 'leave', words: 'is left' },
  { value: 'send-again', words: 'is sent again after an hour, perhaps a second time (answers alone)' },
]

const clocks: readonly Option[] = [
  { value: 'person', words: 'of the person' },
  { value: 'business', words: 'of the business' },
]

function entry(filled: Filled, saved: readonly Option[]): Html {
  const date = html`${choice(filled, 'date-property', 'On', [
    { value: '"born"', words: 'their birthday' },
    { value: '"customer-since"', words: 'the day they became a customer' },
  ])}
  ${line(filled, 'date-offset', 'so many days later (earlier: a negative number)', 'whole')}
  ${line(filled, 'date-time', 'at', 'time')} ${choice(filled, 'date-zone', 'on the clock', clocks)}
  ${tick(filled, 'date-once', 'Once, on that very day, not each year (of the date that an event says)')}`
  return kindOf(filled, 'enter', 'Of its segment', [
    { value: 'start', words: 'everybody, when it starts' },
    { value: 'onEntry', words: 'whoever comes into a segment', fields: choice(filled, 'onEntry', 'Segment', saved) },
    { value: 'becomes', words: 'whoever newly fits a rule', fields: lines(filled, 'becomes', 'The rule, as JSON', true) }, // prettier-ignore
    { value: 'onEvent', words: 'whoever does something', fields: occasionLine(filled, 'enter-event', 'Event') },
    { value: 'onDate', words: 'everybody on a day of theirs', fields: date },
    { value: 'byList', words: 'only whom somebody, or a program, puts in', fields: lines(filled, 'properties', 'What a program must say of each, with an example, one on a line: name = example') }, // prettier-ignore
  ])
}

const reentry = (filled: Filled): Html =>
  html`<div class="pair">
    ${line(filled, 'reentry-days', 'So many days after they last came in (empty: never)', 'whole')}
    ${line(filled, 'reentry-most', 'and so often in all', 'whole')}
  </div>`

const goal = (filled: Filled): Html =>
  html`${occasionLine(filled, 'goal-event', 'Who does this reached it, and leaves (empty: no goal)')}
  ${line(filled, 'goal-days', 'within so many days of coming in', 'whole')}`

const exits = ({ exitOn = [] }: CampaignDefinition, filled: Filled): Html =>
  rows(
    'Whoever does one of these leaves',
    filled,
    [
      { name: (n) => `exit-${n}`, head: 'Event' },
      { name: (n) => `exit-${n}-where`, head: 'with name = value', wide: true },
    ],
    rowsOf(exitOn.length, mostExits),
  )

const ends = (filled: Filled, zone: string): Html =>
  html`${line(filled, 'ends-at', `At this time (clocks of ${zone})`, 'instant')}
    <div class="pair">
      ${line(filled, 'ends-goals', 'when so many people reached the goal', 'whole')}
      ${line(filled, 'ends-sends', 'after so many messages', 'whole')}
    </div>
    ${line(filled, 'ends-decided', 'when the split, or the contents, of this step are decided')}
    <div class="pair">
      ${line(filled, 'ends-unsubscribed', 'when more than so many percent unsubscribe', 'part')}
      ${line(filled, 'ends-complained', 'or so many percent complain', 'part')}
      ${line(filled, 'ends-after', 'looked at after so many messages', 'whole')}
    </div>
    <div class="pair">
      ${line(filled, 'ends-budget', 'when so much is spent, in the smallest unit', 'whole')}
      ${line(filled, 'ends-currency', 'of the currency')}
      ${line(filled, 'ends-per-message', 'a message costing so many millionths of it', 'whole')}
    </div>`

/** When messages leave, and how many. */
export const limitLines = (filled: Filled, zone: string): Html =>
  html`${line(filled, 'startAt', `Not before (clocks of ${zone})`, 'instant')}
    <div class="pair">
      ${line(filled, 'from', limitNames['window.from'], 'time')} ${line(filled, 'to', limitNames['window.to'], 'time')}
    </div>
    ${dayTicks(filled, 'window')}
    <div class="pair">
      ${line(filled, 'dailyCap', `${limitNames.dailyCap} (empty: no limit)`, 'whole')}
      ${line(filled, 'perPersonPerDay', limitNames.perPersonPerDay, 'whole')}
      ${line(filled, 'perPersonPerWeek', limitNames.perPersonPerWeek, 'whole')}
    </div>
    <div class="pair">
      ${line(filled, 'expireAfterHours', limitNames.expireAfterHours, 'whole')}
      ${line(filled, 'priority', limitNames.priority, 'whole')}
    </div>`

function rollout({ rollout: plan }: CampaignDefinition, filled: Filled): Html {
  return kindOf(filled, 'rollout', 'It goes', [
    { value: 'all', words: 'to everybody at once' },
    { value: 'careful', words: rolloutWords(carefulRollout) },
    {
      value: 'own',
      words: plan ? `by its own plan: ${rolloutWords(plan)}` : 'by a plan of its own',
      fields: lines(filled, 'own-rollout', 'The plan, as JSON', true),
    },
  ])
}
