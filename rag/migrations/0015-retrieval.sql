-- Full text with statistics of its own: an inverted index beside ingest's chunks, in the language of each document.
-- PostgreSQL's own index knows nothing of how rare a word is, and has one language for a column.

-- The text search configuration of a language tag (`de-AT` is german); what PostgreSQL has no stems for is `simple`.
create function rag.text_configuration(language text) returns text language sql stable as $$
  select coalesce((
    select c.cfgname::text
    from (values ('ar', 'arabic'), ('ca', 'catalan'), ('da', 'danish'), ('de', 'german'), ('el', 'greek'), ('en', 'english'),
      ('es', 'spanish'), ('eu', 'basque'), ('fi', 'finnish'), ('fr', 'french'), ('ga', 'irish'), ('hi', 'hindi'),
      ('hu', 'hungarian'), ('hy', 'armenian'), ('id', 'indonesian'), ('it', 'italian'), ('lt', 'lithuanian'),
      ('nb', 'norwegian'), ('ne', 'nepali'), ('nl', 'dutch'), ('nn', 'norwegian'), ('no', 'norwegian'),
      ('pt', 'portuguese'), ('ro', 'romanian'), ('ru', 'russian'), ('sr', 'serbian'), ('sv', 'swedish'), ('ta', 'tamil'),
      ('tr', 'turkish'), ('yi', 'yiddish')) as known (tag, name)
    join pg_catalog.pg_ts_config c on c.cfgname = known.name and c.cfgnamespace = 'pg_catalog'::regnamespace
    where known.tag = split_part(lower(language), '-', 1)), 'simple')
$$;

-- A chunk as full text knows it: a short number, the language, how many words without stop words.
create table rag.texts (
  number integer generated always as identity primary key,
  chunk_id uuid not null unique,
  document_id uuid not null,
  configuration text not null,
  length integer not null
);

-- A stem of one language, and how many chunks have it. In code-point order, so that a beginning is a range of the index.
create table rag.terms (
  id integer generated always as identity primary key,
  configuration text not null,
  term text collate "C" not null,
  chunks integer not null,
  unique (configuration, term)
);

create table rag.text_totals (
  configuration text primary key,
  chunks integer not null,
  length bigint not null
);

-- How often a chunk has a term; its length is here too, so that reading a term is reading one range of one index.
create table rag.postings (
  term_id integer not null,
  text_number integer not null,
  frequency smallint not null,
  length smallint not null,
  primary key (term_id, text_number) include (frequency, length)
);

-- The words of a text, each as its stem, and how often.
create function rag.words_of(configuration text, words text) returns table (term text, frequency integer) language sql stable as $$
  select lexeme, greatest(cardinality(positions), 1) from unnest(to_tsvector(configuration::regconfig, words))
$$;

-- Terms in their order, always: two that insert at once then wait for each other only one way.
create function rag.add_texts(ids uuid[]) returns void language sql as $$
  with words as materialized (
    select c.id, c.document_id, t.configuration, w.term, w.frequency
    from ingest.chunks c
    join ingest.documents d on d.id = c.document_id
    cross join lateral (select rag.text_configuration(d.language) as configuration) t
    left join lateral rag.words_of(t.configuration, c.heading || ' ' || c.text) w on true
    where c.id = any(ids)),
  texts as (
    insert into rag.texts (chunk_id, document_id, configuration, length)
    select id, document_id, configuration, coalesce(sum(frequency), 0) from words
    group by id, document_id, configuration order by id
    returning number, chunk_id, configuration, length),
  totals as (
    insert into rag.text_totals (configuration, chunks, length)
    select configuration, count(*), sum(length) from texts group by configuration order by configuration
    on conflict (configuration) do update
      set chunks = text_totals.chunks + excluded.chunks, length = text_totals.length + excluded.length),
  terms as (
    insert into rag.terms (configuration, term, chunks)
    select configuration, term, count(*) from words where term is not null
    group by configuration, term order by configuration, term collate "C"
    on conflict (configuration, term) do update set chunks = terms.chunks + excluded.chunks
    returning id, configuration, term)
  insert into rag.postings (term_id, text_number, frequency, length)
  select terms.id, texts.number, least(words.frequency, 32767), least(texts.length, 32767)
  from words join texts on texts.chunk_id = words.id
  join terms on terms.configuration = words.configuration and terms.term = words.term
$$;

-- A chunk never changes: it comes and goes with its document, and full text with it, in the same transaction.
create function rag.add_chunks() returns trigger language plpgsql as $$
begin
  perform rag.add_texts(array(select id from added));
  return null;
end $$;

create function rag.remove_chunks() returns trigger language plpgsql as $$
begin
  with texts as (
    delete from rag.texts t using removed r where t.chunk_id = r.id
    returning t.number, t.configuration, t.length, r.heading || ' ' || r.text as words),
  totals as (
    update rag.text_totals t set chunks = t.chunks - gone.chunks, length = t.length - gone.length
    from (select configuration, count(*) as chunks, sum(length) as length from texts group by configuration) gone
    where t.configuration = gone.configuration),
  words as materialized (
    select t.number, t.configuration, w.term from texts t cross join lateral rag.words_of(t.configuration, t.words) w),
  terms as (
    update rag.terms t set chunks = t.chunks - gone.chunks
    from (select configuration, term, count(*) as chunks from words group by configuration, term) gone
    where t.configuration = gone.configuration and t.term = gone.term
    returning t.id, t.configuration, t.term)
  delete from rag.postings p
  using words join terms on terms.configuration = words.configuration and terms.term = words.term
  where p.term_id = terms.id and p.text_number = words.number;
  delete from rag.terms where chunks <= 0;
  return null;
end $$;

create trigger chunks_full_text_added after insert on ingest.chunks
  referencing new table as added for each statement execute function rag.add_chunks();
create trigger chunks_full_text_removed after delete on ingest.chunks
  referencing old table as removed for each statement execute function rag.remove_chunks();

select rag.add_texts(array(select id from ingest.chunks));

-- A model whose vectors answer: it had one for everything once. Until a new one has, the one before it goes on answering.
create table rag.embedding_models (
  model text primary key,
  dimensions integer not null,
  completed_at timestamptz not null
);

-- What texts of a source may be used for (what customers wrote may answer them and yet not be quoted to others); a
-- source that is not here may be used for everything.
create table rag.source_uses (
  source text primary key,
  uses text[] not null,
  reason text not null,
  set_by text not null,
  set_at timestamptz not null
);
