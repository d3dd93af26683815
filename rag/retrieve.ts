import type { Db } from '#kernel/db.ts'
import type { ChunkId } from '#kernel/ids.ts'
import type { Embedder } from './embedder.ts'
import { diversify, fuse, rarity, sharedRarity, vectorWeight, type Fused, type RankedList } from './fuse.ts'
import { nearestChunks, type NearChunk } from './queries/embeddings.ts'
import { chunksById, factMatches, factsOf, type ChunkRow, type FactRow } from './queries/passages.ts'
import { termStatistics, textMatches, type TextMatch, type Where } from './queries/text-search.ts'

/** What an agent may read: sources by name. Null in a scope means every source. */
export type Scope = { sources: readonly string[] | null }

/** Why a passage came: the words it shares, how near its vector is, what the graph says. */
export type Reason = { by: 'text' | 'vector' | 'graph'; rank: number; why: string }
export type Passage = ChunkRow & { score: number; reasons: Reason[] }
export type FactPassage = FactRow & { score: number; reasons: string[] }

/** The graph's part, filled by the wiring: chunks about the subjects of facts found (`product:SKU`), nearest first. */
export type RelatedChunks = (about: {
  subjects: readonly string[]
  at: Date
  limit: number
}) => Promise<{ chunkId: ChunkId; why: string }[]>

export type RetrieveDeps = { db: Db; embedder: Embedder; relatedChunks?: RelatedChunks }
export type Question = { query: string; at: Date; limit: number; scope?: Scope }

/** Candidates taken from each list before they are fused. */
const depth = 100

/** The graph proposes neighbours, not answers: it adds to what words and vectors say and rarely outweighs them. */
const graphWeight = 0.3

/**
 * Passages of documents valid at `at` and in scope, by full text, vectors and graph, best first; each says why it came.
 * Vectors count as much as full text leaves unanswered; where there are none yet, full text stands alone.
 */
export async function retrieve(deps: RetrieveDeps, question: Question): Promise<Passage[]> {
  const where: Where = { at: question.at, sources: question.scope?.sources ?? null }
  const statistics = await termStatistics(deps.db, question.query)
  const weighed = statistics.terms
    .filter(({ chunks }) => chunks > 0)
    .map(({ term, chunks }) => ({ term, weight: rarity(chunks, statistics.chunks) }))
  const text = weighed.length > 0 ? await textMatches(deps.db, weighed, where, depth) : []
  const vector = await vectorMatches(deps, question.query, where)
  const graph = await graphMatches(deps, question, where)
  const lists: RankedList<ChunkId>[] = [
    { name: 'text', weight: 1, ids: text.map((match) => match.chunkId) },
    {
      name: 'vector',
      weight: vectorWeight(sharedRarity(statistics, text[0]?.terms ?? [])),
      ids: vector.map((match) => match.chunkId),
    },
    { name: 'graph', weight: graphWeight, ids: graph.map((match) => match.chunkId) },
  ]
  const fused = fuse(lists).slice(0, Math.max(question.limit * 3, 20))
  const rows = new Map(
    (
      await chunksById(
        deps.db,
        fused.map(({ id }) => id),
        where,
      )
    ).map((row) => [row.chunkId, row]),
  )
  const explain = explainer(text, vector, graph)
  const passages = fused.flatMap((entry) => {
    const row = rows.get(entry.id)
    return row ? [{ ...row, score: entry.score, reasons: explain(entry) }] : []
  })
  return diversify(passages, question.limit)
}

async function vectorMatches(deps: RetrieveDeps, query: string, where: Where): Promise<NearChunk[]> {
  if (query.trim() === '') return []
  const [vector] = await deps.embedder.embed([query])
  return deps.db.transaction((tx) => nearestChunks(tx, deps.embedder, vector ?? [], where, depth))
}

async function graphMatches(deps: RetrieveDeps, question: Question, where: Where) {
  if (!deps.relatedChunks) return []
  const facts = await factMatches(deps.db, question.query, where, 5)
  const subjects = [...new Set(facts.map((fact) => fact.subject))]
  return subjects.length === 0 ? [] : deps.relatedChunks({ subjects, at: question.at, limit: 20 })
}

function explainer(text: TextMatch[], vector: NearChunk[], graph: { chunkId: ChunkId; why: string }[]) {
  const words = new Map(text.map((match) => [match.chunkId, `has ${match.terms.join(', ')}`]))
  const near = new Map(vector.map((match) => [match.chunkId, `means nearly the same (${match.similarity.toFixed(2)})`]))
  const linked = new Map(graph.map((match) => [match.chunkId, match.why]))
  return (entry: Fused<ChunkId>): Reason[] =>
    entry.places.map(({ list, rank }) => {
      if (list === 'text') return { by: 'text', rank, why: words.get(entry.id) ?? '' }
      if (list === 'vector') return { by: 'vector', rank, why: near.get(entry.id) ?? '' }
      return { by: 'graph', rank, why: linked.get(entry.id) ?? '' }
    })
}

/**
 * Facts valid at `at` and in scope: those whose statement has words of the query, best first, each followed by what
 * else is known of its subject (a product's price beside its taste).
 */
export async function retrieveFacts(deps: { db: Db }, question: Question): Promise<FactPassage[]> {
  const where: Where = { at: question.at, sources: question.scope?.sources ?? null }
  const matches = await factMatches(deps.db, question.query, where, question.limit)
  const subjects = [...new Set(matches.map((match) => match.subject))]
  const others = await factsOf(deps.db, subjects, where)
  const known = new Map(matches.map((match) => [match.factId, match]))
  const all = subjects.flatMap((subject) => [
    ...matches.filter((match) => match.subject === subject),
    ...others.filter((fact) => fact.subject === subject && !known.has(fact.factId)),
  ])
  return all.slice(0, question.limit).map((fact) => {
    const match = known.get(fact.factId)
    const reasons = match ? [`has ${match.terms.join(', ')}`] : [`is known of ${fact.subject}`]
    return { ...fact, score: match?.score ?? 0, reasons }
  })
}
