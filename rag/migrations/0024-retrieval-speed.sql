-- Facts by their words, and vectors at half their precision.

-- Which words a fact is found by: those of its statement, and of the title, type and tags of the product it is about.
-- Read by rarity (rag/queries/passages.ts): PostgreSQL's own index knows nothing of how rare a word is.
create table rag.fact_words (
  word text collate "C" not null,
  fact_id uuid not null,
  primary key (word, fact_id)
);
create index fact_words_fact on rag.fact_words (fact_id);

create function rag.add_fact_words(ids uuid[]) returns void language sql as $$
  insert into rag.fact_words (word, fact_id)
  select w.word, f.id
  from ingest.facts f
  left join lateral (
    select title, type, tags from ingest.products
    where f.subject like 'product:%' and coalesce(sku, external_id) collate "C" = substr(f.subject, 9) limit 1) p on true
  cross join lateral unnest(tsvector_to_array(to_tsvector('english',
    concat_ws(' ', f.statement, p.title, p.type, array_to_string(p.tags, ' '))))) w (word)
  where f.id = any(ids)
  on conflict do nothing
$$;

create function rag.say_fact_words(ids uuid[]) returns void language sql as $$
  delete from rag.fact_words where fact_id = any(ids);
  select rag.add_fact_words(ids);
$$;

create function rag.follow_facts() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform rag.add_fact_words(array(select id from added));
  elsif tg_op = 'UPDATE' then
    perform rag.say_fact_words(array(
      select a.id from added a join gone g using (id) where (a.subject, a.statement) <> (g.subject, g.statement)));
  else
    delete from rag.fact_words where fact_id in (select id from gone);
  end if;
  return null;
end $$;

-- A product is called otherwise, or is new or gone: its facts are found by other words.
create function rag.follow_products() returns trigger language plpgsql as $$
declare keys text[];
begin
  if tg_op = 'INSERT' then
    keys := array(select coalesce(sku, external_id) from added);
  elsif tg_op = 'UPDATE' then
    keys := array(
      select unnest(array[coalesce(a.sku, a.external_id), coalesce(g.sku, g.external_id)]) from added a join gone g using (id)
      where (a.sku, a.external_id, a.title, a.type, a.tags) is distinct from (g.sku, g.external_id, g.title, g.type, g.tags));
  else
    keys := array(select coalesce(sku, external_id) from gone);
  end if;
  perform rag.say_fact_words(array(
    select f.id from ingest.facts f where f.subject in (select 'product:' || key from unnest(keys) key)));
  return null;
end $$;

create trigger facts_words_added after insert on ingest.facts
  referencing new table as added for each statement execute function rag.follow_facts();
create trigger facts_words_changed after update on ingest.facts
  referencing old table as gone new table as added for each statement execute function rag.follow_facts();
create trigger facts_words_gone after delete on ingest.facts
  referencing old table as gone for each statement execute function rag.follow_facts();
create trigger products_words_added after insert on ingest.products
  referencing new table as added for each statement execute function rag.follow_products();
create trigger products_words_changed after update on ingest.products
  referencing old table as gone new table as added for each statement execute function rag.follow_products();
create trigger products_words_gone after delete on ingest.products
  referencing old table as gone for each statement execute function rag.follow_products();

select rag.add_fact_words(array(select id from ingest.facts));

-- Vectors are indexed at half their precision from here on: the next round of indexing builds each model's index anew.
do $$
declare index_name text;
begin
  for index_name in select indexname from pg_indexes
    where schemaname = 'rag' and tablename = 'embeddings' and indexname ~ '^embeddings_[0-9a-f]{16}$' loop
    execute format('drop index rag.%I', index_name);
  end loop;
end $$;
