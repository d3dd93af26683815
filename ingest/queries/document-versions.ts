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
  tags: readonly string[]
  validFrom: Date
  recordId: RecordId
}

/**
 * The given texts become the current versions of their addresses, none before the one it replaces has ended; a text that
 * comes back is current again.
 */
export async function replaceDocuments(tx: Tx, source: string, at: Date, rows: readonly DocumentRow[]): Promise<void> {
  const given = json(rows)
  await tx.query(sql`
    update ingest.documents d set valid_to = greatest(${at}, valid_from), end_recorded_at = ${at}
    from jsonb_to_recordset(${given}::jsonb) as r (uri text, "contentHash" text)
    where d.source = ${source} and d.uri = r.uri and d.content_hash <> r."contentHash" and d.valid_to is null`)
  await tx.query(sql`
    insert into ingest.documents as known (id, source, uri, title, language, content_hash, body, tags, valid_from,
      record_id)
    select id, ${source}, uri, title, language, "contentHash", body, tags, greatest("validFrom", (
      select max(o.valid_to) from ingest.documents o where o.source = ${source} and o.uri = r.uri)), "recordId"
    from jsonb_to_recordset(${given}::jsonb) as r (id uuid, uri text, title text, language text, "contentHash" text,
      body text, tags text[], "validFrom" timestamptz, "recordId" uuid)
    on conflict (source, uri, content_hash) do update set title = excluded.title, language = excluded.language,
      tags = excluded.tags,
      valid_from = case when known.valid_to is null then known.valid_from else ${at} end, valid_to = null,
      end_recorded_at = null, record_id = excluded.record_id`)
}

/**
 * Makes the texts of a folder exactly those that it holds: what came from there and is gone ends, and what was gone and
 * has come back as it last was is current again.
 */
export async function keepOnlyDocuments(
  tx: Tx,
  source: string,
  folder: { input: string; uris: readonly string[]; at: Date },
): Promise<void> {
  const uris = [...folder.uris]
  await tx.query(sql`
    update ingest.documents d set valid_to = greatest(${folder.at}, valid_from), end_recorded_at = ${folder.at}
    from ingest.records c join ingest.runs r on r.id = c.run_id
    where d.source = ${source} and d.valid_to is null and c.id = d.record_id and r.input = ${folder.input}
      and d.uri <> all(${uris}::text[])`)
  await tx.query(sql`
    update ingest.documents d set valid_to = null, end_recorded_at = null, valid_from = ${folder.at}
    where d.source = ${source} and d.uri = any(${uris}::text[]) and d.valid_to is not null
      and not exists (select from ingest.documents o where o.source = d.source and o.uri = d.uri and o.valid_to is null)
      and d.record_id = (select c.id from ingest.records c where c.source = d.source and c.kind = 'document'
        and c.external_id = d.uri order by c.version desc limit 1)`)
}
