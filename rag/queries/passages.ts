import type { Queryable } from '#kernel/db.ts'
import type { ChunkId, DocumentId, FactId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { isInScope, mayBeFound, type Where } from './text-search.ts'

export type ChunkRow = {
  chunkId: ChunkId
  documentId: DocumentId
  source: string
  uri: string
  title: string
  heading: string
  text: string
  startByte: number
  endByte: number
  validFrom: Date
  validTo: Date | null
}

/** Chunks by id. The last gate: whoever proposed them, only documents valid at `at` and in scope pass. */
export function chunksById(db: Queryable, ids: readonly string[], where: Where): Promise<ChunkRow[]> {
  return db.query(sql`
    select c.id as "chunkId", d.id as "documentId", d.source, d.uri, d.title, c.heading, c.text,
      c.start_byte as "startByte", c.end_byte as "endByte", d.valid_from as "validFrom", d.valid_to as "validTo"
    from ingest.chunks c join ingest.documents d on d.id = c.document_id
    where c.id = any(${ids}::uuid[]) and ${mayBeFound(where)}`)
}

export type FactRow = {
  factId: FactId
  subject: string
  predicate: string
  statement: string
  title: string | null
  url: string | null
  validFrom: Date
  validTo: Date | null
}
export type FactMatch = FactRow & { terms: string[]; score: number }

/** Whether a fact, as `f` from a document `d` or a record `r`, may be found. */
const holds = (where: Where): Sql => sql`
  f.valid_from <= ${where.at} and (f.valid_to is null or f.valid_to > ${where.at})
  and ${isInScope(sql`coalesce(d.source, r.source)`, where)}`

/**
 * Facts valid at `at` whose statement, or the title, type or tags of whose product, has words of the text, those with
 * the rarest words first. A statement is one sentence: how often it says a word, or how long it is, means nothing.
 */
export function factMatches(db: Queryable, text: string, where: Where, limit: number): Promise<FactMatch[]> {
  return db.query(sql`
    with valid as materialized (
      select f.id, to_tsvector('english', concat_ws(' ', f.statement, p.title, p.type, array_to_string(p.tags, ' '))) as search,
        p.title, p.url
      from ingest.facts f
      left join ingest.documents d on d.id = f.document_id
      left join ingest.records r on r.id = f.record_id
      left join lateral (
        select title, url, type, tags from ingest.products where 'product:' || sku = f.subject limit 1) p on true
      where ${holds(where)}),
    words as (select v.id, u.lexeme from valid v cross join unnest(v.search) u),
    asked as (
      select term, ln(1 + (select count(*) from valid)::float8 / count(*)) as weight
      from unnest(tsvector_to_array(to_tsvector('english', ${text}))) as term join words on words.lexeme = term
      group by term)
    select f.id as "factId", f.subject, f.predicate, f.statement, valid.title, valid.url,
      f.valid_from as "validFrom", f.valid_to as "validTo",
      array_agg(asked.term order by asked.term) as terms, sum(asked.weight) as score
    from asked join words on words.lexeme = asked.term join valid using (id) join ingest.facts f using (id)
    group by f.id, valid.title, valid.url order by score desc, f.subject, f.predicate, f.id limit ${limit}`)
}

/** Facts, as `f`, with the name and page of what they are about. */
export const factRows = sql`select f.id as "factId", f.subject, f.predicate, f.statement, p.title, p.url,
      f.valid_from as "validFrom", f.valid_to as "validTo"
    from ingest.facts f
    left join ingest.documents d on d.id = f.document_id
    left join ingest.records r on r.id = f.record_id
    left join lateral (select title, url from ingest.products where 'product:' || sku = f.subject limit 1) p on true`

/** Of `factRows`, those about the subjects that are valid at `at` and in scope. */
export const factsAbout = (subjects: readonly string[], where: Where): Sql =>
  sql`f.subject = any(${subjects}::text[]) and ${holds(where)}`

/** Facts of subjects such as `product:YIRG-250`, valid at `at` and in scope, in the order of subject and predicate. */
export const factsOf = (db: Queryable, subjects: readonly string[], where: Where): Promise<FactRow[]> =>
  db.query(sql`${factRows} where ${factsAbout(subjects, where)} order by f.subject, f.predicate, f.id`)
