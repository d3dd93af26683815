import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Embedder } from './embedder.ts'
import {
  contentsWithoutVector,
  countContents,
  ensureEmbedderIndex,
  keepVectors,
  removeOrphanVectors,
} from './queries/embeddings.ts'

export type IndexReport = {
  /** Contents that got a vector now, had one before, and vectors removed because their content is gone. */
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
 */
export async function indexCorpus(deps: Deps, options: Options = {}): Promise<IndexReport> {
  const removed = await removeOrphanVectors(deps.db)
  const before = await countContents(deps.db, deps.embedder.id)
  const total = before.contents - before.embedded
  const batch = options.batch ?? 32
  let embedded = 0
  let after = ''
  options.onProgress?.(0, total)
  while (!options.signal?.aborted) {
    const contents = await contentsWithoutVector(deps.db, deps.embedder.id, after, batch)
    if (contents.length === 0) break
    const vectors = await deps.embedder.embed(contents.map((content) => content.text))
    const rows = contents.map((content, index) => ({ contentHash: content.contentHash, vector: vectors[index]! }))
    await keepVectors(deps.db, deps.embedder, deps.clock(), rows)
    embedded += contents.length
    after = contents.at(-1)!.contentHash
    options.onProgress?.(embedded, Math.max(total, embedded))
  }
  const indexed = await ensureEmbedderIndex(deps.db, deps.embedder)
  return { embedded, already: before.embedded, removed, indexed }
}
