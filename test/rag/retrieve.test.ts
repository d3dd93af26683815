import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { GraphStore } from '#graph/port.ts'
import { sql } from '#kernel/sql.ts'
import type { Embedder } from '#rag/embedder.ts'
import { energeticEmbedder } from '#rag/embedders/energetic.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { relatedByGraph } from '#rag/related.ts'
import { retrieve, retrieveFacts } from '#rag/retrieve.ts'
import { allowUses, sourceUses } from '#rag/source-uses.ts'
import { testDatabase } from '../support/database.ts'
import { miniLmHere, noMiniLm } from '../support/local-models.ts'
import { addDocument, addFact, addProduct, addRoastery, today } from './corpus.ts'

const db = testDatabase()
const clock = stoppedClock(today)
const embedder = energeticEmbedder()

/** Full text alone: an embedder whose model has no vectors. */
const noVectors: Embedder = { id: 'none', dimensions: 2, embed: () => Promise.resolve([[1, 0]]) }

/** Queries of the sample content and the chunk each should find: its own words first, then other words for it. */
const judged: [query: string, heading: string][] = [
  ['Where does Yirgacheffe Kochere come from and how high does it grow', 'The harvest'],
  ['bergamot peach black tea', 'The taste'],
  ['unopened bags sent back within 30 days', 'Returns'],
  ['pause or stop a subscription', 'Subscriptions'],
  ['dissolve citric acid and rinse the machine', 'How'],
  ['taste six coffees on Saturday', 'Cupping'],
  ['money back for something I did not like', 'Returns'],
  ['when will my parcel arrive', 'Delivery'],
  ['should I keep it in the fridge', 'Storage'],
  ['can I cancel my plan', 'Subscriptions'],
]

