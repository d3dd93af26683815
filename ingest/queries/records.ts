import type { Queryable, Tx } from '#kernel/db.ts'
import type { RecordId, RunId } from '#kernel/ids.ts'
import type { KeyId } from '#kernel/keys.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Place } from '../source.ts'

export type RecordKey = { kind: string; externalId: string }
export type RecordVersion = RecordKey & { version: number; contentHash: string; runId: RunId }

/** Every version known of the given external ids, oldest first; `asOf` is when the vendor said it was so, if it did. */
export function versionsOf(
  tx: Tx,
  source: string,
  keys: readonly RecordKey[],
): Promise<(RecordVersion & { asOf: string | null })[]> {
  return tx.query<RecordVersion & { asOf: string | null }>(sql`
    select kind, external_id as "externalId", version, content_hash as "contentHash", run_id as "runId",
      place ->> 'asOf' as "asOf"
    from ingest.records join (select distinct kind, "externalId" as external_id
      from jsonb_to_recordset(${json(keys)}::jsonb) as r (kind text, "externalId" text)) as wanted using (kind, external_id)
    where source = ${source} order by version`)
}

export type NewRecord = RecordVersion & { id: RecordId; keyId: KeyId; payload: Buffer; place: Place }

export async function insertRecords(tx: Tx, source: string, at: Date, rows: readonly NewRecord[]): Promise<void> {
  if (rows.length === 0) return
  // The payloads go as bytes, the rest as JSON; the index joins them again.
  const plain = rows.map((row, index) => ({ ...row, payload: undefined, index: index + 1 }))
  await tx.query(sql`
    insert into ingest.records (id, source, kind, external_id, version, content_hash, key_id, payload, run_id, place, received_at)
    select id, ${source}, kind, "externalId", version, "contentHash", "keyId", given.payload, "runId", place, ${at}
    from jsonb_to_recordset(${json(plain)}::jsonb) as r (index bigint, id uuid, kind text, "externalId" text,
      version integer, "contentHash" text, "keyId" uuid, "runId" uuid, place jsonb)
    join unnest(${rows.map((row) => row.payload)}::bytea[]) with ordinality as given (payload, index) using (index)
    order by index`)
}

export type StoredRecord = RecordKey & {
  id: RecordId
  source: string
  version: number
  keyId: KeyId
  wrapped: Buffer | null
  payload: Buffer
  place: Place
  receivedAt: Date
}

/** A record with the key it is sealed under; the key is null after an erasure. */
export async function recordById(db: Queryable, id: RecordId): Promise<StoredRecord | null> {
  const rows = await db.query<StoredRecord>(sql`
    select r.id, r.source, r.kind, r.external_id as "externalId", r.version, r.key_id as "keyId", k.wrapped, r.payload,
      r.place, r.received_at as "receivedAt"
    from ingest.records r left join kernel.keys k on k.id = r.key_id where r.id = ${id}`)
  return rows[0] ?? null
}
