import type { Queryable } from '#kernel/db.ts'
import type { DocumentId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { isInScope, mayBeFound } from './text-search.ts'

const marketing = { sources: null, use: 'marketing' }

export type OwnText = { id: DocumentId; uri: string; title: string; body: string }

/** The newest texts of the business that may be used for marketing, each up to so many characters. */
export const ownTexts = (db: Queryable, at: Date, most: { texts: number; characters: number }): Promise<OwnText[]> =>
  db.query(sql`
    select d.id, d.uri, d.title, left(d.body, ${most.characters}) as body
    from ingest.documents d where ${mayBeFound({ at, ...marketing })}
    order by d.valid_from desc, d.uri, d.source limit ${most.texts}`)

export type ContactFact = {
  predicate: string
  value: unknown
  documentId: DocumentId
  startByte: number
  endByte: number
}

/** How the business says it is reached, and where: e-mail addresses, telephone numbers, addresses of its own pages. */
export const contactFacts = (db: Queryable, at: Date): Promise<ContactFact[]> =>
  db.query(sql`
    select f.predicate, f.value, f.document_id as "documentId", f.start_byte as "startByte", f.end_byte as "endByte"
    from ingest.facts f join ingest.documents d on d.id = f.document_id
    where f.subject = 'business' and f.predicate ~ '^(email|phone|address)(-|$)'
      and f.valid_from <= ${at} and (f.valid_to is null or f.valid_to > ${at})
      and ${isInScope(sql`d.source`, marketing)}
    order by f.predicate, f.id`)
