import { html } from 'hono/html'
import type { Waterfall } from '#ingest/identity/linkage.ts'
import { reachOf, stepBar } from '../charts/step.ts'
import { table, type Html } from './layout.ts'
import { count, percent, plain } from './words.ts'

/** How alike two profiles are: where one starts, what each field adds, in bits, and what that comes to, in words. */
export function waterfallPart(waterfall: Waterfall, mayKnow: boolean): Html {
  const told = waterfall.steps.filter((step) => step.level !== 'not known')
  const silent = waterfall.steps.filter((step) => step.level === 'not known')
  const sums = told.map((_, index) => told.slice(0, index + 1).reduce((sum, step) => sum + step.weight, 0))
  const reach = reachOf([...sums, waterfall.weight])
  const rows = told.map((step, index) => [
    comparisons[step.comparison] ?? plain(step.comparison),
    bits(step.weight),
    stepBar(sums[index - 1] ?? 0, sums[index]!, reach, index === 0 ? 'start' : 'step'),
    html`<span class="prose">${levels[step.level] ?? step.level}${comparedOf(step, mayKnow)}</span>`,
  ])
  const sum = [
    html`<strong>Together</strong>`,
    html`<strong>${bits(waterfall.weight)}</strong>`,
    stepBar(0, waterfall.weight, reach, 'sum'),
    html`<span class="prose">${oddsInWords(waterfall.weight)}</span>`,
  ]
  return html`<p>
      <span class="tag ${bands[waterfall.band].tone}">${bands[waterfall.band].words}</span>
      ${oddsInWords(waterfall.weight)}, which is a chance of ${chance(waterfall.probability)}.
    </p>
    ${table('In bits: one more doubles the odds', ['Field', 'Bits', 'For or against', 'They'], [...rows, sum], [1])}
    ${silent.length > 0 ? html`<p class="soft">Not known of both: ${silent.map(({ comparison }) => (comparisons[comparison] ?? comparison).toLowerCase()).join(', ')}.</p>` : ''}`
}

const bands = {
  merge: { words: 'enough to join', tone: '' },
  review: { words: 'in doubt', tone: 'warn' },
  reject: { words: 'too little to join', tone: '' },
} as const satisfies Record<Waterfall['band'], { words: string; tone: string }>

function comparedOf({ comparison, left, right }: Waterfall['steps'][number], mayKnow: boolean): Html {
  if (!mayKnow || left === null || right === null) return html``
  const [one, other] = comparison === 'dob' ? [dateOf(left), dateOf(right)] : [left, right]
  return html`<small class="compared">${one === other ? one : `${one} / ${other}`}</small>`
}

/** A birthday as linkage compares it, `19710624`, as it is read. */
export const dateOf = (digits: string): string =>
  digits.length === 8 ? `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}` : digits

const comparisons: Readonly<Record<string, string>> = {
  start: 'At the start', given: 'Given name', family: 'Family name', dob: 'Born', email: 'E-mail', phone: 'Phone', street: 'Street',
  city: 'City', postcode: 'Postcode', country: 'Country', others: 'Who else',
} // prettier-ignore

/** How two values agree, in words that need no manual. */
const levels: Readonly<Record<string, string>> = {
  'any two records': 'are any two people', exact: 'are the same', swapped: 'are the same, given and family name swapped',
  nickname: 'share a nickname', 'a word of it': 'have a word in common', initial: 'fit by an initial', 'one slip': 'are one slip apart',
  'two parts': 'agree in two of day, month and year', 'same year': 'agree in the year', 'same user': 'are the same before the @',
  'same district': 'are of one district', 'other number': 'are of one street, another number', different: 'differ',
  'alike 0.92': 'are much alike', 'alike 0.88': 'are much alike', 'alike 0.82': 'are somewhat alike', 'alike 0.8': 'are somewhat alike',
  'relatives and neighbours agree so too': 'could be relatives or neighbours, who agree so too',
} // prettier-ignore

/** `+3.1`, `−0.4`: with the sign a reader looks for. */
export const bits = (weight: number): string =>
  `${Math.abs(weight) < 0.05 ? '' : weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(1)}`

/** Log2 odds as people say odds. */
export function oddsInWords(weight: number): string {
  const odds = 2 ** Math.abs(weight)
  if (odds < 1.1) return 'It is even whether they are one person'
  const words = odds >= 1e6 ? 'more than a million' : count(Number(odds.toPrecision(2)))
  return weight > 0 ? `${words} to 1 that they are one person` : `${words} to 1 that they are two people`
}

const chance = (probability: number): string =>
  probability > 0.999 ? 'over 99.9 %' : probability < 0.001 ? 'under 0.1 %' : percent(probability)
