import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId, type DocumentId, type RecordId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { variantOf, type CatalogueRow } from '#ingest/content/catalogue.ts'
import { textFacts } from '#ingest/content/facts.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { blocksOf, byteOffsets } from '#ingest/content/markdown.ts'
import { splitDocument } from '#ingest/content/split.ts'
import { testDatabase } from '../support/database.ts'

const utf8 = (body: string, start: number, end: number): string => Buffer.from(body).subarray(start, end).toString()

const markdown = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('# ', '## Über uns', '\n', '\n\n', '\r\n', '| a | b |\n|---|---|\n| 1 | € |', '- ', '```', '👩‍👩‍👧 ', 'e\u0301', '\u{FEFF}', '. '),
      fc.string({ unit: 'grapheme', minLength: 900, maxLength: 2600 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join('')) // prettier-ignore

describe('a chunk', () => {
  it('is exactly the bytes of the document it names, in order, and at most 1,200 characters long, for any text', () => {
    fc.assert(
      fc.property(markdown, (body) => {
        let behind = 0
        for (const chunk of splitDocument(body)) {
          expect(utf8(body, chunk.startByte, chunk.endByte)).toBe(chunk.text)
          expect(chunk.startByte).toBeGreaterThanOrEqual(behind)
          expect(chunk.text.length).toBeLessThanOrEqual(1200)
          expect(chunk.text.trim()).toBe(chunk.text)
          behind = chunk.endByte
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leaves out nothing but blanks and lines of headings, for any text', () => {
    fc.assert(
      fc.property(markdown, (body) => {
        const bytes = Buffer.from(body)
        let behind = 0
        for (const { startByte, endByte } of [
          ...splitDocument(body),
          { startByte: bytes.length, endByte: bytes.length },
        ]) {
          const between = bytes.subarray(behind, startByte).toString().split('\n')
          expect(between.filter((line) => line.trim() !== '' && !/^ {0,3}#{1,6}\s/.test(line))).toEqual([])
          behind = endByte
        }
      }),
      { numRuns: 300 },
    )
  })

  it('never parts a character that is made of several, however long a word is', () => {
    for (const character of ['👩‍👩‍👧', 'e\u0301', '🇳🇱', '𝒳']) {
      const body = `a${character.repeat(1500)}`
      const parts = splitDocument(body).map(({ text }) => text)
      expect(parts.join('')).toBe(body)
      for (const part of parts.slice(1)) expect(part.startsWith(character), character).toBe(true)
    }
  })

  it('loses nothing but headings and blanks', () => {
    fc.assert(
      fc.property(fc.array(fc.lorem({ mode: 'sentences', maxCount: 40 }), { maxLength: 6 }), (paragraphs) => {
        const words = splitDocument(paragraphs.join('\n\n')).flatMap((chunk) => chunk.text.split(/\s+/))
        expect(words).toEqual(paragraphs.flatMap((text) => text.split(/\s+/)))
      }),
    )
  })

  it('stays under its heading, named by the path of headings', () => {
    const body =
      '# Shop\n\nHello.\n\n## Hours\n\nMonday.\n\nTuesday.\n\n### Holidays\n\nNone.\n\n## Contact\n\n```\n# no heading\n```\n'
    expect(splitDocument(body).map(({ heading, text }) => [heading, text])).toEqual([
      ['Shop', 'Hello.'],
      ['Shop › Hours', 'Monday.\n\nTuesday.'],
      ['Shop › Hours › Holidays', 'None.'],
      ['Shop › Contact', '```\n# no heading\n```'],
    ])
  })

  it('has byte offsets that agree with the encoder at every character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const at = byteOffsets(text)
        for (let index = 0; index <= text.length; index += 1) {
          const isInsidePair = /[\uDC00-\uDFFF]/.test(text[index] ?? '')
          if (!isInsidePair) expect(at(index)).toBe(Buffer.byteLength(text.slice(0, index)))
        }
      }),
    )
    expect(blocksOf('')).toEqual([])
  })
})

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

describe('indexing content', () => {
  const db = testDatabase()
  const clock = stoppedClock(new Date('2026-03-01T10:00:00Z'))
  const index = () => indexContent({ db, clock })
  const record = newId<'record'>(clock)

  const write = async (uri: string, body: string, version: string) => {
    await db.query(sql`update ingest.documents set valid_to = ${clock()} where uri = ${uri} and valid_to is null`)
    await db.query(sql`insert into ingest.documents (id, source, uri, title, language, content_hash, body, valid_from, record_id)
      values (${newId(clock)}, 'content', ${uri}, ${uri}, 'en', ${version}, ${body}, ${clock()}, ${record})`)
  }
  const sell = (priceMinor: number, available: number) =>
    db.query(sql`insert into ingest.products (id, source, external_id, sku, title, description, price_minor, currency, available, record_id)
      values (${newId(clock)}, 'shopify', 'tin', 'TIN', 'Airtight Tin', '', ${priceMinor}, 'EUR', ${available}, ${record})
      on conflict (source, external_id) do update set price_minor = excluded.price_minor, available = excluded.available`)
  const facts = () =>
    db.query(sql`select statement, valid_to as until from ingest.facts order by subject, predicate, valid_from`)

  beforeEach(() => sell(1200, 45))

  it('makes chunks and facts once, and nothing when it runs again', async () => {
    await write('faq.md', '# FAQ\n\n## Returns\n\nReturn it within 30 days of delivery.', '1')
    expect(await index()).toMatchObject({
      documents: 1,
      chunks: { added: 1 },
      facts: { current: 4, opened: 4, closed: 0 },
    })
    expect(await index()).toMatchObject({ chunks: { added: 0 }, facts: { current: 4, opened: 0, closed: 0 } })
    expect((await facts()).map((fact) => fact['statement'])).toEqual([
      'Return it within 30 days of delivery.',
      'Airtight Tin is available.',
      'Airtight Tin costs €12.00.',
      'We have 45 of Airtight Tin in stock.',
    ])
  })

  it('keeps a fact whose name is longer than an index row may be', async () => {
    const word = Array.from({ length: 800 }, (_, n) => String.fromCodePoint(0x2_0000 + ((n * 7919) % 40_000))).join('')
    await write('faq.md', `## Returns\n\nYou cannot return ${word} within 30 days.`, '1')
    expect((await index()).facts).toEqual({ current: 4, opened: 4, closed: 0 })
    expect((await index()).facts).toEqual({ current: 4, opened: 0, closed: 0 })
  })

  it('changes nothing the second time, for any texts, and keeps only spans that are the words they name', async () => {
    const piece = fc.oneof(
      fc.constantFrom('# Tins\n\n', '## Tin\n\n', 'Tin costs €12.00. ', 'Tin costs €13.00 until 30 June 2030. ', '## Returns\n\nReturn it within 30 days.\n\n', 'Contains: milk, nuts.\n\n', '10 % off with code TEN10. ', '| Tin | Price |\n|---|---|\n| Tin | €11.00 |\n\n', '- Mon–Fri: 9:00–17:00\n\n', 'hello@shop.example\n\n'),
      markdown.map((body) => body.replaceAll('\0', '')),
    ) // prettier-ignore
    const bodies = fc.array(
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 4 },
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(bodies, async (texts) => {
        run += 1
        for (const [number, body] of texts.entries()) await write(`contact-faq-${number}.md`, body, `${run}`)
        await index()
        expect(await index()).toMatchObject({ chunks: { added: 0 }, topics: { added: 0, removed: 0 }, facts: { opened: 0, closed: 0 } }) // prettier-ignore
        const spans = await db.query<{ said: string; stands: string }>(sql`select c.text as said,
            convert_from(substring(convert_to(d.body, 'UTF8') from c.start_byte + 1 for c.end_byte - c.start_byte), 'UTF8') as stands
          from ingest.chunks c join ingest.documents d on d.id = c.document_id where d.valid_to is null`)
        for (const { said, stands } of spans) expect(stands).toBe(said)
      }),
      { numRuns: 8 },
    )
  })

  it('closes a fact when its value changes and opens the new one, and closes what is said no more', async () => {
    await write('faq.md', '## Returns\n\nReturn it within 30 days of delivery.', '1')
    await index()
    clock.advance(1000)
    await sell(1300, 45)
    await write('faq.md', '## Returns\n\nReturn it within 14 days of delivery. Nothing else.', '2')
    expect((await index()).facts).toEqual({ current: 4, opened: 2, closed: 2 })
    expect(await facts()).toEqual([
      { statement: 'Return it within 30 days of delivery.', until: clock() },
      { statement: 'Return it within 14 days of delivery.', until: null },
      { statement: 'Airtight Tin is available.', until: null },
      { statement: 'Airtight Tin costs €12.00.', until: clock() },
      { statement: 'Airtight Tin costs €13.00.', until: null },
      { statement: 'We have 45 of Airtight Tin in stock.', until: null },
    ])
    await write('faq.md', 'Nothing at all.', '3')
    expect((await index()).facts).toEqual({ current: 3, opened: 0, closed: 1 })
  })

  it('keeps a fact that only moved, and points it at where it stands now', async () => {
    await write('faq.md', '## Returns\n\nReturn it within 30 days of delivery.', '1')
    await index()
    await write('faq.md', '## Returns\n\nÜber alles. Return it within 30 days of delivery.', '2')
    expect((await index()).facts).toEqual({ current: 4, opened: 0, closed: 0 })
    const rows = await db.query<{ words: string; current: boolean }>(sql`
      select convert_from(substring(convert_to(d.body, 'UTF8') from f.start_byte + 1 for f.end_byte - f.start_byte), 'UTF8') as words,
        d.valid_to is null as current
      from ingest.facts f join ingest.documents d on d.id = f.document_id`)
    expect(rows).toEqual([{ words: 'Return it within 30 days of delivery.', current: true }])
  })

  it('states what the catalogue says a thing is, once as words and once as a sentence', async () => {
    await db.query(sql`update ingest.products set description = ${'Tin with an\n inner lid'}`)
    await index()
    const rows = await db.query(sql`select value, statement from ingest.facts where predicate = 'description'`)
    expect(rows).toEqual([{ value: 'Tin with an inner lid', statement: 'Airtight Tin: Tin with an inner lid.' }])
  })

  it('takes nothing from a text about how the business writes', async () => {
    await write('content/brand.md', '# Voice\n\nWe answer within 30 days. The Airtight Tin costs €15.00.', '1')
    expect(await index()).toMatchObject({ documents: 0, chunks: { added: 0 }, facts: { current: 3 }, conflicts: [] })
  })

  it('believes the catalogue before a text, and reports that the text contradicts it', async () => {
    await write('shop.md', 'The Airtight Tin costs €15.00.', '1')
    const { conflicts } = await index()
    expect(conflicts.map(({ believed, other }) => [believed.statement, other.statement])).toEqual([
      ['Airtight Tin costs €12.00.', 'Airtight Tin costs €15.00.'],
    ])
  })
})
