import type { Tx } from '#kernel/db.ts'
import type { RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { OrderPart } from '../canon.ts'
import type { OrderId } from './orders.ts'

export type PartRow = Omit<OrderPart, 'is'> & { recordId: RecordId }

/** A part of which only more names become known keeps what it said: names add up. */
export async function upsertParts(tx: Tx, source: string, rows: readonly PartRow[]): Promise<void> {
  await tx.query(sql`
    insert into ingest.order_parts as known (source, external_id, refs, kind, currency, gross_minor, tax_minor,
      discount_minor, shipping_minor, lines, revision, record_id)
    select ${source}, "externalId", refs, kind, currency, "grossMinor", "taxMinor", "discountMinor", "shippingMinor",
      lines, revision, "recordId"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r ("externalId" text, refs text[], kind text, currency text,
      "grossMinor" bigint, "taxMinor" bigint, "discountMinor" bigint, "shippingMinor" bigint, lines jsonb,
      revision bigint, "recordId" uuid)
    on conflict (source, external_id) do update set kind = excluded.kind,
      currency = excluded.currency, gross_minor = excluded.gross_minor, tax_minor = excluded.tax_minor,
      discount_minor = excluded.discount_minor, shipping_minor = excluded.shipping_minor, lines = excluded.lines,
      revision = excluded.revision, record_id = excluded.record_id
    where known.revision <= excluded.revision`)
  await tx.query(sql`
    update ingest.order_parts p set refs = array(select distinct ref from unnest(p.refs || r.refs) as ref order by ref)
    from jsonb_to_recordset(${json(rows)}::jsonb) as r ("externalId" text, refs text[])
    where p.source = ${source} and p.external_id = r."externalId" and not p.refs @> r.refs`)
}

/** The orders that the parts speak of, of these orders or of these parts: whichever of the two came just now. */
export function matchParts(
  tx: Tx,
  source: string,
  touched: { orders: readonly OrderId[]; parts: readonly string[] },
): Promise<{ orderId: OrderId; part: string }[]> {
  return tx.query(sql`
    select distinct on ("orderId") "orderId", part from (
      select o.id as "orderId", p.external_id as part from ingest.orders o
      join ingest.order_parts p on p.source = o.source and p.refs && o.refs and p.currency = o.currency
        and p.revision >= 0
      where o.id = any(${[...touched.orders]}::uuid[])
      union all
      select o.id, p.external_id from ingest.order_parts p
      join ingest.orders o on o.source = p.source and o.refs && p.refs and o.currency = p.currency
      where p.source = ${source} and p.external_id = any(${[...touched.parts]}::text[]) and p.revision >= 0
    ) as matches order by "orderId", part`)
}

/**
 * Completes orders by their parts. An order that paid a share of its part (instalments, credit) carries that share of
 * the tax; shares are rounded to the nearest minor unit and never exceed what was paid.
 */
export async function applyParts(
  tx: Tx,
  source: string,
  matches: readonly { orderId: OrderId; part: string }[],
): Promise<void> {
  const given = json(matches)
  await tx.query(sql`
    update ingest.orders o set kind = coalesce(p.kind, o.kind), tax_minor = least(o.gross_minor, round(p.tax_minor * s.share)),
      discount_minor = round(p.discount_minor * s.share), shipping_minor = round(p.shipping_minor * s.share)
    from jsonb_to_recordset(${given}::jsonb) as m ("orderId" uuid, part text)
    join ingest.order_parts p on p.source = ${source} and p.external_id = m.part
    join ingest.orders paid on paid.id = m."orderId"
    cross join lateral (select case when p.gross_minor = 0 then 0 else paid.gross_minor::numeric / p.gross_minor end as share) s
    where o.id = m."orderId"`)
  await tx.query(sql`delete from ingest.order_lines l using jsonb_to_recordset(${given}::jsonb) as m ("orderId" uuid, part text)
    where l.order_id = m."orderId"`)
  await tx.query(sql`
    insert into ingest.order_lines (order_id, line, sku, title, quantity, amount_minor)
    select m."orderId", l.line, l.item ->> 'sku', l.item ->> 'title', (l.item ->> 'quantity')::numeric,
      (l.item ->> 'amountMinor')::bigint
    from jsonb_to_recordset(${given}::jsonb) as m ("orderId" uuid, part text)
    join ingest.order_parts p on p.source = ${source} and p.external_id = m.part
    cross join lateral jsonb_array_elements(p.lines) with ordinality as l (item, line)`)
}
