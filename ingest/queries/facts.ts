import type { Queryable, Tx } from '#kernel/db.ts'
import type { DocumentId, FactId, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type CurrentFact = {
  id: FactId
  subject: string
  predicate: string
  value: unknown
  statement: string
  validFrom: Date
  recordId: RecordId
  documentId: DocumentId | null
  startByte: number | null
  endByte: number | null
}

/** Every fact that holds. */
export function selectCurrentFacts(db: Queryable): Promise<CurrentFact[]> {
  return db.query<CurrentFact>(sql`
    select id, subject, predicate, value, statement, valid_from as "validFrom", record_id as "recordId",
      document_id as "documentId", start_byte as "startByte", end_byte as "endByte"
    from ingest.facts where valid_to is null`)
}

/** The facts hold no more; what is cited stays. */
export async function closeFacts(tx: Tx, at: Date, ids: readonly FactId[]): Promise<void> {
  await tx.query(
    sql`update ingest.facts set valid_to = greatest(${at}, valid_from) where id = any(${[...ids]}::uuid[])`,
  )
}

const columns = sql`id uuid, subject text, predicate text, value jsonb, statement text, "validFrom" timestamptz,
  "recordId" uuid, "documentId" uuid, "startByte" int, "endByte" int`

export async function insertFacts(tx: Tx, recordedAt: Date, rows: readonly CurrentFact[]): Promise<void> {
  await tx.query(sql`
    insert into ingest.facts (id, subject, predicate, value, statement, valid_from, recorded_at, record_id, document_id,
      start_byte, end_byte)
    select id, subject, predicate, value, statement, "validFrom", ${recordedAt}, "recordId", "documentId", "startByte",
      "endByte" from jsonb_to_recordset(${json(rows)}::jsonb) as r (${columns})`)
}

/** The same facts, stated elsewhere or in other words. */
export async function restateFacts(tx: Tx, rows: readonly CurrentFact[]): Promise<void> {
  await tx.query(sql`
    update ingest.facts f set statement = r.statement, record_id = r."recordId", document_id = r."documentId",
      start_byte = r."startByte", end_byte = r."endByte"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (${columns}) where f.id = r.id`)
}
