import { describe, expect, it } from 'vitest'
import type { DocumentId, RecordId } from '#kernel/ids.ts'
import { variantOf, type CatalogueRow } from '#ingest/content/catalogue.ts'
import { textFacts } from '#ingest/content/facts.ts'

const utf8 = (body: string, start: number, end: number): string => Buffer.from(body).subarray(start, end).toString()

const product = (sku: string, title: string, priceMinor: number, available: number | null): CatalogueRow => ({
  externalId: sku, sku, title, description: '', type: null, priceMinor, currency: 'EUR', available, recordId: 'r' as RecordId,
}) // prettier-ignore

/** The facts of a text as `subject predicate: statement`, with the words they rest on. */
function told(body: string, uri = 'faq.md', catalogue: CatalogueRow[] = []): [string, string][] {
  const text = { id: 'd' as DocumentId, uri, title: uri, body, validFrom: new Date(0), recordId: 'r' as RecordId }
  return textFacts(text, catalogue.map(variantOf)).map(({ subject, predicate, statement, evidence }) => [
    `${subject} ${predicate}: ${statement}`,
    utf8(body, evidence.startByte!, evidence.endByte!),
  ])
}

describe('facts of a text', () => {
  const catalogue = [
    product('A-250', 'Äthiopia - 250 g', 1320, 3),
    product('A-1KG', 'Äthiopia - 1 kg', 4700, 3),
    product('TIN', 'Airtight Tin', 1200, 3),
  ]

  it('are prices of the product named before them, for the size beside them', () => {
    const body = 'Try Äthiopia at €13.20 for 250 g, or 1 kg. The Airtight Tin costs £10.50 in the United Kingdom.'
    expect(told(body, 'x.md', catalogue)).toEqual([
      ['product:A-250 price: Äthiopia costs €13.20 for 250 g.', 'Try Äthiopia at €13.20 for 250 g, or 1 kg.'],
      ['product:TIN price-gbp: Airtight Tin costs £10.50.', 'The Airtight Tin costs £10.50 in the United Kingdom.'],
    ])
  })

  it('are not guessed: an amount that is a discount, of another size or another thing is no price', () => {
    for (const body of [
      'Get €5.00 off the Airtight Tin.',
      'Airtight Tin: save €5.00 now.',
      'Äthiopia costs €4.00.',
      'The Airtight Tin, when bought together with a long list of other things, is €9.00.',
      'For 100 g of Airtight Tin.',
    ])
      // prettier-ignore
      expect(told(body, 'x.md', catalogue), body).toEqual([])
    const paid = '| Coffee | We paid for a kilogram |\n|---|---|\n| Airtight Tin | €8.10 |'
    expect(told(paid, 'x.md', catalogue)).toEqual([])
  })

  it('are read from price tables by row and column', () => {
    const body =
      '| Coffee | Taste | 250 g | 1 kg | UK 250 g |\n|---|---|---|---|---|\n| Äthiopia | berry €1 | €13.20 | not sold | £11.90 |'
    expect(told(body, 'x.md', catalogue).map(([fact]) => fact)).toEqual([
      'product:A-250 price: Äthiopia costs €13.20 for 250 g.',
      'product:A-250 price-gbp: Äthiopia costs £11.90 for 250 g.',
    ])
  })

  it('are opening hours, delivery and dates of tables that say so', () => {
    const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']
    const hours = `## Opening hours of the bar\n\n| Day | Open |\n|---|---|\n${days.map((day, n) => `| ${day} | ${n < 2 ? 'closed' : '9:00–17:00'} |`).join('\n')}`
    expect(told(hours)[0]?.[0]).toBe(
      'business opening-hours: The bar is open Wednesday 9:00–17:00, Thursday 9:00–17:00 and Friday 9:00–17:00, and closed on Monday and Tuesday.',
    )
    const sent =
      '| Country | After sending | Price | Free from |\n|---|---|---|---|\n| Netherlands | 1–2 working days | €4.95 | €35 |'
    expect(told(sent)).toEqual([
      ['delivery:netherlands time: Delivery to the Netherlands takes 1–2 working days after sending.', '| Netherlands | 1–2 working days | €4.95 | €35 |'],
      ['delivery:netherlands price: Delivery to the Netherlands costs €4.95.', '| Netherlands | 1–2 working days | €4.95 | €35 |'],
      ['delivery:netherlands free-from: Delivery to the Netherlands is free from €35.00.', '| Netherlands | 1–2 working days | €4.95 | €35 |'],
    ]) // prettier-ignore
    const course =
      '# All\n\n## Latte Art\n\nLatte Art costs €45.00 a person.\n\n| Date | Time | Places left |\n|---|---|---|\n| Saturday 12 September 2026 | 10:00–12:00 | 1 place |\n| 31 February 2026 | | |'
    expect(told(course, 'workshops.md').map(([fact]) => fact)).toEqual([
      'workshop:latte-art price: Latte Art costs €45.00.',
      'workshop:latte-art/2026-09-12 starts-at: Latte Art takes place on 12 September 2026, 10:00–12:00.',
      'workshop:latte-art/2026-09-12 places-left: Latte Art on 12 September 2026 has 1 place left.',
    ])
  })

  it('are policies of binding pages, told with their question where they lean on it, never of a story', () => {
    const body =
      '## Do you grind?\n\nYes, without charge.\n\n## Returns\n\nReturn it within 30 days of delivery. It is easy within 5 days.'
    expect(told(body).map(([fact]) => fact)).toEqual([
      'policy:do-you-grind yes-without-charge: Do you grind? Yes, without charge.',
      'policy:returns returns: Return it within 30 days of delivery.',
    ])
    expect(told(body, 'blog/returns.md')).toEqual([])
  })
})
