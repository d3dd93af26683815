import type { Db } from '#kernel/db.ts'
import type { ChunkId } from '#kernel/ids.ts'
import type { Embedder } from './embedder.ts'
import { meaningShare, rarity, tellingOf, wordShare, wordWeight } from './fuse.ts'
import { completedModels, nearestChunks, similarities, type NearChunk } from './queries/embeddings.ts'
import {
  askedIn,
  phraseMatches,
  termStatistics,
  textMatches,
  textScores,
  type Sought,
  type Term,
  type TextMatch,
  type Where,
} from './queries/text-search.ts'

export type SearchDeps = {
  db: Pick<Db, 'query' | 'transaction'>
  embedder: Embedder
  /** Embedders used before: one of them answers until the embedder has a vector for everything. */
  earlierEmbedders?: readonly Embedder[]
}

/** A chunk that words or vectors proposed, and what both say of it. */
export type Found = {
  chunkId: ChunkId
  /** What it shares with the query: terms, and BM25 as a share (0…1) of what it could be. */
  terms: string[]
  words: number
  /** Cosine, or null where it has no vector. */
  similarity: number | null
}

/** What full text alone and vectors alone would answer, and both together; each best first. */
export type Candidates = { text: Found[]; vector: Found[]; ranked: Found[] }

/** Candidates taken from each list before they are weighed. */
const depth = 40

/** Chunks that share words with the query or mean nearly the same, each with both scores, best first. */
export async function candidates(deps: SearchDeps, query: string, where: Where): Promise<Candidates> {
  const [text, vector] = await Promise.all([byWords(deps, query, where), byMeaning(deps, query, where)])
  const [moreText, moreVector] = await Promise.all([
    missing(vector.near, text.matches, (ids) => textScores(deps.db, text.sought, ids)),
    missing(text.matches, vector.near, (ids) => similarities(deps.db, vector.embedder, vector.asked, ids)),
  ])
  const found = foundOf(text, [...text.matches, ...moreText], [...vector.near, ...moreVector])
  const floor = vector.near.length < depth ? 0 : (vector.near.at(-1)?.similarity ?? 0)
  const weight = Math.max(0, ...text.telling.values().map(wordWeight))
  const trust = vector.embedder.trust ?? 1
  const worth = ({ words, similarity }: Found): number =>
    weight * words + trust * (similarity === null ? 0 : meaningShare(similarity, floor))
  const listed = (list: readonly { chunkId: ChunkId }[]) => list.flatMap(({ chunkId }) => found.get(chunkId) ?? [])
  return {
    text: listed(text.matches),
    vector: listed(vector.near),
    ranked: [...found.values()].toSorted((a, b) => worth(b) - worth(a) || (a.chunkId < b.chunkId ? -1 : 1)),
  }
}

/** Asks the other side about what only one side proposed. */
async function missing<Row>(
  proposed: readonly { chunkId: ChunkId }[],
  known: readonly { chunkId: ChunkId }[],
  ask: (ids: ChunkId[]) => Promise<Row[]>,
): Promise<Row[]> {
  const have = new Set(known.map(({ chunkId }) => chunkId))
  const ids = proposed.map(({ chunkId }) => chunkId).filter((id) => !have.has(id))
  return ids.length === 0 ? [] : ask(ids)
}

type ByWords = Awaited<ReturnType<typeof byWords>>

/** Full text alone: the terms of the query and the chunks that have them. */
export async function byWords({ db }: Pick<SearchDeps, 'db'>, query: string, where: Where) {
  const asked = askedIn(query)
  const terms = await termStatistics(db, asked)
  const sought = soughtOf(terms)
  const matches = await textMatches(db, sought, where, depth)
  const phrased = asked.phrases.length === 0 ? matches : await withPhrases(db, asked.phrases, terms, matches)
  return { terms, sought, telling: tellingOf(terms), matches: phrased }
}

/** So many postings are read, the rarest terms' first; a term more common than that only counts in what these found. */
const readAtMost = 5000

function soughtOf(terms: readonly Term[]): Sought[] {
  let read = 0
  return terms
    .filter((term): term is Term & { id: number } => term.id !== null && term.chunks > 0)
    .toSorted((a, b) => a.chunks - b.chunks || a.id - b.id)
    .map(({ id, chunks, total, mean }, index) => {
      read += chunks
      return { id, chunks, weight: rarity(chunks, total), mean, common: index > 0 && read > readAtMost }
    })
}

/** A chunk that has a phrase counts the phrase's words once more. */
async function withPhrases(
  db: SearchDeps['db'],
  phrases: readonly string[],
  terms: readonly Term[],
  matches: readonly TextMatch[],
): Promise<TextMatch[]> {
  const ids = matches.map(({ chunkId }) => chunkId)
  const worth = await Promise.all(
    phrases.map(async (phrase) => {
      const own = await termStatistics(db, { words: phrase, phrases: [], beginnings: [] })
      const known = new Set(terms.map(({ id }) => id))
      return own.filter(({ id }) => known.has(id)).reduce((sum, { chunks, total }) => sum + rarity(chunks, total), 0)
    }),
  )
  const more = new Map<ChunkId, number>()
  for (const { chunkId, phrase } of await phraseMatches(db, ids, phrases))
    more.set(chunkId, (more.get(chunkId) ?? 0) + (worth[phrase] ?? 0))
  return matches
    .map((match) => ({ ...match, score: match.score + (more.get(match.chunkId) ?? 0) }))
    .toSorted((a, b) => b.score - a.score || (a.chunkId < b.chunkId ? -1 : 1))
}

async function byMeaning(deps: SearchDeps, query: string, where: Where) {
  const embedder = await answering(deps)
  if (query.trim() === '') return { embedder, asked: [], near: [] as NearChunk[] }
  const [asked = []] = await embedder.embed([query])
  const near = await deps.db.transaction((tx) => nearestChunks(tx, embedder, asked, where, depth))
  return { embedder, asked, near }
}

/** The embedder, or the one before it while that alone has a vector for everything. */
async function answering({ db, embedder, earlierEmbedders = [] }: SearchDeps): Promise<Embedder> {
  if (earlierEmbedders.length === 0) return embedder
  const known = [embedder, ...earlierEmbedders]
  const [latest] = await completedModels(db)
  return known.find(({ id }) => id === latest?.model) ?? embedder
}

function foundOf(
  { terms, telling }: ByWords,
  texts: readonly TextMatch[],
  vectors: readonly NearChunk[],
): Map<ChunkId, Found> {
  const termOf = new Map(terms.map((term) => [term.id, term]))
  const similarity = new Map(vectors.map((near) => [near.chunkId, near.similarity]))
  const found = new Map<ChunkId, Found>()
  for (const { chunkId, score, termIds } of texts) {
    const own = termIds.flatMap((id) => termOf.get(id) ?? [])
    const most = telling.get(own[0]?.configuration ?? '')
    found.set(chunkId, {
      chunkId,
      terms: own.map(({ term }) => term).toSorted(),
      words: most ? wordShare(score, most) : 0,
      similarity: similarity.get(chunkId) ?? null,
    })
  }
  for (const [chunkId, value] of similarity)
    if (!found.has(chunkId)) found.set(chunkId, { chunkId, terms: [], words: 0, similarity: value })
  return found
}
