import { writeFile } from 'node:fs/promises'
import { systemClock } from '#kernel/clock.ts'
import { UsageError } from '#kernel/errors.ts'
import { evaluateRetrieval, type RetrievalReport } from '#rag/evaluate/retrieval.ts'
import { readJudgements, readTexts, runLines } from '#rag/evaluate/retrieval-files.ts'
import type { Measures } from '#rag/evaluate/retrieval-metrics.ts'
import { withMemoryDatabase } from '../memory-database.ts'
import { progressBar } from '../progress.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { embedderOf } from '../wire-models.ts'

const usage = 'retrieve evaluate --corpus C.jsonl --queries Q.jsonl --qrels R.tsv [--language en] [--run FILE] [--json]'

export const retrieve: Verb = {
  name: 'retrieve',
  about: 'Measure how well retrieval finds what was judged relevant',
  usage: [usage],
  takes: 1,
  options: {
    corpus: { type: 'string' },
    queries: { type: 'string' },
    qrels: { type: 'string' },
    language: { type: 'string' },
    run: { type: 'string' },
  },
  explains: {
    corpus: 'the passages, {"id", "text"} a line',
    queries: 'the queries, {"id", "text"} a line',
    qrels: 'TREC judgements: QUERY 0 DOCUMENT RELEVANCE a line',
    language: 'what the texts are written in (en)',
    run: 'write what was found as a TREC run',
  },
  run: async (call) => {
    if (call.positionals[0] !== 'evaluate') throw new UsageError(`Say: millrace ${usage}`)
    return evaluate(call)
  },
}

async function evaluate(call: Call): Promise<number> {
  const [corpus, queries, judgements] = [
    await readTexts(file(call, 'corpus')),
    await readTexts(file(call, 'queries')),
    await readJudgements(file(call, 'qrels')),
  ]
  if (!queries.some(({ id }) => judgements.has(id))) throw new UsageError('No query of --queries is judged in --qrels')
  const embedder = embedderOf(call.config)
  call.say(`${corpus.length} passages, ${queries.length} queries, vectors of ${embedder.id}`)
  const report = await withMemoryDatabase(systemClock, async (db) => {
    const bars = { embedding: progressBar(call, 'embedding'), asking: progressBar(call, 'asking') }
    const language = call.text('language') ?? 'en'
    try {
      return await evaluateRetrieval({ db, clock: systemClock, embedder }, {
        corpus, queries, judgements, language, onProgress: (step, done, total) => bars[step](done, total),
      }) // prettier-ignore
    } finally {
      bars.embedding.end()
      bars.asking.end()
    }
  })
  const run = call.text('run')
  if (run !== undefined) await writeFile(pathOf(call, run), runLines('millrace', report.rankings.hybrid))
  const { rankings: _, ...measures } = report
  answer(call, { embedder: embedder.id, ...measures }, table(report))
  return exit.done
}

function file(call: Call, option: string): string {
  const path = call.text(option)
  if (path === undefined) throw new UsageError(`--${option} is missing. Say: millrace ${usage}`)
  return pathOf(call, path)
}

const columns = ['nDCG@10', 'recall@5', 'recall@10', 'MRR']

const row = (name: string, cells: readonly string[]): string =>
  [name.padEnd(16), ...cells.map((cell) => cell.padStart(10))].join('')

const measured = (name: string, { ndcg10, recall5, recall10, mrr }: Measures): string =>
  row(name, [ndcg10, recall5, recall10, mrr].map((value) => value.toFixed(4))) // prettier-ignore

const table = ({ text, vectors, hybrid, queries }: RetrievalReport): string[] => [
  row('', columns),
  measured('full text alone', text),
  measured('vectors alone', vectors),
  measured('hybrid', hybrid),
  `${queries} queries`,
]
