-- Content in full: when the house heard that something ended, what texts are about, where sources contradict each other,
-- and what models propose as facts.

-- valid_to is until when something held; end_recorded_at is when we heard of it. A fact may say its own end beforehand.
alter table ingest.documents add column end_recorded_at timestamptz;
alter table ingest.facts add column end_recorded_at timestamptz;
update ingest.documents set end_recorded_at = valid_to where valid_to is not null;
update ingest.facts set end_recorded_at = valid_to where valid_to is not null;

-- What a text says it is about: the tags or keywords of its head.
alter table ingest.documents add column tags text[] not null default '{}';

alter table ingest.chunks add column changed xid8 not null default pg_current_xact_id();
create index chunks_changed on ingest.chunks (changed);
create trigger chunks_note_change before update on ingest.chunks
  for each row execute function ingest.note_change();

-- A topic is written as the catalogue writes its types and tags, so that texts and products meet in it.
create table ingest.document_topics (
  document_id uuid not null references ingest.documents (id) on delete cascade,
  topic text not null,
  changed xid8 not null default pg_current_xact_id(),
  primary key (document_id, topic)
);
create index document_topics_changed on ingest.document_topics (changed);
create index document_topics_topic on ingest.document_topics (topic);
create trigger document_topics_note_change before update on ingest.document_topics
  for each row execute function ingest.note_change();

-- What a source states although another is believed: the fact with the same subject and predicate. Open until one of the
-- two says otherwise.
create table ingest.contradictions (
  id uuid primary key,
  subject text not null,
  predicate text not null,
  value jsonb not null,
  statement text not null,
  document_id uuid references ingest.documents (id) on delete cascade,
  start_byte integer,
  end_byte integer,
  record_id uuid not null,
  found_at timestamptz not null,
  settled_at timestamptz
);
create unique index contradictions_open
  on ingest.contradictions (subject, predicate, record_id, document_id, start_byte, end_byte)
  nulls not distinct where settled_at is null;

-- What a model reads in a text and a person has to accept. It quotes bytes [start_byte, end_byte) of a version of a
-- document, and holds no longer than that version.
create table ingest.fact_proposals (
  id uuid primary key,
  subject text not null,
  predicate text not null,
  value jsonb not null,
  statement text not null,
  valid_from timestamptz,
  valid_to timestamptz,
  document_id uuid not null references ingest.documents (id) on delete cascade,
  start_byte integer not null,
  end_byte integer not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  decision text check (decision in ('accepted', 'rejected')),
  reason text,
  fact_id uuid references ingest.facts (id) on delete set null,
  unique (document_id, start_byte, end_byte, subject, predicate),
  check (end_byte > start_byte),
  check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null))
);
create index fact_proposals_open on ingest.fact_proposals (proposed_at) where decision is null;

create trigger document_topics_unsaid after delete on ingest.document_topics
  for each row execute function ingest.note_unsaid_of_topic();
