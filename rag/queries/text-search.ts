import type { Queryable } from '#kernel/db.ts'
import type { ChunkId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

/** What may be found: valid at a time; of these sources, in these languages, for this use, unless null or not told. */
export type Where = {
  at: Date
  sources: readonly string[] | null
  /** Tags such as `en`; a document in `en-GB` is one of them. */
  languages?: readonly string[] | null
  /** What it is for, such as `marketing`: sources that may not be used for that stay out (`corpus allow`). */
  use?: string | null
}

/** Whether a document, as `d`, may be found. */
export const mayBeFound = ({ at, languages = null, ...where }: Where): Sql => sql`
  d.valid_from <= ${at} and (d.valid_to is null or d.valid_to > ${at})
  and (${languages}::text[] is null or split_part(lower(d.language), '-', 1) = any(${languages}::text[]))
  and ${isInScope(sql`d.source`, where)}`

/** Whether a source is one of those asked for, and may be used for what is asked. */
export const isInScope = (source: Sql, { sources, use = null }: Pick<Where, 'sources' | 'use'>): Sql => sql`
  (${sources}::text[] is null or ${source} = any(${sources}::text[]))
  and (${use}::text is null
    or not exists (select from rag.source_uses u where u.source = ${source} and ${use}::text <> all(u.uses)))`

/** A query taken apart: its words, what stood in quotation marks, and beginnings of words (`roast*`). */
export type Asked = { words: string; phrases: string[]; beginnings: string[] }

export function askedIn(given: string): Asked {
  // PostgreSQL knows no text with a null character.
  const query = given.replaceAll('\0', ' ')
  const beginnings = [...query.matchAll(/([\p{L}\p{N}]{2,})\*/gu)].map(([, word]) => (word ?? '').toLowerCase())
  const words = query.replaceAll(/[\p{L}\p{N}]{2,}\*/gu, ' ')
  const phrases = [...words.matchAll(/["“]([^"“”]+)["”]/g)].map(([, phrase]) => (phrase ?? '').trim())
  return { words, phrases: phrases.filter((phrase) => /\s/.test(phrase)).slice(0, 5), beginnings }
}

/**
 * A stem asked for, in one language of the corpus: in how many of its chunks it is (none: id is null), how many chunks
 * that language has, and how long they are in the mean, in words.
 */
export type Term = {
  id: number | null
  configuration: string
  term: string
  chunks: number
  total: number
  mean: number
}

/** The stems of a query without stop words, in each language of the corpus, by the statistics kept with the postings. */
export function termStatistics(db: Queryable, { words, beginnings }: Asked): Promise<Term[]> {
  return db.query(sql`
    with languages as (
      select configuration, chunks as total, greatest(length::float8 / chunks, 1) as mean
      from rag.text_totals where chunks > 0),
    asked as (
      select l.configuration, l.total, l.mean, w.term
      from languages l
      cross join lateral unnest(tsvector_to_array(to_tsvector(l.configuration::regconfig, ${words}))) w (term))
    select k.id, a.configuration, a.term, coalesce(k.chunks, 0) as chunks, a.total, a.mean
    from asked a left join rag.terms k on k.configuration = a.configuration and k.term = a.term collate "C"
    union
    select k.id, l.configuration, k.term, k.chunks, l.total, l.mean
    from languages l cross join unnest(${beginnings}::text[]) b (beginning)
    cross join lateral (
      select id, term, chunks from rag.terms
      where configuration = l.configuration
        and term >= b.beginning collate "C" and term < b.beginning || chr(1114111) collate "C"
      order by chunks desc, term limit 20) k
    order by term, id`)
}

/** A stem to look for: what it weighs, and whether so many chunks have it that its postings are not read, only asked. */
export type Sought = { id: number; chunks: number; weight: number; mean: number; common: boolean }

export type TextMatch = { chunkId: ChunkId; score: number; termIds: number[] }

/**
 * BM25 of one term in one chunk (Robertson and Zaragoza 2009), k1 = 0.9, b = 0.4: Anserini's for passages (Yang, Fang and
 * Lin 2018). Chunks are all of a length, so that long ones are little to be mistrusted. Multiplied out: no numeric in it.
 */
const bm25 = sql`a.weight * p.frequency * 1.9 / (p.frequency + 0.54::float8 + 0.36::float8 * p.length / a.mean)`

/** The posting of a term in a chunk, if there is one. Looked up, always: with `offset 0` the planner cannot read all. */
const posting = (termId: Sql, textNumber: Sql): Sql => sql`lateral (
  select frequency, length from rag.postings where term_id = ${termId} and text_number = ${textNumber} offset 0) p`

/** As arrays, whose length the planner knows. */
const given = (terms: readonly Sought[]): Sql => sql`
  select * from unnest(${terms.map(({ id }) => id)}::int[], ${terms.map(({ weight }) => weight)}::float8[],
    ${terms.map(({ mean }) => mean)}::float8[], ${terms.map(({ common }) => common)}::boolean[])
    as given (id, weight, mean, common)`

/** How many of the best chunks by rare terms are looked at further. */
const considered = 100
const scored = 60

/**
 * Chunks that have the terms, best first. The postings of rarer terms are read whole and say which chunks are worth it;
 * those, where they may be found, are scored by all terms.
 */
export async function textMatches(
  db: Queryable,
  terms: readonly Sought[],
  where: Where,
  limit: number,
): Promise<TextMatch[]> {
  if (terms.length === 0) return []
  const found = await matchesAmong(db, terms, where, limit, considered)
  const read = terms.filter(({ common }) => !common).reduce((sum, { chunks }) => sum + chunks, 0)
  if (found.length >= limit || read <= considered) return found
  // What may not be found (older versions, other sources) took the places: look at all that have the terms.
  return matchesAmong(db, terms, where, limit, null)
}

function matchesAmong(
  db: Queryable,
  terms: readonly Sought[],
  where: Where,
  limit: number,
  among: number | null,
): Promise<TextMatch[]> {
  return db.query(sql`
    with asked as materialized (${given(terms)}),
    promising as materialized (
      select p.text_number, sum(${bm25}) as score
      from asked a join rag.postings p on p.term_id = a.id where not a.common
      group by p.text_number order by score desc, p.text_number limit ${among}),
    open as materialized (
      select s.text_number, t.chunk_id
      from promising s
      cross join lateral (select chunk_id, document_id from rag.texts where number = s.text_number offset 0) t
      cross join lateral (select * from ingest.documents where id = t.document_id offset 0) d
      where ${mayBeFound(where)}
      order by s.score desc, s.text_number limit ${scored})
    select o.chunk_id as "chunkId", sum(${bm25})::float8 as score, array_agg(a.id order by a.id) as "termIds"
    from open o cross join asked a cross join ${posting(sql`a.id`, sql`o.text_number`)}
    group by o.chunk_id order by score desc, o.chunk_id limit ${limit}`)
}

/** BM25 of given chunks by all terms; a chunk that has none of them is not there. */
export function textScores(
  db: Queryable,
  terms: readonly Sought[],
  chunkIds: readonly ChunkId[],
): Promise<TextMatch[]> {
  return db.query(sql`
    with asked as materialized (${given(terms)})
    select t.chunk_id as "chunkId", sum(${bm25})::float8 as score, array_agg(a.id order by a.id) as "termIds"
    from rag.texts t cross join asked a cross join ${posting(sql`a.id`, sql`t.number`)}
    where t.chunk_id = any(${chunkIds}::uuid[]) group by t.chunk_id`)
}

/** Which of the chunks have the words of which phrases beside each other: the place of each phrase in the list. */
export function phraseMatches(
  db: Queryable,
  chunkIds: readonly ChunkId[],
  phrases: readonly string[],
): Promise<{ chunkId: ChunkId; phrase: number }[]> {
  return db.query(sql`
    select c.id as "chunkId", asked.place::int - 1 as phrase
    from unnest(${phrases}::text[]) with ordinality as asked (phrase, place)
    cross join ingest.chunks c join rag.texts t on t.chunk_id = c.id
    where c.id = any(${chunkIds}::uuid[]) and to_tsvector(t.configuration::regconfig, c.heading || ' ' || c.text)
      @@ phraseto_tsquery(t.configuration::regconfig, asked.phrase)
    order by asked.place, c.id`)
}
