import type { ChunkId } from '#kernel/ids.ts'
import { candidates, type Candidates, type SearchDeps } from './candidates.ts'
import { diversify, fuse } from './fuse.ts'
import { chunksById, factMatches, factsOf, type ChunkRow, type FactRow } from './queries/passages.ts'
import type { Where } from './queries/text-search.ts'

/** What an agent may read: sources by name (null: every source), and what for, such as `marketing` (`corpus allow`). */
export type Scope = { sources: readonly string[] | null; use?: string }

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

export type RetrieveDeps = SearchDeps & { relatedChunks?: RelatedChunks }

export type Question = {
  /** Words; `"words in quotes"` count more where they stand beside each other, `roast*` is any word that so begins. */
  query: string
  /** When it is to be said: what is not valid then is not found. */
  at: Date
  limit: number
  scope?: Scope
  /** Language tags, such as `nl`; every language unless told. */
  languages?: readonly string[]
  /** What it is about beside the query's words, as the graph knows it: `topic:decaf`, `product:SKU`. */
  subjects?: readonly string[]
}

/** What of the corpus a question may find. */
export const whereOf = ({ at, scope, languages }: Pick<Question, 'at' | 'scope' | 'languages'>): Where => ({
  at,
  sources: scope?.sources ?? null,
  use: scope?.use ?? null,
  languages: languages?.map((tag) => tag.toLowerCase().split('-')[0] ?? tag) ?? null,
})

/**
 * Passages of documents that may be found, by full text, vectors and graph, best first; each says why it came.
 * Words and vectors are weighed by their scores into one list, as the query's words deserve (fuse.ts); the graph's list
 * joins it by reciprocal ranks, with the more weight the less of the query the words found. Of copies one comes first.
 */
export async function retrieve(deps: RetrieveDeps, question: Question): Promise<Passage[]> {
  const where = whereOf(question)
  const found = await Promise.all([candidates(deps, question.query, where), graphMatches(deps, question, where)])
  return passagesFrom(deps, question, ...found)
}

type Linked = Awaited<ReturnType<RelatedChunks>>[number]

/** The last steps: the graph's neighbours join, what the passages are, and no copies. */
export async function passagesFrom(
  deps: Pick<RetrieveDeps, 'db'>,
  question: Question,
  found: Candidates,
  graph: readonly Linked[],
): Promise<Passage[]> {
  const where = whereOf(question)
  const fused = fuse([
    { weight: 1, ids: found.ranked.map(({ chunkId }) => chunkId) },
    { weight: 1 - 0.7 * (found.text[0]?.words ?? 0), ids: graph.map(({ chunkId }) => chunkId) },
  ]).slice(0, Math.max(question.limit * 3, 20))
  const ids = fused.map(({ id }) => id)
  const rows = new Map((await chunksById(deps.db, ids, where)).map((row) => [row.chunkId, row]))
  const reasons = reasonsOf(found, graph)
  const passages = fused.flatMap(({ id, score }) => {
    const row = rows.get(id)
    return row ? [{ ...row, score, reasons: reasons(id) }] : []
  })
  return diversify(passages, question.limit)
}

async function graphMatches(
  deps: RetrieveDeps,
  { query, at, subjects: told = [] }: Question,
  where: Where,
): Promise<Linked[]> {
  if (!deps.relatedChunks) return []
  const facts = await factMatches(deps.db, query, where, 5)
  const subjects = [...new Set([...told, ...facts.map((fact) => fact.subject)])]
  return subjects.length === 0 ? [] : deps.relatedChunks({ subjects, at, limit: 20 })
}

const places = <Item extends { chunkId: ChunkId }>(list: readonly Item[]): Map<ChunkId, Item & { rank: number }> =>
  new Map(list.map((item, index) => [item.chunkId, { ...item, rank: index + 1 }]))

/** Why each chunk came, from the lists it stands in. */
function reasonsOf({ text, vector }: Candidates, graph: readonly Linked[]) {
  const [byWords, byMeaning, byGraph] = [places(text), places(vector), places(graph)]
  return (id: ChunkId): Reason[] => {
    const [words, near, linked] = [byWords.get(id), byMeaning.get(id), byGraph.get(id)]
    const likeness = (near?.similarity ?? 0).toFixed(2)
    return [
      ...(words ? [{ by: 'text' as const, rank: words.rank, why: `has ${words.terms.join(', ')}` }] : []),
      ...(near ? [{ by: 'vector' as const, rank: near.rank, why: `means nearly the same (${likeness})` }] : []),
      ...(linked ? [{ by: 'graph' as const, rank: linked.rank, why: linked.why }] : []),
    ]
  }
}

/**
 * Facts valid at `at` and in scope: those whose statement has words of the query, best first, each followed by what
 * else is known of its subject (a product's price beside its taste).
 */
export async function retrieveFacts(deps: Pick<RetrieveDeps, 'db'>, question: Question): Promise<FactPassage[]> {
  const where = whereOf(question)
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
