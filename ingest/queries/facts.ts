import type { Queryable, Tx } from '#kernel/db.ts'
import type { FactId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { CurrentFact } from '../content/fact.ts'

/** Every fact that holds at a moment. */
export function selectCurrentFacts(db: Queryable, at: Date): Promise<CurrentFact[]> {
  return db.query<CurrentFact>(sql`
    select id, subject, predicate, value, statement, valid_from as "validFrom", valid_to as "validTo",
      record_id as "recordId", document_id as "documentId", start_byte as "startByte", end_byte as "endByte"
    from ingest.facts where valid_to is null or valid_to > ${at}`)
}

/** The facts hold no more, as we hear now; what is cited stays. */
export async function closeFacts(tx: Tx, at: Date, ids: readonly FactId[]): Promise<void> {
  await tx.query(
    sql`update ingest.facts set valid_to = greatest(${at}, valid_from), end_recorded_at = ${at}
      where id = any(${[...ids]}::uuid[])`,
  )
}

const columns = sql`id uuid, subject text, predicate text, value jsonb, statement text, "validFrom" timestamptz,
  "validTo" timestamptz, "recordId" uuid, "documentId" uuid, "startByte" int, "endByte" int`

/** An end that the source names is heard of together with the fact. */
export async function insertFacts(tx: Tx, recordedAt: Date, rows: readonly CurrentFact[]): Promise<void> {
  await tx.query(sql`
    insert into ingest.facts (id, subject, predicate, value, statement, valid_from, valid_to, recorded_at,
      end_recorded_at, record_id, document_id, start_byte, end_byte)
    select id, subject, predicate, value, statement, "validFrom", "validTo", ${recordedAt},
      case when "validTo" is not null then ${recordedAt}::timestamptz end, "recordId", "documentId", "startByte",
      "endByte" from jsonb_to_recordset(${json(rows)}::jsonb) as r (${columns})`)
}

/** The same facts, stated elsewhere or in other words. */
export async function restateFacts(tx: Tx, rows: readonly CurrentFact[]): Promise<void> {
  await tx.query(sql`
    update ingest.facts f set statement = r.statement, record_id = r."recordId", document_id = r."documentId",
      start_byte = r."startByte", end_byte = r."endByte"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (${columns}) where f.id = r.id`)
}
