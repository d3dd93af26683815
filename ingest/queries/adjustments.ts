import type { Tx } from '#kernel/db.ts'
import type { Id, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Adjustment } from '../canon.ts'

export type AdjustmentRow = Omit<Adjustment, 'is'> & {
  id: Id<'adjustment'>
  rateMinor: number | null
  recordId: RecordId
}

export async function upsertAdjustments(tx: Tx, source: string, rows: readonly AdjustmentRow[]): Promise<void> {
  await tx.query(sql`
    insert into ingest.adjustments as known (id, source, external_id, kind, order_external_id, occurred_at, status,
      currency, amount_minor, rate_minor, revision, record_id)
    select id, ${source}, "externalId", kind, "orderExternalId", "occurredAt", status, currency, "amountMinor",
      "rateMinor", revision, "recordId"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, "externalId" text, kind text, "orderExternalId" text,
      "occurredAt" timestamptz, status text, currency text, "amountMinor" bigint, "rateMinor" numeric, revision bigint,
      "recordId" uuid)
    on conflict (source, kind, external_id) do update set order_external_id = excluded.order_external_id,
      occurred_at = excluded.occurred_at, status = excluded.status, currency = excluded.currency,
      amount_minor = excluded.amount_minor, rate_minor = excluded.rate_minor, revision = excluded.revision,
      record_id = excluded.record_id
    where known.revision <= excluded.revision`)
}

/** A fee of a dispute or a refund names that, not the order: it is led on to the order, whichever arrived first. */
export async function attachFees(tx: Tx, source: string, externalIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    update ingest.adjustments fee set order_external_id = cause.order_external_id
    from ingest.adjustments cause
    where fee.source = ${source} and fee.kind = 'fee' and cause.source = ${source} and cause.kind in ('dispute', 'refund')
      and fee.order_external_id = cause.external_id
      and (fee.external_id = any(${[...externalIds]}::text[]) or cause.external_id = any(${[...externalIds]}::text[]))`)
}
