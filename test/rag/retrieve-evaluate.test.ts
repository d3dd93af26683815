import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { readJudgements, readTexts, runLines } from '#rag/evaluate/retrieval-files.ts'
import { measure } from '#rag/evaluate/retrieval-metrics.ts'
import { evaluateRetrieval } from '#rag/evaluate/retrieval.ts'
import { retrieve } from '#rag/retrieve.ts'
import { testDatabase } from '../support/database.ts'
import { miniLmHere, noMiniLm } from '../support/local-models.ts'
import { today } from './corpus.ts'

const db = testDatabase()
const clock = stoppedClock(today)

async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'retrieval-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'file'), text)
  return join(folder, 'file')
}

const judged = (judgements: Record<string, Record<string, number>>) =>
  new Map(Object.entries(judgements).map(([query, of]) => [query, new Map(Object.entries(of))]))

describe('measures of a ranking', () => {
  it('are those of trec_eval', () => {
    const found = measure(new Map([['q', ['a', 'x', 'b']]]), judged({ q: { a: 1, b: 1, c: 1, x: 0 } }))
    const best = 1 + 1 / Math.log2(3) + 1 / 2
    expect(found.ndcg10).toBeCloseTo((1 + 1 / 2) / best, 12)
    expect(found).toMatchObject({ queries: 1, recall5: 2 / 3, recall10: 2 / 3, mrr: 1 })
  })

  it('look at ten places, weigh by relevance, and leave out queries without anything relevant', () => {
    const late = [...Array.from({ length: 10 }, (_, place) => `x${place}`), 'a']
    const rankings = new Map([['q', late], ['graded', ['low', 'high']]]) // prettier-ignore
    const found = measure(
      rankings,
      judged({ q: { a: 1 }, graded: { low: 1, high: 3 }, empty: { a: 0 }, unasked: { a: 1 } }),
    )
    const graded = (1 + 3 / Math.log2(3)) / (3 + 1 / Math.log2(3))
    expect(found.ndcg10).toBeCloseTo(graded / 3, 12)
    expect(found.queries).toBe(3)
    expect(found.mrr).toBeCloseTo((1 / 11 + 1) / 3, 12)
  })
})

describe('files of an evaluation', () => {
  it('are lines of id and text, and TREC judgements with or without a head', async () => {
    expect(await readTexts(await file('\uFEFF{"id":"a","text":"one"}\n\n{"id":2,"text":"two"}\r\n'))).toEqual([
      { id: 'a', text: 'one' },
      { id: '2', text: 'two' },
    ])
    const judgements = judged({ q: { a: 1, b: 0 } })
    expect(await readJudgements(await file('q 0 a 1\nq\t0\tb\t0\n'))).toEqual(judgements)
    expect(await readJudgements(await file('query-id\tcorpus-id\tscore\nq\ta\t1\nq\tb\t0\n'))).toEqual(judgements)
  })

  it('that cannot be read say which line, and why', async () => {
    await expect(readTexts(await file('{"id":"a","text":"one"}\n{"id":"b"}\n'))).rejects.toThrow(/line 2 is no/)
    await expect(readTexts(await file('{"id":"a","text":""}\n{"id":"a","text":""}\n'))).rejects.toThrow('twice')
    await expect(readJudgements(await file('q 0 a 1\nq a\n'))).rejects.toThrow(/line 2 is no judgement/)
    await expect(readTexts('/nowhere')).rejects.toThrow('cannot be read')
  })

  it('write a run that trec_eval reads', () => {
    expect(runLines('millrace', new Map([['q', ['a', 'b']]]))).toBe(
      'q Q0 a 1 1.000000 millrace\nq Q0 b 2 0.500000 millrace\n',
    )
  })
})

const corpus = [
  { id: 'parcel', text: 'We post every order placed before noon; letters take two days.' },
  { id: 'refund', text: 'Unopened bags may be sent back, and we refund their price.' },
  { id: 'kochere', text: 'Yirgacheffe Kochere comes from a washing station at 1,950 metres.' },
  { id: 'descale', text: 'Dissolve citric acid in warm water and rinse the machine twice.' },
]
const queries = [
  { id: 'meant', text: 'when will my package arrive' },
  { id: 'named', text: 'Which washing station is Kochere from?' },
  { id: 'unjudged', text: 'anything' },
]

describe.skipIf(noMiniLm)('an evaluation', () => {
  it('measures the recipe that answers, beside its two halves', async () => {
    const embedder = miniLmHere()
    const judgements = judged({ meant: { parcel: 1 }, named: { kochere: 1 } })
    const report = await evaluateRetrieval({ db, clock, embedder }, { corpus, queries, judgements })
    expect(report.hybrid).toEqual({ ndcg10: 1, recall5: 1, recall10: 1, mrr: 1 })
    expect(report.text.ndcg10).toBe(0.5)
    expect(report.queries).toBe(2)
    for (const { id, text: query } of queries.slice(0, 2)) {
      const passages = await retrieve({ db, embedder }, { query, at: today, limit: 100 })
      expect(passages.map(({ uri }) => uri)).toEqual(report.rankings.hybrid.get(id))
    }
  })
})
