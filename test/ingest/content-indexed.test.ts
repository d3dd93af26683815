import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { testDatabase } from '../support/database.ts'
import { anyMarkdown } from './any-markdown.ts'

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
      anyMarkdown.map((body) => body.replaceAll('\0', '')),
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
