import { describe, expect, it } from 'vitest'
import type { DocumentId, RecordId } from '#kernel/ids.ts'
import { variantOf, type CatalogueRow } from '#ingest/content/catalogue.ts'
import { dateOf, validityIn } from '#ingest/content/dates.ts'
import { textFacts } from '#ingest/content/facts.ts'
import { objectionToValue } from '#ingest/content/values.ts'

const product = (sku: string, title: string): CatalogueRow => ({
  externalId: sku, sku, title, description: '', type: null, priceMinor: null, currency: 'EUR', available: null, recordId: 'r' as RecordId,
}) // prettier-ignore

/** The facts of a text, all of the shape of their family, as subject, predicate, value and end. */
function factsOf(body: string, uri = 'faq.md', catalogue: CatalogueRow[] = []) {
  const text = { id: 'd' as DocumentId, uri, title: uri, body, validFrom: new Date('2026-03-01T10:00:00Z'), recordId: 'r' as RecordId } // prettier-ignore
  const facts = textFacts(text, catalogue.map(variantOf), { zone: 'Europe/Amsterdam', country: 'NL' })
  for (const fact of facts) expect(objectionToValue(fact), fact.statement).toBeNull()
  return facts
}
const told = (body: string, uri?: string, catalogue?: CatalogueRow[]): [string, unknown][] =>
  factsOf(body, uri, catalogue).map(({ subject, predicate, value }) => [`${subject} ${predicate}`, value])

describe('a date', () => {
  it('is read as people write it in English, Dutch and German, and only where there is such a day', () => {
    for (const text of ['2026-09-19', 'Saturday 19 September 2026', 'September 19th, 2026', '19.9.2026', '19. September 2026', 'zaterdag 19 sept 2026'])
      expect(dateOf(text), text).toBe('2026-09-19') // prettier-ignore
    expect(dateOf('1 maart 2026')).toBe('2026-03-01')
    expect(dateOf('12. Mai 2026')).toBe('2026-05-12')
    for (const text of ['31 February 2026', '2026-02-30', '45.1.2026', 'someday', '12 September']) expect(dateOf(text), text).toBeNull() // prettier-ignore
    expect(dateOf('12 September', '2026-10-01')).toBe('2027-09-12')
  })

  it('says from when and until when something holds, its last day included, in the zone of the business', () => {
    const given = { zone: 'Europe/Amsterdam', written: new Date('2026-03-01T10:00:00Z') }
    const july = new Date('2026-06-30T22:00:00Z')
    const june = new Date('2026-05-31T22:00:00Z')
    for (const text of ['10 % off until 30 June 2026', 'only until Tuesday 30 June', 'geldig tot en met 30 juni 2026', 'gültig bis 30.6.2026'])
      expect(validityIn(text, given), text).toEqual({ from: null, to: july }) // prettier-ignore
    for (const text of ['from 1 to 30 June 2026', 'from 1 June 2026 until 30 June 2026', '1–30 June 2026'])
      expect(validityIn(text, given), text).toEqual({ from: june, to: july })
    expect(validityIn('from 1 June 2026 it costs more', given)).toEqual({ from: june, to: null })
    expect(validityIn('open from 9 to 5', given)).toEqual({ from: null, to: null })
  })
})

describe('opening hours', () => {
  const week = { monday: null, tuesday: { from: '09:00', to: '17:30' }, wednesday: { from: '09:00', to: '17:30' }, thursday: { from: '09:00', to: '17:30' }, friday: { from: '09:00', to: '17:30' } } // prettier-ignore

  it('are read from lines and ranges of days, with breaks and with hours after noon', () => {
    const weekend = { ...week, saturday: [{ from: '10:00', to: '12:00' }, { from: '13:00', to: '17:00' }] } // prettier-ignore
    expect(told('- Monday: closed\n- Tue–Fri: 9am – 5.30pm\n- Sat: 10:00–12:00, 13:00–17:00')).toEqual([['business opening-hours', weekend]]) // prettier-ignore
    expect(told('Maandag: gesloten\nDi t/m vr: 09.00 – 17.30 uur')).toEqual([['business opening-hours', week]])
    expect(told('| Tag | |\n|---|---|\n| Montag | geschlossen |\n| Di bis Fr | 09:00–17:30 Uhr |')).toEqual([['business opening-hours', week]]) // prettier-ignore
  })

  it('are none where days only happen to be named', () => {
    expect(told('- Monday: roast\n- Tuesday: pack\n- Wednesday: send\n- Thursday: rest\n- Friday: sing')).toEqual([])
    expect(told('Mon–Fri: come by from 2 to 4 people')).toEqual([])
  })
})

