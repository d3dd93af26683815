import type { Queryable, Tx } from '#kernel/db.ts'
import type { DocumentId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type DocumentTopic = { documentId: DocumentId; topic: string }

/** The topics of the current texts. */
export const selectDocumentTopics = (db: Queryable): Promise<DocumentTopic[]> =>
  db.query<DocumentTopic>(sql`
    select t.document_id as "documentId", t.topic from ingest.document_topics t
    join ingest.documents d on d.id = t.document_id where d.valid_to is null`)

export async function insertDocumentTopics(tx: Tx, rows: readonly DocumentTopic[]): Promise<void> {
  await tx.query(sql`insert into ingest.document_topics (document_id, topic)
    select "documentId", topic from jsonb_to_recordset(${json(rows)}::jsonb) as r ("documentId" uuid, topic text)
    on conflict do nothing`)
}

export async function deleteDocumentTopics(tx: Tx, rows: readonly DocumentTopic[]): Promise<void> {
  await tx.query(sql`delete from ingest.document_topics t
    using jsonb_to_recordset(${json(rows)}::jsonb) as r ("documentId" uuid, topic text)
    where t.document_id = r."documentId" and t.topic = r.topic`)
}

/** Types and tags of all that is sold, each once. */
export const selectCatalogueTopics = async (db: Queryable): Promise<string[]> =>
  (
    await db.query<{ topic: string }>(sql`
      select distinct topic from ingest.products p cross join unnest(p.tags || p.type) as topic
      where trim(topic) <> '' order by topic`)
  ).map(({ topic }) => topic)
