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
  validFrom: Date
  recordId: RecordId
  isSplit: boolean
}

/** The current version of every text, and whether it has chunks already. */
export function selectCurrentDocuments(db: Queryable): Promise<CurrentDocument[]> {
  return db.query<CurrentDocument>(sql`
    select id, uri, title, language, body, valid_from as "validFrom", record_id as "recordId",
      exists (select from ingest.chunks c where c.document_id = d.id) as "isSplit"
    from ingest.documents d where valid_to is null order by uri, source`)
}

/** Everything that is sold, in a stable order. */
export function selectCatalogue(db: Queryable): Promise<CatalogueRow[]> {
  return db.query<CatalogueRow>(sql`select external_id as "externalId", sku, title, description, type,
    price_minor as "priceMinor", currency, available, record_id as "recordId" from ingest.products order by source, external_id`)
}
