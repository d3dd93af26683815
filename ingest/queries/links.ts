import { instants, texts, uuids } from '#kernel/columns.ts'
import type { Tx } from '#kernel/db.ts'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

export type LinkRow = {
  leftId: IdentifierId
  rightId: IdentifierId
  kind: 'profile' | 'identify'
  recordId: RecordId
  /** When the record says that they stood together. */
  at: Date
}

/** The first record that named the two together is kept as the evidence. */
export async function insertLinks(tx: Tx, source: string, rows: readonly LinkRow[]): Promise<void> {
  await tx.query(sql`${inserted(source, rows)} on conflict do nothing`)
}

/** For less: links of identifiers of which there can be none yet. */
export async function insertNewLinks(tx: Tx, source: string, rows: readonly LinkRow[]): Promise<void> {
  await tx.query(inserted(source, rows))
}

const inserted = (
  source: string,
  rows: readonly LinkRow[],
): Sql => sql`insert into ingest.links (left_id, right_id, source, kind, record_id, at)
    select left_id, right_id, ${source}, kind, record_id, at from unnest(${uuids(rows.map((row) => row.leftId))}::uuid[], ${uuids(rows.map((row) => row.rightId))}::uuid[],
      ${texts(rows.map((row) => row.kind))}::text[],
      ${uuids(rows.map((row) => row.recordId))}::uuid[], ${instants(rows.map((row) => row.at))}::timestamptz[])
      as r (left_id, right_id, kind, record_id, at)
    where left_id <> right_id`
