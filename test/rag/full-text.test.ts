import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Embedder } from '#rag/embedder.ts'
import { retrieve, type Question } from '#rag/retrieve.ts'
import { askedIn, termStatistics, textMatches } from '#rag/queries/text-search.ts'
import { testDatabase } from '../support/database.ts'
import { addDocument, addRoastery, today } from './corpus.ts'

const db = testDatabase()
const clock = stoppedClock(today)

/** Full text alone: an embedder whose model has no vectors. */
const noVectors: Embedder = { id: 'none', dimensions: 2, embed: () => Promise.resolve([[1, 0]]) }

const headings = async (query: string, more: Partial<Question> = {}): Promise<string[]> => {
  const passages = await retrieve({ db, embedder: noVectors }, { query, at: today, limit: 5, ...more })
  return passages.map(({ heading }) => heading)
}

/** A document of one chunk in a language, as its source told it. */
async function addText(language: string, heading: string, text: string): Promise<void> {
  const [documentId, recordId] = [newId<'document'>(clock), newId(clock)]
  await db.query(sql`insert into ingest.documents (id, source, uri, title, language, content_hash, body, valid_from, record_id)
    values (${documentId}, 'content', ${heading}, ${heading}, ${language}, ${heading}, ${text}, '2026-01-01', ${recordId})`)
  await db.query(sql`insert into ingest.chunks (id, document_id, ordinal, heading, text, start_byte, end_byte, content_hash)
    values (${newId(clock)}, ${documentId}, 0, ${heading}, ${text}, 0, 1, ${heading})`)
}

/** What full text counts, beside what is there. */
const counted = async () => {
  const [row] = await db.query<Record<string, number>>(sql`
    select (select count(*) from ingest.chunks) as chunks, (select count(*) from rag.texts) as texts,
      (select coalesce(sum(chunks), 0) from rag.text_totals)::int as total,
      (select coalesce(sum(length), 0) from rag.text_totals)::int as length,
      (select coalesce(sum(length), 0) from rag.texts)::int as "lengthOfTexts",
      (select count(*) from rag.postings) as postings, (select coalesce(sum(chunks), 0) from rag.terms)::int as "chunksOfTerms"`)
  return row
}

