import { createServer, type Server } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import type { Embedder } from '#rag/embedder.ts'
import { compatibleEmbedder } from '#rag/embedders/compatible.ts'
import { energeticEmbedder } from '#rag/embedders/energetic.ts'
import { minilmEmbedder } from '#rag/embedders/minilm.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { ensureEmbedderIndex, nearestChunks } from '#rag/queries/embeddings.ts'
import { testDatabase } from '../support/database.ts'
import { miniLmHere, noMiniLm } from '../support/local-models.ts'
import { addDocument, addRoastery, today } from './corpus.ts'

const db = testDatabase()
const clock = stoppedClock(today)

type Answer = { status: number; body: unknown }

/** Speaks `POST /v1/embeddings` as OpenAI does: a vector is the counts of 16 letters, last index first. */
async function embeddingServer(answer?: (input: string[]) => Answer): Promise<{ baseUrl: string; seen: string[][] }> {
  const seen: string[][] = []
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { input } = JSON.parse(Buffer.concat(parts).toString()) as { input: string[] }
      seen.push(input)
      const rightKey = request.headers.authorization === 'Bearer key' && request.url === '/v1/embeddings'
      const { status, body } = rightKey ? (answer ?? usual)(input) : { status: 401, body: {} }
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return { baseUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`, seen }
}

const usual = (input: string[]): Answer => ({
  status: 200,
  body: { data: input.map((text, index) => ({ index, embedding: letterCounts(text) })).toReversed() },
})
const letterCounts = (text: string): number[] =>
  Array.from({ length: 16 }, (_, letter) => 0.1 + text.split(String.fromCodePoint(97 + letter)).length - 1)

/** What every embedder must do. */
function contract(name: string, open: () => Promise<Embedder>, missing = false): void {
  describe.skipIf(missing)(`the ${name} embedder`, () => {
    it('gives one unit vector of its dimension for each text, in their order, empty and foreign ones too', async () => {
      const embedder = await open()
      const texts = [
        'a cup of coffee',
        '',
        'kaffee für alle 日本語',
        'a cup of coffee',
        ...(Array(80).fill('x') as string[]),
      ]
      const vectors = await embedder.embed(texts)
      expect(vectors).toHaveLength(texts.length)
      for (const vector of vectors) {
        expect(vector).toHaveLength(embedder.dimensions)
        expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
      }
      vectors[0]?.forEach((value, place) => expect(value).toBeCloseTo(vectors[3]?.[place] ?? 9, 5))
      expect(await embedder.embed([])).toEqual([])
    })
  })
}

contract('energetic', () => Promise.resolve(energeticEmbedder()))
contract('compatible', async () => {
  const { baseUrl } = await embeddingServer()
  return compatibleEmbedder({ baseUrl, apiKey: 'key', model: 'letters', dimensions: 16 })
})

contract('MiniLM', () => Promise.resolve(miniLmHere()), noMiniLm)

const cosine = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0)

describe('the energetic embedder', () => {
  it('puts a paraphrase nearer than another subject', async () => {
    const [asked, same, other] = await energeticEmbedder().embed([
      'when will my parcel arrive',
      'delivery takes two days',
      'dissolve citric acid in warm water',
    ])
    expect(cosine(asked, same)).toBeGreaterThan(cosine(asked, other))
  })
})

describe.skipIf(noMiniLm)('the MiniLM embedder', () => {
  it('gives the similarities that the model is published with', async () => {
    const [asked, ...others] = await miniLmHere().embed([
      'That is a happy person',
      'That is a happy dog',
      'That is a very happy person',
      'Today is a sunny day',
    ])
    const similarities = others.map((other) => cosine(asked, other))
    for (const [index, published] of [0.69458, 0.94292, 0.25688].entries())
      expect(similarities[index]).toBeCloseTo(published, 4)
  })

  it('gives a text the same vector alone and beside others, however long they are', async () => {
    const embedder = miniLmHere()
    const text = 'The refund has not reached my account yet'
    const [alone] = await embedder.embed([text])
    const [, beside] = await embedder.embed(['word '.repeat(900), text, '', 'x'.repeat(1_000_000)])
    expect(cosine(alone, beside)).toBeCloseTo(1, 5)
  })

  it('says what to do where its files are not there', async () => {
    await expect(minilmEmbedder({ dir: '/nowhere' }).embed(['a'])).rejects.toThrow(/install it again/)
  })
})

describe('the compatible embedder', () => {
  it('says what to check when the server refuses, answers nonsense or has another dimension', async () => {
    const { baseUrl } = await embeddingServer()
    const about = { baseUrl, model: 'letters', dimensions: 16 }
    await expect(compatibleEmbedder(about).embed(['secret words'])).rejects.toThrow(/answered 401: check its key/)
    await expect(compatibleEmbedder({ ...about, apiKey: 'key', dimensions: 8 }).embed(['a'])).rejects.toThrow('not 8')
    const broken = await embeddingServer(() => ({ status: 200, body: { error: 'no' } }))
    const embedder = compatibleEmbedder({ ...about, baseUrl: broken.baseUrl, apiKey: 'key' })
    await expect(embedder.embed(['a'])).rejects.toThrow('did not answer with embeddings')
  })
})

describe('the index of the corpus', () => {
  const counting = (): Embedder & { texts: string[] } => {
    const texts: string[] = []
    return {
      id: 'counting',
      dimensions: 16,
      texts,
      embed: (given) => {
        texts.push(...given)
        return Promise.resolve(given.map(letterCounts))
      },
    }
  }

  it('embeds each content once, however many chunks carry it, and again only for another model', async () => {
    await addRoastery(db)
    await addDocument(db, {
      uri: 'copy.md',
      title: 'Copy',
      parts: [['Twice', 'We grind to order for filter, moka pot, French press and espresso.']],
    })
    const embedder = counting()
    const progress: [number, number][] = []
    const first = await indexCorpus({ db, clock, embedder }, { batch: 4, onProgress: (...step) => progress.push(step) })
    expect(first).toEqual({ embedded: 11, already: 0, removed: 0, indexed: false })
    expect(progress).toEqual([
      [0, 11],
      [4, 11],
      [8, 11],
      [11, 11],
    ])
    expect(new Set(embedder.texts).size).toBe(11)
    expect(await indexCorpus({ db, clock, embedder })).toMatchObject({ embedded: 0, already: 11 })
    const other = { ...embedder, id: 'other' }
    expect(await indexCorpus({ db, clock, embedder: other })).toMatchObject({ embedded: 11, already: 0, removed: 11 })
  })

  it('goes on where it was stopped', async () => {
    await addRoastery(db)
    const stop = new AbortController()
    const embedder = counting()
    const onProgress = (done: number) => done >= 4 && stop.abort()
    const stopped = await indexCorpus({ db, clock, embedder }, { batch: 4, onProgress, signal: stop.signal })
    expect(stopped.embedded).toBe(4)
    expect(await indexCorpus({ db, clock, embedder }, { batch: 4 })).toMatchObject({ embedded: 7, already: 4 })
    expect(embedder.texts).toHaveLength(11)
  })

  it('forgets the vectors of content that is gone', async () => {
    await addRoastery(db)
    const embedder = counting()
    await indexCorpus({ db, clock, embedder })
    await db.query(sql`delete from ingest.documents where uri = 'workshops.md'`)
    expect(await indexCorpus({ db, clock, embedder })).toEqual({ embedded: 0, already: 9, removed: 2, indexed: false })
  })

  it('gives many vectors of one model an index of their own, which finds the same', async () => {
    await addRoastery(db)
    const embedder = { ...counting(), id: "model'; drop table rag.drafts --" }
    await indexCorpus({ db, clock, embedder })
    const [vector] = await embedder.embed(['bergamot and peach'])
    const near = () =>
      db.transaction((tx) => nearestChunks(tx, embedder, vector ?? [], { at: today, sources: null }, 3))
    const scanned = await near()
    expect(await ensureEmbedderIndex(db, embedder, 5)).toBe(true)
    const indexes = await db.query<{ indexdef: string }>(
      sql`select indexdef from pg_indexes where schemaname = 'rag' and indexdef like '%hnsw%'`,
    )
    expect(indexes).toHaveLength(1)
    expect(indexes[0]?.indexdef).toContain("model''; drop table")
    expect(await near()).toEqual(scanned)
  })
})
