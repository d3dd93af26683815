import type { Tx } from '#kernel/db.ts'
import type { Id, IdentifierId, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Order, OrderLine } from '../canon.ts'

export type OrderId = Id<'order'>
export type OrderRow = Omit<Order, 'is' | 'by' | 'externalId'> & {
  id: OrderId
  externalId: string
  identifierId: IdentifierId
  rateMinor: number
  recordId: RecordId
}

/**
 * Orders that knew no less than what is kept; returns the ids under which they now stand. What a part said of the kind of an
 * order stays (see `applyParts`): to lose it in between would be news to campaigns.
 */
export function upsertOrders(
  tx: Tx,
  source: string,
  rows: readonly OrderRow[],
): Promise<{ id: OrderId; externalId: string }[]> {
  return tx.query(sql`
    insert into ingest.orders as known (id, source, external_id, kind, identifier_id, ordered_at, status, currency,
      gross_minor, tax_minor, discount_minor, shipping_minor, rate_minor, refs, revision, record_id)
    select id, ${source}, "externalId", kind, "identifierId", "orderedAt", status, currency, "grossMinor", "taxMinor",
      "discountMinor", "shippingMinor", "rateMinor", refs, revision, "recordId"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, "externalId" text, kind text, "identifierId" uuid,
      "orderedAt" timestamptz, status text, currency text, "grossMinor" bigint, "taxMinor" bigint,
      "discountMinor" bigint, "shippingMinor" bigint, "rateMinor" numeric, refs text[], revision bigint, "recordId" uuid)
    on conflict (source, external_id) do update set identifier_id = excluded.identifier_id,
      kind = coalesce((select (array_agg(p.kind order by p.external_id))[1] from ingest.order_parts p
        where p.source = known.source and p.refs && excluded.refs and p.currency = excluded.currency and p.revision >= 0), excluded.kind),
      ordered_at = excluded.ordered_at, status = excluded.status, currency = excluded.currency,
      gross_minor = excluded.gross_minor, tax_minor = excluded.tax_minor, discount_minor = excluded.discount_minor,
      shipping_minor = excluded.shipping_minor, rate_minor = excluded.rate_minor, refs = excluded.refs,
      revision = excluded.revision, record_id = excluded.record_id
    where known.revision <= excluded.revision
    returning id, external_id as "externalId"`)
}

export type LineRow = OrderLine & { orderId: OrderId; line: number }

/** Puts these lines in the place of whatever lines the orders had. */
export async function replaceLines(tx: Tx, orders: readonly OrderId[], lines: readonly LineRow[]): Promise<void> {
  await tx.query(sql`delete from ingest.order_lines where order_id = any(${[...orders]}::uuid[])`)
  if (lines.length === 0) return
  await tx.query(sql`insert into ingest.order_lines (order_id, line, sku, title, quantity, amount_minor)
    select "orderId", line, sku, title, quantity, "amountMinor" from jsonb_to_recordset(${json(lines)}::jsonb)
      as r ("orderId" uuid, line integer, sku text, title text, quantity numeric, "amountMinor" bigint)`)
}