describe('full text', () => {
  it('reads each document in its own language', async () => {
    await addText('de', 'Lieferung', 'Wir liefern die Bestellungen innerhalb von zwei Tagen.')
    await addText('nl-NL', 'Bezorging', 'Wij bezorgen uw bestellingen binnen twee dagen.')
    await addText('en', 'Delivery', 'We deliver orders within two days.')
    expect(await headings('Bestellung')).toEqual(['Lieferung'])
    expect(await headings('bestelling')).toEqual(['Bezorging'])
    expect(await headings('delivering an order')).toEqual(['Delivery'])
  })

  it('finds words of a language it has no stems for as they are written', async () => {
    await addText('xx', 'Kava', 'vynikající káva každý den')
    expect(await headings('káva')).toEqual(['Kava'])
    expect(await headings('kávy')).toEqual([])
  })

  it('keeps to the languages asked for', async () => {
    await addText('de', 'Lieferung', 'Express nach Hause')
    await addText('en-GB', 'Delivery', 'Express to your home')
    expect(await headings('express', { languages: ['de'] })).toEqual(['Lieferung'])
    expect(await headings('express', { languages: ['en'] })).toEqual(['Delivery'])
    expect(await headings('express')).toHaveLength(2)
  })

  it('puts a passage with the words beside each other first, where they stand in quotation marks', async () => {
    await addText('en', 'Apart', 'The black dog drinks; the tea is black, and tea is good, black as tea.')
    await addText('en', 'Together', 'It reminds of peach and of a very fine black tea.')
    expect(await headings('black tea')).toEqual(['Apart', 'Together'])
    expect(await headings('"black tea"')).toEqual(['Together', 'Apart'])
  })

  it('finds a word by its beginning', async () => {
    await addText('en', 'Roasting', 'We roast on Mondays in our roastery.')
    await addText('en', 'Grinding', 'We grind to order.')
    expect(await headings('roas*')).toEqual(['Roasting'])
    expect(await headings('roas')).toEqual([])
  })

  it('lets rare words count more than common ones', async () => {
    for (const day of ['Monday', 'Tuesday', 'Thursday'])
      await addText('en', day, `coffee on ${day} with coffee and coffee`)
    await addText('en', 'Rare', 'one coffee of Kochere')
    expect((await headings('coffee Kochere'))[0]).toBe('Rare')
  })

  it('scores what rare words found by common ones too, without reading all that have these', async () => {
    await addText('en', 'Both', 'Kochere coffee')
    await addText('en', 'Rare', 'Kochere once')
    for (const day of ['Monday', 'Tuesday']) await addText('en', day, `coffee on ${day}`)
    const where = { at: today, sources: null }
    const terms = await termStatistics(db, askedIn('coffee Kochere'))
    const sought = terms.map(({ id, term, ...rest }) => ({ id: id ?? 0, weight: 1, ...rest, common: term === 'coffe' }))
    const found = await textMatches(db, sought, where, 10)
    expect(found.map(({ termIds }) => termIds.length)).toEqual([2, 1])
    const all = sought.map((one) => ({ ...one, common: false }))
    const read = await textMatches(db, all, where, 10)
    expect(read.slice(0, 1)).toEqual(found.slice(0, 1))
    expect(read).toHaveLength(4)
  })

  it('finds what is valid behind hundreds of older versions that say it better', async () => {
    const parts = Array.from({ length: 450 }, (_, n): [string, string] => [`Old ${n}`, `decaf decaf ${n}`])
    await addDocument(db, { uri: 'old.md', title: 'Old', parts, until: new Date('2026-02-01') })
    await addText('en', 'New', 'decaf of today, with many more words about other things')
    expect(await headings('decaf')).toEqual(['New'])
  })

  it('is there with a chunk and gone with it, and so is what it counts', async () => {
    await addRoastery(db)
    const before = await counted()
    expect(before).toMatchObject({ texts: before?.['chunks'], total: before?.['chunks'], length: before?.['lengthOfTexts'], postings: before?.['chunksOfTerms'] }) // prettier-ignore
    await addDocument(db, {
      uri: 'new.md',
      title: 'New',
      parts: [
        ['Sumatra', 'earthy and low in acid'],
        ['', ''],
      ],
    })
    expect(await headings('earthy')).toEqual(['Sumatra'])
    await db.query(sql`delete from ingest.documents where uri = 'new.md'`)
    expect(await headings('earthy')).toEqual([])
    expect(await counted()).toEqual(before)
    await db.query(sql`delete from ingest.documents`)
    expect(await counted()).toMatchObject({ texts: 0, total: 0, length: 0, postings: 0, chunksOfTerms: 0 })
  })

  it('knows how many chunks have a word, and of words that are nowhere', async () => {
    await addRoastery(db)
    const terms = await termStatistics(db, askedIn('espresso and zeppelins'))
    expect(terms.map(({ term, chunks, total }) => ({ term, chunks, total }))).toEqual([
      { term: 'espresso', chunks: 2, total: 11 },
      { term: 'zeppelin', chunks: 0, total: 11 },
    ])
  })
})

describe('a query', () => {
  it('is taken apart into words, phrases and beginnings', () => {
    expect(askedIn('a “black tea” or "peach" roast* now')).toEqual({
      words: 'a “black tea” or "peach"   now',
      phrases: ['black tea'],
      beginnings: ['roast'],
    })
  })

  it('may be anything', async () => {
    await addRoastery(db)
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (query) => {
        await expect(headings(query)).resolves.toBeInstanceOf(Array)
      }),
      { numRuns: 30 },
    )
  })
})
