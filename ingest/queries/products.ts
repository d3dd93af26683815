import type { Tx } from '#kernel/db.ts'
import type { Id, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Product } from '../canon.ts'

export type ProductRow = Omit<Product, 'is'> & { id: Id<'product'>; recordId: RecordId }

export async function upsertProducts(tx: Tx, source: string, rows: readonly ProductRow[]): Promise<void> {
  await tx.query(sql`
    insert into ingest.products (id, source, external_id, sku, title, description, type, tags, price_minor, currency,
      available, url, record_id)
    select id, ${source}, "externalId", sku, title, description, type, tags, "priceMinor", currency, available, url,
      "recordId"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, "externalId" text, sku text, title text,
      description text, type text, tags text[], "priceMinor" bigint, currency text, available integer, url text,
      "recordId" uuid)
    on conflict (source, external_id) do update set sku = excluded.sku, title = excluded.title,
      description = excluded.description, type = excluded.type, tags = excluded.tags,
      price_minor = excluded.price_minor, currency = excluded.currency, available = excluded.available,
      url = excluded.url, record_id = excluded.record_id`)
}
