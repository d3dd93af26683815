import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

/** Which of the rows, by what they are and where they stood, wait in quarantine: their indexes. */
export async function waitingAmong(
  db: Queryable,
  source: string,
  rows: readonly { sha256: Hash; spot: string }[],
): Promise<Set<number>> {
  const found = await db.query<{ index: number }>(sql`
    select given.index from ingest.quarantine q
    join jsonb_to_recordset(${json(rows.map((row, index) => ({ ...row, index })))}::jsonb)
      as given (index integer, sha256 text, spot text) using (sha256, spot)
    where q.source = ${source} and q.resolved_at is null`)
  return new Set(found.map(({ index }) => index))
}
