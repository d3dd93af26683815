import type { TermStatistics } from './queries/text-search.ts'

/** One list of candidates, best first, and how much its order counts. */
export type RankedList<Id extends string> = { name: string; weight: number; ids: readonly Id[] }
export type Fused<Id extends string> = { id: Id; score: number; places: { list: string; rank: number }[] }

/** Reciprocal rank fusion (Cormack et al. 2009): the sum over the lists of weight / (k + rank), k = 60. Ties by id. */
export function fuse<Id extends string>(lists: readonly RankedList<Id>[], k = 60): Fused<Id>[] {
  const found = new Map<Id, Fused<Id>>()
  for (const { name, weight, ids } of lists) {
    ids.forEach((id, index) => {
      const entry = found.get(id) ?? { id, score: 0, places: [] }
      entry.score += weight / (k + index + 1)
      entry.places.push({ list: name, rank: index + 1 })
      found.set(id, entry)
    })
  }
  return [...found.values()].toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
}

/** How much a term tells: BM25's inverse document frequency. */
export const rarity = (chunksWithIt: number, chunks: number): number =>
  Math.log(1 + (chunks - chunksWithIt + 0.5) / (chunksWithIt + 0.5))

/**
 * How many words as rare as can be the best full-text match shares with the query. Near 0 the corpus speaks in other
 * words than the query; from 3 on, the words alone have found their passage.
 */
export function sharedRarity(statistics: TermStatistics, matched: readonly string[]): number {
  const rarest = rarity(0, Math.max(statistics.chunks, 1))
  const shared = statistics.terms.filter(({ term }) => matched.includes(term))
  return shared.reduce((sum, { chunks }) => sum + rarity(chunks, statistics.chunks), 0) / rarest
}

/**
 * The share of vectors in the fusion. A fixed one loses: a small embedder spoils long, specific queries that full text
 * answers, and full text misses paraphrases. So the query decides, by what full text found of it. Measured with the
 * in-package embedder, nDCG@10 of full text, equal weights, this: short paraphrases (banking77) 0.552, 0.598, 0.595;
 * long claims (WiCE) 0.851, 0.775, 0.859.
 */
export const vectorWeight = (shared: number): number => 1 / (1 + (shared / 1.5) ** 4)

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998), lambda = 0.8: each pick is the most relevant one least
 * like those picked before, by the words they share (Jaccard).
 */
export function diversify<Item extends { score: number; text: string }>(items: readonly Item[], limit: number): Item[] {
  const lambda = 0.8
  const top = items[0]?.score ?? 1
  const waiting = items.map((item) => ({ item, words: wordsOf(item.text), nearest: 0 }))
  const picked: Item[] = []
  while (picked.length < limit && waiting.length > 0) {
    const worth = waiting.map(({ item, nearest }) => (lambda * item.score) / top - (1 - lambda) * nearest)
    const [next] = waiting.splice(worth.indexOf(Math.max(...worth)), 1)
    if (!next) break
    picked.push(next.item)
    for (const other of waiting) other.nearest = Math.max(other.nearest, jaccard(next.words, other.words))
  }
  return picked
}

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))

function jaccard(a: Set<string>, b: Set<string>): number {
  const shared = a.intersection(b).size
  return shared === 0 ? 0 : shared / (a.size + b.size - shared)
}
