import type { Queryable } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** The draft whose body has this hash: the approved one before the others, then the oldest. */
export async function draftIdOfBody(db: Queryable, contentHash: Hash): Promise<DraftId | null> {
  const rows = await db.query<{ id: DraftId }>(sql`
    select d.id from rag.draft_bodies b join rag.drafts d on d.id = b.draft_id
    where b.content_hash = ${contentHash} and not d.rehearsal
    order by (d.state = 'approved' and d.content_hash = b.content_hash) desc, b.written_at, d.id limit 1`)
  return rows[0]?.id ?? null
}
