import { instants, texts, uuids } from '#kernel/columns.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { NewConsent } from '../consent.ts'

/** Returns how many rows were inserted or changed. */
export async function upsertConsents(tx: Tx, clock: Clock, rows: readonly NewConsent[]): Promise<number> {
  const [written] = await tx.query<{ count: number }>(sql`
    with written as (insert into ingest.consents as known (id, source, external_id, identifier_id, channel, state, basis, text_version,
      occurred_at, record_id)
    select * from unnest(${uuids(rows.map(() => newId<'consent'>(clock)))}::uuid[], ${texts(rows.map((row) => row.source))}::text[],
      ${texts(rows.map((row) => row.externalId))}::text[], ${uuids(rows.map((row) => row.identifierId))}::uuid[],
      ${texts(rows.map((row) => row.channel))}::text[], ${texts(rows.map((row) => row.state))}::text[],
      ${texts(rows.map((row) => row.basis))}::text[], ${texts(rows.map((row) => row.textVersion))}::text[],
      ${instants(rows.map((row) => row.occurredAt))}::timestamptz[], ${uuids(rows.map((row) => row.recordId))}::uuid[])
    on conflict (source, external_id) do update set identifier_id = excluded.identifier_id, channel = excluded.channel,
      state = excluded.state, basis = excluded.basis, text_version = excluded.text_version,
      occurred_at = excluded.occurred_at, record_id = excluded.record_id
    where (known.identifier_id, known.channel, known.state, known.basis, known.text_version, known.occurred_at)
      is distinct from (excluded.identifier_id, excluded.channel, excluded.state, excluded.basis,
      excluded.text_version, excluded.occurred_at)
    returning 1)
    select count(*) as count from written`)
  return written?.count ?? 0
}
