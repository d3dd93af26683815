-- A fact goes by what its text calls it, and a heading may be a page long: longer than an index row may be. What is unique
-- is the name, so its digest is indexed.
drop index ingest.facts_current;
create unique index facts_current on ingest.facts (md5(subject), md5(predicate)) where valid_to is null;

drop index ingest.contradictions_open;
create unique index contradictions_open
  on ingest.contradictions (md5(subject), md5(predicate), record_id, document_id, start_byte, end_byte)
  nulls not distinct where settled_at is null;

-- And the facts of a subject are asked for by its name: a hash index has no longest value.
create index facts_subject on ingest.facts using hash (subject);
