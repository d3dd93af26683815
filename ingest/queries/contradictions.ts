import type { Queryable, Tx } from '#kernel/db.ts'
import type { DocumentId, FactId, Id, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

/** What is stated against the fact that is believed; bytes are those of the document it stands in. */
export type ContradictionRow = {
  id: Id<'contradiction'>
  subject: string
  predicate: string
  value: unknown
  statement: string
  recordId: RecordId
  documentId: DocumentId | null
  startByte: number | null
  endByte: number | null
}

const columns = sql`id uuid, subject text, predicate text, value jsonb, statement text, "recordId" uuid,
  "documentId" uuid, "startByte" int, "endByte" int`

/** Makes the open contradictions exactly the given ones. */
export async function settleContradictions(tx: Tx, at: Date, rows: readonly ContradictionRow[]): Promise<void> {
  const given = json(rows)
  await tx.query(sql`
    update ingest.contradictions c set settled_at = ${at} where settled_at is null and not exists (
      select from jsonb_to_recordset(${given}::jsonb) as r (${columns})
      where (r.subject, r.predicate, r."recordId", r.value) = (c.subject, c.predicate, c.record_id, c.value)
        and (r."documentId", r."startByte", r."endByte") is not distinct from (c.document_id, c.start_byte, c.end_byte))`)
  await tx.query(sql`
    insert into ingest.contradictions (id, subject, predicate, value, statement, record_id, document_id, start_byte,
      end_byte, found_at)
    select id, subject, predicate, value, statement, "recordId", "documentId", "startByte", "endByte", ${at}
    from jsonb_to_recordset(${given}::jsonb) as r (${columns}) on conflict do nothing`)
}

export type OpenContradiction = ContradictionRow & {
  foundAt: Date
  /** Where it stands: the address of the text, or null for the catalogue. */
  uri: string | null
  believedId: FactId
  believed: string
  believedUri: string | null
}

/** Contradictions that are open, the newest first, each beside the fact that is believed. */
export const selectOpenContradictions = (db: Queryable, limit: number): Promise<OpenContradiction[]> =>
  db.query<OpenContradiction>(sql`
    select c.id, c.subject, c.predicate, c.value, c.statement, c.record_id as "recordId",
      c.document_id as "documentId", c.start_byte as "startByte", c.end_byte as "endByte", c.found_at as "foundAt",
      d.uri, f.id as "believedId", f.statement as believed, fd.uri as "believedUri"
    from ingest.contradictions c
    left join ingest.documents d on d.id = c.document_id
    join lateral (select * from ingest.facts f where f.subject = c.subject and f.predicate = c.predicate
      and (f.valid_to is null or f.valid_to > c.found_at) order by f.recorded_at desc limit 1) f on true
    left join ingest.documents fd on fd.id = f.document_id
    where c.settled_at is null order by c.found_at desc, c.id limit ${limit}`)
