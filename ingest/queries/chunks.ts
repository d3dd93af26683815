import type { Tx } from '#kernel/db.ts'
import type { ChunkId, DocumentId, Hash } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Chunk } from '../content/split.ts'

export type ChunkRow = Chunk & { id: ChunkId; documentId: DocumentId; contentHash: Hash }

export async function insertChunks(tx: Tx, rows: readonly ChunkRow[]): Promise<void> {
  await tx.query(sql`
    insert into ingest.chunks (id, document_id, ordinal, heading, text, start_byte, end_byte, content_hash)
    select id, "documentId", ordinal, heading, text, "startByte", "endByte", "contentHash"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, "documentId" uuid, ordinal int, heading text, text text,
      "startByte" int, "endByte" int, "contentHash" text)
    on conflict (document_id, ordinal) do nothing`)
}
