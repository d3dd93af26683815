import type { Queryable } from '#kernel/db.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Citation } from '../draft.ts'
import { productOfFact, type FactRow } from './passages.ts'

/** Facts by id as they are now, valid or not. */
export function factsById(db: Queryable, ids: readonly string[]): Promise<FactRow[]> {
  return db.query(sql`
    select f.id as "factId", f.subject, f.predicate, f.statement, p.title, p.url,
      f.valid_from as "validFrom", f.valid_to as "validTo"
    from ingest.facts f
    ${productOfFact}
    where f.id = any(${ids}::uuid[])`)
}

type SpanCitation = Extract<Citation, { kind: 'span' }>
export type SpanNow = {
  place: number
  title: string
  heading: string
  quoted: boolean
  validFrom: Date
  validTo: Date | null
  /** Bytes of the quote whose statement contradicts a fact that is believed. */
  disputed: { from: number; to: number }[]
}

/**
 * Spans by their place in the list: whether the document's bytes are still the quoted words, until when it holds, and
 * what in it is contradicted.
 */
export function spansNow(db: Queryable, spans: readonly SpanCitation[]): Promise<SpanNow[]> {
  const rows = spans.map(({ chunkId, documentId, startByte, endByte, quote }, place) => ({
    place, chunkId, documentId, startByte, length: endByte - startByte, quote,
  })) // prettier-ignore
  return db.query(sql`
    select r.place, d.title, c.heading, d.valid_from as "validFrom", d.valid_to as "validTo",
      substring(convert_to(d.body, 'UTF8') from r."startByte" + 1 for greatest(r.length, 0)) = convert_to(r.quote, 'UTF8')
        and c.start_byte <= r."startByte" and c.end_byte >= r."startByte" + r.length as quoted,
      coalesce((select jsonb_agg(jsonb_build_object('from', greatest(x.start_byte - r."startByte", 0),
          'to', least(x.end_byte - r."startByte", r.length)) order by x.start_byte)
        from ingest.contradictions x where x.document_id = d.id and x.settled_at is null
          and x.start_byte < r."startByte" + r.length and x.end_byte > r."startByte"), '[]') as disputed
    from jsonb_to_recordset(${json(rows)}::jsonb)
      as r(place int, "chunkId" uuid, "documentId" uuid, "startByte" int, length int, quote text)
    join ingest.documents d on d.id = r."documentId"
    join ingest.chunks c on c.id = r."chunkId" and c.document_id = d.id`)
}

/** Full names of customers among words that could be names, as the sources write them. */
export async function customersNamed(db: Queryable, words: readonly string[]): Promise<string[]> {
  const folded = words.map((word) => word.toLowerCase())
  const rows = await db.query<{ name: string }>(sql`
    select distinct given_name || ' ' || family_name as name from ingest.profiles
    where lower(given_name) = any(${folded}::text[]) and lower(family_name) = any(${folded}::text[]) order by name`)
  return rows.map((row) => row.name)
}
