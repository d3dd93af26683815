import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Embedder } from './embedder.ts'
import {
  completeModel,
  contentsWithoutVector,
  countContents,
  ensureEmbedderIndex,
  keepVectors,
  removeOrphanVectors,
} from './queries/embeddings.ts'

export type IndexReport = {
  /** Contents that got a vector now, had one before, and vectors removed because their content or model is gone. */
  embedded: number
  already: number
  removed: number
  /** Whether the vectors have an index; few are faster without. */
  indexed: boolean
}

type Deps = { db: Db; clock: Clock; embedder: Embedder }
type Options = { batch?: number; onProgress?: (done: number, total: number) => void; signal?: AbortSignal }

/**
 * Gives every content of the corpus one vector of the embedder's model, and forgets vectors whose content is gone.
 * Incremental: what has a vector is not embedded again; stopped or killed, it goes on from there the next time.
 * Vectors of another model stay until this one has all: they go on answering (`earlierEmbedders` of candidates.ts).
 */
export async function indexCorpus(deps: Deps, options: Options = {}): Promise<IndexReport> {
  const { db, clock, embedder } = deps
  const orphans = await removeOrphanVectors(db)
  const before = await countContents(db, embedder.id)
  const embedded = await embedMissing(deps, before.contents - before.embedded, options)
  const indexed = await ensureEmbedderIndex(db, embedder)
  const replaced =
    options.signal?.aborted === true ? 0 : await db.transaction((tx) => completeModel(tx, embedder, clock()))
  return { embedded, already: before.embedded, removed: orphans + replaced, indexed }
}

/** Batch by batch, each kept as soon as it is there; returns how many contents were embedded. */
async function embedMissing(
  { db, clock, embedder }: Deps,
  total: number,
  { batch = 64, onProgress, signal }: Options,
): Promise<number> {
  let embedded = 0
  let after = ''
  onProgress?.(0, total)
  for (;;) {
    if (signal?.aborted === true) break
    const contents = await contentsWithoutVector(db, embedder.id, after, batch)
    if (contents.length === 0) break
    const vectors = await embedder.embed(contents.map((content) => content.text))
    const rows = contents.map((content, index) => ({ contentHash: content.contentHash, vector: vectors[index]! }))
    await keepVectors(db, embedder, clock(), rows)
    embedded += contents.length
    after = contents.at(-1)!.contentHash
    onProgress?.(embedded, Math.max(total, embedded))
  }
  return embedded
}
