import { sha256 } from '#kernel/crypto.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { insertChunks, type ChunkRow } from '#ingest/queries/chunks.ts'
import { replaceDocuments, type DocumentRow } from '#ingest/queries/document-versions.ts'
import { candidates, type Found } from '../candidates.ts'
import type { Embedder } from '../embedder.ts'
import { indexCorpus } from '../index-corpus.ts'
import { refreshStatistics } from '../queries/embeddings.ts'
import { passagesFrom, whereOf } from '../retrieve.ts'
import { measure, type Judgements, type Measures, type Ranking } from './retrieval-metrics.ts'

export type Text = { id: string; text: string }

/** What each way of looking answers, by query. */
export type Rankings = Record<'text' | 'vectors' | 'hybrid', Map<string, Ranking>>
export type RetrievalReport = Record<keyof Rankings, Measures> & { queries: number; rankings: Rankings }

type Deps = { db: Db; clock: Clock; embedder: Embedder }
type Input = {
  corpus: readonly Text[]
  queries: readonly Text[]
  judgements: Judgements
  /** How many documents a run lists for each query. */
  depth?: number
  /** A language tag: what the texts are written in. */
  language?: string
  onProgress?: (step: 'embedding' | 'asking', done: number, total: number) => void
}

/**
 * How well the recipe of `retrieve` finds what was judged relevant, beside full text alone and vectors alone, on the
 * same corpus. Each text is a passage of its own. The database must be one made for this: texts are put into it.
 */
export async function evaluateRetrieval(deps: Deps, input: Input): Promise<RetrievalReport> {
  const { db } = deps
  const idOf = await addTexts(deps, input.corpus, input.language ?? 'en')
  await indexCorpus(deps, { onProgress: (done, total) => input.onProgress?.('embedding', done, total) })
  await refreshStatistics(db)
  const rankings: Rankings = { text: new Map(), vectors: new Map(), hybrid: new Map() }
  const ids = (list: readonly Pick<Found, 'chunkId'>[]): string[] =>
    list.flatMap(({ chunkId }) => idOf.get(chunkId) ?? [])
  const asked = input.queries.filter(({ id }) => input.judgements.has(id))
  for (const [index, { id, text: query }] of asked.entries()) {
    const question = { query, at: deps.clock(), limit: input.depth ?? 100 }
    const found = await candidates(deps, query, whereOf(question))
    rankings.text.set(id, ids(found.text))
    rankings.vectors.set(id, ids(found.vector))
    rankings.hybrid.set(id, ids(await passagesFrom({ db }, question, found, [])))
    input.onProgress?.('asking', index + 1, asked.length)
  }
  const { queries, ...hybrid } = measure(rankings.hybrid, input.judgements)
  const { queries: _, ...text } = measure(rankings.text, input.judgements)
  const { queries: __, ...vectors } = measure(rankings.vectors, input.judgements)
  return { queries, text, vectors, hybrid, rankings }
}

/** So many texts at once, so that no statement is too large for the embedded engine. */
const atOnce = 500

/** Puts each text in as a document of one chunk; returns the texts' ids by chunk. */
async function addTexts({ db, clock }: Deps, corpus: readonly Text[], language: string): Promise<Map<string, string>> {
  const idOf = new Map<string, string>()
  for (let from = 0; from < corpus.length; from += atOnce) {
    const rows = corpus.slice(from, from + atOnce).map((text) => rowsOf(text, language, clock))
    await db.transaction(async (tx) => {
      await replaceDocuments(tx, 'evaluation', clock(), rows.map(({ document }) => document)) // prettier-ignore
      await insertChunks(tx, rows.map(({ chunk }) => chunk)) // prettier-ignore
    })
    for (const { document, chunk } of rows) idOf.set(chunk.id, document.uri)
  }
  return idOf
}

function rowsOf({ id: uri, text }: Text, language: string, clock: Clock): { document: DocumentRow; chunk: ChunkRow } {
  const documentId = newId<'document'>(clock)
  const contentHash = sha256(text)
  const at = { validFrom: clock(), recordId: newId<'record'>(clock) }
  return {
    document: { id: documentId, uri, title: '', language, contentHash, body: text, tags: [], ...at },
    chunk: { id: newId<'chunk'>(clock), documentId, ordinal: 0, heading: '', text, startByte: 0, endByte: Buffer.byteLength(text), contentHash }, // prettier-ignore
  }
}
