import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateClustering, type Labelled, type Score } from '#ingest/linkage/evaluate.ts'

/** The definitions, word for word: every pair is looked at, and every record's cluster. */
function byDefinition(clusters: readonly Labelled[], truth: readonly Labelled[]): { pairwise: Score; bcubed: Score } {
  const own = new Map(clusters)
  const clusterOf = (record: string): string => (own.has(record) ? `in ${own.get(record)!}` : `alone ${record}`)
  let [claimed, real, found] = [0, 0, 0]
  for (const [index, [left, entity]] of truth.entries()) {
    for (const [right, other] of truth.slice(index + 1)) {
      const joined = clusterOf(left) === clusterOf(right)
      claimed += Number(joined)
      real += Number(entity === other)
      found += Number(joined && entity === other)
    }
  }
  const shares = truth.map(([record, entity]) => {
    const together = truth.filter(([other]) => clusterOf(other) === clusterOf(record))
    const same = truth.filter(([, label]) => label === entity)
    const both = together.filter(([, label]) => label === entity).length
    return [both / together.length, both / same.length] as const
  })
  const mean = (side: 0 | 1): number => shares.reduce((sum, share) => sum + share[side], 0) / (shares.length || 1)
  const [precise, recalled] = shares.length === 0 ? [1, 1] : [mean(0), mean(1)]
  return {
    pairwise: {
      precision: claimed === 0 ? 1 : found / claimed,
      recall: real === 0 ? 1 : found / real,
      f1: claimed + real === 0 ? 1 : (2 * found) / (claimed + real),
    },
    bcubed: { precision: precise, recall: recalled, f1: (2 * precise * recalled) / (precise + recalled) },
  }
}

const records = fc.uniqueArray(fc.integer({ min: 0, max: 40 }).map(String), { maxLength: 25 })
const labelled = records.chain((names) =>
  fc
    .array(fc.integer({ min: 0, max: 6 }).map(String), { minLength: names.length, maxLength: names.length })
    .map((labels) => names.map((name, index): Labelled => [name, labels[index]!])),
)

describe('measuring clusters against the truth', () => {
  it('says what the definitions of pairwise and B³ say, for any clusters and any truth', () => {
    fc.assert(
      fc.property(labelled, labelled, (clusters, truth) => {
        const wanted = byDefinition(clusters, truth)
        const { pairwise, bcubed } = evaluateClustering(clusters, truth)
        for (const name of ['precision', 'recall', 'f1'] as const) {
          expect(pairwise[name]).toBeCloseTo(wanted.pairwise[name], 10)
          expect(bcubed[name]).toBeCloseTo(wanted.bcubed[name], 10)
        }
      }),
    )
  })

  it('counts every record: judged, in no cluster, or without a truth', () => {
    fc.assert(
      fc.property(labelled, labelled, (clusters, truth) => {
        const { records: measured, unclustered, unjudged } = evaluateClustering(clusters, truth)
        expect(measured).toBe(truth.length)
        expect(measured - unclustered + unjudged).toBe(clusters.length)
      }),
    )
  })

  it('is right about a known example: one pair of three found, one wrongly joined', () => {
    const truth = Object.entries({ a: 'x', b: 'x', c: 'x', d: 'y' })
    const found = evaluateClustering(Object.entries({ a: '1', b: '1', c: '2', d: '2' }), truth)
    expect(found.pairs).toEqual({ claimed: 2n, real: 3n, found: 1n })
    expect(found.pairwise).toEqual({ precision: 1 / 2, recall: 1 / 3, f1: 2 / 5 })
    expect(found.bcubed.precision).toBeCloseTo(3 / 4)
    expect(found.bcubed.recall).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
  })

  it('counts pairs exactly where all records are one', () => {
    const half = 200_000
    const all = Array.from({ length: half }, (_, index): Labelled => [String(index), 'one'])
    expect(evaluateClustering(all, all).pairs.claimed).toBe((BigInt(half) * BigInt(half - 1)) / 2n)
    expect(evaluateClustering(all, all).bcubed).toEqual({ precision: 1, recall: 1, f1: 1 })
  })

  it('refuses a record that is in two clusters, and names it', () => {
    const twice: Labelled[] = [['r1', 'a'], ['r1', 'b']] // prettier-ignore
    expect(() => evaluateClustering(twice, [])).toThrow('Record r1 is in two clusters')
    expect(() => evaluateClustering([], twice)).toThrow('Record r1 is in two entities')
  })
})
