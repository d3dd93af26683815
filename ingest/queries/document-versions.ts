import type { Tx } from '#kernel/db.ts'
import type { DocumentId, Hash, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type DocumentRow = {
  id: DocumentId
  uri: string
  title: string
  language: string
  contentHash: Hash
  body: string
  validFrom: Date
  recordId: RecordId
}

/** The given texts become the current versions of their addresses; a text that comes back is current again. */
export async function replaceDocuments(tx: Tx, source: string, at: Date, rows: readonly DocumentRow[]): Promise<void> {
  const given = json(rows)
  await tx.query(sql`
    update ingest.documents d set valid_to = ${at}
    from jsonb_to_recordset(${given}::jsonb) as r (uri text, "contentHash" text)
    where d.source = ${source} and d.uri = r.uri and d.content_hash <> r."contentHash" and d.valid_to is null`)
  await tx.query(sql`
    insert into ingest.documents as known (id, source, uri, title, language, content_hash, body, valid_from, record_id)
    select id, ${source}, uri, title, language, "contentHash", body, "validFrom", "recordId"
    from jsonb_to_recordset(${given}::jsonb) as r (id uuid, uri text, title text, language text, "contentHash" text,
      body text, "validFrom" timestamptz, "recordId" uuid)
    on conflict (source, uri, content_hash) do update set title = excluded.title, language = excluded.language,
      valid_from = case when known.valid_to is null then known.valid_from else ${at} end, valid_to = null,
      record_id = excluded.record_id`)
}