describe('ingredients and allergens', () => {
  const bread = [product('RYE-1', 'Rye Bread - 500 g'), product('RYE-2', 'Rye Bread - 1 kg')]

  it('are lists after their label, of every variant of what the heading names', () => {
    const body =
      '# Breads\n\n## Rye Bread\n\n**Ingredients:** rye flour (67 %, local), water and salt. Contains: rye, gluten.\n\nMay contain traces of: nuts.'
    expect(told(body, 'breads.md', bread)).toEqual([
      ['product:RYE-1 ingredients', ['rye flour (67 %, local)', 'water', 'salt']],
      ['product:RYE-2 ingredients', ['rye flour (67 %, local)', 'water', 'salt']],
      ['product:RYE-1 allergens', ['rye', 'gluten']],
      ['product:RYE-2 allergens', ['rye', 'gluten']],
      ['product:RYE-1 traces', ['nuts']],
      ['product:RYE-2 traces', ['nuts']],
    ])
  })

  it('are read under a heading, in a table, and in Dutch and German', () => {
    expect(told('# Soup\n\n## Pea Soup\n\n### Ingredients\n\n- peas\n- salt')).toEqual([['offer:pea-soup ingredients', ['peas', 'salt']]]) // prettier-ignore
    expect(told('| Cake | Allergens |\n|---|---|\n| Nut Cake | nuts, egg |')).toEqual([['offer:nut-cake allergens', ['nuts', 'egg']]]) // prettier-ignore
    expect(told('# x\n\n## Erwtensoep\n\nIngrediënten: erwten, zout en water\nBevat: selderij')).toEqual([
      ['offer:erwtensoep ingredients', ['erwten', 'zout', 'water']],
      ['offer:erwtensoep allergens', ['selderij']],
    ])
    expect(told('# x\n\n## Brot\n\nZutaten: Mehl, Salz und Wasser')).toEqual([['offer:brot ingredients', ['Mehl', 'Salz', 'Wasser']]]) // prettier-ignore
  })
})

describe('policies', () => {
  it('are typed by what they promise, and the same thing under general headings', () => {
    const days = (body: string) => factsOf(body)[0]
    expect(days('## Returns\n\nYou can return anything within 30 days.')).toMatchObject({ subject: 'policy:returns', predicate: 'returns', value: { kind: 'returns', days: 30 } }) // prettier-ignore
    expect(days('## What is your return policy?\n\nReturns are accepted within 14 days of delivery.')).toMatchObject({ subject: 'policy:returns', predicate: 'returns', value: { days: 14 } }) // prettier-ignore
    expect(days('## Cancellation\n\nCancel up to 7 days before the date and you get your money back.')).toMatchObject({ predicate: 'cancellation', value: { days: 7 } }) // prettier-ignore
    expect(days('## Warranty\n\nEvery grinder has a 2-year warranty.')).toMatchObject({ predicate: 'warranty', value: { years: 2 } }) // prettier-ignore
    expect(days('## Shipping\n\nDelivery takes 2–3 working days after sending.')).toMatchObject({ predicate: 'shipping', value: { atLeast: 2, workingDays: 3 } }) // prettier-ignore
    expect(days('## Retourneren\n\nRetourneren kan binnen 30 dagen.')).toMatchObject({ predicate: 'returns', value: { days: 30 } }) // prettier-ignore
  })

  it('take no number from what is denied, and go by their words where a page says two things of a kind', () => {
    expect(factsOf('## Returns\n\nThe 14 days right of return does not apply after 30 days.').every(({ predicate }) => predicate !== 'returns')).toBe(true) // prettier-ignore
    const two = '## Returns\n\nReturn coffee within 30 days. Return gear within 14 days.'
    expect(factsOf(two).map(({ predicate }) => predicate)).toEqual(['returns', 'return-gear-within-days'])
  })
})

