import type { Queryable } from '#kernel/db.ts'
import type { ChunkId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** A word of a query in its stem, and how many chunks of the corpus have it. */
export type Term = { term: string; chunks: number }
export type TermStatistics = { terms: Term[]; chunks: number }

/** A stem as a query of its own, verbatim: parsing it again would split or drop it. */
const quoted = (term: Sql): Sql =>
  sql`('''' || replace(replace(${term}, E'\\\\', E'\\\\\\\\'), '''', '''''') || '''')::tsquery`

/** The stems of a text without stop words, and how rare each is in the corpus. */
export async function termStatistics(db: Queryable, text: string): Promise<TermStatistics> {
  const rows = await db.query<Term & { total: number }>(sql`
    select term, (select count(*) from ingest.chunks c where c.search @@ ${quoted(sql`term`)}) as chunks,
      (select count(*) from ingest.chunks) as total
    from unnest(tsvector_to_array(to_tsvector('english', ${text}))) as term order by term`)
  return { terms: rows.map(({ term, chunks }) => ({ term, chunks })), chunks: rows[0]?.total ?? 0 }
}

export type TextMatch = { chunkId: ChunkId; score: number; terms: string[] }
export type Where = { at: Date; sources: readonly string[] | null }

/**
 * Chunks that have any of the terms, among the documents valid at `at` and of the sources asked for. PostgreSQL's own
 * rank picks the candidates, and knows nothing of how rare a word is; BM25 (k1 = 1.2, b = 0.75; Robertson and Zaragoza
 * 2009) puts those in order.
 */
export function textMatches(
  db: Queryable,
  terms: readonly { term: string; weight: number }[],
  where: Where,
  limit: number,
): Promise<TextMatch[]> {
  return db.query(sql`
    with asked as materialized (
      select term, weight, ${quoted(sql`term`)} as query
      from jsonb_to_recordset(${json(terms)}::jsonb) as given(term text, weight float8)),
    found as materialized (
      select c.id, c.search
      from (select string_agg(query::text, ' | ')::tsquery as query from asked) any_term, ingest.chunks c
      join ingest.documents d on d.id = c.document_id
      where c.search @@ any_term.query
        and d.valid_from <= ${where.at} and (d.valid_to is null or d.valid_to > ${where.at})
        and (${where.sources}::text[] is null or d.source = any(${where.sources}::text[]))
      order by ts_rank_cd(c.search, any_term.query, 1) desc, c.id limit 300),
    size as (select greatest(avg(length(search)), 1) as mean from found)
    select found.id as "chunkId", array_agg(asked.term order by asked.term) as terms,
      sum(asked.weight * tf.n * 2.2 / (tf.n + 1.2 * (0.25 + 0.75 * length(found.search) / size.mean)))::float8 as score
    from found cross join size
    cross join lateral (select lexeme, greatest(cardinality(positions), 1) as n from unnest(found.search)) tf
    join asked on asked.term = tf.lexeme
    group by found.id order by score desc, found.id limit ${limit}`)
}
