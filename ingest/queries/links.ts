import type { Tx } from '#kernel/db.ts'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type LinkRow = {
  leftId: IdentifierId
  rightId: IdentifierId
  source: string
  kind: 'profile' | 'identify'
  recordId: RecordId
  /** When the record says that they stood together. */
  at: Date
}

/** The first record that named the two together is kept as the evidence. */
export async function insertLinks(tx: Tx, rows: readonly LinkRow[]): Promise<void> {
  await tx.query(sql`insert into ingest.links (left_id, right_id, source, kind, record_id, at)
    select "leftId", "rightId", source, kind, "recordId", at from json_to_recordset(${json(rows)}::json)
      as r ("leftId" uuid, "rightId" uuid, source text, kind text, "recordId" uuid, at timestamptz)
    where "leftId" <> "rightId" on conflict do nothing`)
}
