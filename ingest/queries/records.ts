import { integers, texts, uuids } from '#kernel/columns.ts'
import type { Queryable, Tx } from '#kernel/db.ts'
import type { RecordId, RunId } from '#kernel/ids.ts'
import type { KeyId, SealedColumns } from '#kernel/keys.ts'
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
    select kind, "externalId", version, "contentHash", "runId", "asOf"
    from (select distinct * from unnest(${texts(keys.map((key) => key.kind))}::text[], ${texts(keys.map((key) => key.externalId))}::text[])
      as r (kind, "externalId")) wanted
    cross join lateral (select version, content_hash as "contentHash", run_id as "runId", place ->> 'asOf' as "asOf"
      from ingest.records known where known.source = ${source} and known.kind = wanted.kind
        and known.external_id = wanted."externalId" offset 0) known
    order by version`)
}

export type NewRecord = RecordVersion & { id: RecordId; place: Place }

/** @param sealed the payload of each row and its key */
export async function insertRecords(
  tx: Tx,
  { source, at }: { source: string; at: Date },
  rows: readonly NewRecord[],
  sealed: SealedColumns,
): Promise<void> {
  if (rows.length === 0) return
  await tx.query(sql`
    insert into ingest.records (id, source, kind, external_id, version, content_hash, key_id, payload, run_id, place, received_at)
    select id, ${source}, kind, external_id, version, content_hash, key_id, payload, run_id, place::jsonb, ${at}
    from unnest(${uuids(rows.map((row) => row.id))}::uuid[], ${texts(rows.map((row) => row.kind))}::text[],
      ${texts(rows.map((row) => row.externalId))}::text[], ${integers(rows.map((row) => row.version))}::integer[],
      ${texts(rows.map((row) => row.contentHash))}::text[], ${sealed.keyIds}::uuid[],
      ${sealed.payloads}::bytea[], ${uuids(rows.map((row) => row.runId))}::uuid[],
      ${texts(rows.map((row) => json(row.place)))}::text[])
      as r (id, kind, external_id, version, content_hash, key_id, payload, run_id, place)`)
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
