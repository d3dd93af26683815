-- What a person asked to be changed in a draft, in words, and the round that answered it: while that is null, the
-- draft is being written.
create table rag.draft_requests (
  id uuid primary key,
  draft_id uuid not null references rag.drafts (id) on delete cascade,
  words text not null,
  content_hash text not null,
  by text not null,
  at timestamptz not null,
  round integer
);
create index draft_requests_draft on rag.draft_requests (draft_id, at);
