/** How relevant documents are to each query: 0 is not, more is better. */
export type Judgements = ReadonlyMap<string, ReadonlyMap<string, number>>

/** A ranking's worth, each a mean over the queries, 0 to 1. */
export type Measures = { ndcg10: number; recall5: number; recall10: number; mrr: number }

/** The best first, by document id. */
export type Ranking = readonly string[]

/**
 * nDCG@10 with the gain of the judgement (Järvelin and Kekäläinen 2002), recall@5 and @10, and the mean reciprocal rank
 * of the first relevant document, as trec_eval measures them. Queries without a relevant document are left out.
 */
export function measure(
  rankings: ReadonlyMap<string, Ranking>,
  judgements: Judgements,
): Measures & { queries: number } {
  const all = [...judgements].flatMap(([query, judged]) => {
    const relevant = new Map([...judged].filter(([, gain]) => gain > 0))
    return relevant.size === 0 ? [] : [measureOne(rankings.get(query) ?? [], relevant)]
  })
  const mean = (of: (one: Measures) => number): number =>
    all.length === 0 ? 0 : all.reduce((sum, one) => sum + of(one), 0) / all.length
  return {
    queries: all.length,
    ndcg10: mean((one) => one.ndcg10),
    recall5: mean((one) => one.recall5),
    recall10: mean((one) => one.recall10),
    mrr: mean((one) => one.mrr),
  }
}

function measureOne(ranking: Ranking, relevant: ReadonlyMap<string, number>): Measures {
  const gains = ranking.map((id) => relevant.get(id) ?? 0)
  const best = [...relevant.values()].toSorted((a, b) => b - a)
  const recall = (depth: number): number => gains.slice(0, depth).filter((gain) => gain > 0).length / relevant.size
  const first = gains.findIndex((gain) => gain > 0)
  return {
    ndcg10: discounted(gains.slice(0, 10)) / discounted(best.slice(0, 10)),
    recall5: recall(5),
    recall10: recall(10),
    mrr: first < 0 ? 0 : 1 / (first + 1),
  }
}

const discounted = (gains: readonly number[]): number =>
  gains.reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0)