describe('discounts', () => {
  it('are those with a code or an end, which is the end of the fact', () => {
    const [first, second] = factsOf(
      'Get 10 % off everything until 30 June 2026. Use code SPRING15 for €5.00 off orders over €40.',
    )
    expect(first).toMatchObject({
      predicate: 'discount',
      value: { percent: 10 },
      validTo: new Date('2026-06-30T22:00:00Z'),
    })
    expect(second).toMatchObject({ subject: 'discount:spring15', value: { code: 'SPRING15', off: { amountMinor: 500, currency: 'EUR' }, orderFrom: { amountMinor: 4000 } }, validTo: null }) // prettier-ignore
    expect(told('15% korting met code LENTE.')).toEqual([['discount:lente discount', { percent: 15, code: 'LENTE' }]])
    expect(told('20 % Rabatt bis 30.6.2026.')).toEqual([['discount:rabatt-bis discount', { percent: 20 }]])
    for (const body of ['Get €5.00 off now.', 'It is 10 % off the mark.', 'A blend of 60% Brazil.']) expect(told(body), body).toEqual([]) // prettier-ignore
  })
})

describe('how the business is reached', () => {
  it('is read on its own pages, as one way to write it', () => {
    const body = '## Visit us\n\nElzenkade 14, 3500 ZZ Utrecht. Call 030 234 5678 or write to Hello@Shop.example, or for press to press@shop.example.\n\nPress: press@shop.example' // prettier-ignore
    expect(told(body, 'contact.md')).toEqual([
      ['business address', 'Elzenkade 14, 3500 ZZ Utrecht'],
      ['business email', 'hello@shop.example'],
      ['business phone', '+31302345678'],
      ['business email-press-shop-example', 'press@shop.example'],
    ])
    expect(told('Write to anna@private.example.', 'blog/anna.md')).toEqual([])
  })
})

describe('places left', () => {
  it('are counted by sentences that name what and when', () => {
    const body =
      '# Workshops\n\n## Latte Art\n\nThere are 3 places left for Latte Art on 12 September 2026. No seats left on 19 September 2026.'
    expect(told(body, 'workshops.md')).toEqual([
      ['workshop:latte-art/2026-09-12 places-left', 3],
      ['workshop:latte-art/2026-09-19 places-left', 0],
    ])
  })
})

describe('prices', () => {
  const tin = [product('TIN', 'Airtight Tin')]

  it('may have an end, a currency behind them, and Dutch or German around them', () => {
    expect(factsOf('The Airtight Tin costs 9,90 € until 30 June 2026.', 'x.md', tin)).toMatchObject([{ predicate: 'price', value: { amountMinor: 990, currency: 'EUR' }, validTo: new Date('2026-06-30T22:00:00Z') }]) // prettier-ignore
    expect(told('De Airtight Tin kost EUR 12,50.', 'x.md', tin)).toEqual([['product:TIN price', { amountMinor: 1250, currency: 'EUR' }]]) // prettier-ignore
    expect(told('Airtight Tin jetzt 11 EUR.', 'x.md', tin)).toEqual([['product:TIN price', { amountMinor: 1100, currency: 'EUR' }]]) // prettier-ignore
  })
})

describe('any text', () => {
  it('is searched for facts in bounded time, whatever it repeats', () => {
    const pieces = ['a', '*', '# ', '`', '| ', '1', '-', 'a@', 'Contains: a, ', '€1 ', 'x until 1 ', '(', ' ', 'within 3 days ', '+31 ', 'Mon ', 'A 1 ', '\n', '\n# ', '\n| a ', '\n- '] // prettier-ignore
    for (const piece of pieces) expect(factsOf(piece.repeat(Math.ceil(200_000 / piece.length)), 'about-contact-faq.md').length, JSON.stringify(piece)).toBeLessThan(20_000) // prettier-ignore
  })
})
