import type { Queryable } from '#kernel/db.ts'
import type { DocumentId, FactId, RecordId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type OpenedFact = {
  id: FactId
  subject: string
  predicate: string
  statement: string
  validFrom: Date
  validTo: Date | null
  recordedAt: Date
  source: string
  recordId: RecordId
  documentId: DocumentId | null
  startByte: number | null
  endByte: number | null
}

export const selectFact = (db: Queryable, id: FactId): Promise<OpenedFact[]> =>
  db.query<OpenedFact>(sql`
    select f.id, f.subject, f.predicate, f.statement, f.valid_from as "validFrom", f.valid_to as "validTo",
      f.recorded_at as "recordedAt", r.source, f.record_id as "recordId", f.document_id as "documentId",
      f.start_byte as "startByte", f.end_byte as "endByte"
    from ingest.facts f join ingest.records r on r.id = f.record_id where f.id = ${id}`)

export type OpenedDocument = {
  id: DocumentId
  uri: string
  title: string
  body: string
  validFrom: Date
  validTo: Date | null
}

/** The current version of a text, by its path as it was read. */
export const selectCurrentDocument = (db: Queryable, uri: string): Promise<{ id: DocumentId; body: string }[]> =>
  db.query(sql`select id, body from ingest.documents where uri = ${uri} and valid_to is null order by source limit 1`)

export const selectDocument = (db: Queryable, id: DocumentId): Promise<OpenedDocument[]> =>
  db.query<OpenedDocument>(sql`
    select id, uri, title, body, valid_from as "validFrom", valid_to as "validTo" from ingest.documents where id = ${id}`)
