import type { Queryable } from '#kernel/db.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import { factRows, factsAbout, holds, productOfFact, type FactRow } from './passages.ts'
import type { Where } from './text-search.ts'

/** What is sold or takes place, under the one name that its variants and days share. */
export type NamedSubjects = { name: string; subjects: string[]; score: number }

/** The words of a name as a slug has them: `Colombia Nariño (1 kg)` and a page that writes it otherwise meet in it. */
const slugOf = (text: Sql): Sql =>
  sql`trim(both '-' from regexp_replace(regexp_replace(normalize(lower(${text}), NFKD), '[\u0300-\u036f]', '', 'g'), '[^[:alnum:]]+', '-', 'g'))`

/**
 * What a brief and the passages found for it may be about, best first: a title, type and tags weigh by the rare words
 * they share with the brief, statements less; one that the brief names in full comes first, one that a passage names gains.
 */
export function subjectsAbout(
  db: Queryable,
  about: { brief: string; passages: readonly string[] },
  where: Where,
  limit: number,
): Promise<NamedSubjects[]> {
  return db.query(sql`
    with things as materialized (
      select f.subject,
        ${slugOf(sql`coalesce(regexp_replace(p.title, '^(.*) - .*$', '\\1'), split_part(split_part(f.subject, ':', 2), '/', 1))`)} as name,
        setweight(to_tsvector('english', concat_ws(' ', p.title, p.type, array_to_string(p.tags, ' '),
          replace(f.subject, '-', ' '))), 'A') || to_tsvector('english', string_agg(f.statement, ' ')) as search
      from ingest.facts f
      left join ingest.documents d on d.id = f.document_id
      left join ingest.records r on r.id = f.record_id
      ${productOfFact}
      where f.subject ~ '^(product|offer|workshop|event):' and ${holds(where)}
      group by f.subject, p.title, p.type, p.tags),
    names as (select name, array_agg(subject order by subject) as subjects from things where name <> '' group by name),
    words as (
      select t.name, u.lexeme, max(case when 'A' = any(u.weights) then 1 else 0.3 end) as part
      from things t cross join unnest(t.search) u group by t.name, u.lexeme),
    asked as (
      select term, ln(1 + (select count(*) from names)::float8 / count(*)) as weight
      from unnest(tsvector_to_array(to_tsvector('english', ${about.brief}))) as term join words on words.lexeme = term
      group by term),
    shared as (
      select w.name, sum(a.weight * w.part) as weight from words w join asked a on a.term = w.lexeme group by w.name),
    texts as (
      select ${slugOf(sql`${about.brief}`)} as brief,
        ${slugOf(sql`array_to_string(${[...about.passages]}::text[], ' ')`)} as passages),
    scored as (
      select names.name, names.subjects, coalesce(shared.weight, 0)
        + case when position('-' || names.name || '-' in '-' || texts.brief || '-') > 0 then 10 else 0 end
        + case when position('-' || names.name || '-' in '-' || texts.passages || '-') > 0 then 1.5 else 0 end as score
      from names cross join texts left join shared using (name))
    select name, subjects, score::float8 as score from scored where score > 0 order by scored.score desc, name
    limit ${limit}`)
}

/** What an offer is made of: what a thing is, costs, and when it takes place; and that it cannot be had, if so. */
export const offerFacts = (db: Queryable, subjects: readonly string[], where: Where): Promise<FactRow[]> =>
  db.query(sql`${factRows} where ${factsAbout(subjects, where)}
      and (f.predicate in ('description', 'price', 'starts-at') or f.predicate = 'available' and f.value = 'false'::jsonb)
    order by array_position(array['description', 'price', 'starts-at', 'available'], f.predicate), f.subject, f.id`)

/**
 * What the words of a brief and the rule of its segment name, as subjects of the graph: topics by their names, and what
 * a text of the rule is the key of.
 */
export async function subjectsNamed(db: Queryable, about: { text: string; rule: unknown }): Promise<string[]> {
  const rows = await db.query<{ subject: string }>(sql`
    with said as (
      select distinct r #>> '{}' as word from jsonb_path_query(${json(about.rule)}::jsonb, '$.**') r
      where jsonb_typeof(r) = 'string'),
    topics as (select topic from ingest.document_topics union select unnest(tags) from ingest.products)
    select 'topic:' || topic as subject from topics
    where topic in (select word from said) or ${slugOf(sql`topic`)} <> ''
      and position('-' || ${slugOf(sql`topic`)} || '-' in '-' || (select ${slugOf(sql`${about.text}`)}) || '-') > 0
    union
    select 'product:' || word from said
    where exists (select from ingest.products where coalesce(sku, external_id) collate "C" = word)
    order by subject limit 20`)
  return rows.map(({ subject }) => subject)
}
