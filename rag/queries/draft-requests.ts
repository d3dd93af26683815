import type { Queryable } from '#kernel/db.ts'
import type { DraftId, Hash, Id } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** What a person asked to be changed. `round`: which one answered it; null while it is being written. */
export type DraftRequestRow = { words: string; by: string; at: Date; round: number | null }

/** All that was asked of a draft, oldest first. */
export const requestsOf = (db: Queryable, draftId: DraftId): Promise<DraftRequestRow[]> =>
  db.query(sql`select words, by, at, round from rag.draft_requests where draft_id = ${draftId} order by at, id`)

export async function insertRequest(
  tx: Queryable,
  row: { id: Id<'draft-request'>; draftId: DraftId; words: string; contentHash: Hash; by: string; at: Date },
): Promise<void> {
  await tx.query(sql`insert into rag.draft_requests (id, draft_id, words, content_hash, by, at)
    values (${row.id}, ${row.draftId}, ${row.words}, ${row.contentHash}, ${row.by}, ${row.at})`)
}

/** Says which round answered what is open. */
export async function answerRequest(tx: Queryable, draftId: DraftId, round: number): Promise<void> {
  await tx.query(sql`update rag.draft_requests set round = ${round} where draft_id = ${draftId} and round is null`)
}