async function reciprocalRanks(search: (query: string) => Promise<{ heading: string }[]>): Promise<number[]> {
  const ranks: number[] = []
  for (const [query, heading] of judged) {
    const found = (await search(query)).findIndex((passage) => passage.heading === heading)
    ranks.push(found < 0 ? 0 : 1 / (found + 1))
  }
  return ranks
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const search = (query: string, by: Embedder = embedder) =>
  retrieve({ db, embedder: by }, { query, at: today, limit: 5 })

describe('retrieval', () => {
  for (const { name, open, missing } of [
    { name: 'the embedder in the package', open: energeticEmbedder, missing: false },
    { name: 'MiniLM', open: miniLmHere, missing: noMiniLm },
  ])
    it.skipIf(missing)(
      `is never below full text on the sample content, above it where words differ: ${name}`,
      async () => {
        await addRoastery(db)
        const by = open()
        await indexCorpus({ db, clock, embedder: by })
        const text = await reciprocalRanks((query) => search(query, noVectors))
        const both = await reciprocalRanks((query) => search(query, by))
        both
          .slice(0, 6)
          .forEach((rank, place) => expect(rank, judged[place]?.[0]).toBeGreaterThanOrEqual(text[place] ?? 0))
        expect(mean(both.slice(6))).toBeGreaterThan(mean(text.slice(6)))
      },
    )

  it('says why each passage came', async () => {
    await addRoastery(db)
    await indexCorpus({ db, clock, embedder })
    const [best] = await search('bergamot and peach')
    expect(best).toMatchObject({ heading: 'The taste', uri: 'blog/kochere.md' })
    expect(best?.reasons).toContainEqual({ by: 'text', rank: 1, why: 'has bergamot, peach' })
    expect(best?.reasons.map((reason) => reason.by)).toContain('vector')
  })

  it('gives spans that are the bytes of their document', async () => {
    await addDocument(db, { uri: 'é.md', title: 'é', parts: [['Café', 'Überraschung: crème brûlée coffee.']] })
    const [passage] = await search('crème brûlée', noVectors)
    const rows = await db.query<{ body: string }>(sql`select body from ingest.documents`)
    const bytes = Buffer.from(rows[0]?.body ?? '').subarray(passage?.startByte, passage?.endByte)
    expect(bytes.toString()).toBe(passage?.text)
  })

  it('leaves out what is no longer valid and what is out of scope, whoever proposes it', async () => {
    const old = await addDocument(db, {
      uri: 'old.md',
      title: 'Old',
      parts: [['Old', 'decaf from Huila']],
      until: new Date('2026-02-01'),
    })
    const inner = await addDocument(db, {
      uri: 'in.md',
      title: 'In',
      source: 'staff',
      parts: [['Staff', 'decaf margins']],
    })
    await addDocument(db, { uri: 'new.md', title: 'New', parts: [['New', 'decaf from Sumatra']] })
    await addProduct(db, 'HUILA', 'Huila Decaf')
    await addFact(db, { subject: 'product:HUILA', predicate: 'price', statement: 'Huila Decaf costs €12.00.' })
    const chunks = [...old.chunks, ...inner.chunks]
    const relatedChunks = () => Promise.resolve(chunks.map((chunkId) => ({ chunkId, why: 'is about Huila Decaf' })))
    await indexCorpus({ db, clock, embedder })
    const passages = await retrieve(
      { db, embedder, relatedChunks },
      { query: 'huila decaf', at: today, limit: 5, scope: { sources: ['content'] } },
    )
    expect(passages.map((passage) => passage.heading)).toEqual(['New'])
    const then = await retrieve(
      { db, embedder },
      { query: 'decaf', at: new Date('2026-01-15'), limit: 5, scope: { sources: ['content'] } },
    )
    expect(then.map((passage) => passage.heading).toSorted()).toEqual(['New', 'Old'])
  })

  it('lets the graph bring what neither words nor vectors find', async () => {
    await addRoastery(db)
    await addFact(db, { subject: 'product:HUILA-250', predicate: 'price', statement: 'Huila Decaf costs €12.00.' })
    const notes = await addDocument(db, {
      uri: 'n.md',
      title: 'Notes',
      parts: [['Evening', 'A calm cup after dinner.']],
    })
    const relatedChunks = () => Promise.resolve([{ chunkId: notes.chunks[0]!, why: 'mentions Huila Decaf' }])
    const passages = await retrieve({ db, embedder: noVectors, relatedChunks }, { query: 'Huila', at: today, limit: 3 })
    expect(passages.map(({ heading, reasons }) => [heading, reasons])).toEqual([
      ['Evening', [{ by: 'graph', rank: 1, why: 'mentions Huila Decaf' }]],
    ])
  })

  it('asks the graph for the products and topics of the facts it found', async () => {
    const asked: unknown[] = []
    const contentFor: GraphStore['contentFor'] = (subjects, { limit }) => {
      asked.push(subjects, limit)
      return Promise.resolve({ facts: [], chunks: [] })
    }
    const about = { subjects: ['product:KOCH:250', 'topic:decaf', 'business'], at: today, limit: 7 }
    expect(await relatedByGraph({ scope: 'copywriter', contentFor })(about)).toEqual([])
    expect(asked).toEqual([
      [
        { kind: 'product', id: 'KOCH:250' },
        { kind: 'topic', id: 'decaf' },
      ],
      7,
    ])
  })

  it('takes subjects that the caller knows to the graph', async () => {
    await addRoastery(db)
    const asked: (readonly string[])[] = []
    const relatedChunks = ({ subjects }: { subjects: readonly string[] }) => {
      asked.push(subjects)
      return Promise.resolve([])
    }
    const question = { query: 'an evening cup', at: today, limit: 3, subjects: ['topic:decaf'] }
    await retrieve({ db, embedder: noVectors, relatedChunks }, question)
    expect(asked).toEqual([['topic:decaf']])
  })

  it('uses the texts of a source only for what they may be used for', async () => {
    await addDocument(db, { uri: 'r.md', title: 'R', source: 'reviews', parts: [['Review', 'the decaf is lovely']] })
    await addDocument(db, { uri: 'd.md', title: 'D', parts: [['Decaf', 'decaf from Huila']] })
    const marketing = { query: 'decaf', at: today, limit: 5, scope: { sources: null, use: 'marketing' } }
    const headings = async () =>
      (await retrieve({ db, embedder: noVectors }, marketing)).map(({ heading }) => heading).toSorted()
    expect(await headings()).toEqual(['Decaf', 'Review'])
    await allowUses({ db, clock }, { source: 'reviews', uses: ['support'], reason: 'asked for answers', by: 'mara' })
    expect(await headings()).toEqual(['Decaf'])
    expect(await search('decaf', noVectors)).toHaveLength(2)
    expect(await sourceUses(db)).toMatchObject([{ source: 'reviews', uses: ['support'], reason: 'asked for answers' }])
    await allowUses({ db, clock }, { source: 'reviews', uses: ['support', 'marketing'], reason: 'agreed', by: 'mara' })
    expect(await headings()).toEqual(['Decaf', 'Review'])
  })

  it('lets the embedder before answer until the new one has a vector for everything', async () => {
    await addRoastery(db)
    await indexCorpus({ db, clock, embedder })
    const asked: string[] = []
    const newer: Embedder = {
      id: 'newer',
      dimensions: 2,
      embed: (texts) => {
        asked.push(...texts)
        return Promise.resolve(texts.map(() => [1, 0]))
      },
    }
    const stop = new AbortController()
    await indexCorpus({ db, clock, embedder: newer }, { batch: 4, onProgress: (done) => done > 0 && stop.abort(), signal: stop.signal }) // prettier-ignore
    asked.length = 0
    const deps = { db, embedder: newer, earlierEmbedders: [embedder] }
    const question = { query: 'when will my parcel arrive', at: today, limit: 5 }
    const before = await retrieve(deps, question)
    expect(before[0]?.heading).toBe('Delivery')
    expect(asked).toEqual([])
    await indexCorpus({ db, clock, embedder: newer })
    asked.length = 0
    await retrieve(deps, question)
    expect(asked).toEqual([question.query])
  })

  it('answers strange queries without a fault', async () => {
    await addRoastery(db)
    for (const query of [
      '',
      '   ',
      'the of and',
      "it's \\ 'quoted' & | ! ( <-> :*",
      '日本語',
      'https://a.example/b?c=d',
    ]) {
      await expect(search(query, noVectors)).resolves.toBeInstanceOf(Array)
      await expect(retrieveFacts({ db }, { query, at: today, limit: 3 })).resolves.toEqual([])
    }
  })
})
