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
export const holds = (where: Where): Sql => sql`
  f.valid_from <= ${where.at} and (f.valid_to is null or f.valid_to > ${where.at})
  and ${isInScope(sql`coalesce(d.source, r.source)`, where)}`

/** The product that a fact, as `f`, is about, as `p`: the one row its subject names, if any. */
export const productOfFact = sql`left join lateral (
      select title, type, tags, url from ingest.products
      where f.subject like 'product:%' and coalesce(sku, external_id) collate "C" = substr(f.subject, 9) limit 1) p on true`

/** So many facts that have a word are read; of all words together no more, but for the rarest. */
const readAtMost = 2000
const scored = 200

/**
 * Facts valid at `at` whose statement, or the title, type or tags of whose product, has words of the text, those with
 * the rarest words first. A statement is one sentence: how often it says a word, or how long it is, means nothing.
 * Rare words say which facts are worth it; these are scored by all words.
 */
export function factMatches(db: Queryable, text: string, where: Where, limit: number): Promise<FactMatch[]> {
  return db.query(sql`
    with counted as (select count(*) as facts from (select from ingest.facts limit ${readAtMost * 5}) f),
    asked as materialized (
      select w.word, ln(1 + counted.facts::float8 / k.facts) as weight,
        sum(k.facts) over (order by k.facts, w.word) as read, row_number() over (order by k.facts, w.word) as nth
      from unnest(tsvector_to_array(to_tsvector('english', ${text}))) w (word) cross join counted
      cross join lateral (
        select count(*) as facts from (select from rag.fact_words where word = w.word limit ${readAtMost}) k) k
      where k.facts > 0),
    promising as materialized (
      select k.id, sum(a.weight) as score
      from asked a cross join lateral (
        select f.id from rag.fact_words w
        join ingest.facts f on f.id = w.fact_id
        left join ingest.documents d on d.id = f.document_id
        left join ingest.records r on r.id = f.record_id
        where w.word = a.word and ${holds(where)}
        order by w.fact_id desc limit ${readAtMost}) k
      where a.nth = 1 or a.read <= ${readAtMost}
      group by k.id order by score desc, k.id limit ${scored})
    select f.id as "factId", f.subject, f.predicate, f.statement, p.title, p.url,
      f.valid_from as "validFrom", f.valid_to as "validTo", s.terms, s.score
    from promising join ingest.facts f using (id)
    cross join lateral (
      select array_agg(a.word order by a.word) as terms, sum(a.weight) as score
      from asked a join rag.fact_words w on w.word = a.word and w.fact_id = f.id) s
    ${productOfFact}
    order by s.score desc, f.subject, f.predicate, f.id limit ${limit}`)
}

/** Facts, as `f`, with the name and page of what they are about. */
export const factRows = sql`select f.id as "factId", f.subject, f.predicate, f.statement, p.title, p.url,
      f.valid_from as "validFrom", f.valid_to as "validTo"
    from ingest.facts f
    left join ingest.documents d on d.id = f.document_id
    left join ingest.records r on r.id = f.record_id
    ${productOfFact}`

/** Of `factRows`, those about the subjects that are valid at `at` and in scope. */
export const factsAbout = (subjects: readonly string[], where: Where): Sql =>
  sql`f.subject = any(${subjects}::text[]) and ${holds(where)}`

/** Facts of subjects such as `product:YIRG-250`, valid at `at` and in scope, in the order of subject and predicate. */
export const factsOf = (db: Queryable, subjects: readonly string[], where: Where): Promise<FactRow[]> =>
  db.query(sql`${factRows} where ${factsAbout(subjects, where)} order by f.subject, f.predicate, f.id`)
