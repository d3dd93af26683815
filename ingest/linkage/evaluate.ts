import { UsageError } from '#kernel/errors.ts'

/** Of what was claimed, how much is true; of what is true, how much was found; and their harmonic mean. All 0 to 1. */
export type Score = { precision: number; recall: number; f1: number }

export type Evaluation = {
  /** Records that both sides know, and those only the truth knows: the measured ones. */
  records: number
  clusters: number
  entities: number
  /** Pairs of records in one cluster, of one entity, and both. */
  pairs: { claimed: bigint; real: bigint; found: bigint }
  pairwise: Score
  /** B³ (Bagga and Baldwin 1998): precision and recall of each record's cluster, averaged over records. */
  bcubed: Score
  /** Records of the truth that are in no cluster: measured as if alone. */
  unclustered: number
  /** Records of the clusters without a truth: they cannot be judged and are left out. */
  unjudged: number
}

/** A record and its label: its cluster, or the entity it really is. */
export type Labelled = readonly [record: string, label: string]

/**
 * Measures clusters against the truth, in time and memory linear in the records: pairs are counted from the sizes of
 * clusters, entities and their overlaps, never listed. Where nothing was claimed precision is 1, where nothing is real
 * recall is 1. Throws a UsageError when a record has two labels on one side.
 */
export function evaluateClustering(clusters: Iterable<Labelled>, truth: Iterable<Labelled>): Evaluation {
  const placed = labelsOf(clusters, 'clusters')
  const entityOf = labelsOf(truth, 'entities')
  const overlaps = new Map<string, Map<string, number>>()
  const sizes = new Map<string, number>()
  let unclustered = 0
  for (const [record, entity] of entityOf) {
    const own = placed.get(record)
    if (own === undefined) unclustered += 1
    // A blank tells a record alone from a cluster: labels are kept with a letter before them.
    const cluster = own === undefined ? ` ${record}` : `c${own}`
    const within = overlaps.get(cluster) ?? new Map<string, number>()
    overlaps.set(cluster, within.set(entity, (within.get(entity) ?? 0) + 1))
    sizes.set(entity, (sizes.get(entity) ?? 0) + 1)
  }
  return {
    records: entityOf.size,
    clusters: overlaps.size,
    entities: sizes.size,
    ...measured(overlaps, sizes, entityOf.size),
    unclustered,
    unjudged: placed.size - (entityOf.size - unclustered),
  }
}

function labelsOf(labelled: Iterable<Labelled>, what: string): Map<string, string> {
  const labels = new Map<string, string>()
  for (const [record, label] of labelled) {
    const known = labels.get(record)
    if (known !== undefined && known !== label)
      throw new UsageError(`Record ${record} is in two ${what}: give each record an id of its own`)
    labels.set(record, label)
  }
  return labels
}

function measured(
  overlaps: ReadonlyMap<string, ReadonlyMap<string, number>>,
  sizes: ReadonlyMap<string, number>,
  records: number,
): Pick<Evaluation, 'pairs' | 'pairwise' | 'bcubed'> {
  let [claimed, real, found] = [0n, 0n, 0n]
  let [precise, recalled] = [0, 0]
  for (const size of sizes.values()) real += pairsOf(size)
  for (const within of overlaps.values()) {
    let size = 0
    for (const both of within.values()) size += both
    claimed += pairsOf(size)
    for (const [entity, both] of within) {
      found += pairsOf(both)
      precise += (both * both) / size
      recalled += (both * both) / sizes.get(entity)!
    }
  }
  return {
    pairs: { claimed, real, found },
    pairwise: { precision: share(found, claimed), recall: share(found, real), f1: share(2n * found, claimed + real) },
    bcubed: averaged(records === 0 ? 1 : precise / records, records === 0 ? 1 : recalled / records),
  }
}

const pairsOf = (size: number): bigint => (BigInt(size) * BigInt(size - 1)) / 2n

const share = (part: bigint, whole: bigint): number => (whole === 0n ? 1 : Number(part) / Number(whole))

const averaged = (precision: number, recall: number): Score => ({
  precision,
  recall,
  f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
})
