import type { Queryable } from '#kernel/db.ts'
import type { DocumentId, RecordId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { CatalogueRow } from '../content/catalogue.ts'

export type CurrentDocument = {
  id: DocumentId
  uri: string
  title: string
  language: string
  body: string
  tags: string[]
  validFrom: Date
  recordId: RecordId
  isSplit: boolean
}

/** The current version of every text, and whether it has chunks already. */
export function selectCurrentDocuments(db: Queryable): Promise<CurrentDocument[]> {
  return db.query<CurrentDocument>(sql`
    select id, uri, title, language, body, tags, valid_from as "validFrom", record_id as "recordId",
      exists (select from ingest.chunks c where c.document_id = d.id) as "isSplit"
    from ingest.documents d where valid_to is null order by uri, source`)
}

/** Everything that is sold, what is known the latest first, else in a stable order. */
export function selectCatalogue(db: Queryable): Promise<CatalogueRow[]> {
  return db.query<CatalogueRow>(sql`
    select p.external_id as "externalId", p.sku, p.title, p.description, p.type, p.price_minor as "priceMinor", p.currency,
      p.available, p.record_id as "recordId"
    from ingest.products p left join ingest.records r on r.id = p.record_id
    order by r.received_at desc nulls last, p.source, p.external_id`)
}
