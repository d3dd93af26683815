import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figuresOf } from '#rag/guardrails/figures.ts'
import type { DraftBody, Evidence } from '#rag/draft.ts'
import { fact, mail, troubles } from './guarded-copy.ts'

const products = ['Yirgacheffe Kochere', 'Huila Decaf', 'Sumatra Gayo', 'Finca Buena Vista', 'House Espresso']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

type Figure = { kind: 'price' | 'percent' | 'date'; said: string; statement: (product: string) => string }

const euros = (minor: number): string => `€${(minor / 100).toFixed(2)}`
const day = (at: number): string => {
  const date = new Date(Date.UTC(2026, 0, 1 + at))
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

const prices = fc.integer({ min: 100, max: 2_000_000 }).map((minor): Figure => ({
  kind: 'price',
  said: euros(minor),
  statement: (product) => `${product} costs ${euros(minor)} a bag.`,
}))
const percents = fc.integer({ min: 1, max: 90 }).map((value): Figure => ({
  kind: 'percent',
  said: `${value}%`,
  statement: (product) => `${product} has a reduction of ${value}%.`,
}))
const dates = fc
  .integer({ min: 0, max: 700 })
  .map((at): Figure => ({ kind: 'date', said: day(at), statement: (product) => `${product} arrives on ${day(at)}.` }))

/** A draft of one to four true sentences, each about another product, some of two facts. */
const drafts = fc
  .record({
    figures: fc.array(fc.oneof(prices, percents, dates), { minLength: 1, maxLength: 4 }),
    named: fc.shuffledSubarray(products, { minLength: 4 }),
    joined: fc.boolean(),
  })
  .map(({ figures, named, joined }) => {
    const evidence = figures.map((figure, index) => fact(figure.statement(named[index]!), { title: named[index]! }))
    const texts = evidence.map((item) => item.text)
    const both = `${texts[0]?.replace(/\.$/, '')}, and ${texts[1]}`
    const said: [string, ...Evidence[]][] =
      joined && figures.length > 1
        ? [
            [both, evidence[0]!, evidence[1]!],
            ...evidence.slice(2).map((item): [string, Evidence] => [item.text, item]),
          ]
        : evidence.map((item): [string, Evidence] => [item.text, item])
    return { body: mail(said), evidence, figures }
  })

const replaced = (body: DraftBody, from: string, to: string): DraftBody =>
  JSON.parse(JSON.stringify(body).replace(from, () => to)) as DraftBody

describe('a draft that passes', () => {
  it('is blocked when any price, date or percentage of it is changed', () => {
    fc.assert(
      fc.property(drafts, fc.nat(), fc.oneof(prices, percents, dates), ({ body, evidence, figures }, at, other) => {
        expect(troubles(body, evidence)).toEqual([])
        const figure = figures[at % figures.length]!
        const changed = figure.kind === other.kind ? other.said : mutated(figure, at)
        fc.pre(changed !== figure.said)
        expect(troubles(replaced(body, figure.said, changed), evidence)).toContain('block figures-match')
      }),
      { numRuns: 500 },
    )
  })

  it('is blocked when a figure is added to it', () => {
    fc.assert(
      fc.property(drafts, fc.oneof(prices, percents, dates), ({ body, evidence, figures }, other) => {
        fc.pre(!figures.some((figure) => figure.said === other.said))
        const added = { ...body, preheader: { text: `Have a look, ${other.said}`, citations: [] } }
        expect(troubles(added, evidence)).toContain('block figures-match')
      }),
    )
  })
})

/** The same figure with one digit turned. */
function mutated(figure: Figure, at: number): string {
  const places = [...figure.said.matchAll(/\d/g)].map((match) => match.index)
  const place = places[at % places.length]!
  const digit = (Number(figure.said[place]) + 1 + (at % 8)) % 10
  return figure.said.slice(0, place) + String(digit) + figure.said.slice(place + 1)
}

describe('reading figures', () => {
  it.each([
    ['€13.50', [{ kind: 'money', amountMinor: 1350, currency: 'EUR' }]],
    ['EUR 1,250', [{ kind: 'money', amountMinor: 125000, currency: 'EUR' }]],
    ['twelve euros', [{ kind: 'money', amountMinor: 1200, currency: 'EUR' }]],
    ['¥500', [{ kind: 'money', amountMinor: 500, currency: 'JPY' }]],
    ['2.5 %', [{ kind: 'percent', value: 2.5 }]],
    ['twenty-five percent', [{ kind: 'percent', value: 25 }]],
    ['2026-03-14', [{ kind: 'date', year: 2026, month: 3, day: 14 }]],
    ['the 3rd of May', [{ kind: 'date', year: null, month: 5, day: 3 }]],
    ['in March', [{ kind: 'date', year: null, month: 3, day: null }]],
    ['you may march', []],
    ['9:30 pm', [{ kind: 'time', minutes: 1290 }]],
    ['noon', [{ kind: 'time', minutes: 720 }]],
    ['1,950 metres', [{ kind: 'quantity', value: 1950, unit: 'm' }]],
    ['two days', [{ kind: 'quantity', value: 2, unit: 'day' }]],
    ['one of the bags', []],
    ['40 Kochere bags', [{ text: '40', kind: 'quantity', value: 40, unit: null }]],
    [
      '6 °C for 2–3 hours',
      [
        { value: 6, unit: '°' },
        { value: 2, unit: null },
        { value: 3, unit: 'hour' },
      ],
    ],
  ])('reads “%s”', (text, figures) => {
    expect(figuresOf(text)).toMatchObject(figures)
    expect(figuresOf(text)).toHaveLength(figures.length)
  })

  it('keeps to the text whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const { start, end, text: said } of figuresOf(text)) expect(text.slice(start, end).trim()).toBe(said)
      }),
    )
  })
})
