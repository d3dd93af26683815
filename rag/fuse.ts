import type { Term } from './queries/text-search.ts'

/** How much a term tells: BM25's inverse document frequency. */
export const rarity = (chunksWithIt: number, chunks: number): number =>
  Math.log(1 + (chunks - chunksWithIt + 0.5) / (chunksWithIt + 0.5))

/** What the words of a query can tell in one language: the rarities of its terms added up, and of a term nowhere found. */
export type Telling = { sum: number; most: number }

/** What the words of a query can tell, by language. */
export function tellingOf(terms: readonly Term[]): Map<string, Telling> {
  const telling = new Map<string, Telling>()
  for (const { configuration, chunks, total } of terms) {
    const { sum } = telling.get(configuration) ?? { sum: 0 }
    telling.set(configuration, { sum: sum + rarity(chunks, total), most: rarity(0, total) })
  }
  return telling
}

/**
 * How much words count beside vectors. It grows with what the query's words can tell, counted in words as rare as can
 * be: a long claim full of names is found by its words, a short question by its meaning. No fixed share serves both.
 * Measured with all-MiniLM-L6-v2, nDCG@10 of full text, vectors, both: long claims (WiCE, 8,111 passages) 0.767, 0.637,
 * 0.794; short paraphrases (banking77, 3,000 messages) 0.592, 0.795, 0.793. Constants chosen in three folds of four are
 * no better in the fourth. Reciprocal ranks of the two lists gave 0.782 and 0.781 at the best fixed share of each, which
 * are forty times apart (docs/retrieval.md).
 */
export const wordWeight = ({ sum, most }: Telling): number => Math.min(4, 0.22 * (sum / most) ** 1.5)

/** BM25's share of the most it could be for that query. Its factor of saturation, k1 + 1, is 1.9. */
export const wordShare = (score: number, { sum }: Telling): number => (sum === 0 ? 0 : Math.min(1, score / (1.9 * sum)))

/** Similarity above the floor, as a share, the last of the list: models differ in how near strangers are. */
export const meaningShare = (similarity: number, floor: number): number =>
  floor >= 1 ? 0 : Math.max(0, (similarity - floor) / (1 - floor))

/** One list of candidates, best first, and how much its order counts. */
export type RankedList<Id extends string> = { weight: number; ids: readonly Id[] }
export type Fused<Id extends string> = { id: Id; score: number }

/** Reciprocal rank fusion (Cormack et al. 2009): the sum over the lists of weight / (k + rank), k = 60. Ties by id. */
export function fuse<Id extends string>(lists: readonly RankedList<Id>[], k = 60): Fused<Id>[] {
  const scores = new Map<Id, number>()
  for (const { weight, ids } of lists) {
    for (const [index, id] of ids.entries()) scores.set(id, (scores.get(id) ?? 0) + weight / (k + index + 1))
  }
  return [...scores]
    .map(([id, score]) => ({ id, score }))
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998), lambda = 0.8: each pick is the most relevant one least
 * like those picked before. Alike are texts that share more than 7 of 10 words: passages that say the same in other
 * words support each other, copies take each other's place.
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
    for (const other of waiting) other.nearest = Math.max(other.nearest, likeness(next.words, other.words))
  }
  return picked
}

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))

/** 0 up to a Jaccard index of 0.7, 1 for the same words. */
function likeness(a: Set<string>, b: Set<string>): number {
  const shared = a.intersection(b).size
  return shared === 0 ? 0 : Math.max(0, (shared / (a.size + b.size - shared) - 0.7) / 0.3)
}
